"""Which names may stand in a spec: identifiers that break neither Python nor the generated module."""

from __future__ import annotations

import keyword
import re

LONGEST = 64  # characters

IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
IDENTIFIER_PATTERN = r"^[A-Za-z][A-Za-z0-9_]*$"
MOMENT_PATTERN = r"^[A-Za-z][A-Za-z0-9_]*(?:\s*\[.+\])?$"
AXIS_PATTERN = r"(?:[A-Za-z][A-Za-z0-9_]*(?:\[[^\[\]]+\])?'*|[1-9][0-9]*)"

# What a generated file cannot be called: it would hide what it imports.
_IMPORTED = frozenset(["torch", "nn", "math", "F"])

# What torch.nn.Module has already: an axis's size is an attribute of the generated module.
_MODULE_NAMES = """
add_module apply bfloat16 buffers children compile cpu cuda double dump_patches eval extra_repr
float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict
modules mtia named_buffers named_children named_modules named_parameters parameters
register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook
register_load_state_dict_pre_hook register_module register_parameter
register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state
set_submodule share_memory state_dict to to_empty train training type xpu zero_grad
call_super_init T_destination
"""
_MODULE = frozenset(_MODULE_NAMES.split())


def wrong_name(name: str, what: str) -> tuple[str, str] | None:
    """Why `name` cannot be the name of a `what` ("axis", "value", ...): fact and hint; None where it can.

    >>> wrong_name("q", "value"), wrong_name("class", "axis")
    (None, ("'class' is a word of Python and cannot be the name of an axis", ''))
    >>> wrong_name("x'", "axis")[1]
    "primes make aliases where an axis is used: declare 'x'"
    """
    article = "an" if what[0] in "aeiou" else "a"
    shown = repr(name if len(name) <= 60 else name[:57] + "...")
    if not IDENTIFIER.fullmatch(name):
        return f"{shown} cannot be the name of {article} {what}", _remedy(name, what)
    if len(name) > LONGEST:
        return f"{shown} is too long a name: at most {LONGEST} characters are allowed", ""
    if keyword.iskeyword(name):
        return f"{shown} is a word of Python and cannot be the name of {article} {what}", ""
    if (name == "self" and what not in ("field", "argument")) or (name in _IMPORTED and what == "spec"):
        return f"{shown} is taken in generated modules and cannot be the name of {article} {what}", ""
    if name in _MODULE and what in ("axis", "parameter"):
        return f"{shown} is taken by torch.nn.Module and cannot be the name of {article} {what}", ""
    return None


def _remedy(name: str, what: str) -> str:
    stem = name.rstrip("'")
    if stem != name and IDENTIFIER.fullmatch(stem):
        if what == "axis":
            return f"primes make aliases where an axis is used: declare {stem!r}"
        return f"only axes wear primes; write {stem}2, or give its LaTeX as a label"
    if "[" in name and what in ("axis", "parameter"):
        return f"a family is declared as {name.partition('[')[0]}: {{index: i, size: ...}}"
    if "[" in name:
        return "an index stands where a step saves a value (out) or loads it (in)"
    if " " in name and what == "value":
        return "several values are a list: [" + ", ".join(name.split()) + "]"
    if name.startswith("_"):
        return "a name starts with a letter"
    return "a name is a letter, then letters, digits and underscores"

"""Names of generated code: never a keyword, a builtin, or a name that the module needs itself."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

_MODULES = {"F", "Tensor", "math", "nn", "self", "super", "torch"}
_AMBIGUOUS = {"I", "O", "l"}  # look like digits: linters refuse them as variables
_RESERVED = {*dir(builtins), *keyword.kwlist, *keyword.softkwlist, *_MODULES, *_AMBIGUOUS}

# Public names of torch.nn.Module, which attributes must not hide (a test compares with torch).
MODULE_ATTRIBUTES = frozenset(
    """T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double
    dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half
    ipu load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters
    register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
    register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook
    register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict to
    to_empty train training type xpu zero_grad""".split()
)


def identifier(name: str) -> str:
    """A Python identifier for `name` that hides nothing.

    >>> [identifier(name) for name in ("s", "lambda", "F", "sum", "x'", "C[1]")]
    ['s', 'lambda_', 'F_', 'sum_', 'x_prime', 'C_1']
    """
    plain = re.sub(r"\W+", "_", name.replace("'", "_prime")).strip("_") or "value"
    if name.startswith("_"):
        plain = "_" + plain
    if plain[0].isdigit():
        plain = f"n{plain}"
    return f"{plain}_" if plain in _RESERVED else plain


def identifiers(names: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Different identifiers for different names, in order.

    >>> identifiers(["a'", "a_prime", "a'"])
    {"a'": 'a_prime', 'a_prime': 'a_prime_2'}
    """
    used, found = set(taken), dict[str, str]()
    for name in names:
        if name not in found:
            plain = identifier(name)
            free = next(each for each in _numbered(plain) if each not in used)
            used.add(free)
            found[name] = free
    return found


def part_name(attribute: str) -> str:
    """The attribute of a step's learned part: as in the diagram, unless nn.Module needs the name itself.

    >>> part_name("Q"), part_name("train")
    ('Q', 'train_')
    """
    hidden = attribute in MODULE_ATTRIBUTES or keyword.iskeyword(attribute)
    return f"{attribute}_" if hidden else attribute


def class_name(name: str) -> str:
    """The class of a diagram.

    >>> class_name("multi_head_attention"), class_name("none"), class_name("MLP")
    ('MultiHeadAttention', 'None_', 'MLP')
    """
    words = [word[0].upper() + word[1:] for word in name.split("_") if word]
    return identifier("".join(words))


def _numbered(plain: str) -> Iterable[str]:
    yield plain
    number = 2
    while True:
        yield f"{plain}_{number}"
        number += 1

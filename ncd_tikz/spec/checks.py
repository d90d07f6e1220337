"""`check:`: the keys of an entry, and its node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ncd_tikz.spec.given import ARGUMENTS, CODE, expressions, given_table
from ncd_tikz.spec.mistakes import Told, did_you_mean, known_names
from ncd_tikz.spec.nodes import CheckNode
from ncd_tikz.spec.readers import WRONG, AxisNames, Choice, Count, Matching
from ncd_tikz.spec.records import Fields, Key, Listed, OneOrMore, Record, Table
from ncd_tikz.spec.sizes import Sizes
from ncd_tikz.spec.source import Node
from ncd_tikz.spec.their_tensors import NAME, TheirTensor, TheirTensorReader

_KEYWORD = r"[A-Za-z_][A-Za-z0-9_]*"
_INSIDE = rf"(?:\.?{_KEYWORD}|\[-?[0-9]+\])(?:\.{_KEYWORD}|\[-?[0-9]+\])*"
_ARGUMENT = rf"{_KEYWORD}(?:\[[0-9]+\])?"
CONVERSIONS = ("inverted", "additive", "number")
DTYPES = ("float64", "float32", "bfloat16", "float16")
MODES = ("eval", "train", "both")

CHECK = Record(
    "a check",
    (
        Key("against", CODE, "package.module:Name of what must compute the same", required=True),
        Key(
            "init", ARGUMENTS, "its arguments: expressions over sizes, {text: T}, {call: C, with: {...}}, ..."
        ),
        Key(
            "parameters",
            Table("parameter's name", TheirTensorReader(), pattern=NAME),
            "our parameters or parts: theirs; {i} stands for any number, and on the right for an expression",
        ),
        Key(
            "arguments",
            Table(
                "value",
                OneOrMore(Matching(_ARGUMENT, "the name of an argument, or a place in a tuple: hx[0]")),
            ),
            "our inputs: the name or names of its arguments, hx[0] in a tuple; left out: by position",
        ),
        Key("options", ARGUMENTS, "further arguments of the call, with values as in init"),
        Key(
            "outputs",
            Table("value", Matching(_INSIDE, "a place in what it returns: name, [0], a[1].b")),
            "our outputs: where they are in what it returns; left out: by position",
        ),
        Key(
            "theirs",
            Table("value", AxisNames()),
            "our inputs and outputs: its dimensions in our axes' names, as in batch c x, or (h k)",
        ),
        Key(
            "convert",
            Table("value", Choice(CONVERSIONS)),
            "our masks: inverted (true hides), additive (0 or -inf), number (1 or 0)",
        ),
        Key(
            "unused",
            Listed(Matching(r"[A-Za-z0-9_.*\[\]]+", "a parameter's name, or a pattern with *"), "names"),
            "its parameters that the outputs do not depend on",
        ),
        Key(
            "tied",
            Listed(Listed(Matching(NAME, "a parameter's name"), "our parameters' names"), "lists"),
            "those of ours that are one tensor there: [[E.weight, H.weight]]",
        ),
        Key("dtype", Choice(DTYPES), "what it computes in; left out: float64"),
        Key("mode", Choice(MODES), "left out: eval, and train where the spec trains otherwise"),
        Key("batch", Count(), "how many batch axes it takes; left out: one, or none where one fails"),
    ),
)


def check_nodes(
    checks: Sequence[Fields], path: str, inputs: Sequence[str], sizes: Sizes, told: Told
) -> tuple[CheckNode, ...]:
    """The nodes of `check:`; tells sizes and inputs that do not exist."""
    return tuple(
        _check(fields, f"{path}[{i}]", inputs, sizes, told)
        for i, fields in enumerate(checks)
        if fields is not WRONG
    )


def _check(fields: Fields, path: str, inputs: Sequence[str], sizes: Sizes, told: Told) -> CheckNode:
    for key in ("init", "options"):
        for name, (value, _) in fields.get(key, {}).items():
            for one, indexes in expressions(value):
                sizes.check_symbols(one.value, one.place, f"{path}.{key}.{name}", indexes)
    parameters = fields.get("parameters", {})
    for name, (value, node) in parameters.items():
        if value is not WRONG:
            for end in _ends(value):
                sizes.check_symbols(end, node.place, f"{path}.parameters.{name}")
    for key in ("arguments", "convert"):
        for name, (_, node) in fields.get(key, {}).items():
            if inputs and name not in inputs:
                hint = did_you_mean(name, inputs)
                known = known_names("inputs", inputs)
                told.tell(node.place, f"{path}.{key}", f"{name[:60]!r} is no input", known=known, hint=hint)
    return CheckNode(
        against=fields.get("against", ""),
        init=given_table(fields.get("init", {})),
        parameters=_sound(parameters),
        arguments=_sound(fields.get("arguments", {})),
        at=told.position(fields.place),
        theirs=_sound(fields.get("theirs", {})),
        options=given_table(fields.get("options", {})),
        outputs=_sound(fields.get("outputs", {})),
        convert=_sound(fields.get("convert", {})),
        unused=tuple(name for name in fields.get("unused", ()) if name is not WRONG),
        tied=tuple(names for names in fields.get("tied", ()) if names is not WRONG),
        dtype=fields.get("dtype", "float64"),
        mode=fields.get("mode", ""),
        batch=fields.get("batch"),
        places={name: told.position(node.place) for name, (_, node) in parameters.items()},
    )


def _ends(tensor: TheirTensor) -> list[Any]:
    return [end for one in tensor.slices for end in (one.start, one.stop) if end is not None]


def _sound(table: Mapping[str, tuple[Any, Node]]) -> dict[str, Any]:
    return {name: value for name, (value, _) in table.items() if value is not WRONG}


__all__ = ["CHECK", "CONVERSIONS", "DTYPES", "MODES", "check_nodes"]

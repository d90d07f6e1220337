"""Where somebody's module keeps a learned tensor of ours: `in_proj_weight[m:2*m]`, `c_attn.weight.T`."""

from __future__ import annotations

import re
from typing import Any

from ncd_tikz.axes import Expression, ExpressionError
from ncd_tikz.frozen import frozen
from ncd_tikz.spec.mistakes import Told
from ncd_tikz.spec.readers import WRONG, AxisNames, Count, Reader, Schema, expected, text_of
from ncd_tikz.spec.records import Fields, Key, OneOrMore, Record
from ncd_tikz.spec.source import Entries, Node

_WORD = r"(?:[A-Za-z_0-9]|\{[^{}]*\})+"
_PART = rf"(?:{_WORD}|\*)(?:\[(?:[0-9]+|\{{[^{{}}]*\}})\])*"
NAME = rf"{_PART}(?:\.{_PART})*"  # of a parameter or a part: layers.{i}.Q, encoder[{i}].weight, layers.*.W
_SLICED = re.compile(rf"({NAME}?)(?:\[([^\[\]{{}}]*)\])?(\.T)?")
_EXAMPLES = "such as 'Q.weight', 'in_proj_weight[m:2*m]' or 'c_attn.weight[:, 0:m].T'"


@frozen
class Range:
    """A slice along one dimension; None is an end left out."""

    start: Expression | None
    stop: Expression | None


@frozen
class TheirTensor:
    """A tensor of theirs, or the part of it that is one of ours.

    `name` may hold `{i}`, expressions over what its pattern's `{i}` matched. `axes` are its dimensions
    in our axes' names, where given; a number among them is a dimension of which `at` is taken.
    """

    name: str
    slices: tuple[Range, ...] = ()
    transposed: bool = False
    axes: tuple[str, ...] | None = None
    at: tuple[int, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole tensor, as it is: then it may be the name of a part, too."""
        return not self.slices and not self.transposed and self.axes is None


class TheirTensorReader(Reader):
    """Reads a text or `{of, axes, at}`."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """A TheirTensor."""
        if isinstance(node, Entries):
            fields = _LAID_OUT.read(node, path, told)
            return WRONG if fields is WRONG else self._laid_out(fields)
        text = text_of(node)
        match = _SLICED.fullmatch(text.strip()) if text is not None and len(text) < 300 else None
        if match is None:
            return expected("a tensor of theirs", node, path, told, _EXAMPLES)
        name, inside, transposed = match[1], match[2], bool(match[3])
        if inside is not None and inside.strip().isdigit():  # blocks[0] is a name, not a slice
            return TheirTensor(f"{name}[{inside}]", (), transposed)
        try:
            slices = tuple(_range(part) for part in inside.split(",")) if inside is not None else ()
        except ExpressionError as error:
            told.tell(node.place, path, error.fact, hint=error.hint or _EXAMPLES)
            return WRONG
        return TheirTensor(name, slices, transposed)

    def _laid_out(self, fields: Fields) -> Any:
        if not fields.readable("of", "axes", "at") or "of" not in fields.values:
            return WRONG
        at = fields.get("at", ())
        return TheirTensor(fields.get("of"), (), False, fields.get("axes"), at)

    def schema(self) -> Schema:
        """A text or a mapping."""
        return {"anyOf": [{"type": "string", "pattern": f"^{_SLICED.pattern}$"}, _LAID_OUT.schema()]}


class _Name(Reader):
    """The name of a tensor of theirs."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The text."""
        text = text_of(node)
        if text is None or not re.fullmatch(NAME, text):
            return expected("the name of a parameter", node, path, told)
        return text

    def schema(self) -> Schema:
        """A text."""
        return {"type": "string"}


_LAID_OUT = Record(
    "a tensor of theirs",
    (
        Key("of", _Name(), "its name", required=True),
        Key("axes", AxisNames(), "its dimensions in our learned axes' names: (h 3 k) m", required=True),
        Key("at", OneOrMore(Count()), "which is taken along each dimension that is a number, from 0"),
    ),
)


def _range(text: str) -> Range:
    """`m:2*m`, `:`, `3`."""
    ends = text.split(":")
    if len(ends) > 2:
        raise ExpressionError(f"found {text.strip()!r} where a slice such as m:2*m is expected")
    if len(ends) == 1:
        raise ExpressionError(
            f"found the index {text.strip()!r}, which would drop a dimension", "a slice: [0:m], [:, m:2*m]"
        )
    start, stop = (Expression.parse(end) if end.strip() else None for end in ends)
    return Range(start, stop)


__all__ = ["NAME", "Range", "TheirTensor", "TheirTensorReader"]

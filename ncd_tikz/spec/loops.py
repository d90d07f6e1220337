"""Readers of what a repetition says besides its steps: the range of its index, and what it carries."""

from __future__ import annotations

import re
from typing import Any

from ncd_tikz.axes import Expression, ExpressionError
from ncd_tikz.spec.mentions import Named, Names
from ncd_tikz.spec.mistakes import Told
from ncd_tikz.spec.readers import WRONG, AxisNames, Identifier, Reader, Schema, expected
from ncd_tikz.spec.records import Table
from ncd_tikz.spec.source import Entries, Node, Scalar

_RANGE = re.compile(r"(\S+)\s+in\s+(.+?)(?<!\.)\s*\.\.(?!\.)\s*(.+)")
_RANGE_HINT = "for example: i in 1..4"


class Range(Reader):
    """An index, its first and its last value: `i in 1..4`."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The index's name, and two Expressions."""
        text = node.text if isinstance(node, Scalar) and isinstance(node.value, str) else ""
        match = _RANGE.fullmatch(" ".join(text.split()))
        if match is None:
            hint = _RANGE_HINT
            if isinstance(node, Scalar) and isinstance(node.value, int):
                hint = f"{hint}; or times: {node.text}"
            return expected("an index and its range", node, path, told, hint)
        name = Identifier("index").read(Scalar(node.place, match[1], match[1]), path, told)
        sizes = []
        for size in match.groups()[1:]:
            try:
                sizes.append(Expression.parse(size))
            except ExpressionError as error:
                told.tell(node.place, path, error.fact, hint=error.hint)
        return WRONG if name is WRONG or len(sizes) < 2 else (name, *sizes)

    def schema(self) -> Schema:
        """A text with two dots."""
        return {"type": "string", "pattern": r"^\s*\S+\s+in\s.*[^.\s]\s*\.\.\s*[^.\s].*$"}


class Carry(Reader):
    """The values that a repetition feeds back: names, or a mapping of names to axes."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """A tuple of (Named, axes or None)."""
        if not isinstance(node, Entries):
            names = Names("value").read(node, path, told)
            return WRONG if names is WRONG else tuple((name, None) for name in names)
        table = _CARRIED.read(node, path, told)
        if table is WRONG or any(axes is WRONG for axes, _ in table.values()):
            return WRONG
        return tuple((Named(name, node.entries[name][0]), axes) for name, (axes, _) in table.items())

    def schema(self) -> Schema:
        """A name, a list of names, or an object."""
        schema = Names("value").schema()
        schema["anyOf"].append(_CARRIED.schema())
        return schema


_CARRIED = Table("value", AxisNames(), empty=False)

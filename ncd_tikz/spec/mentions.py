"""Readers of what speaks of something named elsewhere: values, and what a figure shows."""

from __future__ import annotations

from typing import Any

from ncd_tikz.axes import ExpressionError
from ncd_tikz.axes.signature import indexed, member_name
from ncd_tikz.spec.mistakes import Told
from ncd_tikz.spec.names import MOMENT_PATTERN
from ncd_tikz.spec.readers import (
    WRONG,
    Identifier,
    Reader,
    Schema,
    expected,
    one_or_more,
    text_of,
    with_article,
)
from ncd_tikz.spec.source import Items, Node, Place, Scalar


class Named:
    """A name and where it stands."""

    __slots__ = ("name", "place")

    def __init__(self, name: str, place: Place) -> None:
        self.name = name
        self.place = place


class Moment(Identifier):
    """The name of a value, or of one that is kept in memory: `C[i-1]`."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The name, its index simplified."""
        text = node.value if isinstance(node, Scalar) else None
        if not isinstance(text, str) or not text.endswith("]") or "[" not in text:
            return super().read(node, path, told)
        family = text.partition("[")[0].rstrip()
        name = super().read(Scalar(node.place, family, family), path, told)
        try:
            found = indexed(text)
        except ExpressionError as error:
            told.tell(node.place, path, error.fact, hint=error.hint)
            return WRONG
        return WRONG if name is WRONG or found is None else member_name(name, found[1])

    def schema(self) -> Schema:
        """An identifier, and an index."""
        return {"type": "string", "pattern": MOMENT_PATTERN}


class Names(Reader):
    """One name or a list of names, which may be `empty`; `what` they name decides which are allowed.

    Where values are meant that are kept in memory, too (`memory`), names may have an index.
    """

    __slots__ = ("empty", "one")

    def __init__(self, what: str, empty: bool = False, memory: bool = False) -> None:
        self.one = (Moment if memory else Identifier)(what)
        self.empty = empty

    def read(self, node: Node, path: str, told: Told) -> Any:
        """A tuple of Named."""
        one = self.one
        if not isinstance(node, Items):
            name = one.read(node, path, told)
            return WRONG if name is WRONG else (Named(name, node.place),)
        if not node.items and not self.empty:
            return expected(f"the name of {with_article(one.what)}", node, path, told)
        names = [one.read(item, f"{path}[{i}]", told) for i, item in enumerate(node.items)]
        if any(name is WRONG for name in names):
            return WRONG
        return tuple(Named(name, item.place) for name, item in zip(names, node.items, strict=True))

    def schema(self) -> Schema:
        """A name or a list of names."""
        return one_or_more(self.one.schema(), 0 if self.empty else 1)


class Marks(Reader):
    """One text or a list of texts that speak of something drawn; which, is checked by what is known."""

    __slots__ = ("what",)

    def __init__(self, what: str) -> None:
        self.what = what

    def read(self, node: Node, path: str, told: Told) -> Any:
        """A tuple of Named."""
        items = node.items if isinstance(node, Items) else [node]
        if not items:
            return expected(self.what, node, path, told)
        marks = []
        for i, item in enumerate(items):
            text = text_of(item)
            if text is None:
                expected(self.what, item, f"{path}[{i}]" if isinstance(node, Items) else path, told)
            else:
                marks.append(Named(" ".join(text.split()), item.place))
        return tuple(marks) if len(marks) == len(items) else WRONG

    def schema(self) -> Schema:
        """A text or a list of texts."""
        return one_or_more({"type": ["string", "integer"]})

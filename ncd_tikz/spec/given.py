"""Values that a check hands to somebody's code: numbers over sizes, texts, lists, and what code makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Union

from ncd_tikz.axes import Expression
from ncd_tikz.frozen import frozen
from ncd_tikz.spec.loops import Range
from ncd_tikz.spec.mistakes import Told
from ncd_tikz.spec.readers import WRONG, Flag, Formula, Matching, Prose, Reader, Schema, expected
from ncd_tikz.spec.records import Fields, Key, Record, Table
from ncd_tikz.spec.source import Entries, Items, Node, Place

_PLACE = r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_.]*"
CODE = Matching(_PLACE, "code as 'package.module:Name'")


@frozen
class Made:
    """What another name gives when it is called: `{call: transformers:BertConfig, with: {...}}`."""

    call: str
    arguments: Mapping[str, Given]


@frozen
class Thing:
    """What a name stands for, as it is: `{object: torch.nn:GELU}`."""

    name: str


@frozen
class Text:
    """A text: `{text: gelu}`; a bare word would be a size."""

    text: str


@frozen
class Pairs:
    """A dictionary: `{table: {type: 2*k}}`."""

    table: Mapping[str, Given]


@frozen
class Each:
    """A list with an entry for each index: `{each: w*2**i, for: i in 0..N-1}`."""

    entry: Given
    index: str
    start: Expression
    stop: Expression


Given = Union[Expression, bool, None, Made, Thing, Text, Pairs, Each, "tuple[Given, ...]"]


class GivenReader(Reader):
    """Reads such a value, however deep."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The value, with the places of its expressions."""
        if isinstance(node, Items):
            return tuple(self.read(item, f"{path}[{i}]", told) for i, item in enumerate(node.items))
        if isinstance(node, Entries):
            return self._mapping(node, path, told)
        if node.value is None or isinstance(node.value, bool):
            return node.value
        value = Formula().read(node, path, told)
        return value if value is WRONG else Placed(value, node.place)

    def _mapping(self, node: Entries, path: str, told: Told) -> Any:
        for record in _RECORDS:
            if record.keys[0].name in node.entries:
                return record.read(node, path, told)
        what = "a value: a number or expression, true, false, null, a list"
        return expected(
            what,
            node,
            path,
            told,
            "or {text: T}, {object: O}, {table: ...}, {each: E, for: i in 1..N}, {call: C, with: ...}",
        )

    def schema(self) -> Schema:
        """A reference to itself, as values are nested."""
        return {"$ref": "#/$defs/given"}

    def definition(self) -> Schema:
        """What the reference stands for."""
        scalars: list[Schema] = [Formula().schema(), Flag().schema(), {"type": "null"}]
        listed: Schema = {"type": "array", "items": self.schema()}
        records = [record.schema() for record in _RECORDS]
        return {"anyOf": [*scalars, listed, *records]}


@frozen
class Placed:
    """An expression, and where it stands."""

    value: Expression
    place: Place


GIVEN = GivenReader()
ARGUMENTS = Table("argument", GIVEN)
_TEXT = Record("a text", (Key("text", Prose(), "the text", required=True),))
_OBJECT = Record("an object", (Key("object", CODE, "package.module:Name, taken as it is", required=True),))
_TABLE = Record("a table", (Key("table", Table("key", GIVEN, pattern=r".+"), "a dictionary", required=True),))
_CALL = Record(
    "a call",
    (
        Key("call", CODE, "package.module:Name of what is called", required=True),
        Key("with", ARGUMENTS, "its keyword arguments"),
    ),
)
_EACH = Record(
    "a list",
    (
        Key("each", GIVEN, "an entry, which may speak of the index", required=True),
        Key("for", Range(), "the index and its range: i in 0..N-1", required=True),
    ),
)
_RECORDS = (_TEXT, _OBJECT, _TABLE, _CALL, _EACH)


def given(read: Any) -> Given:
    """The value without places.

    Args:
        read: what a reader gave, without mistakes.
    """
    if isinstance(read, Placed):
        return read.value
    if isinstance(read, tuple):
        return tuple(given(each) for each in read if each is not WRONG)
    if isinstance(read, Fields):
        if "call" in read.nodes:
            return Made(read.get("call", ""), given_table(read.get("with", {})))
        if "text" in read.nodes:
            return Text(read.get("text", ""))
        if "object" in read.nodes:
            return Thing(read.get("object", ""))
        if "each" in read.nodes:
            index, start, stop = read.get("for", ("i", Expression.number(1), Expression.number(1)))
            return Each(given(read.get("each")), index, start, stop)
        return Pairs(given_table(read.get("table", {})))
    assert read is None or isinstance(read, bool)
    return read


def given_table(table: Mapping[str, tuple[Any, Node]]) -> dict[str, Given]:
    """The values of a table, those that are sound."""
    return {name: given(value) for name, (value, _) in table.items() if value is not WRONG}


def expressions(read: Any, indexes: tuple[str, ...] = ()) -> Iterator[tuple[Placed, tuple[str, ...]]]:
    """Every expression within a value that was read, and the indexes that it may speak of."""
    if isinstance(read, Placed):
        yield read, indexes
    elif isinstance(read, tuple):
        for each in read:
            yield from expressions(each, indexes)
    elif isinstance(read, Fields):
        if "each" in read.values and "for" in read.values:
            index, start, stop = read.get("for")
            place = read.nodes["for"].place
            yield from ((Placed(end, place), indexes) for end in (start, stop))
            yield from expressions(read.get("each"), (*indexes, index))
        for key in ("with", "table"):
            for value, _ in read.get(key, {}).values():
                yield from expressions(value, indexes)


__all__ = ["ARGUMENTS", "CODE", "GIVEN", "Each", "Given", "Made", "Pairs", "Placed", "Text", "Thing", "given"]

"""Readers of lists and mappings: tables whose keys the author chooses, records whose keys we do."""

from __future__ import annotations

import re
from typing import Any

from ncd_tikz.spec.mistakes import Told, did_you_mean, listed
from ncd_tikz.spec.names import IDENTIFIER_PATTERN, wrong_name
from ncd_tikz.spec.readers import WRONG, Reader, Schema, expected, one_or_more, with_article
from ncd_tikz.spec.source import Entries, Items, Node, Place, Scalar


class Listed(Reader):
    """A list, every item read alike; `lonely` is what to do instead of leaving it empty."""

    __slots__ = ("lonely", "reader", "what")

    def __init__(self, reader: Reader, what: str, lonely: str = "") -> None:
        self.reader = reader
        self.what = what
        self.lonely = lonely

    def read(self, node: Node, path: str, told: Told) -> Any:
        """A tuple of what the items read as."""
        if not isinstance(node, Items):
            return expected(f"a list of {self.what}", node, path, told)
        if self.lonely and not node.items:
            fact = f"expected a list of {self.what}, found an empty one"
            told.tell(node.place, path, fact, hint=self.lonely)
            return WRONG
        return tuple(self.reader.read(item, f"{path}[{i}]", told) for i, item in enumerate(node.items))

    def schema(self) -> Schema:
        """An array."""
        least: Schema = {"minItems": 1} if self.lonely else {}
        return {"type": "array", "items": self.reader.schema(), **least}


class OneOrMore(Reader):
    """One of these, or a list of them."""

    __slots__ = ("reader",)

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def read(self, node: Node, path: str, told: Told) -> Any:
        """A tuple of what was read; WRONG where one is mistaken."""
        nodes = node.items if isinstance(node, Items) and node.items else [node]
        read = tuple(self.reader.read(each, path, told) for each in nodes)
        return WRONG if any(value is WRONG for value in read) else read

    def schema(self) -> Schema:
        """One, or an array."""
        return one_or_more(self.reader.schema())


class Table(Reader):
    """A mapping whose keys the author chooses: each is checked as the name of a `what`."""

    __slots__ = ("empty", "pattern", "reader", "what")

    def __init__(self, what: str, reader: Reader, empty: bool = True, pattern: str = "") -> None:
        self.what = what
        self.reader = reader
        self.empty = empty
        self.pattern = pattern

    def read(self, node: Node, path: str, told: Told) -> Any:
        """A dict from name to (value, node): every key, WRONG where a name or value is mistaken."""
        plural = self.what + "s"
        if not isinstance(node, Entries):
            return expected(f"a mapping of {plural}", node, path, told)
        if not node.entries and not self.empty:
            return expected(f"a mapping with one {self.what} at least", node, path, told)
        table: dict[str, tuple[Any, Node]] = {}
        for key, (place, value) in node.entries.items():
            below = f"{path}.{key}" if path else key
            read = self.reader.read(value, below, told)
            wrong = self.wrong_key(key)
            if wrong:
                told.tell(place, path, wrong[0], hint=wrong[1])
                read = WRONG
            table[key] = (read, value)
        return table

    def wrong_key(self, key: str) -> tuple[str, str] | None:
        """Why a key is none: fact and hint."""
        if not self.pattern:
            return wrong_name(key, self.what)
        if re.fullmatch(self.pattern, key):
            return None
        return f"expected {with_article(self.what)}, found {key[:60]!r}", ""

    def schema(self) -> Schema:
        """An object with names as keys."""
        pattern = f"^(?:{self.pattern})$" if self.pattern else IDENTIFIER_PATTERN
        schema: Schema = {
            "type": "object",
            "propertyNames": {"pattern": pattern},
            "additionalProperties": self.reader.schema(),
        }
        return schema if self.empty else {**schema, "minProperties": 1}


class Key:
    """A key of a record: the only definition, from which reading, schema and help come."""

    __slots__ = ("about", "name", "reader", "required")

    def __init__(self, name: str, reader: Reader, about: str, required: bool = False) -> None:
        self.name = name
        self.reader = reader
        self.about = about
        self.required = required


class Fields:
    """A record as read: its values (mistaken ones left out), and the nodes they come from."""

    __slots__ = ("nodes", "place", "values")

    def __init__(self, place: Place, values: dict[str, Any], nodes: dict[str, Node]) -> None:
        self.place = place
        self.values = values
        self.nodes = nodes

    def readable(self, *keys: str) -> bool:
        """Whether these keys, where they are written, could be read."""
        return all(key in self.values or key not in self.nodes for key in keys)

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default where it is left out or mistaken."""
        return self.values.get(key, default)


class Record(Reader):
    """A mapping with known keys; any other key is a mistake."""

    __slots__ = ("about", "by_name", "keys", "what")

    def __init__(self, what: str, keys: tuple[Key, ...], about: str = "") -> None:
        self.what = what
        self.keys = keys
        self.about = about
        self.by_name = {key.name: key for key in keys}

    def read(self, node: Node, path: str, told: Told) -> Any:
        """Fields."""
        if not isinstance(node, Entries):
            return expected(self.what, node, path, told)
        values: dict[str, Any] = {}
        nodes: dict[str, Node] = {}
        for name, (place, child) in node.entries.items():
            key = self.by_name.get(name)
            if key is None:
                self.tell_unknown(name, place, path, told)
                continue
            nodes[name] = child
            value = key.reader.read(child, f"{path}.{name}" if path else name, told)
            if value is not WRONG:
                values[name] = value
        misspelt = [name for name in node.entries if name not in self.by_name]
        for key in self.keys:
            meant = any(did_you_mean(name, (key.name,)) for name in misspelt)  # and told
            if key.required and key.name not in nodes and not meant:
                self.tell_missing(key, node.place, path, told)
        return Fields(node.place, values, nodes)

    def tell_unknown(self, name: str, place: Place, path: str, told: Told) -> None:
        """Note a key that is not one of ours."""
        hint = did_you_mean(name, self.by_name)
        fact = f"unknown key {name[:60]!r} in {self.what}"
        told.tell(place, path, fact, known=f"the keys {listed(list(self.by_name), 30)}", hint=hint)

    def tell_missing(self, key: Key, place: Place, path: str, told: Told) -> None:
        """Note a key that is needed."""
        told.tell(
            place, path, f"the key '{key.name}' is missing in {self.what}", hint=f"{key.name}: {key.about}"
        )

    def schema(self) -> Schema:
        """An object."""
        schema: Schema = {
            "type": "object",
            "properties": {key.name: described(key) for key in self.keys},
            "additionalProperties": False,
        }
        required = [key.name for key in self.keys if key.required]
        if required:
            schema["required"] = required
        return {"description": self.about, **schema} if self.about else schema


class Short(Reader):
    """A record, or in short only the value of its first key."""

    __slots__ = ("lists", "reader", "record")

    def __init__(self, record: Record, reader: Reader, lists: str = "") -> None:
        self.record = record
        self.reader = reader
        self.lists = lists

    def read(self, node: Node, path: str, told: Told) -> Any:
        """Fields."""
        if isinstance(node, Entries):
            return self.record.read(node, path, told)
        if isinstance(node, Items) and self.lists:
            return expected(self.record.what, node, path, told, self.lists)
        value = self.reader.read(node, path, told)
        if value is WRONG:
            return WRONG
        key = self.record.keys[0].name
        return Fields(node.place, {key: value}, {key: node})

    def schema(self) -> Schema:
        """The one or the other."""
        return {"anyOf": [self.reader.schema(), self.record.schema()]}


class Open(Reader):
    """What `reader` reads, or nothing: then a block's callers say it."""

    __slots__ = ("reader",)

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The value; fields without values where there is nothing."""
        if isinstance(node, Scalar) and node.value is None:
            return Fields(node.place, {}, {})
        return self.reader.read(node, path, told)

    def schema(self) -> Schema:
        """The same, or null."""
        return {"anyOf": [{"type": "null"}, self.reader.schema()]}


def described(key: Key) -> Schema:
    """A key's schema with what it is for."""
    return {"description": key.about, **key.reader.schema()}

"""What may stand at a place of a spec: each reader checks a node, and describes itself to editors."""

from __future__ import annotations

import re
from typing import Any, Literal

from ncd_tikz.axes import Expression, ExpressionError, Signature
from ncd_tikz.axes.signature import parse_names
from ncd_tikz.spec.latex import wrong_latex
from ncd_tikz.spec.mistakes import Told, did_you_mean, listed
from ncd_tikz.spec.names import IDENTIFIER_PATTERN, wrong_name
from ncd_tikz.spec.presets import PRESETS, width_of
from ncd_tikz.spec.source import Entries, Items, Node, Place, Scalar, found

Schema = dict[str, Any]

WRONG: Any = type("Wrong", (), {"__repr__": lambda self: "WRONG"})()  # what a mistaken node reads as


class Reader:
    """Reads a node: its value, or WRONG and a mistake told.

    Readers are plain classes: made when the program starts, dataclasses would slow every run.
    """

    __slots__ = ()

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The node's value."""
        raise NotImplementedError

    def schema(self) -> Schema:
        """The same rule as JSON Schema."""
        raise NotImplementedError


def _expected(what: str, node: Node, path: str, told: Told, hint: str = "") -> Any:
    told.tell(node.place, path, f"expected {what}, found {found(node)}", hint=hint)
    return WRONG


def _text(node: Node) -> str | None:
    """The text of a scalar that may stand for a text: anything but nothing, true and false."""
    if isinstance(node, Scalar) and node.value is not None and not isinstance(node.value, bool):
        return node.text
    return None


class Latex(Reader):
    """LaTeX that only sets symbols or text; white space is made single."""

    __slots__ = ("mode",)

    def __init__(self, mode: Literal["math", "text"]) -> None:
        self.mode = mode

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The LaTeX."""
        text = _text(node)
        if text is None:
            return _expected("LaTeX " + self.mode, node, path, told)
        text = " ".join(text.split())
        wrong = wrong_latex(text, self.mode)
        if wrong:
            told.tell(node.place, path, wrong[0], hint=wrong[1])
            return WRONG
        return text

    def schema(self) -> Schema:
        """A text, or a number that is one."""
        return {"type": ["string", "number"]}


class Prose(Reader):
    """Plain text for people; white space is made single."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The text."""
        text = _text(node)
        return _expected("text", node, path, told) if text is None else " ".join(text.split())

    def schema(self) -> Schema:
        """A text."""
        return {"type": ["string", "number"]}


class Identifier(Reader):
    """The name of a `what`: value, axis, block, ..."""

    __slots__ = ("what",)

    def __init__(self, what: str) -> None:
        self.what = what

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The name."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return _expected(f"the name of {_article(self.what)}", node, path, told)
        wrong = wrong_name(node.value, self.what)
        if wrong:
            told.tell(node.place, path, wrong[0], hint=wrong[1])
            return WRONG
        return node.value

    def schema(self) -> Schema:
        """An identifier."""
        return {"type": "string", "pattern": IDENTIFIER_PATTERN}


class Flag(Reader):
    """true or false."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """A bool."""
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        habit = isinstance(node, Scalar) and str(node.value).lower() in ("yes", "no", "on", "off", "y", "n")
        return _expected(
            "true or false", node, path, told, "YAML 1.2 knows only true and false" if habit else ""
        )

    def schema(self) -> Schema:
        """A boolean."""
        return {"type": "boolean"}


class Number(Reader):
    """A finite number."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """An int or a float."""
        if (
            isinstance(node, Scalar)
            and isinstance(node.value, (int, float))
            and not isinstance(node.value, bool)
        ):
            return node.value
        return _expected("a number", node, path, told)

    def schema(self) -> Schema:
        """A number."""
        return {"type": "number"}


class Choice(Reader):
    """One of a few words."""

    __slots__ = ("choices",)

    def __init__(self, choices: tuple[str, ...]) -> None:
        self.choices = choices

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The word."""
        text = _text(node)
        if text in self.choices:
            return text
        what = f"one of {', '.join(self.choices)}"
        return _expected(what, node, path, told, did_you_mean(text, self.choices) if text else "")

    def schema(self) -> Schema:
        """An enumeration."""
        return {"enum": list(self.choices)}


class Formula(Reader):
    """A number, or an expression over sizes."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """An Expression."""
        if isinstance(node, Scalar) and node.value is not None and not isinstance(node.value, bool):
            try:
                return Expression.parse(node.value)
            except ExpressionError as error:
                told.tell(node.place, path, error.fact, hint=error.hint)
                return WRONG
        return _expected("a number or an expression", node, path, told)

    def schema(self) -> Schema:
        """A number or a text."""
        return {"type": ["number", "string"]}


class Formulas(Reader):
    """One size, or the sizes of an axis group."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """A tuple of Expression."""
        if not isinstance(node, Items):
            value = Formula().read(node, path, told)
            return WRONG if value is WRONG else (value,)
        if not node.items:
            return _expected(
                "a size, or a list of sizes", node, path, told, "an axis group has two sizes or more"
            )
        values = [Formula().read(item, f"{path}[{i}]", told) for i, item in enumerate(node.items)]
        return WRONG if any(value is WRONG for value in values) else tuple(values)

    def schema(self) -> Schema:
        """A size or a list of sizes."""
        one = Formula().schema()
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


class AxisNames(Reader):
    """The axes of a tensor, top to bottom: `x m`."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """A tuple of names."""
        text = _text(node)
        if text is None:
            hint = "names stand in one text, with spaces between them: x m" if isinstance(node, Items) else ""
            return _expected("the names of axes", node, path, told, hint)
        try:
            return parse_names(text)
        except ExpressionError as error:
            told.tell(node.place, path, error.fact, hint=error.hint)
            return WRONG

    def schema(self) -> Schema:
        """A text, or the number that is the only axis."""
        return {"type": ["string", "integer"]}


class Map(Reader):
    """A signature: `m -> k h`."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """A Signature."""
        text = _text(node)
        if text is None:
            return _expected("a signature such as 'm -> k h'", node, path, told)
        try:
            return Signature.parse(text)
        except ExpressionError as error:
            told.tell(node.place, path, error.fact, hint=error.hint)
            return WRONG

    def schema(self) -> Schema:
        """A text with one arrow."""
        return {"type": "string", "pattern": "^[^>]*->[^>]*$"}


class Matching(Reader):
    """A text of a form, such as `package.module:Name`."""

    __slots__ = ("pattern", "what")

    def __init__(self, pattern: str, what: str) -> None:
        self.pattern = pattern
        self.what = what

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The text."""
        text = _text(node)
        if text is None or len(text) > 300 or not re.fullmatch(self.pattern, text):
            return _expected(self.what, node, path, told)
        return text

    def schema(self) -> Schema:
        """A pattern."""
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"}


class FigureWidth(Reader):
    """A preset's name or a TeX length."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The text."""
        text = _text(node)
        if text is None:
            return _expected("a width", node, path, told, "for example neurips, icml-column, 3.25in or 8cm")
        try:
            width_of(text)
        except ValueError as error:
            hint = did_you_mean(text, PRESETS) or f"presets: {', '.join(PRESETS)}"
            told.tell(node.place, path, f"{error}, found {found(node)}", hint=hint)
            return WRONG
        return text

    def schema(self) -> Schema:
        """A preset or a length."""
        length = {"type": "string", "pattern": r"^([0-9]+\.?[0-9]*|\.[0-9]+)\s*(pt|bp|in|cm|mm|pc|dd|cc)$"}
        return {"anyOf": [{"enum": list(PRESETS)}, length]}


class Named:
    """A name and where it stands."""

    __slots__ = ("name", "place")

    def __init__(self, name: str, place: Place) -> None:
        self.name = name
        self.place = place


class Names(Reader):
    """One name or a list of names; `what` they name decides which are allowed."""

    __slots__ = ("what",)

    def __init__(self, what: str) -> None:
        self.what = what

    def read(self, node: Node, path: str, told: Told) -> Any:
        """A tuple of Named."""
        one = Identifier(self.what)
        if not isinstance(node, Items):
            name = one.read(node, path, told)
            return WRONG if name is WRONG else (Named(name, node.place),)
        if not node.items:
            return _expected(f"the name of {_article(self.what)}", node, path, told)
        names = [one.read(item, f"{path}[{i}]", told) for i, item in enumerate(node.items)]
        if any(name is WRONG for name in names):
            return WRONG
        return tuple(Named(name, item.place) for name, item in zip(names, node.items, strict=True))

    def schema(self) -> Schema:
        """A name or a list of names."""
        return one_or_more(Identifier(self.what).schema())


class Marks(Reader):
    """One text or a list of texts that speak of something drawn; which, is checked by what is known."""

    __slots__ = ("what",)

    def __init__(self, what: str) -> None:
        self.what = what

    def read(self, node: Node, path: str, told: Told) -> Any:
        """A tuple of Named."""
        items = node.items if isinstance(node, Items) else [node]
        if not items:
            return _expected(self.what, node, path, told)
        marks = []
        for i, item in enumerate(items):
            text = _text(item)
            if text is None:
                _expected(self.what, item, f"{path}[{i}]" if isinstance(node, Items) else path, told)
            else:
                marks.append(Named(" ".join(text.split()), item.place))
        return tuple(marks) if len(marks) == len(items) else WRONG

    def schema(self) -> Schema:
        """A text or a list of texts."""
        return one_or_more({"type": ["string", "integer"]})


class Either(Reader):
    """What `reader` reads, or true and false."""

    __slots__ = ("reader",)

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The value, or a bool."""
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        return self.reader.read(node, path, told)

    def schema(self) -> Schema:
        """One or the other."""
        return {"anyOf": [self.reader.schema(), {"type": "boolean"}]}


class Listed(Reader):
    """A list, every item read alike."""

    __slots__ = ("reader", "what")

    def __init__(self, reader: Reader, what: str) -> None:
        self.reader = reader
        self.what = what

    def read(self, node: Node, path: str, told: Told) -> Any:
        """A tuple of what could be read, in order."""
        if not isinstance(node, Items):
            return _expected(f"a list of {self.what}", node, path, told)
        values = [self.reader.read(item, f"{path}[{i}]", told) for i, item in enumerate(node.items)]
        return tuple(value for value in values if value is not WRONG)

    def schema(self) -> Schema:
        """An array."""
        return {"type": "array", "items": self.reader.schema()}


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
            return _expected(f"a mapping of {plural}", node, path, told)
        if not node.entries and not self.empty:
            return _expected(f"one {self.what} at least", node, path, told)
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
        return f"expected {_article(self.what)}, found {key[:60]!r}", ""

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

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default where it is left out or mistaken."""
        return self.values.get(key, default)


class Record(Reader):
    """A mapping with known keys; any other key is a mistake."""

    __slots__ = ("about", "by_name", "keys", "not_yet", "what")

    def __init__(
        self, what: str, keys: tuple[Key, ...], about: str = "", not_yet: tuple[str, ...] = ()
    ) -> None:
        self.what = what
        self.keys = keys
        self.about = about
        self.not_yet = not_yet  # words of the language that this version does not read
        self.by_name = {key.name: key for key in keys}

    def read(self, node: Node, path: str, told: Told) -> Any:
        """Fields."""
        if not isinstance(node, Entries):
            return _expected(self.what, node, path, told)
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
        for key in self.keys:
            if key.required and key.name not in nodes:
                self.tell_missing(key, node.place, path, told)
        return Fields(node.place, values, nodes)

    def tell_unknown(self, name: str, place: Place, path: str, told: Told) -> None:
        """Note a key that is not one of ours."""
        if name in self.not_yet:
            told.tell(place, path, f"'{name}:' is not supported yet in this version")
            return
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
            return _expected(self.record.what, node, path, told, self.lists)
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


def one_or_more(schema: Schema) -> Schema:
    """One of these, or a list of them."""
    return {"anyOf": [schema, {"type": "array", "items": schema, "minItems": 1}]}


def _article(what: str) -> str:
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"

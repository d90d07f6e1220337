"""YAML text as a tree of scalars, lists and mappings, every one with its line and column.

Scalars are read by the core rules of YAML 1.2, so that an axis may be called `no`, `on` or `y`.
What a spec never needs and a stranger could abuse is refused: tags, several documents, keys that
are no text or stand twice, aliases that expand a lot or contain themselves, deep nesting,
numbers that are not finite, and characters that are not seen.
"""

from __future__ import annotations

import math
import re

import yaml

from ncd_tikz.spec.mistakes import Told

LARGEST_FILE = 1024 * 1024  # bytes
DEEPEST = 40  # levels of lists and mappings
MOST_ALIASED = 20_000  # nodes that aliases may add to those written

Place = tuple[int, int]
Value = bool | int | float | str | None


class Scalar:
    """`128`, `m -> k h`, nothing: the value it means and the text it is written as."""

    __slots__ = ("place", "text", "value")

    def __init__(self, place: Place, value: Value, text: str) -> None:
        self.place = place
        self.value = value
        self.text = text


class Items:
    """A list."""

    __slots__ = ("items", "place")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.items: list[Node] = []


class Entries:
    """A mapping: for every key where it stands, and what it holds."""

    __slots__ = ("entries", "place")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.entries: dict[str, tuple[Place, Node]] = {}


Node = Scalar | Items | Entries

_CONSTANTS: dict[str, Value] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
# Texts and not yet patterns: few specs need them, and compiling them takes as long as reading one.
_NOT_FINITE = r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
_UNSEEN = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_ESCAPE = r"""\\(?:[\\"/ \n\r]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|(?P<wrong>.))"""
_HELD = "\ufdd0\ufdd1"  # no characters of any language: they stand for [ and ] while YAML is read
_INDEXED = re.compile(r"([A-Za-z0-9_])\[([^\[\]{},:#\n'\"]+)\]")
_LET_GO = {ord(_HELD[0]): "[", ord(_HELD[1]): "]"}
_DEEPEST_INDEX = 4
_LATEX_QUOTES = "LaTeX goes in single quotes, where a backslash is a backslash"
_REMEDIES = {
    "mapping values are not allowed in this context": "a text with a colon and a space in it needs quotes",
    "found character that cannot start any token": "a text that starts with %, @ or ` needs quotes",
    "found unknown escape character": _LATEX_QUOTES,
    "found unexpected end of stream": "a quote is not closed",
    "could not find expected ':'": "a key is followed by a colon and a space",
    "did not find expected ',' or ']'": "a list ends with ]; a text with a bracket in it needs quotes",
    "did not find expected ',' or '}'": (
        "a mapping ends with }; a text with a comma or a bracket in it needs quotes"
    ),
}


def decode(content: bytes, told: Told) -> str | None:
    """The text of a file, or nothing and a mistake told."""
    if len(content) > LARGEST_FILE:
        told.tell((1, 1), "", _too_large(len(content)))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        line, column = _place(before, len(before))
        told.tell(
            (line, column),
            "",
            f"found the byte 0x{content[error.start]:02x}, which is not UTF-8",
            hint="save the file as UTF-8 text",
        )
        return None


def parse(text: str, told: Told) -> Node | None:
    """The one document of a YAML text, or nothing and a mistake told.

    >>> told = Told("a.yaml")
    >>> parse("m: 128", told).entries["m"][1].place
    (1, 4)
    >>> parse("m: 1: 2", told), print(told.mistakes[0])
    a.yaml:1:5: mapping values are not allowed in this context
      a text with a colon and a space in it needs quotes
    (None, None)
    """
    text = text.removeprefix("\ufeff")
    if len(text) > LARGEST_FILE or len(text.encode("utf-8", "surrogatepass")) > LARGEST_FILE:
        told.tell((1, 1), "", _too_large(len(text.encode("utf-8", "surrogatepass"))))
        return None
    unseen = _unseen(text)
    if unseen:
        fact = f"found the character U+{ord(unseen[0]):04X}, which is not seen and not allowed"
        told.tell(_place(text, unseen.start()), "", fact, hint="delete it")
        return None
    return _Reader(text, told).document()


def _unseen(text: str) -> re.Match[str] | None:
    """The first character that nobody sees; all such are what Python does not call printable."""
    if text.replace("\n", "").isprintable():
        return None
    return re.search(_UNSEEN, text)


def _too_large(size: int) -> str:
    return f"the file has {size} bytes; a spec has at most {LARGEST_FILE}"


def _place(text: str, index: int) -> Place:
    before = text[:index].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _held(text: str) -> str:
    """The text with the brackets of `c[i-1]` as characters that mean nothing to YAML.

    Behind a name, a bracket is part of a text or a mistake for YAML; here it is part of the name, so
    that `{in: C[5-i]}` needs no quotes. Every character keeps its place.
    """
    if _HELD[0] in text or _HELD[1] in text:
        return text
    for _ in range(_DEEPEST_INDEX):
        text, count = _INDEXED.subn(rf"\1{_HELD[0]}\2{_HELD[1]}", text)
        if not count:
            break
    return text


class _Stop(Exception):
    """A mistake after which the rest of the text cannot be understood."""


class _Open:
    """A list or mapping that is being read."""

    __slots__ = ("anchor", "before", "key", "node")

    def __init__(self, node: Items | Entries, anchor: str | None, before: int) -> None:
        self.node = node
        self.anchor = anchor
        self.before = before  # nodes counted when it began
        self.key: tuple[Place, str | None] | None = None  # a mapping's key that waits for its value


class _Reader:
    def __init__(self, text: str, told: Told) -> None:
        self.text = text
        self.held = _held(text)
        self.told = told
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.count = 0  # nodes, aliases expanded
        self.aliased = 0
        self.root: Node | None = None
        self.documents = 0

    def document(self) -> Node | None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            for event in yaml.parse(self.held, Loader=loader):
                self.take(event)
        except yaml.MarkedYAMLError as error:
            self.syntax(error)
            return None
        except yaml.YAMLError as error:
            self.told.tell((1, 1), "", " ".join(str(error).split()))
            return None
        except _Stop:
            return None
        if self.documents == 0:
            self.told.tell((1, 1), "", "the file is empty; expected a spec", hint="begin with: ncd: 1")
        return self.root

    def syntax(self, error: yaml.MarkedYAMLError) -> None:
        """Tell what YAML itself does not understand."""
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        fact = error.problem or error.context or "this is not YAML"
        if "nesting depth" in fact:  # PyYAML has a limit of its own from 6.0.4 on
            fact = f"nested too deeply; at most {DEEPEST} levels are allowed"
        lines = self.text.splitlines()
        written = lines[line - 1] if line <= len(lines) else ""
        if written[column - 1 : column] == "\t" or written[: column - 1].strip(" ").startswith("\t"):
            place = (line, written.index("\t") + 1)
            self.told.tell(place, "", "found a tab; YAML is indented by spaces")
            return
        opened = error.context_mark
        if error.context and opened and opened.line + 1 != line:
            fact += f", {error.context} that starts in line {opened.line + 1}, column {opened.column + 1}"
        self.told.tell((line, column), "", fact, hint=_REMEDIES.get(error.problem or "", ""))

    def stop(self, place: Place, fact: str, hint: str = "") -> _Stop:
        self.told.tell(place, "", fact, hint=hint)
        return _Stop()

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self.scalar(event)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self.start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            opened = self.open.pop()
            self.put(opened.node, opened.anchor, self.count - opened.before)
        elif isinstance(event, yaml.AliasEvent):
            self.alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise self.stop(_at(event), "found a second document; a file holds one spec")

    def scalar(self, event: yaml.ScalarEvent) -> None:
        place = _at(event)
        if event.tag:
            self.tag(place, event.tag)
        text = event.value
        if self.held is not self.text:
            text = text.translate(_LET_GO)
        value: Value = None if event.tag else text
        if event.implicit[0] and not event.tag:  # written without quotes
            value = self.meaning(text, place)
        elif event.style == '"':
            self.escapes(event, place)
        self.count += 1
        self.put(Scalar(place, value, text), event.anchor, 1)

    def escapes(self, event: yaml.ScalarEvent, place: Place) -> None:
        """In double quotes `"\\bar"` is a backspace and `ar`, which nobody means."""
        if event.start_mark is None or event.end_mark is None:
            return
        written = self.text[event.start_mark.index : event.end_mark.index]
        for escape in re.finditer(_ESCAPE, written):
            if escape["wrong"]:
                self.told.misread.add(place)
                before = written[: escape.start()]
                if "\n" not in before:
                    place = (place[0], place[1] + len(before))
                fact = f"found the escape {escape[0]} in double quotes"
                self.misread(place, fact, _LATEX_QUOTES)
                return
        unseen = _unseen(event.value.translate(_LET_GO))
        if unseen:
            fact = f"found the character U+{ord(unseen[0]):04X}, which is not seen and not allowed"
            self.misread(place, fact, "delete it")

    def meaning(self, text: str, place: Place) -> Value:
        """What a scalar without quotes means by the core rules of YAML 1.2."""
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if text[0] not in "+-.0123456789":
            return text
        if _INTEGER.fullmatch(text):
            if len(text) > 100:
                self.misread(place, f"the number {text[:12]}... is too large")
                return None
            return int(text, 0 if text[:2] in ("0o", "0x") else 10)
        if re.fullmatch(_NOT_FINITE, text):
            self.misread(place, f"found {text}; numbers must be finite")
            return None
        if _FLOAT.fullmatch(text):
            number = float(text)
            if not math.isfinite(number):
                self.misread(place, f"found {text[:24]}; numbers must be finite")
                return None
            return number
        return text

    def misread(self, place: Place, fact: str, hint: str = "") -> None:
        """Tell a scalar that means nothing, so that nobody else need speak of it."""
        self.told.misread.add(place)
        self.told.tell(place, "", fact, hint=hint)

    def start(self, event: yaml.CollectionStartEvent) -> None:
        place = _at(event)
        if event.tag:
            self.tag(place, event.tag)
        if len(self.open) >= DEEPEST:
            raise self.stop(place, f"nested too deeply; at most {DEEPEST} levels are allowed")
        if event.anchor:
            self.anchors.pop(event.anchor, None)
        self.count += 1
        node: Items | Entries = Entries(place) if isinstance(event, yaml.MappingStartEvent) else Items(place)
        self.open.append(_Open(node, event.anchor, self.count - 1))

    def tag(self, place: Place, tag: str) -> None:
        shown = tag.replace("tag:yaml.org,2002:", "!!")[:60]
        self.misread(place, f"found the tag {shown}; tags are not allowed in a spec", "delete it")

    def alias(self, event: yaml.AliasEvent) -> None:
        name, place = event.anchor, _at(event)
        if any(opened.anchor == name for opened in self.open):
            raise self.stop(place, f"the alias *{name} stands inside its own anchor")
        if name not in self.anchors:
            raise self.stop(place, f"the alias *{name} has no anchor before it")
        node, size = self.anchors[name]
        self.count += size
        self.aliased += size
        if self.aliased > MOST_ALIASED:
            raise self.stop(place, f"aliases expand to more than {MOST_ALIASED} nodes")
        self.put(node, None, size)

    def put(self, node: Node, anchor: str | None, size: int) -> None:
        """Hang a finished node into the list or mapping that is open."""
        if anchor:
            self.anchors[anchor] = (node, size)
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if isinstance(parent.node, Items):
            parent.node.items.append(node)
        elif parent.key is None:
            parent.key = self.key(parent.node, node)
        else:
            place, key = parent.key
            parent.key = None
            if key is not None:
                parent.node.entries[key] = (place, node)

    def key(self, parent: Entries, node: Node) -> tuple[Place, str | None]:
        """A key's place and text; a mistake told and no text where its value must be dropped."""
        number = isinstance(node, Scalar) and type(node.value) is int  # an axis may be called 4
        if not isinstance(node, Scalar) or not (isinstance(node.value, str) or number):
            self.told.tell(node.place, "", f"a key must be text, found {found(node)}")
            return node.place, None
        key = node.text
        if key in parent.entries:
            first = parent.entries[key][0]
            fact = f"the key '{key[:60]}' stands twice, first in line {first[0]}, column {first[1]}"
            self.told.tell(node.place, "", fact)
            return node.place, None
        if key == "<<":
            fact = "merge keys '<<' are not part of YAML 1.2"
            self.told.tell(node.place, "", fact, hint="write the keys out")
            return node.place, None
        return node.place, key


def found(node: Node) -> str:
    """How a message speaks of a node.

    >>> found(Scalar((1, 1), "relu", "relu")), found(Scalar((1, 1), 3, "3")), found(Items((1, 1)))
    ("'relu'", '3', 'an empty list')
    """
    if isinstance(node, Items):
        return "a list" if node.items else "an empty list"
    if isinstance(node, Entries):
        return "a mapping" if node.entries else "an empty mapping"
    if node.value is None:
        return "nothing"
    text = node.text if len(node.text) <= 60 else node.text[:57] + "..."
    return quoted(text) if isinstance(node.value, str) else text


def quoted(text: str) -> str:
    r"""A text in quotes, its backslashes as they are written.

    >>> print(quoted(r"\bar{x}"), quoted("x'"))
    '\bar{x}' "x'"
    """
    return repr(text).replace("\\\\", "\\")


def _at(event: yaml.Event) -> Place:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)

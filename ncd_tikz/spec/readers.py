"""What may stand at a place of a spec: each reader checks a node, and describes itself to editors."""

from __future__ import annotations

import re
from typing import Any, Literal

from ncd_tikz.axes import Expression, ExpressionError, Signature
from ncd_tikz.axes.signature import parse_names
from ncd_tikz.spec.latex import wrong_latex
from ncd_tikz.spec.mistakes import Told, did_you_mean
from ncd_tikz.spec.names import IDENTIFIER_PATTERN, wrong_name
from ncd_tikz.spec.presets import PRESETS, width_of
from ncd_tikz.spec.source import Items, Node, Scalar, found

Schema = dict[str, Any]

WRONG: Any = type("Wrong", (), {"__repr__": lambda self: "WRONG"})()  # what a mistaken node reads as


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


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


def expected(what: str, node: Node, path: str, told: Told, hint: str = "") -> Any:
    """Tell that a node is not what is expected; gives WRONG."""
    told.tell(node.place, path, f"expected {what}, found {found(node)}", hint=hint)
    return WRONG


def text_of(node: Node) -> str | None:
    """The text of a scalar that may stand for a text: anything but nothing, true and false."""
    if isinstance(node, Scalar) and node.value is not None and not isinstance(node.value, bool):
        return node.text
    return None


class Latex(Reader):
    """LaTeX that only sets symbols or text; white space is made single."""

    __slots__ = ("blank", "mode")

    def __init__(self, mode: Literal["math", "text"], blank: bool = True) -> None:
        self.mode = mode
        self.blank = blank  # whether it may set nothing

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The LaTeX."""
        text = text_of(node)
        if text is None:
            return expected("LaTeX " + self.mode, node, path, told)
        text = " ".join(text.split())
        if not self.blank and not text.strip("{}$~ "):
            return expected("LaTeX " + self.mode, node, path, told)
        if not text.isascii():
            from unicodedata import normalize

            text = normalize("NFC", text)
        wrong = wrong_latex(text, self.mode)
        if wrong:
            told.tell(node.place, path, wrong[0], hint=wrong[1])
            return WRONG
        return text

    def schema(self) -> Schema:
        """A text, or a number that is one."""
        schema: Schema = {"type": ["string", "number"]}
        return schema if self.blank else {**schema, "pattern": r"[^{}$~\s]"}


class Prose(Reader):
    """Plain text for people; white space is made single."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The text."""
        text = text_of(node)
        return expected("text", node, path, told) if text is None else " ".join(text.split())

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
            return expected(f"the name of {with_article(self.what)}", node, path, told)
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
        return expected(
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
        return expected("a number", node, path, told)

    def schema(self) -> Schema:
        """A number."""
        return {"type": "number"}


class Count(Reader):
    """A whole number, zero or more."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """An int."""
        if isinstance(node, Scalar) and type(node.value) is int and node.value >= 0:
            return node.value
        return expected("a whole number from 0", node, path, told)

    def schema(self) -> Schema:
        """An integer."""
        return {"type": "integer", "minimum": 0}


class Choice(Reader):
    """One of a few words."""

    __slots__ = ("choices",)

    def __init__(self, choices: tuple[str, ...]) -> None:
        self.choices = choices

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The word."""
        text = text_of(node)
        if text in self.choices:
            return text
        what = f"one of {', '.join(self.choices)}"
        return expected(what, node, path, told, did_you_mean(text, self.choices) if text else "")

    def schema(self) -> Schema:
        """An enumeration."""
        return {"enum": list(self.choices)}


class Formula(Reader):
    """A number, or an expression over sizes."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """An Expression."""
        if isinstance(node, Scalar) and node.value is not None and not isinstance(node.value, bool):
            if _DATE.fullmatch(node.text.strip()):
                hint = f"a difference is written with spaces: {node.text.strip().replace('-', ' - ')}"
                told.tell(
                    node.place,
                    path,
                    f"found the date {node.text.strip()} where a size is expected",
                    hint=hint,
                )
                return WRONG
            try:
                return Expression.parse(node.value)
            except ExpressionError as error:
                told.tell(node.place, path, error.fact, hint=error.hint)
                return WRONG
        return expected("a number or an expression", node, path, told)

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
            return expected(
                "a size, or a list of sizes", node, path, told, "an axis group has two sizes or more"
            )
        values = [Formula().read(item, f"{path}[{i}]", told) for i, item in enumerate(node.items)]
        return WRONG if any(value is WRONG for value in values) else tuple(values)

    def schema(self) -> Schema:
        """A size or a list of sizes."""
        one = Formula().schema()
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


class Sizes(Reader):
    """One whole-number expression or several, or a word of `choices` such as `same`."""

    __slots__ = ("choices",)

    def __init__(self, choices: tuple[str, ...] = ()) -> None:
        self.choices = choices

    def read(self, node: Node, path: str, told: Told) -> Any:
        """A tuple of Expression, or the word."""
        if isinstance(node, Scalar) and node.value in self.choices:
            return node.value
        return Formulas().read(node, path, told)

    def schema(self) -> Schema:
        """A size, a list of sizes, or a word."""
        schema = Formulas().schema()
        if self.choices:
            schema["anyOf"].insert(0, {"enum": list(self.choices)})
        return schema


class AxisNames(Reader):
    """The axes of a tensor, top to bottom: `x m`."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """A tuple of names."""
        text = text_of(node)
        if text is None:
            hint = "names stand in one text, with spaces between them: x m" if isinstance(node, Items) else ""
            return expected("the names of axes", node, path, told, hint)
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
        text = text_of(node)
        if text is None:
            return expected("a signature such as 'm -> k h'", node, path, told)
        try:
            return Signature.parse(text)
        except ExpressionError as error:
            told.tell(node.place, path, error.fact, hint=error.hint)
            return WRONG

    def schema(self) -> Schema:
        """A text with one arrow."""
        return {"type": "string", "pattern": "^[^>]*->[^>]*$"}


class Transition(Reader):
    """Axes before and after: `x -> y`, or `x` where they stay."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """A Signature of one tensor on either side."""
        text = text_of(node)
        if text is None:
            return expected("axes before and after, such as 'x -> y'", node, path, told)
        try:
            if "->" not in text:
                names = parse_names(text)
                return Signature((names,), (names,))
            signature = Signature.parse(text)
        except ExpressionError as error:
            told.tell(node.place, path, error.fact, hint=error.hint)
            return WRONG
        if len(signature.inputs) > 1 or len(signature.outputs) > 1:
            fact = f"found a comma in {text!r}, where the axes of one tensor stand"
            told.tell(node.place, path, fact, hint="several axes have spaces between them: x y -> x2 y2")
            return WRONG
        return signature

    def schema(self) -> Schema:
        """A text with one arrow at most, or the number that is the only axis."""
        return {"type": ["string", "integer"], "pattern": "^[^>]*(?:->[^>]*)?$"}


class Matching(Reader):
    """A text of a form, such as `package.module:Name`."""

    __slots__ = ("pattern", "what")

    def __init__(self, pattern: str, what: str) -> None:
        self.pattern = pattern
        self.what = what

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The text."""
        text = text_of(node)
        if text is None or len(text) > 300 or not re.fullmatch(self.pattern, text):
            return expected(self.what, node, path, told)
        return text

    def schema(self) -> Schema:
        """A pattern."""
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"}


class FigureWidth(Reader):
    """A preset's name or a TeX length."""

    def read(self, node: Node, path: str, told: Told) -> Any:
        """The text."""
        text = text_of(node)
        if text is None:
            return expected("a width", node, path, told, "for example neurips, icml-column, 3.25in or 8cm")
        try:
            width_of(text)
        except ValueError as error:
            hint = did_you_mean(text, PRESETS) if text[:1].isalpha() else ""
            if not hint and "preset" in str(error):
                hint = f"presets: {', '.join(PRESETS)}"
            told.tell(node.place, path, f"{error}, found {found(node)}", hint=hint)
            return WRONG
        return text

    def schema(self) -> Schema:
        """A preset or a length."""
        length = {"type": "string", "pattern": r"^([0-9]+\.?[0-9]*|\.[0-9]+)\s*(pt|bp|in|cm|mm|pc|dd|cc)$"}
        return {"anyOf": [{"enum": list(PRESETS)}, length]}


def one_or_more(schema: Schema, fewest: int = 1) -> Schema:
    """One of these, or a list of them."""
    listed: Schema = {"type": "array", "items": schema}
    return {"anyOf": [schema, {**listed, "minItems": fewest} if fewest else listed]}


def with_article(what: str) -> str:
    """`an axis`, `a value`."""
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"

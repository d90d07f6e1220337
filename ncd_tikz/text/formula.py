"""The parts of a formula, as TeX's math lists have them (TeX: The Program, part 34)."""

from __future__ import annotations

from dataclasses import dataclass, field

from ncd_tikz.text.symbols import ORD


@dataclass(slots=True)
class Glyph:
    """One character of a math font."""

    family: str
    code: int


@dataclass(slots=True)
class Group:
    """A formula in braces."""

    items: list[Item]


@dataclass(slots=True)
class Fraction:
    """`above` over `below`, with or without a rule; `style` 0 is display style, -1 the surrounding one."""

    above: list[Item]
    below: list[Item]
    style: int = -1
    rule: bool = True
    left: str = ""
    right: str = ""


@dataclass(slots=True)
class Root:
    """A square root, or the root of degree `index`."""

    body: list[Item]
    index: list[Item]


@dataclass(slots=True)
class Accent:
    """An accent on top of a formula."""

    family: str
    code: int
    body: list[Item]


@dataclass(slots=True)
class Line:
    """A rule above or below a formula."""

    body: list[Item]
    above: bool


@dataclass(slots=True)
class Fence:
    """Formulas between delimiters that grow with them; `middles` stand between the parts."""

    left: str
    parts: list[list[Item]]
    middles: list[str]
    right: str


@dataclass(slots=True)
class Big:
    """A delimiter of a fixed size, in multiples of 8.5 pt, or the plain one (0)."""

    name: str
    height: float


@dataclass(slots=True)
class Words:
    """Text inside a formula, as `\\text` sets it."""

    text: str
    font: str


@dataclass(slots=True)
class Fixed:
    """A box of a size known beforehand, in em of the style's font."""

    width: float
    height: float
    depth: float


@dataclass(slots=True)
class Hidden:
    """A formula of which only some measures count."""

    body: list[Item]
    width: bool = True
    height: bool = True


@dataclass(slots=True)
class Stack:
    """A base with a smaller formula above or below; `same` keeps the size (a brace, an arrow)."""

    base: list[Item]
    above: list[Item]
    below: list[Item]
    extra: float = 0.0


@dataclass(slots=True)
class Matrix:
    """Rows of cells; `small` is the script-size one."""

    rows: list[list[list[Item]]]
    left: str = ""
    right: str = ""
    small: bool = False


Nucleus = (
    Glyph | Group | Fraction | Root | Accent | Line | Fence | Big | Words | Fixed | Hidden | Stack | Matrix
)


@dataclass(slots=True)
class Atom:
    """A nucleus with its class and scripts."""

    nucleus: Nucleus
    kind: int = ORD
    above: list[Item] = field(default_factory=list)
    below: list[Item] = field(default_factory=list)
    limits: bool | None = None


@dataclass(slots=True)
class Space:
    """A space of so many mu (eighteenths of a quad of the symbol font) and em (of the style's font)."""

    mu: float = 0.0
    em: float = 0.0
    words: float = 0.0  # spaces between words of the text font


@dataclass(slots=True)
class Style:
    """From here on: 0 display, 2 text, 4 script, 6 script of script."""

    style: int


Item = Atom | Space | Style

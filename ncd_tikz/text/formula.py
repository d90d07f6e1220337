"""The parts of a formula, as TeX's math lists have them (TeX: The Program, part 34).

Plain classes, as dataclasses would take longer to make at start-up than a figure's text takes to measure.
"""

from __future__ import annotations

from ncd_tikz.text.symbols import ORD


class Glyph:
    """One character of a math font."""

    __slots__ = ("code", "family")

    def __init__(self, family: str, code: int) -> None:
        self.family, self.code = family, code


class Group:
    """A formula in braces."""

    __slots__ = ("items",)

    def __init__(self, items: list[Item]) -> None:
        self.items = items


class Fraction:
    """`above` over `below`, with or without a rule; `style` 0 is display style, -1 the surrounding one."""

    __slots__ = ("above", "below", "left", "right", "rule", "style")

    def __init__(
        self,
        above: list[Item],
        below: list[Item],
        style: int = -1,
        rule: bool = True,
        fences: tuple[str, str] = ("", ""),
    ) -> None:
        self.above, self.below, self.style, self.rule = above, below, style, rule
        self.left, self.right = fences


class Root:
    """A square root, or the root of degree `index`."""

    __slots__ = ("body", "index")

    def __init__(self, body: list[Item], index: list[Item]) -> None:
        self.body, self.index = body, index


class Accent:
    """An accent on top of a formula."""

    __slots__ = ("body", "code", "family")

    def __init__(self, family: str, code: int, body: list[Item]) -> None:
        self.family, self.code, self.body = family, code, body


class Line:
    """A rule above or below a formula."""

    __slots__ = ("above", "body")

    def __init__(self, body: list[Item], above: bool) -> None:
        self.body, self.above = body, above


class Fence:
    """Formulas between delimiters that grow with them; `middles` stand between the parts."""

    __slots__ = ("left", "middles", "parts", "right")

    def __init__(self, left: str, parts: list[list[Item]], middles: list[str], right: str) -> None:
        self.left, self.parts, self.middles, self.right = left, parts, middles, right


class Big:
    """A delimiter of at least a height, given in pt for a font of 10 pt."""

    __slots__ = ("height", "name")

    def __init__(self, name: str, height: float) -> None:
        self.name, self.height = name, height


class Words:
    r"""Text inside a formula, as `\text` sets it."""

    __slots__ = ("font", "text")

    def __init__(self, text: str, font: str) -> None:
        self.text, self.font = text, font


class Fixed:
    """A box of a size known beforehand, in quads of the style's symbol font."""

    __slots__ = ("depth", "height", "width")

    def __init__(self, width: float, height: float, depth: float) -> None:
        self.width, self.height, self.depth = width, height, depth


class Hidden:
    """A formula of which the width or the height counts for nothing."""

    __slots__ = ("body", "height", "width")

    def __init__(self, body: list[Item], width: bool = True, height: bool = True) -> None:
        self.body, self.width, self.height = body, width, height


class Stack:
    """A base with a smaller formula above or below; `least` is its least width in em."""

    __slots__ = ("above", "base", "below", "least")

    def __init__(self, base: list[Item], above: list[Item], below: list[Item], least: float = 0.0) -> None:
        self.base, self.above, self.below, self.least = base, above, below, least


class Matrix:
    """Rows of cells between delimiters, which may be empty; `small` sets them as scripts."""

    __slots__ = ("left", "right", "rows", "small")

    def __init__(
        self, rows: list[list[list[Item]]], fences: tuple[str, str] = ("", ""), small: bool = False
    ) -> None:
        self.rows, self.small = rows, small
        self.left, self.right = fences


Nucleus = (
    Glyph | Group | Fraction | Root | Accent | Line | Fence | Big | Words | Fixed | Hidden | Stack | Matrix
)


class Atom:
    """A nucleus with its class and scripts; `limits` tells whether they stand above and below it."""

    __slots__ = ("above", "below", "kind", "limits", "nucleus")

    def __init__(
        self,
        nucleus: Nucleus,
        kind: int = ORD,
        above: list[Item] | None = None,
        below: list[Item] | None = None,
    ) -> None:
        self.nucleus, self.kind = nucleus, kind
        self.above: list[Item] = above or []
        self.below: list[Item] = below or []
        self.limits: bool | None = None


class Space:
    """A space of so many mu, em of the style's font, and spaces between words of the text font."""

    __slots__ = ("em", "mu", "words")

    def __init__(self, mu: float = 0.0, em: float = 0.0, words: float = 0.0) -> None:
        self.mu, self.em, self.words = mu, em, words


class Style:
    """From here on: 0 display, 2 text, 4 script, 6 script of script."""

    __slots__ = ("style",)

    def __init__(self, style: int) -> None:
        self.style = style


Item = Atom | Space | Style


def bare_glyph(item: Item | None) -> Glyph | None:
    """The character that an item is, if it is one without scripts."""
    if isinstance(item, Atom) and isinstance(item.nucleus, Glyph) and not item.above and not item.below:
        return item.nucleus
    return None

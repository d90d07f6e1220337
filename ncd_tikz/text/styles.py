"""TeX's eight styles, and the dimensions that a formula's fonts give each of them.

Styles are numbered as in TeX: 0 display, 2 text, 4 script, 6 script of script; odd ones are cramped.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from ncd_tikz.text.faces import Face, face
from ncd_tikz.text.formula import Item

SCRIPT_SPACE = 0.5
NULL_DELIMITER = 1.2

# From fontmath.ltx, the sizes of a formula, of its scripts and of their scripts, in pt.
_SIZES = (
    (5.0, 5.0, 5.0),
    (7.0, 5.0, 5.0),
    (8.0, 6.0, 5.0),
    (9.0, 6.0, 5.0),
    (10.0, 7.0, 5.0),
    (12.0, 8.0, 6.0),
    (14.4, 10.0, 7.0),
    (17.28, 12.0, 10.0),
    (20.74, 14.4, 12.0),
    (24.88, 20.74, 14.4),
)


class Box(NamedTuple):
    """What is set, in pt; `italic` is the correction that a subscript goes without."""

    width: float
    height: float
    depth: float
    italic: float = 0.0


EMPTY = Box(0.0, 0.0, 0.0)


def cramped(style: int) -> int:
    """The same style with lower superscripts."""
    return style | 1


def superscript(style: int) -> int:
    """The style of superscripts."""
    return 2 * (style // 4) + 4 + (style & 1)


def subscript(style: int) -> int:
    """The style of subscripts."""
    return 2 * (style // 4) + 5


def numerator(style: int) -> int:
    """The style above a fraction's rule."""
    return style + 2 - 2 * (style // 6)


def denominator(style: int) -> int:
    """The style below a fraction's rule."""
    return 2 * (style // 2) + 3 - 2 * (style // 6)


@lru_cache(maxsize=64)
def math_sizes(size: float) -> tuple[float, float, float]:
    """The size of a formula, of its scripts and of their scripts, in pt; smooth between LaTeX's own.

    >>> math_sizes(10.0)
    (10.0, 7.0, 5.0)
    """
    low = _SIZES[0]
    if size <= low[0]:
        return size, size, size
    for high in _SIZES[1:]:
        if size <= high[0]:
            weight = (size - low[0]) / (high[0] - low[0])
            return size, low[1] + weight * (high[1] - low[1]), low[2] + weight * (high[2] - low[2])
        low = high
    return size, low[1] * size / low[0], low[2] * size / low[0]


class Setting:
    """The fonts of a formula of a size in pt; `font` is that of the text around it.

    A subclass knows how to set a formula and the text inside it.
    """

    def __init__(self, size: float, font: str = "cmr") -> None:
        self.sizes = math_sizes(size)
        self.font = font
        self._symbols = tuple(face("cmsy", pt) for pt in self.sizes)
        self._extensions = tuple(face("cmex", pt) for pt in self.sizes)

    def formula(self, items: list[Item], style: int) -> Box:
        """A formula on one line."""
        raise NotImplementedError

    def words(self, text: str, font: str, style: int) -> Box:
        """Text inside the formula."""
        raise NotImplementedError

    def level(self, style: int) -> int:
        """0 for text, 1 for scripts, 2 for their scripts."""
        return 0 if style < 4 else 1 if style < 6 else 2

    def size(self, style: int) -> float:
        """The font size of a style in pt."""
        return self.sizes[self.level(style)]

    def face(self, family: str, style: int) -> Face:
        """A font at the style's size."""
        return face(family, self.size(style))

    def symbols(self, style: int) -> tuple[float, ...]:
        """The parameters of the symbol font: from 7 on num1, num2, num3, denom1, denom2, sup1, ..."""
        return self._symbols[self.level(style)].parameters

    def extension(self, style: int) -> tuple[float, ...]:
        """The parameters of the font of large symbols: from 7 on the rule and five gaps of operators."""
        return self._extensions[self.level(style)].parameters

    def axis(self, style: int) -> float:
        """The height of the math axis."""
        return self.symbols(style)[21]

    def rule(self, style: int) -> float:
        """The thickness of a fraction's rule."""
        return self.extension(style)[7]

    def x_height(self, style: int) -> float:
        """The height of an x in the symbol font."""
        return self.symbols(style)[4]

    def quad(self, style: int) -> float:
        """Eighteen mu."""
        return self.symbols(style)[5]

    def glyph(self, family: str, code: int, style: int) -> Box:
        """A character of a font at the style's size; a generous box where the font has none."""
        metric = self.face(family, style).metric(code)
        em = self.size(style)
        return Box(*metric) if metric else Box(em, 0.75 * em, 0.25 * em)

    def centred(self, box: Box, style: int) -> Box:
        """A delimiter or operator moved to the axis."""
        total, axis = box.height + box.depth, self.axis(style)
        return Box(box.width, total / 2 + axis, total / 2 - axis, box.italic) if total else box

"""How wide, high and deep TeX sets a formula (The TeXbook, appendix G)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ncd_tikz.text.delimiters import stretched
from ncd_tikz.text.faces import Face, Metric, face
from ncd_tikz.text.formula import (
    Accent,
    Atom,
    Big,
    Fence,
    Fixed,
    Fraction,
    Glyph,
    Group,
    Hidden,
    Item,
    Line,
    Matrix,
    Root,
    Space,
    Stack,
    Style,
    Words,
)
from ncd_tikz.text.sizes import math_sizes
from ncd_tikz.text.symbols import BIN, CLOSE, INNER, OP, OPEN, ORD, PUNCT, REL

SCRIPT_SPACE = 0.5
NULL_DELIMITER = 1.2

# TeX: The Program, section 764: no space, thin outside scripts, thin, medium and thick outside scripts.
_SPACING = (
    (0, 2, 3, 4, 0, 0, 0, 1),
    (2, 2, 0, 4, 0, 0, 0, 1),
    (3, 3, 0, 0, 3, 0, 0, 3),
    (4, 4, 0, 0, 4, 0, 0, 4),
    (0, 0, 0, 0, 0, 0, 0, 0),
    (0, 2, 3, 4, 0, 0, 0, 1),
    (1, 1, 0, 1, 1, 1, 1, 1),
    (1, 2, 3, 4, 1, 0, 1, 1),
)
_MU = (0.0, 3.0, 3.0, 4.0, 5.0)


class Box(NamedTuple):
    """What is set, in pt; `italic` is what a subscript moves back by."""

    width: float
    height: float
    depth: float
    italic: float = 0.0


_EMPTY = Box(0.0, 0.0, 0.0)
SetWords = Callable[[str, str, float], Box]


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


class Setter:
    """Sets formulas at a size in pt; `words` sets the text inside them, `font` is the text's font."""

    def __init__(self, size: float, words: SetWords, font: str = "cmr") -> None:
        self.sizes = math_sizes(size)
        self.words = words
        self.font = font
        self._styles: list[tuple[float, Face, Face]] = [
            (pt, face("cmsy", pt), face("cmex", pt)) for pt in self.sizes
        ]

    def size(self, style: int) -> float:
        """The font size of a style in pt."""
        return self.sizes[_level(style)]

    def symbols(self, style: int) -> tuple[float, ...]:
        """The dimensions of the symbol font: from 8 on num1, num2, num3, denom1, denom2, sup1, ..."""
        return self._styles[_level(style)][1].parameters

    def axis(self, style: int) -> float:
        """The height of the math axis."""
        return self.symbols(style)[21]

    def rule(self, style: int) -> float:
        """The thickness of a fraction's rule."""
        return self._styles[_level(style)][2].parameters[7]

    def x_height(self, style: int) -> float:
        """The height of an x in the symbol font."""
        return self.symbols(style)[4]

    def list(self, items: list[Item], style: int) -> Box:
        """A formula on one line."""
        kinds = _kinds(items)
        width = height = depth = 0.0
        before = -1
        for place, item in enumerate(items):
            if isinstance(item, Style):
                style = item.style
            elif isinstance(item, Space):
                quad = self.symbols(style)[5]
                text = face("cmr", self.size(style))
                width += item.mu * quad / 18 + item.em * text.quad
                if item.words:
                    width += item.words * face(self.font, self.sizes[0]).space
            else:
                kind = kinds[place]
                if before >= 0 and (gap := _SPACING[before][kind]) and (gap == 2 or style < 4):
                    width += _MU[gap] * self.symbols(style)[5] / 18
                following = items[place + 1] if place + 1 < len(items) else None
                box = self.atom(item, style, kind, following)
                width += box.width
                height = max(height, box.height)
                depth = max(depth, box.depth)
                before = kind
        return Box(width, height, depth)

    def atom(self, atom: Atom, style: int, kind: int, following: Item | None = None) -> Box:
        """A nucleus with its scripts."""
        nucleus, limits = atom.nucleus, atom.limits
        if kind == OP and isinstance(nucleus, Glyph):
            box = self._operator(nucleus, style)
        elif isinstance(nucleus, Accent) and _single(nucleus.body) and (atom.above or atom.below):
            inner = nucleus.body[0]
            assert isinstance(inner, Atom)
            scripted = self.atom(Atom(inner.nucleus, ORD, atom.above, atom.below), cramped(style), ORD)
            bare = self._accent(nucleus, style)
            return Box(scripted.width, max(scripted.height, bare.height), max(scripted.depth, bare.depth))
        else:
            box = self.nucleus(nucleus, style)
            if isinstance(nucleus, Glyph) and not atom.above and not atom.below:
                return self._alone(nucleus, box, style, following)
        if not atom.above and not atom.below:
            return Box(box.width + box.italic, box.height, box.depth)
        if kind == OP and (limits or (limits is None and style < 2 and _has_limits(nucleus))):
            return self._limits(atom, box, style)
        return self._scripts(atom, box, style)

    def _alone(self, glyph: Glyph, box: Box, style: int, following: Item | None) -> Box:
        """A character followed by what it may be kerned with."""
        width = box.width + box.italic
        if isinstance(following, Atom) and isinstance(following.nucleus, Glyph):
            if following.nucleus.family == glyph.family and following.kind != INNER:
                font = face(glyph.family, self.size(style))
                if font.space:
                    width -= box.italic
                width += font.kern(glyph.code, following.nucleus.code)
        return Box(width, box.height, box.depth)

    def _scripts(self, atom: Atom, box: Box, style: int) -> Box:
        symbols = self.symbols(style)
        up = down = 0.0
        if not isinstance(atom.nucleus, Glyph) or atom.kind == OP:
            small = self.symbols(4 if style < 4 else 6)
            up, down = box.height - small[17], box.depth + small[18]
        x_height, width = symbols[4], box.width
        if not atom.below:
            width += box.italic
        above = below = _EMPTY
        if atom.above:
            above = self.list(atom.above, superscript(style))
            least = symbols[14] if style & 1 else symbols[12] if style < 2 else symbols[13]
            up = max(up, least, above.depth + x_height / 4)
        if atom.below:
            below = self.list(atom.below, subscript(style))
            if not atom.above:
                down = max(down, symbols[15], below.height - x_height * 4 / 5)
                return Box(
                    width + below.width + SCRIPT_SPACE,
                    max(box.height, below.height - down),
                    max(box.depth, below.depth + down),
                )
            down = max(down, symbols[16])
            gap = 4 * self.rule(style) - ((up - above.depth) - (below.height - down))
            if gap > 0:
                down += gap
                lift = x_height * 4 / 5 - (up - above.depth)
                if lift > 0:
                    up, down = up + lift, down - lift
        shift = box.italic if atom.below else 0.0
        wide = max(above.width + SCRIPT_SPACE + shift if atom.above else 0.0, below.width + SCRIPT_SPACE)
        return Box(
            width + wide,
            max(box.height, up + above.height),
            max(box.depth, below.depth + down if atom.below else above.depth - up),
        )

    def _limits(self, atom: Atom, box: Box, style: int) -> Box:
        spacing = self._styles[_level(style)][2].parameters
        above = self.list(atom.above, superscript(style)) if atom.above else None
        below = self.list(atom.below, subscript(style)) if atom.below else None
        width, height, depth = box.width + box.italic, box.height, box.depth
        if above:
            height += max(spacing[8], spacing[10] - above.depth) + above.height + above.depth + spacing[12]
            width = max(width, above.width)
        if below:
            depth += max(spacing[9], spacing[11] - below.height) + below.height + below.depth + spacing[12]
            width = max(width, below.width)
        return Box(width, height, depth)

    def _operator(self, glyph: Glyph, style: int) -> Box:
        code = glyph.code
        if style < 2 and glyph.family == "cmex":
            from ncd_tikz.text.faces import larger_characters

            code = larger_characters("cmex").get(code, code)
        box = self.glyph(glyph.family, code, style)
        total, axis = box.height + box.depth, self.axis(style)
        return Box(box.width, total / 2 + axis, total / 2 - axis, box.italic)

    def glyph(self, family: str, code: int, style: int) -> Box:
        """A character of a font at the style's size."""
        metric: Metric | None = face(family, self.size(style)).metric(code)
        if metric is None:
            return Box(self.size(style), 0.75 * self.size(style), 0.25 * self.size(style))
        return Box(*metric)

    def nucleus(self, nucleus: object, style: int) -> Box:
        """What stands before the scripts."""
        if isinstance(nucleus, Glyph):
            return self.glyph(nucleus.family, nucleus.code, style)
        if isinstance(nucleus, Group):
            return self.list(nucleus.items, style)
        if isinstance(nucleus, Accent):
            return self._accent(nucleus, style)
        if isinstance(nucleus, Fraction):
            return self._fraction(nucleus, style)
        if isinstance(nucleus, Root):
            return self._root(nucleus, style)
        if isinstance(nucleus, Line):
            return self._line(nucleus, style)
        if isinstance(nucleus, Fence):
            return self._fence(nucleus, style)
        if isinstance(nucleus, Words):
            return self.words(nucleus.text, nucleus.font or self.font, self.size(style))
        return self._rarer(nucleus, style)

    def _rarer(self, nucleus: object, style: int) -> Box:
        if isinstance(nucleus, Fixed):
            em = self.size(style)
            return Box(nucleus.width * em, nucleus.height * em, nucleus.depth * em)
        if isinstance(nucleus, Hidden):
            box = self.list(nucleus.body, style)
            return Box(
                box.width if nucleus.width else 0.0,
                box.height if nucleus.height else 0.0,
                box.depth if nucleus.height else 0.0,
            )
        if isinstance(nucleus, Stack):
            base = Atom(Group(nucleus.base), OP, nucleus.above, nucleus.below)
            return self._limits(base, self.list(nucleus.base, style), style)
        if isinstance(nucleus, Big):
            height = nucleus.height * self.sizes[0] / 10
            return self._around(stretched(self, nucleus.name, style, height), style)
        if isinstance(nucleus, Matrix):
            return self._matrix(nucleus, style)
        return _EMPTY

    def _around(self, box: Box, style: int) -> Box:
        """A delimiter centred on the axis."""
        total, axis = box.height + box.depth, self.axis(style)
        return Box(box.width, total / 2 + axis, total / 2 - axis) if total else box

    def _accent(self, accent: Accent, style: int) -> Box:
        body = self.list(accent.body, cramped(style))
        code = accent.code
        mark = self.glyph(accent.family, code, style)
        if accent.family == "cmex":
            from ncd_tikz.text.faces import larger_characters

            while (larger := larger_characters("cmex").get(code)) is not None:
                wider = self.glyph("cmex", larger, style)
                if wider.width > body.width:
                    break
                code, mark = larger, wider
        delta = min(body.height, face(accent.family, self.size(style)).x_height)
        return Box(body.width, max(body.height, mark.height + body.height - delta), body.depth)

    def _line(self, line: Line, style: int) -> Box:
        body = self.list(line.body, cramped(style) if line.above else style)
        extra = 5 * self.rule(style)
        if line.above:
            return Box(body.width, body.height + extra, body.depth)
        return Box(body.width, body.height, body.depth + extra)

    def _fraction(self, fraction: Fraction, style: int) -> Box:
        if fraction.style >= 0:
            style = fraction.style
        above = self.list(fraction.above, numerator(style))
        below = self.list(fraction.below, denominator(style))
        symbols, axis, display = self.symbols(style), self.axis(style), style < 2
        rule = self.rule(style)
        down = symbols[10 if display else 11]
        if fraction.rule:
            up = symbols[7 if display else 8]
            clear = 3 * rule if display else rule
            up += max(0.0, clear - ((up - above.depth) - (axis + rule / 2)))
            down += max(0.0, clear - ((axis - rule / 2) - (below.height - down)))
        else:
            up = symbols[7 if display else 9]
            lack = (7 if display else 3) * rule - ((up - above.depth) - (below.height - down))
            up, down = up + max(0.0, lack / 2), down + max(0.0, lack / 2)
        width = max(above.width, below.width)
        height, depth = up + above.height, down + below.depth
        for name in (fraction.left, fraction.right):
            if name:
                side = self._around(stretched(self, name, style, symbols[19 if display else 20]), style)
                width += side.width
                height, depth = max(height, side.height), max(depth, side.depth)
            else:
                width += NULL_DELIMITER
        return Box(width, height, depth)

    def _root(self, root: Root, style: int) -> Box:
        body = self.list(root.body, cramped(style))
        rule = self.rule(style)
        clear = rule + (abs(self.x_height(style)) if style < 2 else rule) / 4
        inside = body.height + body.depth + clear
        sign = stretched(self, "surd", style, inside + rule)
        extra = sign.depth - inside
        if extra > 0:
            clear += extra / 2
        height = body.height + clear + 2 * sign.height
        box = Box(sign.width + body.width, height, max(body.depth, sign.depth - body.height - clear))
        if not root.index:
            return box
        index = self.list(root.index, 6)
        lift = 0.6 * (box.height - box.depth)
        quad = self.symbols(style)[5]
        return Box(box.width + index.width - 5 * quad / 18, max(box.height, lift + index.height), box.depth)

    def _fence(self, fence: Fence, style: int) -> Box:
        parts = [self.list(part, style) for part in fence.parts]
        axis = self.axis(style)
        top, bottom = max(part.height for part in parts), max(part.depth for part in parts)
        half = max(top - axis, bottom + axis)
        needed = max(half * 2 * 0.901, 2 * half - 5.0)
        width = sum(part.width for part in parts)
        for name in (fence.left, *fence.middles, fence.right):
            side = self._around(stretched(self, name, style, needed), style)
            width += side.width
            top, bottom = max(top, side.height), max(bottom, side.depth)
        return Box(width, top, bottom)

    def _matrix(self, matrix: Matrix, style: int) -> Box:
        inner = 4 if matrix.small else 2
        rows = [[self.list(cell, inner) for cell in row] for row in matrix.rows]
        columns = max(len(row) for row in rows)
        widths = [max((row[i].width for row in rows if i < len(row)), default=0.0) for i in range(columns)]
        strut = (0.84, 0.36) if not matrix.small else (0.5, 0.2)
        em = self.sizes[0]
        total = sum(
            max(strut[0] * em, *(cell.height for cell in row))
            + max(strut[1] * em, *(cell.depth for cell in row))
            for row in rows
        )
        axis = self.axis(style)
        box = Box(sum(widths) + em * max(0, columns - 1), total / 2 + axis, total / 2 - axis)
        if not matrix.left:
            return box
        sides = [self._around(stretched(self, n, style, total), style) for n in (matrix.left, matrix.right)]
        return Box(
            box.width + sum(side.width for side in sides),
            max(box.height, *(side.height for side in sides)),
            max(box.depth, *(side.depth for side in sides)),
        )


def _level(style: int) -> int:
    return 0 if style < 4 else 1 if style < 6 else 2


def _single(items: list[Item]) -> bool:
    if len(items) != 1 or not isinstance(items[0], Atom):
        return False
    atom = items[0]
    return isinstance(atom.nucleus, Glyph) and not atom.above and not atom.below


def _has_limits(nucleus: object) -> bool:
    return not (isinstance(nucleus, Glyph) and nucleus.code in (0x52, 0x48, 0x73))


def _kinds(items: list[Item]) -> list[int]:
    """The classes of the atoms; a sign that has nothing to join is no binary operation."""
    kinds: list[int] = []
    before, last = BIN, -1
    for place, item in enumerate(items):
        kind = -1
        if isinstance(item, Atom):
            kind = item.kind
            if kind == BIN and before in (BIN, OP, REL, OPEN, PUNCT):
                kind = ORD
            elif kind in (REL, CLOSE, PUNCT) and before == BIN and last >= 0:
                kinds[last] = ORD
            before, last = kind, place
        kinds.append(kind)
    if before == BIN and last >= 0:
        kinds[last] = ORD
    return kinds

"""How wide, high and deep TeX sets a formula (The TeXbook, appendix G)."""

from __future__ import annotations

from collections.abc import Callable

from ncd_tikz.text import nuclei
from ncd_tikz.text.faces import face, larger_characters
from ncd_tikz.text.formula import (
    Accent,
    Atom,
    Fence,
    Fraction,
    Glyph,
    Group,
    Item,
    Line,
    Nucleus,
    Root,
    Space,
    Style,
    Words,
    bare_glyph,
)
from ncd_tikz.text.styles import EMPTY, SCRIPT_SPACE, Box, Setting, subscript, superscript
from ncd_tikz.text.symbols import BIN, CLOSE, OP, OPEN, ORD, PUNCT, REL

# TeX: The Program, section 764. 1, 3, 4: a thin, medium, thick space outside scripts; 2: thin anywhere.
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
_NO_LIMITS = frozenset((0x48, 0x52, 0x73))  # integrals

SetWords = Callable[[str, str, float, int], Box]
NESTING = 3  # texts in formulas in texts, beyond which a text is not looked into


class Setter(Setting):
    """Sets formulas of a size in pt; `set_words` sets the text inside them, from text, font,
    size and how many formulas are around it."""

    def __init__(self, size: float, set_words: SetWords, font: str = "cmr", nesting: int = 0) -> None:
        super().__init__(size, font)
        self._set_words = set_words
        self._nesting = nesting

    def words(self, text: str, font: str, style: int) -> Box:
        """Text inside the formula, in the font of the text around it if none is named."""
        size = self.size(style)
        if self._nesting > NESTING:
            return Box(len(text) * size, size, size)
        return self._set_words(text, font or self.font, size, self._nesting)

    def formula(self, items: list[Item], style: int) -> Box:
        """A formula on one line."""
        kinds = _kinds(items)
        width = height = depth = 0.0
        before = -1
        for place, item in enumerate(items):
            if isinstance(item, Style):
                style = item.style
            elif isinstance(item, Space):
                width += self._space(item, style)
            else:
                kind = kinds[place]
                gap = _SPACING[before][kind] if before >= 0 else 0
                if gap and (gap == 2 or style < 4):
                    width += _MU[gap] * self.quad(style) / 18
                glyph = bare_glyph(item)
                if glyph is not None and kind != OP:
                    following = items[place + 1] if place + 1 < len(items) else None
                    box = self._character(glyph, style, following)
                else:
                    box = self.atom(item, style, kind)
                width += box.width
                height, depth = max(height, box.height), max(depth, box.depth)
                before = kind
        return Box(width, height, depth)

    def _space(self, space: Space, style: int) -> float:
        width = space.mu * self.quad(style) / 18 + space.em * self.face("cmr", style).quad
        return width + space.words * face(self.font, self.sizes[0]).space

    def _character(self, glyph: Glyph, style: int, following: Item | None) -> Box:
        """A character without scripts, kerned with the next one."""
        box = self.glyph(glyph.family, glyph.code, style)
        width = box.width + box.italic
        neighbour = following.nucleus if isinstance(following, Atom) else None
        if isinstance(neighbour, Glyph) and neighbour.family == glyph.family:
            font = self.face(glyph.family, style)
            width += font.kern(glyph.code, neighbour.code)
            if font.space:  # a text font, whose letters make words
                width -= box.italic
        return Box(width, box.height, box.depth)

    def atom(self, atom: Atom, style: int, kind: int) -> Box:
        """A nucleus with its scripts."""
        nucleus = atom.nucleus
        scripted = bool(atom.above or atom.below)
        if isinstance(nucleus, Accent) and scripted and (inner := _single(nucleus.body)) is not None:
            # TeX moves the scripts under the accent.
            body = self.atom(Atom(inner, ORD, atom.above, atom.below), style, ORD)
            bare = nuclei.accented(self, nucleus, style)
            return Box(body.width, max(body.height, bare.height), max(body.depth, bare.depth))
        if kind == OP and isinstance(nucleus, Glyph):
            box = self._operator(nucleus, style)
        else:
            box = self._nucleus(nucleus, style)
        if not scripted:
            return Box(box.width + box.italic, box.height, box.depth)
        if kind == OP:
            limits = atom.limits
            if limits is None:
                limits = style < 2 and not (isinstance(nucleus, Glyph) and nucleus.code in _NO_LIMITS)
            if limits:
                return nuclei.with_limits(self, box, atom.above, atom.below, style)
        return self._scripts(atom, box, style, plain=isinstance(nucleus, Glyph) and kind != OP)

    def _operator(self, glyph: Glyph, style: int) -> Box:
        code = glyph.code
        if style < 2 and glyph.family == "cmex":
            code = larger_characters("cmex").get(code, code)
        return self.centred(self.glyph(glyph.family, code, style), style)

    def _nucleus(self, nucleus: Nucleus, style: int) -> Box:
        if isinstance(nucleus, Glyph):
            return self.glyph(nucleus.family, nucleus.code, style)
        if isinstance(nucleus, Group):
            return self.formula(nucleus.items, style)
        if isinstance(nucleus, Accent):
            return nuclei.accented(self, nucleus, style)
        if isinstance(nucleus, Words):
            return self.words(nucleus.text, nucleus.font, style)
        if isinstance(nucleus, Fraction):
            return nuclei.fraction(self, nucleus, style)
        if isinstance(nucleus, Root):
            return nuclei.root(self, nucleus, style)
        if isinstance(nucleus, Line):
            return nuclei.lined(self, nucleus, style)
        if isinstance(nucleus, Fence):
            return nuclei.fenced(self, nucleus, style)
        return nuclei.rarer(self, nucleus, style)

    def _scripts(self, atom: Atom, box: Box, style: int, plain: bool) -> Box:
        """Superscript, subscript or both (rule 18)."""
        symbols, x_height = self.symbols(style), self.x_height(style)
        up = down = 0.0
        if not plain:
            small = self.symbols(4 if style < 4 else 6)
            up, down = box.height - small[17], box.depth + small[18]
        above = below = EMPTY
        if atom.above:
            above = self.formula(atom.above, superscript(style))
            least = symbols[14] if style & 1 else symbols[12] if style < 2 else symbols[13]
            up = max(up, least, above.depth + x_height / 4)
        if not atom.below:
            width = box.width + box.italic + above.width + SCRIPT_SPACE
            return Box(width, max(box.height, up + above.height), max(box.depth, above.depth - up))
        below = self.formula(atom.below, subscript(style))
        if not atom.above:
            down = max(down, symbols[15], below.height - x_height * 4 / 5)
            width = box.width + below.width + SCRIPT_SPACE
            return Box(width, max(box.height, below.height - down), max(box.depth, below.depth + down))
        down = max(down, symbols[16])
        lack = 4 * self.rule(style) - ((up - above.depth) - (below.height - down))
        if lack > 0:
            down += lack
            lift = max(0.0, x_height * 4 / 5 - (up - above.depth))
            up, down = up + lift, down - lift
        width = box.width + max(above.width + box.italic, below.width) + SCRIPT_SPACE
        return Box(width, max(box.height, up + above.height), max(box.depth, below.depth + down))


def _single(items: list[Item]) -> Glyph | None:
    return bare_glyph(items[0]) if len(items) == 1 else None


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

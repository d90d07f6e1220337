"""Index or slice: a blue pentagon that points right; the wire of an index ends in it."""

from __future__ import annotations

from dataclasses import replace

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import polygon, text
from ncd_tikz.text import measure

SIZE = 1.2
HALF = 0.46
POINT = 0.42
PADDING = 0.24


@frozen
class Pentagon:
    """`text` is LaTeX: `2`, `i_a`, `1{:}4`. A slice has a made wire, an index none."""

    text: str

    def needs(self) -> Needs:
        """As wide as its text and its point."""
        width = measure(self.text, "math", SIZE).width + 2 * PADDING + POINT
        return Needs(max(width, 1.35) + 0.1, reach=HALF)

    def draw(self, site: Site) -> Drawn:
        """It spans all its wires, which end at its left side."""
        top, bottom = site.extent()
        left, right = site.left + 0.05, site.right - 0.05
        middle = (top + bottom) / 2
        outline = (
            (left, top - HALF),
            (right - POINT, top - HALF),
            (right, middle),
            (right - POINT, bottom + HALF),
            (left, bottom + HALF),
        )
        word = text(((left + right - 0.7 * POINT) / 2, middle), self.text, size=SIZE)
        slope = POINT / ((bottom - top) / 2 + HALF)
        return Drawn(
            front=(polygon(*outline, fill="index"), replace(word, color="white")),
            ends={slot: (left, row) for slot, row in site.taken.items()},
            starts={slot: (right - slope * abs(row - middle), row) for slot, row in site.made.items()},
        )

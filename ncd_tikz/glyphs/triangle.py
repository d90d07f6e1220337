"""Softmax: an open triangle that points left, on the wire."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import polygon

WIDTH = 1.0
HALF = 0.66


@frozen
class Triangle:
    """Softmax over the axes whose wires enter at the tip."""

    def needs(self) -> Needs:
        """One unit wide, and room above and below the wire."""
        return Needs(WIDTH + 0.3, reach=HALF)

    def draw(self, site: Site) -> Drawn:
        """Wires end where they meet the slanted sides, and start at the upright one."""
        top, bottom = site.extent()
        middle, half = (top + bottom) / 2, (bottom - top) / 2 + HALF
        tip, back = site.middle - WIDTH / 2, site.middle + WIDTH / 2
        return Drawn(
            front=(polygon((tip, middle), (back, middle - half), (back, middle + half)),),
            ends={slot: (tip + WIDTH * abs(row - middle) / half, row) for slot, row in site.taken.items()},
            starts={slot: (back, row) for slot, row in site.made.items()},
        )

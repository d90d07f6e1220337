"""Discard: the wires end in a ground."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import line

HALF = 0.36
STEP = 0.16


@frozen
class Ground:
    """Every wire of the tensor ends: three bars that grow shorter."""

    def needs(self) -> Needs:
        """Three bars."""
        return Needs(0.8, reach=HALF, by_place=True)

    def draw(self, site: Site) -> Drawn:
        """The first bar spans all its wires."""
        top, bottom = site.extent()
        x = site.left + 0.2
        bars = (
            line((x + number * STEP, top - HALF + shrink), (x + number * STEP, bottom + HALF - shrink))
            for number, shrink in enumerate((0.0, 0.12, 0.24))
        )
        return Drawn(front=tuple(bars), ends={slot: (x, row) for slot, row in site.taken.items()})

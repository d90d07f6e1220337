"""View: a thick upright bar; wires enter left and leave right."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import polygon, rectangle

REACH = 0.42
HALF = 0.07


@frozen
class Bar:
    """Flatten, split or group axes."""

    def needs(self) -> Needs:
        """A narrow place."""
        return Needs(0.8, reach=REACH)

    def draw(self, site: Site) -> Drawn:
        """The bar spans all its wires."""
        top, bottom = site.extent()
        x = site.middle
        corners = rectangle(x - HALF, top - REACH, x + HALF, bottom + REACH)
        return Drawn(
            front=(polygon(*corners, stroke="none", fill="black"),),
            ends={slot: (x - HALF, row) for slot, row in site.taken.items()},
            starts={slot: (x + HALF, row) for slot, row in site.made.items()},
        )

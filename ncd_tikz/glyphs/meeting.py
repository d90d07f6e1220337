"""A binary operation on shared axes: wires meet in dots, its sign beside them."""

from __future__ import annotations

from dataclasses import dataclass

from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import DOT_RADIUS, text
from ncd_tikz.text import measure

SIZE = 1.2


@dataclass(frozen=True, slots=True)
class Meeting:
    """The sign of an addition, a product, a mask: `sign` is LaTeX math."""

    sign: str

    def needs(self) -> Needs:
        """Room for the sign, right of the dots."""
        return Needs(measure(self.sign, "math", SIZE).width + 0.7, reach=0.75)

    def draw(self, site: Site) -> Drawn:
        """The sign stands above the first dot, which the wires reach from the left."""
        x = site.left + DOT_RADIUS
        top = min(site.meets, default=(site.top + site.bottom) / 2)
        extent = measure(self.sign, "math", SIZE)
        middle = x + max(extent.width / 2 - 0.1, 0.15)
        y = top - DOT_RADIUS - 0.12 - (extent.height + extent.depth) / 2
        return Drawn(
            front=(text((middle, y), self.sign, size=SIZE),),
            ends={slot: (x, row) for slot, row in site.taken.items()},
            starts={slot: (x, row) for slot, row in site.made.items()},
        )

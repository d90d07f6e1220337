"""A binary operation on shared axes: wires meet in dots, its sign beside them."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import DOT_RADIUS, text
from ncd_tikz.text import measure

SIZE = 1.2
HEADROOM = 0.95  # dot and sign


@frozen
class Meeting:
    """The sign of an addition, a product, a mask: `sign` is LaTeX math."""

    sign: str

    def needs(self) -> Needs:
        """Room for the sign, right of the dots."""
        return Needs(measure(self.sign, "math", SIZE).width + 0.7, headroom=HEADROOM, reach=0.75)

    def draw(self, site: Site) -> Drawn:
        """The sign stands above the first dot, which the wires reach from the left."""
        x = site.left + DOT_RADIUS
        extent = measure(self.sign, "math", SIZE)
        middle = x + max(extent.width / 2 - 0.1, 0.15)
        if site.meets:
            y = min(site.meets) - DOT_RADIUS - 0.12 - (extent.height + extent.depth) / 2
        elif site.taken:  # the wire of a number ends before the sign
            middle, y = x + extent.width / 2 + 0.15, max(site.taken.values())
        else:
            y = (site.top + site.bottom) / 2
        return Drawn(
            front=(text((middle, y), self.sign, size=SIZE),),
            ends={slot: (x, row) for slot, row in site.taken.items()},
            starts={slot: (x, row) for slot, row in site.made.items()},
        )

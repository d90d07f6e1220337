"""Any function: its letter in a box on the wires that it takes."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import polygon, rectangle, text
from ncd_tikz.text import measure

SIZE = 1.4
PADDING = 0.35
REACH = 0.45


@frozen
class Box:
    """A function of one tensor or of several members of a tuple."""

    text: str

    def needs(self) -> Needs:
        """As wide as its letter."""
        return Needs(max(1.5, measure(self.text, "math", SIZE).width + 2 * PADDING), reach=REACH)

    def draw(self, site: Site) -> Drawn:
        """Wires end at its left side and start at its right."""
        top, bottom = site.extent()
        corners = rectangle(site.left, top - REACH, site.right, bottom + REACH)
        return Drawn(
            behind=(polygon(*corners, fill="sky"),),
            front=(text((site.middle, (top + bottom) / 2), self.text, size=SIZE),),
            ends={slot: (site.left, row) for slot, row in site.taken.items()},
            starts={slot: (site.right, row) for slot, row in site.made.items()},
        )

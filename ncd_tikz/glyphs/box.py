"""Any function: its letter in a box on the wires that it takes."""

from __future__ import annotations

from itertools import pairwise

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import polygon, rectangle, text
from ncd_tikz.text import measure

SIZE = 1.4
PADDING = 0.35
REACH = 0.45
CLEAR = (0.12, 0.02)  # between the letter and wires that pass: where there is room, and at least


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
        extent = measure(self.text, "math", SIZE)
        corners = rectangle(site.left, top - REACH, site.right, bottom + REACH)
        return Drawn(
            behind=(polygon(*corners, fill="sky"),),
            front=(text((site.middle, free_row(site, extent.height + extent.depth)), self.text, size=SIZE),),
            ends={slot: (site.left, row) for slot, row in site.taken.items()},
            starts={slot: (site.right, row) for slot, row in site.made.items()},
        )


def free_row(site: Site, height: float) -> float:
    """Where ink of that height stands: in the middle, or next to it between wires that pass over the box."""
    top, bottom = site.extent()
    middle = (top + bottom) / 2
    edges = [top - REACH, *(row for row in site.passing if top < row < bottom), bottom + REACH]
    for clear in CLEAR:
        half = height / 2 + clear
        free = [(high + half, low - half) for high, low in pairwise(edges) if low - high > 2 * half]
        if free:
            rows = (min(max(middle, high), low) for high, low in free)
            return min(rows, key=lambda row: abs(row - middle))
    return middle

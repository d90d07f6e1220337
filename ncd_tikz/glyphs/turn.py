"""A rotation: a box on its wires with an arrow that turns in it."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.box import REACH, free_row
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import KAPPA, arrow_head, polygon, rectangle
from ncd_tikz.scene import CurveTo, Move, Shape

WIDTH = 1.5
RADIUS = 0.4
HEAD = 0.2  # of the arrow, below the circle


@frozen
class Turn:
    """Entries that turn by an angle that grows with the position: three quarters of a circle."""

    def needs(self) -> Needs:
        """A box."""
        return Needs(WIDTH, reach=REACH)

    def draw(self, site: Site) -> Drawn:
        """Wires end at its left side and start at its right; the arrow is clear of those that pass."""
        top, bottom = site.extent()
        x, y = site.middle, free_row(site, 2 * RADIUS + HEAD)
        r, k = RADIUS, RADIUS * KAPPA
        arc = Shape(
            (
                Move((x + r, y)),
                CurveTo((x + r, y - k), (x + k, y - r), (x, y - r)),
                CurveTo((x - k, y - r), (x - r, y - k), (x - r, y)),
                CurveTo((x - r, y + k), (x - k, y + r), (x, y + r)),
            )
        )
        corners = rectangle(site.left, top - REACH, site.right, bottom + REACH)
        return Drawn(
            behind=(polygon(*corners, fill="sky"),),
            front=(arc, arrow_head((x + 0.34, y + r))),
            ends={slot: (site.left, row) for slot, row in site.taken.items()},
            starts={slot: (site.right, row) for slot, row in site.made.items()},
        )

"""Normalisation: an open circle on the wire."""

from __future__ import annotations

from dataclasses import dataclass

from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import line
from ncd_tikz.scene import Circle

RADIUS = 0.38


@dataclass(frozen=True, slots=True)
class NormCircle:
    """A `diameter` marks layer norm, a `tick` RMS norm; bold where it has parameters."""

    mark: str = ""
    learned: bool = False

    def needs(self) -> Needs:
        """A little more than the circle."""
        return Needs(2 * RADIUS + 0.3, reach=RADIUS)

    def draw(self, site: Site) -> Drawn:
        """One circle around all its wires."""
        top, bottom = site.extent()
        x, y, radius = site.middle, (top + bottom) / 2, (bottom - top) / 2 + RADIUS
        circle = Circle((x, y), radius, "bold" if self.learned else "outline")
        marks = {
            "diameter": ((x, y - radius), (x, y + radius)),
            "tick": ((x, y - radius), (x, y - radius / 3)),
        }
        strokes = [line(*marks[self.mark])] if self.mark else []
        side = {
            row: (radius**2 - (row - y) ** 2) ** 0.5 for row in (*site.taken.values(), *site.made.values())
        }
        return Drawn(
            front=(circle, *strokes),
            ends={slot: (x - side[row], row) for slot, row in site.taken.items()},
            starts={slot: (x + side[row], row) for slot, row in site.made.items()},
        )

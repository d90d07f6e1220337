"""Concatenation and splitting: a thick bar across tuple members."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import polygon, rectangle


@frozen
class Concatenation:
    """Its own wires end in the bar, one or several leave it; shared axes meet in dots."""

    parts: int = 2

    def needs(self) -> Needs:
        """To be drawn."""
        return Needs(2.0, reach=0.5)

    def draw(self, site: Site) -> Drawn:
        """To be drawn."""
        top, bottom = site.extent()
        return Drawn(
            front=(polygon(*rectangle(site.left, top - 0.4, site.right, bottom + 0.4)),),
            ends={slot: (site.left, row) for slot, row in site.taken.items()},
            starts={slot: (site.right, row) for slot, row in site.made.items()},
        )

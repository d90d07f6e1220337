"""Squeeze and unsqueeze: an axis of length one goes in an arrow head or comes from an arrow tail."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import polygon, rectangle


@frozen
class UnitAxis:
    """Taken wires go, made wires come."""

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

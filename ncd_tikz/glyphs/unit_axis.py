"""Squeeze and unsqueeze: an axis of length one goes in an arrow head or comes from an arrow tail."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import arrow_head

LENGTH = 0.42


@frozen
class UnitAxis:
    """Taken wires go, made wires come."""

    def needs(self) -> Needs:
        """Room for the head."""
        return Needs(0.7, reach=0.2)

    def draw(self, site: Site) -> Drawn:
        """A head on every wire."""
        tip = site.middle + LENGTH / 2
        rows = (*site.taken.values(), *site.made.values())
        return Drawn(
            front=tuple(arrow_head((tip, row)) for row in rows),
            ends={slot: (tip - 0.3, row) for slot, row in site.taken.items()},
            starts={slot: (tip - 0.1, row) for slot, row in site.made.items()},
        )

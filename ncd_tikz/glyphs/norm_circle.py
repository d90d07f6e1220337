"""Normalisation: an open circle on the wire; on several wires it is drawn out to hold them all."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site, Slot
from ncd_tikz.glyphs.strokes import KAPPA, line
from ncd_tikz.scene import CurveTo, LineTo, Move, Shape

RADIUS = 0.38


@frozen
class NormCircle:
    """A `diameter` marks layer norm, a `tick` RMS norm, a `cross` group norm, a `dot` instance norm.

    Bold where it has parameters. Batch norm has no mark: the wires of `touching`, of which the
    statistics are taken, only touch the circle, and the channels end in it.
    """

    mark: str = ""
    learned: bool = False
    touching: tuple[Slot, ...] = ()

    def needs(self) -> Needs:
        """A little more than the circle."""
        return Needs(2 * RADIUS + 0.3, reach=RADIUS)

    def draw(self, site: Site) -> Drawn:
        """One ring around all its wires, which end at its sides."""
        top, bottom = site.extent()
        x, left, right = site.middle, site.middle - RADIUS, site.middle + RADIUS
        high, low, k = top - RADIUS, bottom + RADIUS, RADIUS * KAPPA
        ring = Shape(
            (
                Move((left, top)),
                CurveTo((left, top - k), (x - k, high), (x, high)),
                CurveTo((x + k, high), (right, top - k), (right, top)),
                LineTo((right, bottom)),
                CurveTo((right, bottom + k), (x + k, low), (x, low)),
                CurveTo((x - k, low), (left, bottom + k), (left, bottom)),
            ),
            "bold" if self.learned else "outline",
            "white",
            closed=True,
        )
        marks = {"diameter": ((x, high), (x, low)), "tick": ((x, high), (x, high + RADIUS * 2 / 3))}
        return Drawn(
            front=(ring, line(*marks[self.mark])) if self.mark else (ring,),
            ends={slot: (left, row) for slot, row in site.taken.items()},
            starts={slot: (right, row) for slot, row in site.made.items()},
        )

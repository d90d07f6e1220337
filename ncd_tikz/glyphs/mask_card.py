"""Causal mask: a square on its two wires, the kept half filled."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import card, polygon, rectangle

REACH = 0.45
SQUARE = 0.8


@frozen
class MaskCard:
    """Positions that ask run down the square, positions that answer along it."""

    causal: bool = True

    def needs(self) -> Needs:
        """A little more than the square."""
        return Needs(SQUARE + 0.5, reach=REACH)

    def draw(self, site: Site) -> Drawn:
        """A card on the wires with the square in its middle."""
        top, bottom = site.extent()
        x, y, half = site.middle, (top + bottom) / 2, SQUARE / 2
        left, right = x - half - 0.2, x + half + 0.2
        return Drawn(
            behind=(card(left, top - REACH, right, bottom + REACH, "grey"),),
            front=(
                polygon(*rectangle(x - half, y - half, x + half, y + half), fill="white"),
                polygon((x - half, y - half), (x + half, y + half), (x - half, y + half), fill="black"),
            ),
            ends={slot: (left, row) for slot, row in site.taken.items()},
            starts={slot: (right, row) for slot, row in site.made.items()},
        )

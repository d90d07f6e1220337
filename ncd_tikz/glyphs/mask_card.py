"""Causal mask: a square on its two wires, what is kept filled."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import card, polygon, rectangle
from ncd_tikz.scene import Point

REACH = 0.45
SQUARE = 0.8
BAND = 0.3  # of a window, along an edge of the square
SHIFT = 0.25  # of a diagonal that does not begin in the corner


@frozen
class MaskCard:
    """Positions that ask run down the square, positions that answer along it.

    Without a `window` all that came before is kept; `shifted` where those that ask began later.
    """

    causal: bool = True
    window: bool = False
    shifted: bool = False

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
                polygon(*self._kept(x - half, y - half, x + half, y + half), fill="black"),
            ),
            ends={slot: (left, row) for slot, row in site.taken.items()},
            starts={slot: (right, row) for slot, row in site.made.items()},
        )

    def _kept(self, left: float, top: float, right: float, bottom: float) -> tuple[Point, ...]:
        """The triangle under the diagonal, or the band along it."""
        start = left + (SHIFT if self.shifted else 0.0)
        ahead: tuple[Point, ...] = ((start, top), (right, bottom))
        if not self.causal:
            ahead = ((start, top), (start + BAND, top), (right, bottom - BAND), (right, bottom))
        if not self.window:
            return (*(((left, top),) if self.shifted else ()), *ahead, (left, bottom))
        behind = ((right - BAND, bottom), (left, top + BAND - (start - left)))
        return (*(((left, top),) if self.shifted else ()), *ahead, *behind)

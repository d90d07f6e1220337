"""Einsum: contracted wires are closed by half circles, an arrow leaves each."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site, Slot
from ncd_tikz.glyphs.strokes import arrow_head, half_circle, line, text
from ncd_tikz.scene import Point, Primitive, Shape, Text, Wire
from ncd_tikz.text import measure

ARROW = 0.85
WIDEST = 0.95  # reach of the widest half circle
RIDER = 0.95
MEET = 0.5
LEAVE = 0.8  # room in which the wire of a number goes to its row
SUM = r"\Sigma"


@frozen
class InnerProducts:
    """Contractions (`pairs` of wires, or more that meet in a dot first) and sums over single axes.

    The half circle of axis groups is double, as their wires are: `double` are their slots.
    """

    pairs: tuple[tuple[Slot, ...], ...] = ()
    sums: tuple[Slot, ...] = ()
    scalar: bool = False  # nothing is left but a number: its wire leaves from the arrow
    double: tuple[Slot, ...] = ()

    def needs(self) -> Needs:
        """Half circle and arrow; nothing where the map only moves and merges wires."""
        if not self.pairs and not self.sums:
            return Needs(0.5)
        width = self._indent() + WIDEST + ARROW + (LEAVE if self.scalar else 0.0)
        return Needs(width, reach=0.4 if self.sums else 0.1, carries=bool(self.pairs), scattered=True)

    def _around(self, site: Site, first: Slot, second: Slot) -> bool:
        """Whether another half circle stands around this one: only the outermost has an arrow."""
        top, bottom = sorted((site.taken[first], site.taken[second]))
        spans = [sorted((site.taken[group[0]], site.taken[group[-1]])) for group in self.pairs]
        return any(high < top and bottom < low for high, low in spans)

    def _indent(self) -> float:
        """Room for the dot in which more than two wires meet."""
        return MEET if any(len(group) > 2 for group in self.pairs) else 0.0

    def draw(self, site: Site) -> Drawn:
        """Half circles bulge to the right from the left side of the place."""
        ink: list[Primitive] = []
        ends: dict[Slot, Point] = {}
        tips: list[Point] = []
        left = site.left + self._indent()
        for first, *_, second in self.pairs:
            top, bottom = sorted((site.taken[first], site.taken[second]))
            reach = min((bottom - top) / 2, WIDEST)
            ends[first], ends[second] = (left, site.taken[first]), (left, site.taken[second])
            curve = half_circle(left, top, bottom, reach)
            ink.append(Wire(curve, "double", "") if first in self.double else Shape(curve, "outline"))
            if not self._around(site, first, second):
                rider = "" if tips else site.rider
                tips.append(_arrow(ink, (left + reach, (top + bottom) / 2), rider))
        for slot in self.sums:
            row = site.taken[slot]
            sign = text((site.left + 0.4, row), SUM)
            ends[slot] = (site.left, row)
            ink.append(sign)
            tips.append(_arrow(ink, (site.left + 0.4 + sign.width / 2 + 0.1, row), ""))
        starts = {slot: tips[0] if tips else (site.left, row) for slot, row in site.made.items()}
        return Drawn(front=tuple(ink), ends=ends, starts=starts)


def rider_width(rider: str) -> float:
    """How wide the arrow must be to carry a text."""
    return measure(rider, "math", RIDER).width + 0.45 if rider else ARROW


def _arrow(ink: list[Primitive], start: Point, rider: str) -> Point:
    tip = (start[0] + rider_width(rider), start[1])
    ink += [line(start, (tip[0] - 0.3, tip[1])), arrow_head(tip)]
    if rider:
        extent = measure(rider, "math", RIDER)
        at = (start[0] + 0.08, start[1] - 0.13 - extent.depth)
        ink.append(Text(at, rider, "left", "math", RIDER, "glyph", extent.width, extent.height, extent.depth))
    return tip

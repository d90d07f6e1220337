"""Repetition: large parentheses around what is repeated, with the range of the index."""

from __future__ import annotations

from dataclasses import replace

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import text
from ncd_tikz.scene import CurveTo, LineTo, Move, Primitive, Shape
from ncd_tikz.text import measure

BULGE = 0.42
SIZE = 1.0
REACH = 0.5  # beyond the wires and what stands between the parentheses
GAP = 0.16  # between the ends and the range
TIP = 0.05


@frozen
class Parenthesis:
    r"""A left one carries `last` (`\lambda=4`) above and `first` (`\lambda=1`) below; a right one nothing.

    The wires pass; only their names change. `key` tells which two belong together.
    """

    opening: bool
    first: str = ""
    last: str = ""
    key: str = ""

    def needs(self) -> Needs:
        """The bulge; the range stands above and below, where nothing else does."""
        return Needs(BULGE + 0.5)

    def draw(self, site: Site) -> Drawn:
        """From `site.high` to `site.low`: over everything that is repeated."""
        high, low = site.high - REACH, site.low + REACH
        sign = 1 if self.opening else -1
        x = site.middle - sign * BULGE / 2  # of the bulge
        ends, bend = x + sign * BULGE, sign * 0.1
        tall = min(1.2, (low - high) / 3)
        arc = Shape(
            (
                Move((ends, high)),
                CurveTo((x + bend, high + 0.35 * tall), (x, high + 0.75 * tall), (x, high + 1.2 * tall)),
                LineTo((x, low - 1.2 * tall)),
                CurveTo((x, low - 0.75 * tall), (x + bend, low - 0.35 * tall), (ends, low)),
            ),
            "bold",
        )
        ink: list[Primitive] = [arc]
        for label, y in ((self.last, high - GAP), (self.first, low + GAP)):
            if label:
                extent = measure(label, "math", SIZE)
                baseline = y - extent.depth if y < site.middle_row else y + extent.height
                ink.append(replace(text((0.0, 0.0), label, size=SIZE), at=(ends, baseline)))
        return Drawn(
            front=tuple(ink),
            ends={slot: (site.middle, row) for slot, row in site.taken.items()},
            starts={slot: (site.middle, row) for slot, row in site.made.items()},
        )

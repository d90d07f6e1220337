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
GAP = 0.12  # between the bulge and the range


@frozen
class Parenthesis:
    r"""A left one has `last` (`\lambda=4`) beside its upper end and `first` (`\lambda=1`) beside the lower.

    The wires pass; only their names change. `key` tells which two belong together.
    """

    opening: bool
    first: str = ""
    last: str = ""
    key: str = ""

    def _label_width(self) -> float:
        labels = [label for label in (self.first, self.last) if label]
        return max((measure(label, "math", SIZE).width for label in labels), default=0.0)

    def needs(self) -> Needs:
        """The bulge, and beside its ends the range: the wires pass between."""
        return Needs(BULGE + 0.6 + self._label_width())

    def draw(self, site: Site) -> Drawn:
        """From `site.high` to `site.low`: over everything that is repeated."""
        high, low = site.high - REACH, site.low + REACH
        sign = 1 if self.opening else -1
        ends = site.right - 0.25 if self.opening else site.left + 0.25
        x, bend = ends - sign * BULGE, sign * 0.1
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
        right = x - GAP
        for label, top in ((self.last, True), (self.first, False)):
            if label:
                extent = measure(label, "math", SIZE)
                y = high + extent.height if top else low - extent.depth
                ink.append(replace(text((right, y), label, size=SIZE), at=(right, y), align="right"))
        return Drawn(
            front=tuple(ink),
            ends={slot: (x, row) for slot, row in site.taken.items()},
            starts={slot: (x, row) for slot, row in site.made.items()},
        )

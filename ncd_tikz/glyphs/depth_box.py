"""A named component, closed: a box with depth."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import polygon, rectangle, text
from ncd_tikz.scene import Card, Primitive
from ncd_tikz.text import measure, wrap

DEPTH = 0.22
REACH = 0.55
PADDING = 0.3
LINE = 0.95
WIDEST = 6.5


@frozen
class DepthBox:
    """The component's title, its parameters below, on a box drawn with depth."""

    title: str
    parameters: str = ""
    color: str = "lime"

    def _lines(self) -> tuple[str, ...]:
        title = wrap(self.title, "sans", 1.0, WIDEST)
        return (*title, self.parameters) if self.parameters else title

    def needs(self) -> Needs:
        """As wide as its longest line; high enough for all of them."""
        lines = self._lines()
        width = max(measure(line, "sans").width for line in lines) + 2 * PADDING + DEPTH
        height = len(lines) * LINE + 0.2
        return Needs(width, reach=max(REACH + DEPTH, 0.0), span=max(0.0, height - 2 * REACH))

    def draw(self, site: Site) -> Drawn:
        """Front, top and side; wires end at the front's left edge and start at the side."""
        top, bottom = site.extent()
        lines = self._lines()
        least = len(lines) * LINE + 0.2
        middle, half = (top + bottom) / 2, max(bottom - top + 2 * REACH, least) / 2
        left, right = site.left, site.right - DEPTH
        high, low = middle - half, middle + half
        first = middle - (len(lines) - 1) * LINE / 2
        outline = ((left, high), (left + DEPTH, high - DEPTH), (site.right, high - DEPTH),
                   (site.right, low - DEPTH), (right, low), (left, low))  # fmt: skip
        front: list[Primitive] = [
            polygon(*rectangle(left, high, right, low), fill=self.color),
            polygon(*outline),
            polygon((right, high), (site.right, high - DEPTH)),
        ]
        front += [
            text(((left + right) / 2, first + number * LINE), content, font="sans")
            for number, content in enumerate(lines)
        ]
        return Drawn(
            behind=(Card(outline, self.color),),
            front=tuple(front),
            ends={slot: (left, row) for slot, row in site.taken.items()},
            starts={slot: (site.right, row) for slot, row in site.made.items()},
        )

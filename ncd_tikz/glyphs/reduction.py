"""A reduction: the wire ends in its name, an arrow leaves it."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import arrow_head, line, polygon, rectangle, text
from ncd_tikz.scene import Point, Primitive
from ncd_tikz.text import measure

SIZE = 1.3
GAP = 0.1
ARROW = 0.62
REACH = 0.45


@frozen
class Reduction:
    r"""`text` is LaTeX: `\Sigma`, `\mathrm{I\!E}`, `\mathrm{Max}`, `\mathrm{argmax}`."""

    text: str

    def needs(self) -> Needs:
        """Its name and the arrow."""
        return Needs(
            measure(self.text, "math", SIZE).width + 2 * GAP + ARROW + 0.1, reach=REACH, by_place=True
        )

    def draw(self, site: Site) -> Drawn:
        """One wire ends at the name itself; several end at a box around it."""
        top, bottom = site.extent()
        middle, width = (top + bottom) / 2, measure(self.text, "math", SIZE).width
        right = site.left + width + 2 * GAP
        ink: list[Primitive] = [text((site.left + GAP + width / 2, middle), self.text, size=SIZE)]
        if len(site.taken) > 1:
            ink.append(polygon(*rectangle(site.left, top - REACH, right, bottom + REACH)))
        tip: Point = (right + ARROW, middle)
        ink += [line((right, middle), (tip[0] - 0.3, middle)), arrow_head(tip)]
        return Drawn(
            front=tuple(ink),
            ends={slot: (site.left, row) for slot, row in site.taken.items()},
            starts=dict.fromkeys(site.made, tip),
        )

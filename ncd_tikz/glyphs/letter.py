"""A function of one tensor: its letter in a break of the wires that it takes."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import text
from ncd_tikz.text import measure

SIZE = 1.6
GAP = 0.12
REACH = 0.42


@frozen
class Letter:
    """`text` is LaTeX: `G`, `F^T`. Wires end at its left and start at its right, each in its row."""

    text: str

    def needs(self) -> Needs:
        """As wide as its letter."""
        return Needs(measure(self.text, "math", SIZE).width + 2 * GAP + 0.2, reach=REACH)

    def draw(self, site: Site) -> Drawn:
        """The letter stands in the middle of its wires."""
        top, bottom = site.extent()
        half = measure(self.text, "math", SIZE).width / 2 + GAP
        return Drawn(
            front=(text((site.middle, (top + bottom) / 2), self.text, size=SIZE),),
            ends={slot: (site.middle - half, row) for slot, row in site.taken.items()},
            starts={slot: (site.middle + half, row) for slot, row in site.made.items()},
        )

"""Memory: a card in which wires end, or from which they come."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import arrow_head, card, line, text
from ncd_tikz.scene import Primitive
from ncd_tikz.text import measure

SIZE = 1.5
PADDING = 0.2
ARROW = 0.75
REACH = 0.42
HEIGHT = 1.3  # least


@frozen
class MemoryCard:
    r"""`text` is LaTeX, `C_\lambda`; an arrow points to it where it is saved, from it where it is loaded."""

    text: str
    saves: bool
    memory: str = ""  # under which name: what is loaded stands behind what saves it

    def needs(self) -> Needs:
        """Arrow and name."""
        width = measure(self.text, "math", SIZE).width + ARROW + 3 * PADDING
        return Needs(width + 0.2, reach=REACH, span=HEIGHT - 2 * REACH)

    def draw(self, site: Site) -> Drawn:
        """The card spans its wires; they end at its left side, or start at its right."""
        top, bottom = site.extent()
        middle, half = (top + bottom) / 2, max((bottom - top) / 2 + REACH, HEIGHT / 2)
        left, right = site.left + 0.1, site.right - 0.1
        width = measure(self.text, "math", SIZE).width
        if self.saves:
            arrow, x = left + PADDING, right - PADDING - width / 2
        else:
            arrow, x = right - PADDING - ARROW, left + PADDING + width / 2
        ink: list[Primitive] = [
            line((arrow, middle), (arrow + ARROW - 0.3, middle)),
            arrow_head((arrow + ARROW, middle)),
            text((x, middle), self.text, size=SIZE),
        ]
        return Drawn(
            behind=(card(left, middle - half, right, middle + half, "straw"),),
            front=tuple(ink),
            ends={slot: (left, row) for slot, row in site.taken.items()},
            starts={slot: (right, row) for slot, row in site.made.items()},
        )

"""Index or slice: a blue pentagon that points right; the wire of an index ends in it.

The transpose of an index, which puts an entry in its place, points left.
"""

from __future__ import annotations

from dataclasses import replace

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import polygon, text
from ncd_tikz.scene import Primitive
from ncd_tikz.text import measure

SIZE = 1.2
HALF = 0.46
POINT = 0.42
PADDING = 0.24


@frozen
class Pentagon:
    """`text` is LaTeX: `2`, `i_a`, `1{:}4`. A slice has a made wire, an index none.

    Several indexes, parted by commas, have a pentagon each where each has a wire. `turned` points left.
    """

    text: str
    turned: bool = False

    def _texts(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text.split(","))

    def needs(self) -> Needs:
        """As wide as its text and its point."""
        return Needs(max(self._width(self.text), *map(self._width, self._texts())) + 0.1, reach=HALF)

    def _width(self, content: str) -> float:
        return max(measure(content, "math", SIZE).width + 2 * PADDING + POINT, 1.35)

    def draw(self, site: Site) -> Drawn:
        """It spans all its wires, or each of them stands on its own; they end at the left side."""
        left = site.left + 0.05
        texts = self._texts()
        if len(texts) > 1 and len(texts) == len(site.taken):
            width = max(map(self._width, texts))
            left, right = site.middle - width / 2, site.middle + width / 2
            drawn = [_pentagon(left, right, row, row, content)
                     for content, row in zip(texts, site.taken.values(), strict=True)]  # fmt: skip
            front = tuple(primitive for one in drawn for primitive in one)
            tip = (right, min(site.taken.values()))
            ends = {slot: (left, row) for slot, row in site.taken.items()}
            return Drawn(front=front, ends=ends, starts=dict.fromkeys(site.made, tip))
        top, bottom = site.extent()
        right = site.right - 0.05
        slope = POINT / ((bottom - top) / 2 + HALF)
        if self.turned:
            return Drawn(
                front=_pentagon(right, left, top, bottom, self.text),
                ends={
                    slot: (left + slope * abs(row - (top + bottom) / 2), row)
                    for slot, row in site.taken.items()
                },
                starts={slot: (right, row) for slot, row in site.made.items()},
            )
        return Drawn(
            front=_pentagon(left, right, top, bottom, self.text),
            ends={slot: (left, row) for slot, row in site.taken.items()},
            starts={
                slot: (right - slope * abs(row - (top + bottom) / 2), row) for slot, row in site.made.items()
            },
        )


def _pentagon(back: float, tip: float, top: float, bottom: float, content: str) -> tuple[Primitive, ...]:
    middle, point = (top + bottom) / 2, POINT if tip > back else -POINT
    outline = (
        (back, top - HALF),
        (tip - point, top - HALF),
        (tip, middle),
        (tip - point, bottom + HALF),
        (back, bottom + HALF),
    )
    word = text(((back + tip - 0.7 * point) / 2, middle), content, size=SIZE)
    return polygon(*outline, fill="index"), replace(word, color="white")

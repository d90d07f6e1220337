"""Re-indexing of an axis without a window: nearest upsampling."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import polygon, text
from ncd_tikz.text import measure

SHORT = 0.45  # half height at the left
TALL = 0.85  # and at the right
SIZE = 1.05


@frozen
class Resampling:
    """A trapezoid that widens to the right; `factor` is LaTeX.

    y[x'] = x[x' // s]: the window of size one is left out.
    """

    factor: str

    def _text(self) -> str:
        return rf"\times {self.factor}"

    def needs(self) -> Needs:
        """As wide as its factor."""
        return Needs(measure(self._text(), "math", SIZE).width + 0.5, reach=TALL, by_place=True)

    def draw(self, site: Site) -> Drawn:
        """Wires enter the short side and leave the long one."""
        top, bottom = site.extent()
        left, right = site.left + 0.05, site.right - 0.05
        outline = ((left, top - SHORT), (right, top - TALL), (right, bottom + TALL), (left, bottom + SHORT))
        return Drawn(
            front=(
                polygon(*outline, fill="trapezoid"),
                text(((left + right) / 2 + 0.04, (top + bottom) / 2), self._text(), size=SIZE),
            ),
            ends={slot: (left, row) for slot, row in site.taken.items()},
            starts={slot: (right, row) for slot, row in site.made.items()},
        )

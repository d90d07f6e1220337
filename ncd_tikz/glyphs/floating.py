"""An elementwise function: it floats above the tensor on a wire of length one."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import arrow_head, line, text
from ncd_tikz.text import measure

HEIGHT = 1.32  # of the arrow above the top wire: a label fits between
ARM = 0.5
SIZE = 1.15


@frozen
class Floating:
    """Arrow tail, letter, arrow head, above the top wire (`R` is ReLU, `k^{-1/2}` a scale)."""

    text: str
    rides: bool = False

    def needs(self) -> Needs:
        """Room above the tensor, none on it."""
        width = measure(self.text, "math", SIZE).width + 2 * ARM + 0.3
        return Needs(width, headroom=HEIGHT + 0.5, floats=True, rides=self.rides)

    def draw(self, site: Site) -> Drawn:
        """All ink above `site.top`."""
        y = site.top - HEIGHT
        half = measure(self.text, "math", SIZE).width / 2 + 0.08
        x = site.middle
        return Drawn(
            front=(
                line((x - half - ARM + 0.1, y), (x - half, y)),
                arrow_head((x - half - ARM + 0.4, y)),
                text((x, y), self.text, size=SIZE),
                line((x + half, y), (x + half + ARM - 0.25, y)),
                arrow_head((x + half + ARM, y)),
            )
        )

"""A learned convolution, short: a small bold box with a star and the kernel size."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import polygon, rectangle


@frozen
class StarBox:
    r"""`kernel` is LaTeX (`3`, `3\\times 5`); `stride`, `dilation` and `groups` are LaTeX or empty where they
    are 1; `transposed` sets a T. Takes the spatial axes and the channels, or the spatial axes only.
    """

    kernel: str
    stride: str = ""
    dilation: str = ""
    groups: str = ""
    transposed: bool = False

    def needs(self) -> Needs:
        """To be drawn."""
        return Needs(2.0, reach=0.5)

    def draw(self, site: Site) -> Drawn:
        """To be drawn."""
        top, bottom = site.extent()
        return Drawn(
            front=(polygon(*rectangle(site.left, top - 0.4, site.right, bottom + 0.4)),),
            ends={slot: (site.left, row) for slot, row in site.taken.items()},
            starts={slot: (site.right, row) for slot, row in site.made.items()},
        )

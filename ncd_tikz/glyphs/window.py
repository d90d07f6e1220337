"""Re-indexing, long: a trapezoid makes a window axis, which goes to L, Max or E."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site, Slot
from ncd_tikz.glyphs.strokes import polygon, rectangle


@frozen
class Window:
    r"""`spatial` are the slots of the re-indexed axes taken, in order; other taken wires (channels) go to the
    letter. `letter` is LaTeX (`\\mathbf{L}` learned, `\\mathrm{Max}`, `\\mathbb{E}`), `name` and `sub` its
    scripts where it is learned; `window` is the label of the window's wire (`3`, `2^2`), `double` where
    that is a group; `stride` and `dilation` are LaTeX or empty where they are 1.
    """

    letter: str
    window: str
    double: bool = False
    stride: str = ""
    dilation: str = ""
    transposed: bool = False
    learned: bool = False
    name: str = ""
    sub: str = ""
    spatial: tuple[Slot, ...] = ()

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

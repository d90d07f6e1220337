"""Concatenation and splitting: a thick bar across tuple members."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import DOT_RADIUS, polygon, rectangle

REACH = 0.3
HALF = 0.07


@frozen
class Concatenation:
    """Its own wires end in the bar, one or several leave it; shared axes meet in dots.

    `parts` is the number of tensors that are joined, or that a tensor is split into.
    """

    parts: int = 2

    def needs(self) -> Needs:
        """A narrow place."""
        return Needs(0.7, reach=REACH)

    def draw(self, site: Site) -> Drawn:
        """The bar spans all its wires, in line with the dots in which shared axes meet or part."""
        top, bottom = site.extent()
        splits = len(site.made) > len(site.taken)
        x = site.right - DOT_RADIUS if splits else site.left + DOT_RADIUS
        corners = rectangle(x - HALF, top - REACH, x + HALF, bottom + REACH)
        return Drawn(
            front=(polygon(*corners, stroke="none", fill="black"),),
            ends={slot: (x - HALF, row) for slot, row in site.taken.items()},
            starts={slot: (x + HALF, row) for slot, row in site.made.items()},
        )

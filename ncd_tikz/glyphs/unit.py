"""The unit: a half circle to the left, two wires leave it."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import KAPPA
from ncd_tikz.scene import CurveTo, LineTo, Move, Point, Primitive, Shape

WIDEST = 0.95
STUB = 0.05


@frozen
class Unit:
    """eta[i, j] = 1 where i = j: its made wires, in pairs, the outermost two first."""

    def needs(self) -> Needs:
        """Half circle only."""
        return Needs(WIDEST + 0.2, reach=0.1)

    def draw(self, site: Site) -> Drawn:
        """Half circles bulge to the left from the right side of the place."""
        slots = sorted(site.made, key=site.made.__getitem__)
        ink: list[Primitive] = []
        starts: dict[tuple[int, int], Point] = {}
        x = site.right - STUB
        for upper, lower in zip(slots, reversed(slots), strict=True):
            top, bottom = site.made[upper], site.made[lower]
            if top >= bottom:
                break
            reach = min((bottom - top) / 2, WIDEST)
            middle, tangent = (top + bottom) / 2, (bottom - top) / 2 * KAPPA
            far = x - reach
            ink.append(
                Shape(
                    (
                        Move((site.right, top)),
                        LineTo((x, top)),
                        CurveTo((x - reach * KAPPA, top), (far, middle - tangent), (far, middle)),
                        CurveTo((far, middle + tangent), (x - reach * KAPPA, bottom), (x, bottom)),
                        LineTo((site.right, bottom)),
                    )
                )
            )
            starts[upper], starts[lower] = (site.right, top), (site.right, bottom)
        return Drawn(front=tuple(ink), starts=starts)

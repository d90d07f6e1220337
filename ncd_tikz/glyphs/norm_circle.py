"""Normalisation: an open circle on the wire; on several wires it is drawn out to hold them all."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site, Slot
from ncd_tikz.glyphs.strokes import KAPPA, line, polygon, rectangle
from ncd_tikz.scene import CurveTo, LineTo, Move, Primitive, Shape

RADIUS = 0.38
BEND = 0.45  # beside the circle, where a wire bends to touch it
STUB = 0.05


@frozen
class NormCircle:
    """A `diameter` marks layer norm, a `tick` RMS norm, a `cross` group norm, a `dot` instance norm.

    Bold where it has parameters. Batch norm has no mark: the wires of `touching`, of which the
    statistics are taken, only touch the circle, and the channels end in it.
    """

    mark: str = ""
    learned: bool = False
    touching: tuple[Slot, ...] = ()

    def needs(self) -> Needs:
        """A little more than the circle; room beside it where wires bend to touch it."""
        beside = 2 * BEND if self.touching else 0.0
        return Needs(2 * RADIUS + 0.3 + beside, reach=RADIUS, by_place=True)

    def draw(self, site: Site) -> Drawn:
        """One ring around all its wires, which end at its sides; others only touch it."""
        ringed = {slot: row for slot, row in site.taken.items() if slot not in self.touching}
        rows = ringed.values() or site.taken.values()
        top, bottom = min(rows), max(rows)
        x, left, right = site.middle, site.middle - RADIUS, site.middle + RADIUS
        high, low, k = top - RADIUS, bottom + RADIUS, RADIUS * KAPPA
        ring = Shape(
            (
                Move((left, top)),
                CurveTo((left, top - k), (x - k, high), (x, high)),
                CurveTo((x + k, high), (right, top - k), (right, top)),
                LineTo((right, bottom)),
                CurveTo((right, bottom + k), (x + k, low), (x, low)),
                CurveTo((x - k, low), (left, bottom + k), (left, bottom)),
            ),
            "bold" if self.learned else "outline",
            "white",
            closed=True,
        )
        middle = (top + bottom) / 2
        marks: dict[str, tuple[Primitive, ...]] = {
            "": (),
            "diameter": (line((x, high), (x, low)),),
            "tick": (line((x, high), (x, high + RADIUS * 2 / 3)),),
            "cross": (line((x, high), (x, low)), line((left, middle), (right, middle))),
            "dot": (polygon(*rectangle(x - 0.1, middle - 0.1, x + 0.1, middle + 0.1), fill="black"),),
        }
        ink: list[Primitive] = [ring, *marks[self.mark]]
        ends = {slot: (left, row) for slot, row in ringed.items()}
        starts = {slot: (right, row) for slot, row in site.made.items() if slot not in self.touching}
        for number, slot in enumerate(self.touching):
            row = site.taken[slot]
            touch = high if row < top else low
            alone = not any(min(row, touch) < other < max(row, touch) for other in site.taken.values())
            if number == 0 and alone:
                ink.append(_touching(site, row, x, touch))
                ends[slot], starts[slot] = (site.left, row), (site.right, row)
            else:
                ink.append(line((x, touch), (x, row)))
                ends[slot], starts[slot] = (x, row), (x, row)
        return Drawn(front=tuple(ink), ends=ends, starts=starts)


def _touching(site: Site, row: float, x: float, touch: float) -> Shape:
    """From its row to the circle and back; short level stretches keep it apart from a half circle."""
    left, right = site.left + STUB, site.right - STUB
    half = (x - left) / 2
    return Shape(
        (
            Move((site.left, row)),
            LineTo((left, row)),
            CurveTo((left + half, row), (x - 0.5 * half, touch), (x, touch)),
            CurveTo((x + 0.5 * half, touch), (right - half, row), (right, row)),
            LineTo((site.right, row)),
        )
    )

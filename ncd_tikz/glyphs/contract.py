"""What a glyph tells the layout before it is placed, and draws once it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ncd_tikz.scene import Point, Primitive


@dataclass(frozen=True, slots=True)
class Needs:
    """Room that a glyph asks for, in grid units.

    `width` is that of its operation column. `headroom` is the room above the operand's top wire
    that a floating glyph takes. `rides` is true for a scale that can sit on the arrow that
    leaves a contraction just before it.
    """

    width: float
    headroom: float = 0.0
    footroom: float = 0.0
    rides: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """Where a glyph is placed: the sides of its column, and the rows of its wires.

    `ins[i]` are the rows of the axes it takes of input i (base order), `outs[j]` of the axes it
    makes of output j; `tops[i]` and `bottoms[i]` are the outermost rows of the whole tensor i.
    """

    left: float
    right: float
    ins: tuple[tuple[float, ...], ...]
    outs: tuple[tuple[float, ...], ...]
    tops: tuple[float, ...]
    bottoms: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A placed glyph: ink in painting order, and where its wires end and start."""

    behind: tuple[Primitive, ...]  # cards, below the wires
    front: tuple[Primitive, ...]
    ins: tuple[tuple[Point, ...], ...]
    outs: tuple[tuple[Point, ...], ...]


class Glyph(Protocol):
    """A shape of the notation."""

    def needs(self, site_rows: int) -> Needs:
        """The room it asks for."""
        ...

    def draw(self, site: Site) -> Drawn:
        """Its ink at a place."""
        ...

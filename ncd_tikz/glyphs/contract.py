"""What a glyph tells the layout before it is placed, and draws once it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ncd_tikz.frozen import frozen
from ncd_tikz.scene import Point, Primitive

Slot = tuple[int, int]
"""A wire by its tensor and its place in it: (input or output, position)."""


@frozen
class Needs:
    """Room that a glyph asks for, in grid units.

    `width` is that of its place between the wires' ends. `headroom` is the room above the
    operand's top wire that a floating glyph takes. `reach` is how far the ink goes beyond the
    outermost of its own wires. `span` is the least distance between its outermost wires.
    `floats` is true where the operand's wires pass under the glyph untouched. `rides` is true for
    a scale that may sit on the arrow that leaves a contraction; `carries` for a glyph with one.
    `below` is how far ink goes beyond the last of its own wires, where that is more than `reach`.
    `apart` is the least distance between its `leading` wires and the others (channels). `by_place`
    is true where the order of its wires says nothing: they stand as they stand in the tensor.
    `scattered` is true where each wire ends by itself, wherever it crosses least.
    """

    width: float
    headroom: float = 0.0
    reach: float = 0.0
    span: float = 0.0
    floats: bool = False
    rides: bool = False
    carries: bool = False
    below: float = 0.0
    apart: float = 0.0
    leading: tuple[Slot, ...] = ()
    by_place: bool = False
    scattered: bool = False


@frozen
class Site:
    """Where a glyph is placed: the sides of its column, and the rows of its wires.

    `taken` are the rows of the input axes that end in the glyph, `made` of the output axes that
    start in it, `meets` of the dots in which wires of several inputs meet. `top` and `bottom`
    are the outermost rows of all the operation's wires; `rider` is the text of a scale that sits
    on the glyph's arrow. `high` and `low` are the rows between which a parenthesis stands;
    `passing` are the rows of wires that pass over or under the glyph.
    """

    left: float
    right: float
    taken: Mapping[Slot, float]
    made: Mapping[Slot, float]
    top: float
    bottom: float
    meets: tuple[float, ...] = ()
    rider: str = ""
    high: float = 0.0
    low: float = 0.0
    passing: tuple[float, ...] = ()

    @property
    def middle(self) -> float:
        """The horizontal middle of the place."""
        return (self.left + self.right) / 2

    def extent(self) -> tuple[float, float]:
        """The outermost rows of the glyph's own wires; the whole operand's where it has none."""
        rows = (*self.taken.values(), *self.made.values())
        return (min(rows), max(rows)) if rows else (self.top, self.bottom)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A placed glyph: ink below and above the wires, and where its wires end and start."""

    behind: tuple[Primitive, ...] = ()
    front: tuple[Primitive, ...] = ()
    ends: Mapping[Slot, Point] = field(default_factory=dict)
    starts: Mapping[Slot, Point] = field(default_factory=dict)


class Glyph(Protocol):
    """A shape of the notation."""

    def needs(self) -> Needs:
        """The room it asks for."""
        ...

    def draw(self, site: Site) -> Drawn:
        """Its ink at a place."""
        ...

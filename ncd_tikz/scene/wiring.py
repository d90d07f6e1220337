"""What a picture says, and the parts of it that say so."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeGuard

from ncd_tikz.errors import NcdError
from ncd_tikz.scene.primitives import Circle, CurveTo, Point, Primitive, Segment, Shape, Text, Wire

NEAR = 0.02  # grid units within which two points are one


class ReadingError(NcdError):
    """A picture that says nothing, or two things at once."""


Connections = tuple[Hashable, Hashable, Hashable]
"""What ends in a glyph (in order, or sorted where the order says nothing), which of these a half
circle closes together, and what meets and passes."""


@dataclass(slots=True)
class Wiring:
    """Values by number: equal descriptions have equal numbers.

    `descriptions[n]` is ("input", place, wires), ("apply", ink, operands, connections, output), or
    a wire: ("wire", value, where it comes from). `wires` are a value's wires from top to bottom, as
    they were found first; `orders` those of the outputs, as they stand at the end. `labels` are
    (wire, text) of every wire's label that was found; `ended` what ends without a result.
    """

    descriptions: list[Hashable] = field(default_factory=list)
    numbers: dict[Hashable, int] = field(default_factory=dict)
    inputs: list[int] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    orders: list[tuple[int, ...]] = field(default_factory=list)
    wires: dict[int, tuple[int, ...]] = field(default_factory=dict)
    labels: set[tuple[int, str]] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)

    def applied(
        self,
        look: Hashable,
        operands: tuple[int, ...],
        connections: Connections,
        results: tuple[tuple[Hashable, ...], ...],
    ) -> list[int]:
        """The values that an operation makes; `results` tell of each where its wires come from."""
        values = []
        for number, wires in enumerate(results):
            value = self.value(
                ("apply", look, operands, connections, number, tuple(sorted(map(repr, wires))))
            )
            self.wires[value] = tuple(self.value(("wire", value, wire)) for wire in wires)
            values.append(value)
        if not results:
            self.ended.add(self.value(("apply", look, operands, connections)))
        return values

    def taken_in(self, place: int, wires: int) -> int:
        """The value of an input."""
        value = self.value(("input", place, wires))
        self.wires[value] = tuple(self.value(("wire", value, number)) for number in range(wires))
        return value

    def value(self, description: Hashable) -> int:
        """The number of a description, a new one if need be."""
        if description not in self.numbers:
            self.numbers[description] = len(self.descriptions)
            self.descriptions.append(description)
        return self.numbers[description]


def is_half_circle(primitive: Primitive) -> TypeGuard[Shape | Wire]:
    """Whether it closes two wires: an open stroke of two curves, double where the wires are."""
    if not isinstance(primitive, Shape | Wire) or (isinstance(primitive, Shape) and primitive.closed):
        return False
    return len(primitive.segments) == 3 and all(isinstance(s, CurveTo) for s in primitive.segments[1:])


def ink(primitives: Iterable[Primitive]) -> Hashable:
    """What a glyph looks like, wherever it stands: its texts, and its kinds of strokes."""
    primitives = tuple(primitives)
    every = [p for p in primitives if isinstance(p, Text)]
    ends = sorted((p for p in every if p.align == "right"), key=lambda p: -p.at[1])
    texts = [p.text for p in ends]  # of a range: it begins at the lower end
    texts += sorted(p.text for p in every if p.align != "right")
    shapes = sorted((len(p.segments), p.fill, p.closed) for p in primitives if isinstance(p, Shape))
    if any(map(is_half_circle, primitives)):
        shapes = sorted(set(shapes))  # of several half circles only the outermost have arrows
    circles = sum(isinstance(p, Circle) for p in primitives)
    wires = tuple(sorted(p.stroke for p in primitives if isinstance(p, Wire)))
    return tuple(texts), tuple(shapes), circles, wires


@dataclass(slots=True)
class GlyphInk:
    name: str
    ink: list[Primitive] = field(default_factory=list)
    ends: list[Point] = field(default_factory=list)
    starts: list[Point] = field(default_factory=list)
    places: list[Point] = field(default_factory=list)


@dataclass(slots=True)
class Line:
    """A wire or dashed line with the stretches where it is level."""

    segments: tuple[Segment, ...]
    start: Point
    end: Point
    levels: list[tuple[float, float, float]]  # from where to where, and the row

    def height(self, x: float) -> float | None:
        """The row at x, where the line is level there."""
        for low, high, y in self.levels:
            if low <= x <= high:
                return y
        return None

    def row(self, x: float) -> float | None:
        """The row at x, level or not."""
        here = self.start
        for segment in self.segments[1:]:
            if here[0] - NEAR <= x <= segment.to[0] + NEAR:
                share = (x - here[0]) / (segment.to[0] - here[0]) if segment.to[0] > here[0] else 0.0
                if isinstance(segment, CurveTo):
                    share = _share(here[0], segment, x)
                    share = share * share * (3 - 2 * share)  # level at both ends
                return here[1] + share * (segment.to[1] - here[1])
            here = segment.to
        return None

    def covers(self, x: float) -> bool:
        """Whether the line is there at x, level or not."""
        return self.start[0] - NEAR <= x <= self.end[0] + NEAR


def _share(start: float, curve: CurveTo, x: float) -> float:
    """Where along a curve from left to right x is, by halving."""
    low, high = 0.0, 1.0
    for _ in range(30):
        t = (low + high) / 2
        s = 1 - t
        here = (
            s**3 * start
            + 3 * s * s * t * curve.first[0]
            + 3 * s * t * t * curve.second[0]
            + t**3 * curve.to[0]
        )
        low, high = (t, high) if here < x else (low, t)
    return low


def line_along(segments: tuple[Segment, ...]) -> Line:
    points = [segment.to for segment in segments]
    levels = [
        (left - NEAR, right + NEAR, y) for (left, y), (right, row) in pairwise(points) if abs(y - row) < NEAR
    ]
    return Line(segments, points[0], points[-1], levels)


class Groups:
    """Disjoint sets of tensors before and after."""

    def __init__(self, before: int, after: int) -> None:
        keys = [("a", t) for t in range(before)] + [("b", t) for t in range(after)]
        self.parent = {key: key for key in keys}

    def _find(self, key: tuple[str, int]) -> tuple[str, int]:
        while self.parent[key] != key:
            key = self.parent[key]
        return key

    def join(self, keys: list[tuple[str, int]]) -> None:
        for key in keys[1:]:
            self.parent[self._find(key)] = self._find(keys[0])

    def groups(self) -> list[set[tuple[str, int]]]:
        found: dict[tuple[str, int], set[tuple[str, int]]] = {}
        for key in self.parent:
            found.setdefault(self._find(key), set()).add(key)
        return list(found.values())

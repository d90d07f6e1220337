"""What a picture says, and the parts of it that say so."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from ncd_tikz.errors import NcdError
from ncd_tikz.scene.primitives import Circle, Point, Primitive, Segment, Shape, Text

NEAR = 0.02  # grid units within which two points are one


class ReadingError(NcdError):
    """A picture that says nothing, or two things at once."""


@dataclass(slots=True)
class Wiring:
    """Values by number: equal descriptions have equal numbers.

    `descriptions[n]` is ("input", place, wires) or ("apply", ink, operands, connections, output);
    `labels` are (value, place of the wire, text) of every wire's label that was found.
    """

    descriptions: list[Hashable] = field(default_factory=list)
    numbers: dict[Hashable, int] = field(default_factory=dict)
    inputs: list[int] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    labels: set[tuple[int, int, str]] = field(default_factory=set)

    def value(self, description: Hashable) -> int:
        """The number of a description, a new one if need be."""
        if description not in self.numbers:
            self.numbers[description] = len(self.descriptions)
            self.descriptions.append(description)
        return self.numbers[description]


def ink(primitives: Iterable[Primitive]) -> Hashable:
    """What a glyph looks like, wherever it stands: its texts, and its kinds of strokes."""
    texts = sorted(p.text for p in primitives if isinstance(p, Text))
    shapes = sorted(
        (type(p).__name__, len(p.segments), p.fill, p.closed) for p in primitives if isinstance(p, Shape)
    )
    circles = sum(isinstance(p, Circle) for p in primitives)
    return tuple(texts), tuple(shapes), circles


@dataclass(slots=True)
class GlyphInk:
    name: str
    ink: list[Primitive] = field(default_factory=list)
    ends: list[Point] = field(default_factory=list)
    starts: list[Point] = field(default_factory=list)
    place: Point | None = None


@dataclass(slots=True)
class Line:
    """A wire or dashed line with the stretches where it is level."""

    points: list[Point]
    segments: tuple[Segment, ...]
    start: Point
    end: Point

    def height(self, x: float) -> float | None:
        """The row at x, where the line is level there."""
        here = self.start
        for segment in self.segments[1:]:
            if here[0] - NEAR <= x <= segment.to[0] + NEAR and abs(here[1] - segment.to[1]) < NEAR:
                return here[1]
            here = segment.to
        return None

    def covers(self, x: float) -> bool:
        """Whether the line is there at x, level or not."""
        return self.start[0] - NEAR <= x <= self.end[0] + NEAR


def line_along(segments: tuple[Segment, ...]) -> Line:
    points = [segment.to for segment in segments]
    return Line(points, segments, points[0], points[-1])


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

"""How much room ink takes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from ncd_tikz.frozen import frozen
from ncd_tikz.scene import Anchor, Card, Circle, CurveTo, Dot, Item, Point, Primitive, Text


@frozen
class Box:
    """An axis-parallel rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def joined(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def corners(self) -> tuple[Point, ...]:
        """Clockwise from the upper left."""
        return (
            (self.left, self.top), (self.right, self.top), (self.right, self.bottom), (self.left, self.bottom)
        )  # fmt: skip

    def overlaps(self, other: Box, margin: float = 0.0) -> bool:
        """Whether the boxes come closer than `margin`."""
        return (
            self.left < other.right + margin
            and other.left < self.right + margin
            and self.top < other.bottom + margin
            and other.top < self.bottom + margin
        )


def points_box(points: list[Point]) -> Box:
    """The smallest box around points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


def text_box(text: Text) -> Box:
    """The measured box of a text."""
    left = text.at[0]
    if text.align != "left":
        left -= text.width / 2 if text.align == "middle" else text.width
    return Box(left, text.at[1] - text.height, left + text.width, text.at[1] + text.depth)


def box_of(primitive: Primitive) -> Box | None:
    """The box of a primitive's ink; none for an anchor."""
    if isinstance(primitive, Anchor):
        return None
    if isinstance(primitive, Text):
        return text_box(primitive)
    if isinstance(primitive, Dot | Circle):
        (x, y), r = primitive.center, primitive.radius
        return Box(x - r, y - r, x + r, y + r)
    if isinstance(primitive, Card):
        return points_box(list(primitive.corners))
    points = []
    for segment in primitive.segments:
        points.append(segment.to)
        if isinstance(segment, CurveTo):
            points += [segment.first, segment.second]
    return points_box(points)


def boxes_of(items: Iterable[Item]) -> list[Box]:
    """The boxes of all ink."""
    return [box for item in items if (box := box_of(item.primitive)) is not None]


def bounds_of(items: Iterable[Item]) -> Box:
    """The box around all ink."""
    return reduce(Box.joined, boxes_of(items))

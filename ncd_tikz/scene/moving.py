"""Shift primitives across the picture."""

from __future__ import annotations

from dataclasses import replace

from ncd_tikz.scene.primitives import (
    Anchor,
    Card,
    Circle,
    CurveTo,
    Dot,
    Item,
    LineTo,
    Move,
    Point,
    Primitive,
    Segment,
    Text,
)


def moved(item: Item, dx: float, dy: float) -> Item:
    """The same item, dx to the right and dy down.

    >>> moved(Item("g1", Dot((1.0, 2.0), 0.16)), 1.0, -2.0).primitive
    Dot(center=(2.0, 0.0), radius=0.16)
    """

    def shift(point: Point) -> Point:
        return (point[0] + dx, point[1] + dy)

    def along(segment: Segment) -> Segment:
        if isinstance(segment, Move):
            return Move(shift(segment.to))
        if isinstance(segment, LineTo):
            return LineTo(shift(segment.to))
        return CurveTo(shift(segment.first), shift(segment.second), shift(segment.to))

    primitive: Primitive = item.primitive
    match primitive:
        case Text() | Anchor():
            return replace(item, primitive=replace(primitive, at=shift(primitive.at)))
        case Dot() | Circle():
            return replace(item, primitive=replace(primitive, center=shift(primitive.center)))
        case Card():
            return replace(item, primitive=replace(primitive, corners=tuple(map(shift, primitive.corners))))
        case _:
            return replace(item, primitive=replace(primitive, segments=tuple(map(along, primitive.segments))))

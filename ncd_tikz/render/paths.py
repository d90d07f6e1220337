"""Geometry of strokes that both renderers need: parallel lines and line breaks of a path."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import hypot

from ncd_tikz.scene import CurveTo, LineTo, Move, Point, Segment, number

# Half the distance between the two lines of a double wire, in grid units (0.08 em).
HALF_GAP = 0.06
# A leg this short is not seen: it may even lead back, where two roundings meet.
SHORTEST = 1e-3
# A corner of a parallel line stands off at most this many distances (sharper ones are cut).
LONGEST_MITRE = 4.0


def subpaths(segments: tuple[Segment, ...]) -> Iterator[tuple[Segment, ...]]:
    """The connected strokes of a path: each begins with a `Move`.

    >>> path = (Move((0, 0)), LineTo((1, 0)), Move((0, 1)), LineTo((1, 1)))
    >>> [len(stroke) for stroke in subpaths(path)]
    [2, 2]
    """
    start = 0
    for index, segment in enumerate(segments):
        if isinstance(segment, Move) and index > start:
            yield segments[start:index]
            start = index
    if start < len(segments):
        yield segments[start:]


def tidy(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The same path as a person would write it: lines without length left out, straight runs whole.

    >>> tidy((Move((0, 1)), LineTo((2, 1)), LineTo((3, 1)), LineTo((3, 1))))
    (Move(to=(0, 1)), LineTo(to=(3, 1)))
    """
    kept: list[Segment] = []
    for segment in segments:
        if isinstance(segment, LineTo) and kept:
            if _same(segment.to, kept[-1].to):
                continue
            if isinstance(kept[-1], LineTo) and _onward(kept[-2].to, kept[-1].to, segment.to):
                kept.pop()
        kept.append(segment)
    return tuple(kept)


def _same(one: Point, other: Point) -> bool:
    return number(one[0]) == number(other[0]) and number(one[1]) == number(other[1])


def _onward(start: Point, middle: Point, end: Point) -> bool:
    """Whether a horizontal run goes on in its direction."""
    level = number(start[1]) == number(middle[1]) == number(end[1])
    return level and (middle[0] - start[0]) * (end[0] - middle[0]) > 0


def parallel(segments: tuple[Segment, ...], distance: float) -> tuple[Segment, ...]:
    """The same path moved sideways by `distance` (downwards for a path to the right).

    Every leg of the control polygon is moved along its normal, and neighbouring legs are cut
    where they meet; for a cubic this is the approximation of Tiller and Hanson (1984).

    >>> parallel((Move((0, 0)), LineTo((2, 0))), 0.5)
    (Move(to=(0.0, 0.5)), LineTo(to=(2.0, 0.5)))
    """
    moved: list[Segment] = []
    for stroke in subpaths(segments):
        moved.extend(_rebuilt(stroke, _moved_polygon(_polygon(stroke), distance)))
    return tuple(moved)


def _polygon(stroke: tuple[Segment, ...]) -> list[Point]:
    points: list[Point] = []
    for segment in stroke:
        if isinstance(segment, CurveTo):
            points.extend((segment.first, segment.second))
        points.append(segment.to)
    return points


def _rebuilt(stroke: tuple[Segment, ...], points: list[Point]) -> Iterator[Segment]:
    place = iter(points)
    for segment in stroke:
        if isinstance(segment, CurveTo):
            yield CurveTo(next(place), next(place), next(place))
        elif isinstance(segment, LineTo):
            yield LineTo(next(place))
        else:
            yield Move(next(place))


def _moved_polygon(points: list[Point], distance: float) -> list[Point]:
    normals = _normals(points)
    moved = []
    for index, (x, y) in enumerate(points):
        before = normals[max(index - 1, 0)]
        after = normals[min(index, len(normals) - 1)]
        # The mitre: the sum of both normals, stretched so that both legs keep their distance.
        sum_x, sum_y = before[0] + after[0], before[1] + after[1]
        square = sum_x * sum_x + sum_y * sum_y
        stretch = min(2.0 / square, LONGEST_MITRE / square**0.5) if square > 1e-9 else 0.0
        moved.append((x + distance * stretch * sum_x, y + distance * stretch * sum_y))
    return moved


def _normals(points: list[Point]) -> list[Point]:
    """Unit normal of each leg; a leg without length takes its neighbour's.

    >>> _normals([(0, 0), (2, 0), (1.9999, 0)])
    [(0.0, 1.0), (0.0, 1.0)]
    """
    normals: list[Point | None] = []
    for (x0, y0), (x1, y1) in pairwise(points):
        length = hypot(x1 - x0, y1 - y0)
        normals.append((-(y1 - y0) / length, (x1 - x0) / length) if length > SHORTEST else None)
    known: Point = next((normal for normal in normals if normal is not None), (0.0, 1.0))
    filled = []
    for normal in normals:
        known = known if normal is None else normal
        filled.append(known)
    return filled or [(0.0, 1.0)]

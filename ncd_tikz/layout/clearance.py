"""Where there is no ink: what a title may stand on."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from ncd_tikz.layout.extent import Box, box_of, points_box
from ncd_tikz.scene import Anchor, Card, CurveTo, Dashes, Item, Point, Segment, Shape, Text, Wire

SAMPLES = 12  # of each curve
CLEAR = 0.08  # kept free around ink


class Ink:
    """Boxes of what has been drawn, and the short lines that its strokes are made of."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.boxes: list[Box] = []
        self.strokes: list[tuple[Box, tuple[Segment, ...]]] = []
        for item in items:
            self.add(item)

    def add(self, item: Item) -> None:
        """Count an item as ink; cards of groups, notes and titles are background."""
        primitive = item.primitive
        box = box_of(primitive)
        if box is None or isinstance(primitive, Anchor):
            return
        if isinstance(primitive, Card):
            if item.part[:1] == "g" and item.part[1:].isdigit():
                self.boxes.append(box)
        elif isinstance(primitive, (Wire, Dashes)) or (isinstance(primitive, Shape) and not primitive.closed):
            self.strokes.append((box, primitive.segments))
        else:
            self.boxes.append(box)

    def within(self, area: Box) -> Ink:
        """What of it comes into an area."""
        found = Ink(())
        found.boxes = [box for box in self.boxes if box.overlaps(area, CLEAR)]
        found.strokes = [stroke for stroke in self.strokes if stroke[0].overlaps(area, CLEAR)]
        return found

    def frees(self, box: Box) -> bool:
        """Whether a box touches no ink."""
        if any(other.overlaps(box, CLEAR) for other in self.boxes):
            return False
        grown = Box(box.left - CLEAR, box.top - CLEAR, box.right + CLEAR, box.bottom + CLEAR)
        return not any(
            around.overlaps(grown) and any(meets(grown, *line) for line in pairwise(_points(segments)))
            for around, segments in self.strokes
        )


def _points(segments: tuple[Segment, ...]) -> list[Point]:
    points = [segments[0].to]
    for segment in segments[1:]:
        if isinstance(segment, CurveTo):
            (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points[-1], segment.first, segment.second, segment.to
            for number in range(1, SAMPLES):
                t = number / SAMPLES
                a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
                points.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
        points.append(segment.to)
    return points


def meets(box: Box, one: Point, other: Point) -> bool:
    """Whether a line comes into a box (Liang and Barsky 1984).

    >>> meets(Box(0, 0, 1, 1), (-1, 0.5), (2, 0.5)), meets(Box(0, 0, 1, 1), (-1, 0.5), (0.5, 2.1))
    (True, False)
    """
    enter, leave = 0.0, 1.0
    for start, end, low, high in (
        (one[0], other[0], box.left, box.right),
        (one[1], other[1], box.top, box.bottom),
    ):
        step = end - start
        if abs(step) < 1e-12:
            if not low < start < high:
                return False
            continue
        near, far = sorted(((low - start) / step, (high - start) / step))
        enter, leave = max(enter, near), min(leave, far)
        if enter >= leave:
            return False
    return True


def text_block(texts: Iterable[Text]) -> Box:
    """The box around lines of text that belong together."""
    points: list[Point] = []
    for text in texts:
        box = box_of(text)
        if box is not None:
            points += [(box.left, box.top), (box.right, box.bottom)]
    return points_box(points)

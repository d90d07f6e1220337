"""A stroke that grows from left to right: straight while its row stays, else with level ends."""

from __future__ import annotations

from ncd_tikz.scene import CurveTo, LineTo, Move, Point, Segment


class Stroke:
    """Segments so far, and where the stroke stands."""

    def __init__(self, start: Point) -> None:
        self.segments: list[Segment] = [Move(start)]
        self.at = start

    def to(self, point: Point) -> None:
        """Go on to a point: along the row, or on a curve that is level at both ends."""
        x, y = self.at
        if abs(point[0] - x) < 1e-9 and abs(point[1] - y) < 1e-9:
            return
        last = self.segments[-1]
        if abs(point[1] - y) > 1e-9:
            half = (x + point[0]) / 2
            self.segments.append(CurveTo((half, y), (half, point[1]), point))
        elif isinstance(last, LineTo) and abs(self.segments[-2].to[1] - y) < 1e-9:
            self.segments[-1] = LineTo(point)
        else:
            self.segments.append(LineTo(point))
        self.at = point

    def straight(self, point: Point) -> None:
        """Go on by a straight line, slanted if need be."""
        if point != self.at:
            self.segments.append(LineTo(point))
            self.at = point

    def shorten(self, x: float) -> None:
        """Take the last straight stretch back to x, as far as it reaches."""
        last = self.segments[-1]
        if isinstance(last, LineTo) and x < self.at[0]:
            before = self.segments[-2].to
            if abs(before[1] - self.at[1]) < 1e-9:
                self.at = (max(x, before[0]), self.at[1])
                self.segments[-1] = LineTo(self.at)

"""The star of convolutions, as a shape."""

from __future__ import annotations

from math import cos, pi, sin

from ncd_tikz.glyphs.strokes import polygon
from ncd_tikz.scene import Point, Shape

INNER = 0.42  # radius of the inner corners, relative to the outer ones


def star(center: Point, radius: float) -> Shape:
    """A filled five-pointed star that stands upright."""
    corners = []
    for number in range(10):
        reach = radius * (INNER if number % 2 else 1.0)
        angle = pi * number / 5
        corners.append((round(center[0] + reach * sin(angle), 4), round(center[1] - reach * cos(angle), 4)))
    return polygon(*corners, stroke="none", fill="black")

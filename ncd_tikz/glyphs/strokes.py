"""Strokes that several glyphs share."""

from __future__ import annotations

from ncd_tikz.scene import Card, CurveTo, LineTo, Move, Point, Segment, Shape, Stroke, Text, TextFont
from ncd_tikz.text import measure

DOT_RADIUS = 0.16
KAPPA = 0.5523  # a quarter circle's control points stand this far along its tangents


def text(at: Point, content: str, *, font: TextFont = "math", size: float = 1.0, of: str = "glyph") -> Text:
    """Text centred on a point, in both directions."""
    extent = measure(content, font, size)
    baseline = at[1] + (extent.height - extent.depth) / 2
    return Text(
        (at[0], baseline), content, "middle", font, size, of, extent.width, extent.height, extent.depth
    )


def line(*points: Point, stroke: Stroke = "outline") -> Shape:
    """An open polygon line."""
    return Shape((Move(points[0]), *(LineTo(point) for point in points[1:])), stroke)


def polygon(*points: Point, stroke: Stroke = "outline", fill: str = "") -> Shape:
    """A closed polygon."""
    return Shape((Move(points[0]), *(LineTo(point) for point in points[1:])), stroke, fill, closed=True)


def rectangle(left: float, top: float, right: float, bottom: float) -> tuple[Point, ...]:
    """Corners in clockwise order."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def arrow_head(tip: Point) -> Shape:
    """A filled head whose tip is at a point, looking right.

    ```
      \\.
       )>   the notch makes it look like the reference's
      /'
    ```
    """
    x, y = tip
    return polygon(
        (x, y), (x - 0.42, y - 0.17), (x - 0.31, y), (x - 0.42, y + 0.17), stroke="none", fill="black"
    )


def half_circle(x: float, top: float, bottom: float, reach: float) -> tuple[Segment, ...]:
    """From (x, top) around to (x, bottom), bulging `reach` to the right."""
    middle, radius = (top + bottom) / 2, (bottom - top) / 2
    far, tangent = x + reach, radius * KAPPA
    return (
        Move((x, top)),
        CurveTo((x + reach * KAPPA, top), (far, middle - tangent), (far, middle)),
        CurveTo((far, middle + tangent), (x + reach * KAPPA, bottom), (x, bottom)),
    )


def card(left: float, top: float, right: float, bottom: float, fill: str) -> Card:
    """A tinted rectangle with a soft shadow."""
    return Card(rectangle(left, top, right, bottom), fill)

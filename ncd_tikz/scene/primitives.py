"""The positioned model that renderers read: about ten primitives, in grid units.

One grid unit is one row (the pitch between two neighbouring wires of a tensor), the same in both
directions; x grows to the right, y downwards. A renderer paints `Scene.items` in order.
"""

from __future__ import annotations

from typing import Literal

from ncd_tikz.frozen import frozen

Point = tuple[float, float]

# Lengths in TeX: one grid unit in em of the document's font, and pt at 10 pt.
EM_PER_UNIT = 1.35

Stroke = Literal[
    "wire",  # thin solid: an axis
    "double",  # two thin parallel lines: an axis group
    "tuple",  # thick dashes between members of a tuple
    "outline",  # thin solid: triangles, boxes, half circles
    "bold",  # thick solid: view bars, convolution boxes
    "dotted",  # unfilled fences
    "halo",  # wide pale line with a thin dark rim under a highlighted wire
    "none",
]

# Colours are names; renderers and palettes give them values. "" paints nothing.
COLORS = (
    "grey", "rose", "periwinkle", "green", "peach", "lavender", "straw", "note", "copy",
    "violet", "sky", "index", "trapezoid", "star", "lime", "lilac", "teal", "black", "white",
)  # fmt: skip

TextFont = Literal["math", "sans", "serif", "bold"]


@frozen
class Move:
    """Start of a stroke at `to`."""

    to: Point


@frozen
class LineTo:
    """Straight on to `to`."""

    to: Point


@frozen
class CurveTo:
    """Cubic Bezier to `to` by two control points."""

    first: Point
    second: Point
    to: Point


Segment = Move | LineTo | CurveTo


@frozen
class Wire:
    """An axis: one connected stroke from left to right. `label` is its LaTeX size symbol."""

    segments: tuple[Segment, ...]
    stroke: Literal["wire", "double"]
    label: str
    highlight: bool = False


@frozen
class Dashes:
    """The line that parts two members of a tuple."""

    segments: tuple[Segment, ...]


@frozen
class Shape:
    """A closed or open path of a glyph, stroked and filled (`fill` a colour name or empty).

    `color` is the colour name of the stroke.
    """

    segments: tuple[Segment, ...]
    stroke: Stroke = "outline"
    fill: str = ""
    closed: bool = False
    color: str = "black"


@frozen
class Card:
    """A tinted polygon behind the wires, with a soft shadow: corners in clockwise order."""

    corners: tuple[Point, ...]
    fill: str
    shadow: bool = True
    stroke: Literal["none", "dotted"] = "none"


@frozen
class Dot:
    """A filled dot where wires part or meet."""

    center: Point
    radius: float


@frozen
class Circle:
    """An open circle, filled white."""

    center: Point
    radius: float
    stroke: Stroke = "outline"


@frozen
class Text:
    """LaTeX text (with $...$ around math) set on one line; `width`, `height` and `depth` are measured.

    `at` is a point of the baseline: its left end, middle or right end, as `align` says. `size`
    is relative to the document's font size (1 is the same). `of` tells what it labels: "wire",
    "glyph", "group", "note", "legend", "tag", "grid", "title".
    `color` is a colour name.
    """

    at: Point
    text: str
    align: Literal["left", "middle", "right"] = "middle"
    font: TextFont = "math"
    size: float = 1.0
    of: str = "glyph"
    width: float = 0.0
    height: float = 0.0
    depth: float = 0.0
    color: str = "black"


@frozen
class Anchor:
    """A named point of a glyph: `name` is `<glyph>.in.<i>`, `<glyph>.out.<j>` or `<glyph>.over`.

    Painted by no renderer as ink; TikZ may emit it as a coordinate.
    """

    name: str
    at: Point


Primitive = Wire | Dashes | Shape | Card | Dot | Circle | Text | Anchor


@frozen
class Item:
    """A primitive and the part of the picture it belongs to.

    `part` is for comments and for the reader: "column 3", "group", "note", or the identifier of
    a glyph such as "g7" (all primitives of one glyph share it).
    """

    part: str
    primitive: Primitive


@frozen
class Scene:
    """A positioned picture: bounds (left, top, right, bottom) and items in painting order."""

    bounds: tuple[float, float, float, float]
    items: tuple[Item, ...]
    title: str = ""
    description: str = ""  # the alternative text
    digest: str = ""
    name: str = ""
    width: str = ""  # TeX length asked for, or empty
    font: str = ""  # default TeX size command without backslash: "", "small", "footnotesize"

"""Scenes built by hand: every primitive, stroke, font and colour."""

from __future__ import annotations

from ncd_tikz.scene import (
    COLORS,
    Anchor,
    Card,
    Circle,
    CurveTo,
    Dashes,
    Dot,
    Item,
    LineTo,
    Move,
    Point,
    Scene,
    Segment,
    Shape,
    Text,
    Wire,
)


def straight(*points: Point) -> tuple[Segment, ...]:
    return (Move(points[0]), *(LineTo(point) for point in points[1:]))


def slide(start: Point, end: Point, lead: float = 1.0) -> tuple[Segment, ...]:
    """A wire that goes straight, changes rows with horizontal tangents, and goes straight."""
    (x0, y0), (x1, y1) = start, end
    middle = (x0 + x1) / 2
    return (
        Move(start),
        LineTo((x0 + lead, y0)),
        CurveTo((middle, y0), (middle, y1), (x1 - lead, y1)),
        LineTo(end),
    )


def box(left: float, top: float, right: float, bottom: float) -> tuple[Point, ...]:
    return ((left, top), (right, top), (right, bottom), (left, bottom))


HEAD = straight((14.2, 1.75), (13.78, 1.58), (13.89, 1.75), (13.78, 1.92))


def attention() -> Scene:
    """The shape of an attention figure, by eye; widths are rough."""
    items = [
        Item("group", Card(box(3.5, -2.2, 20, 9), "peach")),
        Item(
            "group", Text((11, -1.3), "Multi-Head Attention", "middle", "sans", 1.15, "title", 9.2, 0.6, 0.1)
        ),
        Item("group", Card(box(11, -0.8, 18.5, 7.6), "lavender")),
        Item("copy", Card(((4, 2), (6, 2), (6, 7.5), (4.7, 7.5), (4, 6.6)), "copy")),
        Item("note", Card(box(-0.5, 9.6, 8.5, 11.6), "note")),
        Item(
            "note",
            Text((-0.2, 10.4), "We copy the injected data", "left", "sans", 0.9, "note", 7.6, 0.6, 0.2),
        ),
        Item(
            "note", Text((-0.2, 11.3), "to generate $K$ and $V$.", "left", "sans", 0.9, "note", 7.2, 0.6, 0.2)
        ),
    ]
    for name, row in (("Q", 1.5), ("K", 4.5), ("V", 7.5)):
        items.append(Item("column 1", Card(box(7.6, row - 1.1, 9.8, row + 1.1), "grey")))
        items.append(
            Item(
                "column 1", Text((7.9, row + 0.5), r"\mathbf{L}", "left", "math", 1.55, "glyph", 0.8, 0.8, 0)
            )
        )
        items.append(
            Item("column 1", Text((8.75, row - 0.1), name, "left", "math", 1.0, "glyph", 0.6, 0.5, 0.1))
        )
    rows = (("\\bar{y}", 0), ("m", 1), ("\\bar{x}", 3), ("m", 4))
    for label, row in rows:
        items.append(Item("column 0", Wire(straight((0, row), (7.6, row)), "wire", label)))
        items.append(
            Item("column 0", Text((0.5, row - 0.17), label, "middle", "math", 1.0, "wire", 0.5, 0.5, 0.1))
        )
    items += [
        Item("column 0", Dashes(straight((0, 2), (6.6, 2), (7.6, 3), (13, 3)))),
        Item("column 1", Wire(slide((4.7, 3), (11, 6)), "wire", "\\bar{x}")),
        Item("column 1", Wire(slide((4.7, 4), (7.6, 7)), "wire", "m")),
        Item("column 1", Dot((4.7, 3), 0.16)),
        Item("column 1", Dot((4.7, 4), 0.16)),
        Item("column 2", Wire(straight((9.8, 1), (12.5, 1)), "wire", "k")),
        Item("column 2", Wire(slide((9.8, 2), (14.5, 5), 2.0), "wire", "h", True)),
        Item("column 2", Wire(straight((9.8, 5), (16, 5)), "wire", "h", True)),
        Item("column 2", Wire(slide((9.8, 4), (12.5, 2.5)), "double", "\\mathbf{k}")),
        Item("column 3", Shape((Move((12.5, 1)), CurveTo((13.3, 1), (13.3, 2.5), (12.5, 2.5))))),
        Item("column 3", Shape(straight((13.1, 1.75), (13.9, 1.75)))),
        Item("column 3", Shape(HEAD, "none", "black", True)),
        Item("column 3", Text((13.2, 1.5), "*k^{-1/2}", "left", "math", 0.95, "glyph", 1.9, 0.6, 0.1)),
        Item("column 3", Dot((14.5, 5), 0.16)),
        Item("column 3", Circle((14.5, 5), 0.32, "halo")),
        Item("column 4", Shape(straight((15, 3), (16.2, 2.3), (16.2, 3.7)), "outline", "", True)),
        Item("column 5", Wire(slide((7.6, 0), (21, 6), 5), "wire", "\\bar{y}")),
        Item("column 5", Anchor("g1.in.0", (3, 3))),
    ]
    return Scene(
        (-0.7, -2.5, 21.2, 11.9),
        tuple(items),
        title="Multi-Head Attention",
        description=r"Diagram of $\bar{y}$ by $m$ and $\bar{x}$ by $m$; 100% of steps, & more.",
        digest="0123456789abcdef",
        name="by_hand",
    )


def everything(font: str = "") -> Scene:
    """Each primitive with each stroke, font and colour, well apart."""
    items: list[Item] = []
    for index, color in enumerate(COLORS):
        left = 1.8 * (index % 10)
        top = 3.0 * (index // 10)
        items.append(Item("cards", Card(box(left, top, left + 1.2, top + 1.2), color, shadow=index % 3 > 0)))
        items.append(
            Item(
                "cards", Text((left + 0.6, top + 2.0), color, "middle", "sans", 0.6, "legend", 1.2, 0.4, 0.1)
            )
        )
    strokes = ("wire", "double", "tuple", "outline", "bold", "dotted", "none", "halo")
    for index, stroke in enumerate(strokes):
        x = 2.0 * index
        items.append(Item("shapes", Shape(straight((x, 7), (x + 1, 7), (x + 0.5, 8)), stroke, "straw", True)))  # type: ignore[arg-type]
        items.append(Item("shapes", Shape(straight((x, 9), (x + 1, 9.5)), stroke)))  # type: ignore[arg-type]
        items.append(Item("shapes", Circle((x + 0.5, 11), 0.4, stroke)))  # type: ignore[arg-type]
    items.append(Item("fence", Card(box(0, 12, 4, 13), "", False, "dotted")))
    items.append(Item("fence", Card(box(5, 12, 9, 13), "rose", True, "dotted")))
    items.append(Item("wires", Wire(slide((10, 12), (18, 13)), "double", "p")))
    for row, kind in enumerate(("math", "sans", "serif", "bold")):
        for column, align in enumerate(("left", "middle", "right")):
            words = "k^{2}" if kind == "math" else "Sum of $k^{2}$ for 100%"
            at = (1.0 + 7 * column, 15.0 + row)
            width = 0.8 if kind == "math" else 6.8
            items.append(Item("texts", Text(at, words, align, kind, 1.0, "note", width, 0.6, 0.1)))  # type: ignore[arg-type]
    return Scene((-1.5, -0.5, 20, 19), tuple(items), title="Everything", name="everything", font=font)

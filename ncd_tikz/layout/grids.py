"""The data itself: small cells beside the wires of an input or output, those that take part filled.

```
     3
    -----|
    +-+-+-+                          2
    +-+-+-+    wires of the        ---|
 4  |#|#|#| -, diagram         ,-> |#|#|
    +-+-+-+   `---------------'    +-+-+
   -+-        an arrow with text
```
"""

from __future__ import annotations

from ncd_tikz.axes import Axis
from ncd_tikz.errors import Mistake, SpecError
from ncd_tikz.frozen import frozen
from ncd_tikz.layout.cards import set_text
from ncd_tikz.layout.extent import Box, bounds_of
from ncd_tikz.layout.labels import label_of
from ncd_tikz.layout.paint import Drawing, Picture, row
from ncd_tikz.layout.spread import spread
from ncd_tikz.scene import Card, CurveTo, Item, LineTo, Move, Point, Segment, Shape, Text
from ncd_tikz.spec.nodes import GridNode
from ncd_tikz.text import measure

PART = "grid"
CELL = 0.66
MOST = 8  # cells drawn along an axis; a longer one is told by its first, its last and the filled one
BESIDE = 0.45  # between cells and wires
LANE = 0.55  # more of it where an arrow leaves or comes
APART = 0.45  # between grids above each other
LABEL = 0.14  # between a bar and its label
FOOT = 0.22  # half of the stroke that ends a bar
LONG = 14.0  # wires so long that an arc below them must be flat
UNDER = 0.55  # between what stands above an arrow and the arrow


@frozen
class Grid:
    """Cells with the upper left one's corner at the origin; `filled` is around the filled ones."""

    node: GridNode
    items: tuple[Item, ...]
    right: float
    bottom: float
    box: Box
    filled: Box | None


def draw_grids(drawing: Drawing, picture: Picture, *, first: bool, last: bool) -> None:
    """The cells of inputs where the diagram's first row is drawn, of outputs where its last is.

    Raises:
        SpecError: a tensor has more axes than two, or a filled cell is outside it.
    """
    diagram, plan = drawing.diagram, drawing.plan
    nodes = {node.of: node for node in diagram.figure.grids}
    if not nodes:
        return
    arrow = any(node.arrow is not None for node in nodes.values())
    bounds = bounds_of(picture.items())
    _check_arrows(drawing)
    starts: dict[str, Box] = {}
    tips: dict[str, Box] = {}
    ends = (
        (first, plan.first, diagram.inputs, drawing.rows.start, False),
        (last, plan.last, diagram.outputs, drawing.rows.levels[-1], True),
    )
    for here, members, values, rows, right in ends:
        grids: list[tuple[Grid, float]] = []
        for member, value in zip(members, values, strict=True) if here else ():
            if node := nodes.get(diagram.values[value].name):
                axes = diagram.values[value].tensor.axes
                heights = [row(rows[member, place]) for place in range(len(plan.members[member].wires))]
                cells = _grid(drawing, node, axes, right=right)
                grids.append((cells, (min(heights) + max(heights)) / 2))
        grids.sort(key=lambda one: one[1])
        gap = BESIDE + (LANE if arrow else 0.0)
        # The cells stand level with the wires, whatever is written above them.
        middles = [middle + (grid.box.top + grid.box.bottom - grid.bottom) / 2 for grid, middle in grids]
        tops = spread(middles, [grid.box.bottom - grid.box.top for grid, _ in grids], APART)
        for (grid, _), top in zip(grids, tops, strict=True):
            dx = bounds.right + gap - grid.box.left if right else bounds.left - gap - grid.box.right
            dy = top - grid.box.top
            lone = Picture(cards=list(grid.items[:1]), glyphs=list(grid.items[1:]))
            picture.extend(lone, dx, dy)
            if grid.filled is not None:
                f = grid.filled
                beside = Box(dx, f.top + dy, grid.right + dx, f.bottom + dy)
                (tips if right else starts)[grid.node.of] = beside
    _draw_arrows(drawing, picture, starts, tips, bounds)


def _check_arrows(drawing: Drawing) -> None:
    """An arrow leads from an input's cells to those of an output."""
    diagram = drawing.diagram
    names = [[diagram.values[value].name for value in ends] for ends in (diagram.inputs, diagram.outputs)]
    first, *others = diagram.figure.grids
    for node in others:
        if node.arrow is not None and (first.of not in names[0] or node.of not in names[1]):
            fact = f"an arrow leads from the first grid to this one, from '{first.of}' to '{node.of}'"
            raise _fault(drawing, node, fact, "let the first grid be an input, and this one an output")


def _fault(drawing: Drawing, node: GridNode, fact: str, hint: str) -> SpecError:
    return SpecError((Mistake(node.at, "figure.grids", fact, hint=hint),))


def _grid(drawing: Drawing, node: GridNode, axes: tuple[Axis, ...], *, right: bool) -> Grid:
    """Rows for the first of two axes, columns for the last."""
    if len(axes) > 2 or any(axis.rank > 1 for axis in axes):
        names = " ".join(axis.name for axis in axes)
        fact = f"'{node.of}' has the axes {names}: cells are drawn of one axis or two"
        raise _fault(drawing, node, fact, "take it out, or show a part of it")
    sizes = drawing.diagram.default_sizes()
    counts = [axis.sizes[0].evaluate(sizes) for axis in axes]
    for axis, count in zip(axes, counts, strict=True):
        if not 0 <= node.fill.get(axis.name, 0) < count:
            fact = f"{node.of} has no {node.fill[axis.name]} along {axis.name}, which has {count} cells"
            raise _fault(drawing, node, fact, f"count from 0 to {count - 1}")
    for name in node.fill:
        if name not in [axis.name for axis in axes]:
            known = " ".join(axis.name for axis in axes) or "none"
            raise _fault(drawing, node, f"'{node.of}' has no axis '{name}'", f"its axes: {known}")
    down = _cells(counts[0] if len(axes) == 2 else 1, node.fill.get(axes[0].name) if len(axes) == 2 else None)
    across = _cells(counts[-1] if axes else 1, node.fill.get(axes[-1].name) if axes else None)
    width, height = len(across) * CELL, len(down) * CELL
    takes_part = any(other.fill for other in drawing.diagram.figure.grids) or any(
        other.arrow is not None for other in drawing.diagram.figure.grids
    )
    filled = None
    if takes_part:
        ys = _stretch(down, node.fill.get(axes[0].name) if len(axes) == 2 else None)
        xs = _stretch(across, node.fill.get(axes[-1].name) if axes else None)
        filled = Box(xs[0], ys[0], xs[1], ys[1])
    items = [Item(PART, Card(Box(0.0, 0.0, width, height).corners(), "white"))]
    items += [Item(PART, shape) for shape in _mesh(across, down, filled)]
    if axes:
        bar = (Move((0.0, 0.0)), LineTo((width, 0.0)), Move((width, -FOOT)), LineTo((width, FOOT)))
        items.append(Item(PART, Shape(bar, "bold")))
        extent = measure(label_of(axes[-1]))
        items.append(_label(axes[-1], (width / 2, -FOOT / 2 - LABEL - extent.depth)))
    if len(axes) == 2:
        bar = (Move((0.0, 0.0)), LineTo((0.0, height)), Move((-FOOT, height)), LineTo((FOOT, height)))
        items.append(Item(PART, Shape(bar, "bold")))
        extent = measure(label_of(axes[0]))
        away = LABEL + 0.1 + extent.width / 2
        x = width + away if right else -away
        items.append(_label(axes[0], (x, height / 2 + (extent.height - extent.depth) / 2)))
    return Grid(node, tuple(items), width, height, bounds_of(items), filled)


def _label(axis: Axis, at: Point) -> Item:
    return Item(PART, set_text(at, label_of(axis), font="math", of="grid"))


def _cells(count: int, filled: int | None) -> list[int | None]:
    """The indexes that are drawn; None where some are left out."""
    if count <= MOST:
        return list(range(count))
    shown = sorted({0, 1, count - 1, *([filled] if filled is not None else [])})
    cells: list[int | None] = []
    for index in shown:
        if cells and cells[-1] != index - 1:
            cells.append(None)
        cells.append(index)
    return cells


def _stretch(cells: list[int | None], filled: int | None) -> tuple[float, float]:
    """Where the filled cells begin and end: one of them, or all."""
    if filled is None:
        return 0.0, len(cells) * CELL
    place = cells.index(filled)
    return place * CELL, (place + 1) * CELL


def _mesh(across: list[int | None], down: list[int | None], filled: Box | None) -> list[Shape | Text]:
    """Cells, the filled ones over them, the lines between, dots where cells are left out."""
    width, height = len(across) * CELL, len(down) * CELL
    shapes: list[Shape | Text] = [_rectangle(Box(0.0, 0.0, width, height), "grey")]
    if filled is not None:
        shapes.append(_rectangle(filled, "index"))
    lines: list[Segment] = []
    for number in range(1, len(across)):
        lines += [Move((number * CELL, 0.0)), LineTo((number * CELL, height))]
    for number in range(1, len(down)):
        lines += [Move((0.0, number * CELL)), LineTo((width, number * CELL))]
    if lines:
        shapes.append(Shape(tuple(lines)))
    gaps = [
        (x, y, r"\cdots" if across[x] is None else r"\vdots")
        for x in range(len(across))
        for y in range(len(down))
        if across[x] is None or down[y] is None
    ]
    for x, y, dots in gaps:
        extent = measure(dots, "math", 0.7)
        middle = ((x + 0.5) * CELL, (y + 0.5) * CELL + (extent.height - extent.depth) / 2)
        inside = filled is not None and filled.left < middle[0] < filled.right
        inside = inside and filled is not None and filled.top < (y + 0.5) * CELL < filled.bottom
        color = "white" if inside else "black"
        shapes.append(Text(middle, dots, "middle", "math", 0.7, "glyph", *extent, color))
    return shapes


def _rectangle(box: Box, fill: str) -> Shape:
    first, *rest = box.corners()
    return Shape((Move(first), *(LineTo(corner) for corner in rest)), "outline", fill, closed=True)


def _draw_arrows(
    drawing: Drawing, picture: Picture, starts: dict[str, Box], tips: dict[str, Box], above: Box
) -> None:
    """From the rows of the first grid's filled cells to those of every grid that asks for it."""
    first, *others = drawing.diagram.figure.grids
    start = starts.get(first.of)
    low = above.bottom
    for node in others:
        tip = tips.get(node.of)
        if node.arrow is not None and start is not None and tip is not None:
            low = _draw_arrow(picture, start, tip, above, low + UNDER, node.arrow)


def _draw_arrow(picture: Picture, start: Box, end: Box, above: Box, low: float, words: str) -> float:
    """A double arrow that dips below the wires, with its words under it; how low it reaches.

    It leaves the corner of low cells slantwise; from higher ones it goes down beside the wires first.
    """
    deep = above.bottom + (0.1 if above.right - above.left > LONG else -0.75)
    begin, tip = (start.right + 0.12, start.bottom - 0.1), (end.left - 0.4, end.bottom + 0.08)
    high = (start.top + start.bottom) / 2, (end.top + end.bottom) / 2
    left, right = max(begin[0] + 0.3, above.left - 0.3), min(tip[0] - 0.2, above.right + 0.3)
    turn, rise = max(begin[1] + 0.3, deep), max(tip[1] + 0.3, deep)
    before: list[Segment] = [Move(begin)]
    after: list[Segment] = []
    first, last, out, back = begin, tip, begin[0] + 1.1, tip[0] - 1.1
    if begin[1] < deep:
        begin = (begin[0], high[0])
        before = [Move(begin), CurveTo((left, begin[1]), (left, begin[1]), (left, begin[1] + 0.5))]
        first, out = (left, turn), left
        before.append(LineTo(first))
    if tip[1] < deep:
        tip = (tip[0], high[1])
        last, back = (right, rise), right
        after = [LineTo((right, tip[1] + 0.5)), CurveTo((right, tip[1]), (right, tip[1]), tip)]
    low = max(low, first[1] + 0.5, last[1] + 0.5)
    dip = (low - (first[1] + last[1]) / 8) * 4 / 3  # so that the middle of the curve is as low as that
    arc = CurveTo((out, dip), (back, dip), last)
    picture.glyphs.append(Item(PART, Shape((*before, arc, *after), "double", color="index")))
    picture.glyphs.append(Item(PART, _head(tip, (1.0, 0.0) if after else _towards((back, dip), tip))))
    if not words:
        return low
    extent = measure(words, "math", 1.2)
    at = ((left + right) / 2, low + 0.2 + extent.height)
    text = Text(at, words, "middle", "math", 1.2, "grid", *extent, "index")
    picture.labels.append(Item(PART, text))
    return at[1] + extent.depth


def _towards(start: Point, end: Point) -> Point:
    """The direction from one point to another."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = (dx * dx + dy * dy) ** 0.5
    return dx / length, dy / length


def _head(foot: Point, way: Point) -> Shape:
    """A head that begins where a line ends, looking the way the line goes."""

    def turned(along: float, aside: float) -> Point:
        return foot[0] + along * way[0] - aside * way[1], foot[1] + along * way[1] + aside * way[0]

    first, *rest = (turned(0.32, 0.0), turned(-0.22, -0.25), turned(0.0, 0.0), turned(-0.22, 0.25))
    return Shape((Move(first), *(LineTo(point) for point in rest)), "none", "index", closed=True)

"""The definition of a component: its closed box, an equality sign, and what is inside."""

from __future__ import annotations

from ncd_tikz.axes import Axis
from ncd_tikz.diagram import Diagram
from ncd_tikz.glyphs import DepthBox, Site
from ncd_tikz.layout.cards import set_text
from ncd_tikz.layout.columns import UNIT
from ncd_tikz.layout.extent import Box, bounds_of
from ncd_tikz.layout.labels import gap_of, label_of, rise_of
from ncd_tikz.layout.legend import Legend, draw_legend, lay_card
from ncd_tikz.layout.paint import Picture
from ncd_tikz.scene import Card, Item, LineTo, Move, Point, Text, Wire
from ncd_tikz.text import measure

PART = "definition"
STUB = 0.9  # least length of the wires beside the box
BESIDE = 24.0  # units up to which box and inside stand side by side where no width is asked for
GAP = 0.7
FENCE = 0.45


def define(diagram: Diagram, inside: Picture, widest: float | None, legend: Legend | None) -> Picture:
    """Box, sign and inside, side by side where they fit, else the inside below.

    The legend stands at the right of the box where there is room, or as it does in other figures.
    """
    bounds = bounds_of(inside.items())
    if _plain(diagram):
        bounds = Box(bounds.left - FENCE, bounds.top - FENCE, bounds.right + FENCE, bounds.bottom + FENCE)
        inside.backdrop.insert(0, Item(PART, Card(bounds.corners(), "", False, "dotted")))
    closed = _closed(diagram)
    box = bounds_of(closed.items())
    equal = measure("=", "math", 1.6).width
    most = widest if widest is not None else BESIDE
    beside = box.right - box.left + 2 * GAP + equal + bounds.right - bounds.left
    middle = (box.top + box.bottom) / 2
    at = (box.right + GAP + equal / 2, middle + 0.3)
    closed.labels.append(Item(PART, set_text(at, "=", font="math", of="title", size=1.6)))
    if beside <= most:
        closed.extend(
            inside, box.right + 2 * GAP + equal - bounds.left, middle - (bounds.top + bounds.bottom) / 2
        )
        if legend is not None:
            draw_legend(legend, closed, widest)
        return closed
    shift = 0.0
    if legend is not None:
        left = box.right + 2 * GAP + equal
        right = max(left, box.left + bounds.right - bounds.left - legend.width)
        if right + legend.width - box.left <= max(most, bounds.right - bounds.left):
            lay_card(legend, closed, right, box.top)
            shift = max(0.0, box.top + legend.height - box.bottom)
            legend = None
    closed.extend(inside, box.left - bounds.left, box.bottom + shift + GAP - bounds.top)
    if legend is not None:
        draw_legend(legend, closed, widest)
    return closed


def _plain(diagram: Diagram) -> bool:
    """Whether the inside needs a fence of its own: it has none, and stands in one piece."""
    figure = diagram.figure
    repeats = any(step.operation.name == "repeat" for step in diagram.steps)
    return not (figure.groups or figure.breaks or figure.title or repeats or diagram.equals)


def _rows(diagram: Diagram, values: tuple[int, ...]) -> list[tuple[float, Axis]]:
    rows: list[tuple[float, Axis]] = []
    y = 0.0
    for value in values:
        for axis in diagram.values[value].tensor.axes or (UNIT,):
            if rows and rows[-1][0] > y - 1.5:
                y += max(0.0, rise_of(axis) - 0.9)
            rows.append((y, axis))
            y += 1.0
        y += 0.5
    return rows


def parameters(diagram: Diagram) -> str:
    """The free sizes that no input shows, as in `(d_{ff})`."""
    shown = {axis.name for value in diagram.inputs for axis in diagram.values[value].tensor.axes}
    used = {axis.name.rstrip("'") for value in diagram.values for axis in value.tensor.axes}
    labels = [
        entry.axis.label
        for entry in diagram.sizes
        if not entry.derived and entry.axis.name not in shown and entry.axis.name in used
    ]
    return f"$({', '.join(labels)})$" if labels else ""


def _closed(diagram: Diagram) -> Picture:
    """The component as one box with the wires of its inputs and outputs."""
    ins, outs = _rows(diagram, diagram.inputs), _rows(diagram, diagram.outputs)
    shift = (ins[-1][0] - outs[-1][0]) / 2 if ins and outs else 0.0
    outs = [(y + shift, axis) for y, axis in outs]
    glyph = DepthBox(diagram.title, parameters(diagram), diagram.figure.color or "teal")
    left = max([STUB, *(measure(axis.label).width + 0.5 for _, axis in ins)])
    tail = max([STUB, *(measure(axis.label).width + 0.5 for _, axis in outs)])
    right = left + glyph.needs().width
    taken = {(0, number): y for number, (y, _) in enumerate(ins)}
    made = {(0, number): y for number, (y, _) in enumerate(outs)}
    heights = [y for y, _ in ins or outs] or [0.0]
    drawn = glyph.draw(Site(left, right, taken, made, heights[0], heights[-1]))
    picture = Picture()
    picture.cards.extend(Item(PART, primitive) for primitive in drawn.behind)
    picture.glyphs.extend(Item(PART, primitive) for primitive in drawn.front)
    for number, (y, axis) in enumerate(ins):
        _stub(picture, axis, (0.0, y), drawn.ends[0, number])
    for number, (y, axis) in enumerate(outs):
        _stub(picture, axis, drawn.starts[0, number], (right + tail, y))
    return picture


def _stub(picture: Picture, axis: Axis, start: Point, end: Point) -> None:
    label = label_of(axis)
    extent = measure(label)
    middle = (start[0] + end[0]) / 2
    at = (middle, start[1] - gap_of(axis, False) - extent.depth)
    stroke = Wire((Move(start), LineTo(end)), "double" if axis.rank > 1 else "wire", axis.label)
    text = Text(at, label, "middle", "math", 1.0, "wire", extent.width, extent.height, extent.depth)
    picture.wires.append(Item(PART, stroke))
    picture.labels.append(Item(PART, text))

"""The definition of a component: its closed box, an equality sign, and what is inside."""

from __future__ import annotations

from ncd_tikz.axes import Axis
from ncd_tikz.diagram import Diagram
from ncd_tikz.glyphs import DepthBox, Site
from ncd_tikz.layout.cards import set_text
from ncd_tikz.layout.columns import UNIT
from ncd_tikz.layout.extent import Box, box_of
from ncd_tikz.layout.labels import gap_of, label_of, rise_of
from ncd_tikz.scene import Card, Item, LineTo, Move, Text, Wire
from ncd_tikz.scene.moving import moved
from ncd_tikz.text import measure

PART = "definition"
STUB = 0.9  # least length of the wires beside the box
BESIDE = 24.0  # units up to which box and inside stand side by side where no width is asked for
GAP = 0.7
FENCE = 0.45


def define(diagram: Diagram, inside: tuple[Item, ...], bounds: Box, widest: float | None) -> tuple[Item, ...]:
    """Box, sign and inside, side by side where they fit, else the inside below."""
    closed = _closed(diagram)
    box = _bounds(closed)
    equal = measure("=", "math", 1.6).width
    fence = Box(bounds.left - FENCE, bounds.top - FENCE, bounds.right + FENCE, bounds.bottom + FENCE)
    beside = box.right - box.left + 2 * GAP + equal + fence.right - fence.left
    items = [Item(PART, Card(fence.corners(), "", False, "dotted")), *inside]
    middle = (box.top + box.bottom) / 2
    if beside <= (widest if widest is not None else BESIDE):
        dx = box.right + 2 * GAP + equal - fence.left
        dy = middle - (fence.top + fence.bottom) / 2
    else:
        dx = box.left - fence.left
        dy = box.bottom + GAP - fence.top
    sign = set_text((box.right + GAP + equal / 2, middle + 0.25), "=", font="math", of="title", size=1.6)
    return (*closed, Item(PART, sign), *(moved(item, dx, dy) for item in items))


def _bounds(items: tuple[Item, ...]) -> Box:
    boxes = [box for item in items if (box := box_of(item.primitive)) is not None]
    result = boxes[0]
    for box in boxes[1:]:
        result = result.joined(box)
    return result


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


def _closed(diagram: Diagram) -> tuple[Item, ...]:
    """The component as one box with the wires of its inputs and outputs."""
    ins, outs = _rows(diagram, diagram.inputs), _rows(diagram, diagram.outputs)
    shift = (ins[-1][0] - outs[-1][0]) / 2
    outs = [(y + shift, axis) for y, axis in outs]
    glyph = DepthBox(diagram.title, parameters(diagram), diagram.figure.color or "teal")
    left = max([STUB, *(measure(axis.label).width + 0.5 for _, axis in ins)])
    tail = max([STUB, *(measure(axis.label).width + 0.5 for _, axis in outs)])
    right = left + glyph.needs().width
    taken = {(0, number): y for number, (y, _) in enumerate(ins)}
    made = {(0, number): y for number, (y, _) in enumerate(outs)}
    drawn = glyph.draw(Site(left, right, taken, made, 0.0, ins[-1][0]))
    items = [Item(PART, primitive) for primitive in drawn.behind]
    for number, (y, axis) in enumerate(ins):
        items += _stub(axis, (0.0, y), drawn.ends[0, number])
    for number, (y, axis) in enumerate(outs):
        items += _stub(axis, drawn.starts[0, number], (right + tail, y))
    return (*items, *(Item(PART, primitive) for primitive in drawn.front))


def _stub(axis: Axis, start: tuple[float, float], end: tuple[float, float]) -> list[Item]:
    label = label_of(axis)
    extent = measure(label)
    middle = (start[0] + end[0]) / 2
    at = (middle, start[1] - gap_of(axis, False) - extent.depth)
    stroke = Wire((Move(start), LineTo(end)), "double" if axis.rank > 1 else "wire", axis.label)
    text = Text(at, label, "middle", "math", 1.0, "wire", extent.width, extent.height, extent.depth)
    return [Item(PART, stroke), Item(PART, text)]

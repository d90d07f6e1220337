"""The definition of a component: its closed box, an equality sign, and what is inside."""

from __future__ import annotations

import re

from ncd_tikz.axes import Axis, Expression
from ncd_tikz.axes.label import default_label, indexed_label
from ncd_tikz.diagram import AxisSize, BlockCall, Diagram
from ncd_tikz.diagram.repeat import Repeat
from ncd_tikz.glyphs import DepthBox, Site
from ncd_tikz.layout.cards import set_text
from ncd_tikz.layout.columns import UNIT
from ncd_tikz.layout.extent import Box, bounds_of, boxes_of
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
SPELLED = 6  # values of a family up to which each is told

_MEMBER = re.compile(r"(\w+)\[([^][]*)\]")


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
    dx, dy = box.left - bounds.left, box.bottom + GAP - bounds.top
    if legend is not None:
        left = box.right + 2 * GAP + equal
        right = max(left, box.left + bounds.right - bounds.left - legend.width)
        if right + legend.width - box.left <= max(most, bounds.right - bounds.left):
            lay_card(legend, closed, right, box.top)
            below = [b.top for b in boxes_of(inside.items()) if b.right + dx > right - GAP]
            dy = max(dy, box.top + legend.height + GAP - min(below, default=float("inf")))
            legend = None
    closed.extend(inside, dx, dy)
    if legend is not None:
        draw_legend(legend, closed, widest)
    return closed


def _plain(diagram: Diagram) -> bool:
    """Whether the inside needs a fence of its own: wires and operations only, without cards or boxes."""
    figure = diagram.figure
    structured = any(isinstance(step.operation, (Repeat, BlockCall)) for step in diagram.steps)
    return not (figure.groups or figure.breaks or figure.title or structured or diagram.equals)


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
    r"""What its box says below the title: the free sizes that no wire beside it shows, as in `(d_{ff})`.

    Sizes that no wire inside shows either, and families, are told with their values: `(N=3,
    n_{\mu}=[16, 64])`; not so what callers choose (`params:`), nor what a legend tells.
    """
    sides = (*diagram.inputs, *diagram.outputs)
    shown = {axis.name for value in sides for axis in diagram.values[value].tensor.axes}
    wires = {axis.name.rstrip("'") for value in diagram.values for axis in value.tensor.axes}
    sizes = _sizes_given(diagram)
    named = {symbol for size in sizes for symbol in size.symbols}
    axes = [axis for value in diagram.values for axis in value.tensor.axes]
    spoken = named.union(symbol for axis in axes for size in axis.sizes for symbol in size.symbols)
    found = []
    for entry in diagram.sizes:
        name, label = entry.axis.name, entry.axis.label
        if entry.index:
            found += _family(diagram, entry, {*wires, *map(str, sizes)})
        elif entry.derived or label.isdigit() or (name in shown and not entry.parameter):
            continue
        elif name in wires or (entry.parameter and name in spoken):
            found.append(label)
        elif name in named:
            found.append(f"{label}={diagram.default_sizes()[name]}")
    return f"$({', '.join(found)})$" if found else ""


def _sizes_given(diagram: Diagram) -> list[Expression]:
    """Sizes that stand on no wire of the diagram: of its blocks, and how often it repeats."""
    sizes: list[Expression] = []
    for step in diagram.steps:
        if isinstance(step.operation, BlockCall):
            sizes += step.operation.given.values()
        elif isinstance(step.operation, Repeat):
            sizes += (step.operation.start, step.operation.stop, *_sizes_given(step.operation.diagram))
    return sizes


def _family(diagram: Diagram, entry: AxisSize, used: set[str]) -> list[str]:
    """A family with the values of the members that are used, if all of these are known."""
    name, sizes = entry.axis.name, entry.axis.sizes
    members = {index for text in used for family, index in _MEMBER.findall(text) if family == name}
    if not members or (diagram.figure.legend and not entry.parameter):
        return []
    head = indexed_label(label_of(entry.axis), default_label(entry.index))
    if entry.parameter or len(sizes) > 1 or not all(member.isdigit() for member in members):
        return [head]
    known = diagram.default_sizes()
    numbers = range(min(map(int, members)), max(map(int, members)) + 1)
    values = [str(sizes[0].evaluate({**known, entry.index: number})) for number in numbers]
    if len(values) > SPELLED:
        values[SPELLED - 2 : -1] = [r"\ldots"]
    return [f"{head}=[{', '.join(values)}]"]


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

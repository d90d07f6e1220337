"""The legend: derived sizes, and what the axes are for."""

from __future__ import annotations

from ncd_tikz.diagram import AxisSize, Diagram
from ncd_tikz.layout.cards import LINE, PADDING, set_text
from ncd_tikz.layout.extent import Box, box_of
from ncd_tikz.layout.paint import Drawing, Picture
from ncd_tikz.scene import Card, Item, LineTo, Move, Shape
from ncd_tikz.text import measure

SIZE = 0.9
AWAY = 0.55  # between the diagram and a legend beside it


def legend_lines(diagram: Diagram) -> list[str]:
    """Derived sizes, and what the axes are for."""
    labels = {entry.axis.name: entry.axis.label for entry in diagram.sizes}
    lines = []
    for entry in diagram.sizes:
        size = _size(entry, labels)
        if entry.about:
            lines.append(f"${entry.axis.label}$: {entry.about}")
        elif entry.derived:
            lines.append(f"${entry.axis.label} = {size}$")
    return lines


def _size(entry: AxisSize, labels: dict[str, str]) -> str:
    return r" \times ".join(size.latex(labels) for size in entry.axis.sizes)


def draw_legend(drawing: Drawing, picture: Picture, bounds: Box) -> Box | None:
    """A card headed Legend, in a free corner or to the right of everything."""
    lines = legend_lines(drawing.diagram)
    if not lines:
        return None
    width = max(measure(line, "serif", SIZE).width for line in (*lines, "Legend")) + 2 * PADDING
    height = (len(lines) + 1) * LINE + 0.55
    box = Box(bounds.right + AWAY, bounds.top, bounds.right + AWAY + width, bounds.top + height)
    for top in (bounds.top, bounds.bottom - height):
        corner = Box(bounds.right - width, top, bounds.right, top + height)
        if not any(corner.overlaps(taken, 0.4) for taken in occupied(picture)):
            box = corner
            break
    picture.backdrop.append(Item("legend", Card(box.corners(), "grey")))
    middle = (box.left + box.right) / 2
    heading = set_text((middle, box.top + 0.8), "Legend", font="sans", of="legend", size=SIZE)
    rule = Shape((Move((box.left + 0.2, box.top + 1.1)), LineTo((box.right - 0.2, box.top + 1.1))))
    picture.labels += [Item("legend", heading), Item("legend", rule)]
    for number, line in enumerate(lines):
        at = (box.left + PADDING, box.top + 1.95 + number * LINE)
        text = set_text(at, line, font="serif", of="legend", size=SIZE, align="left")
        picture.labels.append(Item("legend", text))
    return box


def occupied(picture: Picture) -> list[Box]:
    """Boxes of everything drawn so far."""
    return [box for item in picture.items() if (box := box_of(item.primitive)) is not None]

"""The legend: derived sizes, and what the axes are for."""

from __future__ import annotations

from ncd_tikz.diagram import AxisSize, Diagram
from ncd_tikz.layout.cards import LINE, PADDING, baselines, set_text
from ncd_tikz.layout.extent import Box, box_of
from ncd_tikz.layout.paint import Drawing, Picture
from ncd_tikz.scene import Card, Item, LineTo, Move, Shape
from ncd_tikz.text import measure, wrap

SIZE = 0.9
WIDEST = 20.0  # width at which its lines are wrapped
AWAY = 0.55  # between the diagram and a legend beside it


def legend_lines(diagram: Diagram) -> list[str]:
    """Derived sizes, and what the axes are for."""
    labels = {entry.axis.name: entry.axis.label for entry in diagram.sizes}
    lines = []
    for entry in diagram.sizes:
        size = _size(entry, labels)
        if entry.about:
            lines.append(f"${entry.axis.label}$: {entry.about}")
        elif entry.derived and size != entry.axis.label:
            lines.append(f"${entry.axis.label} = {size}$")
    return lines


def _size(entry: AxisSize, labels: dict[str, str]) -> str:
    return r" \times ".join(size.latex(labels) for size in entry.axis.sizes)


def draw_legend(drawing: Drawing, picture: Picture, bounds: Box, widest: float | None) -> Box | None:
    """A card headed Legend: to the right as far inside as it fits, or below where that is too wide."""
    room = WIDEST if widest is None else min(WIDEST, widest - 2 * PADDING)
    lines = tuple(part for line in legend_lines(drawing.diagram) for part in wrap(line, "serif", SIZE, room))
    if not lines:
        return None
    width = max(measure(line, "serif", SIZE).width for line in (*lines, "Legend")) + 2 * PADDING
    offsets = baselines(lines, "serif", SIZE)
    height = offsets[-1] + 2 * LINE + 0.55
    box = min(
        (_beside(picture, top, width, height, bounds) for top in (bounds.top, bounds.bottom - height)),
        key=lambda place: place.right,
    )
    if widest is not None and max(box.right, bounds.right) - bounds.left > widest:
        box = Box(bounds.left, bounds.bottom + AWAY, bounds.left + width, bounds.bottom + AWAY + height)
    picture.backdrop.append(Item("legend", Card(box.corners(), "grey")))
    middle = (box.left + box.right) / 2
    heading = set_text((middle, box.top + 0.8), "Legend", font="sans", of="legend", size=SIZE)
    rule = Shape((Move((box.left + 0.2, box.top + 1.1)), LineTo((box.right - 0.2, box.top + 1.1))))
    picture.labels += [Item("legend", heading), Item("legend", rule)]
    for offset, line in zip(offsets, lines, strict=True):
        at = (box.left + PADDING, box.top + 1.95 + offset)
        text = set_text(at, line, font="serif", of="legend", size=SIZE, align="left")
        picture.labels.append(Item("legend", text))
    return box


def _beside(picture: Picture, top: float, width: float, height: float, bounds: Box) -> Box:
    """The leftmost place at a height that has nothing at its right."""
    band = Box(bounds.left, top, float("inf"), top + height)
    left = max((box.right for box in occupied(picture) if box.overlaps(band, AWAY)), default=bounds.left)
    return Box(left + AWAY, top, left + AWAY + width, top + height)


def occupied(picture: Picture) -> list[Box]:
    """Boxes of everything drawn so far."""
    return [box for item in picture.items() if (box := box_of(item.primitive)) is not None]

"""Equations: sides in lines, a relation sign between neighbours, words over the sign.

```
   side 1  =  side 2      a line as long as the width allows
=  side 3  =  side 4      a later line starts with its sign
```

The signs of a line stand at one height. Where all sides take in as many wires, these stand level
with each other and with the sign; else each side's wires are centred on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ncd_tikz.diagram import Diagram, Side
from ncd_tikz.frozen import frozen
from ncd_tikz.layout.breaks import SHADOW, units
from ncd_tikz.layout.cards import baselines, set_text
from ncd_tikz.layout.extent import Box, bounds_of
from ncd_tikz.layout.groups import draw_title
from ncd_tikz.layout.notes import draw_whole_notes
from ncd_tikz.layout.paint import Drawing, Picture, row
from ncd_tikz.scene import EM_PER_UNIT, Card, CurveTo, Item, LineTo, Move, Segment, Shape, TextFont, Wire
from ncd_tikz.scene.moving import moved
from ncd_tikz.scene.sides import on_side
from ncd_tikz.spec.nodes import FigureNode
from ncd_tikz.text import measure, wrap

PART = "relation"
SIGN = 1.6  # size of a relation sign
AXIS = 0.25 / EM_PER_UNIT  # of a formula above its baseline, in grid units at size 1
GAP = 0.65  # between a sign and what it joins
MARGIN = 0.3  # between the sides and the edge of the title's card
APART = 0.4  # between a note on a side and what stands beside that
BETWEEN = 1.0  # between two lines
WORDS = 5.0  # width at which the words over a sign are wrapped
BROAD = 8.0  # the same of words on a broad arrow
ARROW = 2.6  # least length of an arrow
BARRED = (r"\mapsto", r"\longmapsto")
ARROWS = (*BARRED, r"\to", r"\rightarrow", r"\longrightarrow")
BLOCKS = (r"\Rightarrow", r"\Longrightarrow", r"\implies")  # with words: a card in the shape of an arrow

Draw = Callable[[Diagram], tuple[Drawing, Picture]]


@frozen
class Sign:
    """A relation sign with its words; it starts at the origin, its axis at height 0."""

    items: tuple[Item, ...]
    width: float


@dataclass(slots=True)
class _Drawn:
    """A side with the sign before it; `level` is the height in it at which its signs stand."""

    number: int
    sign: Sign | None
    new_line: bool
    picture: Picture
    box: Box
    core: Box  # without the notes on all of the side
    level: float

    @property
    def width(self) -> float:
        """Width of the side with its notes."""
        return self.box.right - self.box.left

    @property
    def before(self) -> float:
        """Width of the sign with its gaps."""
        return self.sign.width + 2 * GAP if self.sign is not None else 0.0

    def boxes(self, dx: float, axis: float) -> list[Box]:
        """The side and, above and below it, its notes, so much to the right and at this height."""
        box, core, dy = self.box, self.core, axis - self.level
        parts = [core]
        if box.top < core.top:
            parts.append(Box(box.left, box.top, box.right, core.top))
        if box.bottom > core.bottom:
            parts.append(Box(box.left, core.bottom, box.right, box.bottom))
        return [Box(p.left + dx, p.top + dy, p.right + dx, p.bottom + dy) for p in parts]


def draw_equation(first: Diagram, draw: Draw) -> Picture:
    """All sides of an equation in one picture, the parts of each named after it."""
    widest = units(first.figure.width)
    drawings: list[Drawing] = []
    sides: list[_Drawn] = []
    for number, side in enumerate((None, *first.equals), 1):
        sign = relation_sign(side.relation, side.over) if side is not None else None
        diagram = side.diagram if side is not None else first
        room = None if widest is None else widest - (sign.width + GAP if sign is not None else 0.0)
        drawing, picture = draw(replace(diagram, figure=_side_figure(first, side, room)))
        core = bounds_of(picture.items())
        if side is not None:
            draw_whole_notes(side.diagram.figure, picture, room)
        named = Picture()
        for mine, theirs in zip(named.layers(), picture.layers(), strict=True):
            mine.extend(on_side(number, item) for item in theirs)
        new_line = side is not None and side.new_line
        drawings.append(drawing)
        sides.append(_Drawn(number, sign, new_line, named, bounds_of(picture.items()), core, 0.0))
    for one, level in zip(sides, _levels(drawings, sides), strict=True):
        one.level = level
    whole = _set(sides, widest)
    if first.figure.title:
        bounds = bounds_of(whole.items())
        draw_title(drawings[0], whole, bounds, bounds.left - MARGIN, bounds.right + MARGIN)
    return whole


def _side_figure(first: Diagram, side: Side | None, room: float | None) -> FigureNode:
    """What a side's own figure says, without what belongs to the whole equation."""
    whole = first.figure
    own = side.diagram.figure if side is not None else whole
    return replace(
        own,
        notes=tuple(note for note in own.notes if note.over),
        highlight=tuple(dict.fromkeys((*whole.highlight, *own.highlight))),
        columns=whole.columns or own.columns,
        width="" if room is None else f"{(max(room, 1.0) + SHADOW) * 10 * EM_PER_UNIT:.3f}pt",
        legend=False,
        definition=False,
        title=False,
    )


def _levels(drawings: list[Drawing], sides: list[_Drawn]) -> list[float]:
    """The height, in each side, at which it stands level with the signs."""
    starts = [sorted(row(half) for half in drawing.rows.start.values()) for drawing in drawings]
    if min(map(len, starts)) and len({len(rows) for rows in starts}) == 1:
        return [(rows[0] + rows[-1]) / 2 for rows in starts]
    levels = []
    for one in sides:
        heights = [
            segment.to[1]
            for item in one.picture.wires
            if isinstance(item.primitive, Wire)
            for segment in item.primitive.segments
        ]
        levels.append((min(heights) + max(heights)) / 2)
    return levels


def _set(sides: list[_Drawn], widest: float | None) -> Picture:
    """Sides in lines: the first fit, as with words."""
    lines: list[list[_Drawn]] = []
    taken = 0.0
    for one in sides:
        width = one.before + one.width
        if not lines or one.new_line or (widest is not None and taken + width > widest):
            lines.append([])
            taken = -GAP if one.sign is not None else 0.0
        lines[-1].append(one)
        taken += width
    whole = Picture()
    bottom = 0.0
    for number, line in enumerate(lines):
        above = max(one.level - one.box.top for one in line)
        signs = [bounds_of(one.sign.items) for one in line if one.sign is not None]
        above = max([above, *(-box.top for box in signs)])
        axis = bottom + above + (BETWEEN if number else 0.0)
        x = 0.0
        taken_up: list[Box] = []
        alone = len(line) == 1 and widest is not None and line[0].before - GAP + line[0].width > widest
        for place, one in enumerate(line):
            if one.sign is not None and alone:  # the sign takes a line of its own
                axis += bounds_of(one.sign.items).bottom - one.level + one.box.top
                for item in one.sign.items:
                    layer = whole.backdrop if isinstance(item.primitive, Card) else whole.labels
                    layer.append(moved(item, 0.0, axis))
                axis += bounds_of(one.sign.items).bottom + GAP + one.level - one.box.top
            elif one.sign is not None:
                x += GAP if place else 0.0
                for item in one.sign.items:
                    layer = whole.backdrop if isinstance(item.primitive, Card) else whole.labels
                    layer.append(moved(item, x, axis))
                taken_up.append(bounds_of(moved(item, x, axis) for item in one.sign.items))
                x += one.sign.width + GAP
            dx = x - one.core.left
            if any(mine.overlaps(other, APART) for mine in one.boxes(dx, axis) for other in taken_up):
                dx = max(x, *(box.right + APART for box in taken_up)) - one.box.left
            taken_up += one.boxes(dx, axis)
            whole.extend(one.picture, dx, axis - one.level)
            x = one.core.right + dx
        bottom = max([axis + one.box.bottom - one.level for one in line])
        bottom = max([bottom, *(axis + box.bottom for box in signs)])
    return whole


def relation_sign(relation: str, over: str = "") -> Sign:
    """A sign, or an arrow as long as its words; the words stand over it, or on it where it is broad."""
    if relation.strip() in BLOCKS and over:
        return _block(over)
    arrow = relation.strip() in ARROWS
    font: TextFont = "sans" if arrow else "serif"
    size = 0.9 if arrow else 0.75
    lines = wrap(over, font, size, WORDS) if over else ()
    words = max((measure(line, font, size).width for line in lines), default=0.0)
    if arrow:
        width = max(ARROW, words + 0.8)
        items, top = [Item(PART, _arrow(width, relation.strip() in BARRED))], -0.3
    else:
        extent = measure(relation, "math", SIGN)
        width = max(extent.width, words)
        axis = AXIS * SIGN
        items = [Item(PART, set_text((width / 2, axis), relation, font="math", of="title", size=SIGN))]
        top = axis - extent.height
    if lines:
        offsets = baselines(lines, font, size)
        foot = top - 0.16 - measure(lines[-1], font, size).depth - offsets[-1]
        for offset, line in zip(offsets, lines, strict=True):
            at = (width / 2 - (0.15 if arrow else 0.0), foot + offset)
            items.append(Item(PART, set_text(at, line, font=font, of="title", size=size)))
    return Sign(tuple(items), width)


def _block(words: str) -> Sign:
    """A broad arrow with words on it."""
    lines = wrap(words, "sans", 0.9, BROAD)
    offsets = baselines(lines, "sans", 0.9)
    width = max(measure(line, "sans", 0.9).width for line in lines) + 0.6
    half = offsets[-1] / 2 + 0.5
    head, wing = half + 0.3, 0.35
    card = Card(
        (
            (0.0, -half), (width, -half), (width, -half - wing), (width + head, 0.0),
            (width, half + wing), (width, half), (0.0, half),
        ),
        "violet",
    )  # fmt: skip
    first = 0.24 - offsets[-1] / 2
    texts = [
        Item(PART, set_text((width / 2 + 0.1, first + offset), line, font="sans", of="title", size=0.9))
        for offset, line in zip(offsets, lines, strict=True)
    ]
    return Sign((Item(PART, card), *texts), width + head)


def _arrow(length: float, barred: bool) -> Shape:
    """A thick arrow along the axis: `|---->`."""
    head, half = 0.75, 0.24
    segments: list[Segment] = []
    if barred:
        segments += [Move((0.0, -0.36)), LineTo((0.0, 0.36))]
    segments += [
        Move((0.0, 0.0)),
        LineTo((length, 0.0)),
        Move((length - head, -half)),
        CurveTo((length - 0.5, -0.09), (length - 0.2, -0.02), (length, 0.0)),
        CurveTo((length - 0.2, 0.02), (length - 0.5, 0.09), (length - head, half)),
    ]
    return Shape(tuple(segments), "bold")

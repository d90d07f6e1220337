"""Two figures in one picture, what differs lit up behind its glyphs, numbered, and told in a key below.

```
A  first.yaml
   ...(1)...       boxes with a number behind the glyphs of steps
B  second.yaml
   ...(1)..(2)..
(1) changed  softmax: over x -> h
(2) new      a second scale
```
"""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot
from typing import Literal

from ncd_tikz.diagram import Diagram
from ncd_tikz.frozen import frozen
from ncd_tikz.layout.cards import set_text
from ncd_tikz.layout.clearance import Ink
from ncd_tikz.layout.columns import plan
from ncd_tikz.layout.compose import lay_out
from ncd_tikz.layout.extent import Box, bounds_of, boxes_of, text_box
from ncd_tikz.layout.opening import opened
from ncd_tikz.layout.paint import glyph_name
from ncd_tikz.scene import CurveTo, Dashes, Item, LineTo, Move, Point, Scene, Segment, Shape, Text, Wire
from ncd_tikz.scene.moving import moved
from ncd_tikz.scene.number import number as written
from ncd_tikz.text import measure

Kind = Literal["changed", "removed", "added", "moved"]
FILLS: dict[Kind, str] = {"changed": "straw", "removed": "rose", "added": "green", "moved": "sky"}

PART = "difference"
MARGIN = 0.5
PAD = 0.22  # between the ink of a glyph and its box
LEAST = 0.7  # a box is not smaller
CORNER = 0.18
BADGE = 0.42  # radius
BETWEEN = 1.1  # between the figures
HEADING, WORDS = 1.15, 0.95  # sizes
LINE = 1.15  # of the key
KEY = 34.0  # units at which the key's lines are wrapped, at least
SIDE_BY_SIDE = 46.0  # as wide as two figures beside each other may be


@frozen
class Mark:
    """A difference: its number in the key, its words (LaTeX), and the steps' places in both figures."""

    number: int
    kind: Kind
    words: str
    left: tuple[str, ...]
    right: tuple[str, ...]


def lay_out_both(
    left: Diagram, right: Diagram, marks: Sequence[Mark], headings: tuple[str, str], words: Sequence[str] = ()
) -> Scene:
    """Both figures with what differs between them.

    Args:
        left: drawn first.
        right: drawn beside it, or below.
        marks: what differs.
        headings: LaTeX over each figure.
        words: LaTeX lines above the key.
    """
    parts = [
        _headed(_marked(left, [(mark, mark.left) for mark in marks]), f"\\textbf{{A}}\\quad {headings[0]}"),
        _headed(_marked(right, [(mark, mark.right) for mark in marks]), f"\\textbf{{B}}\\quad {headings[1]}"),
    ]
    boxes = [bounds_of(part) for part in parts]
    widths, heights = [box.right - box.left for box in boxes], [box.bottom - box.top for box in boxes]
    beside = sum(widths) + 2 * BETWEEN <= SIDE_BY_SIDE and max(heights) > max(widths) / 2
    dx, dy = (widths[0] + 2 * BETWEEN, 0.0) if beside else (0.0, heights[0] + BETWEEN)
    shifts = (-boxes[0].left, -boxes[0].top), (dx - boxes[1].left, dy - boxes[1].top)
    placed = [[moved(item, *shift) for item in part] for part, shift in zip(parts, shifts, strict=True)]
    # Renderers lay halos just below the first wire: the cards of both figures must be painted before.
    wires = [next((n for n, i in enumerate(part) if isinstance(i.primitive, Wire)), 0) for part in placed]
    items = [item for part, first in zip(placed, wires, strict=True) for item in part[:first]]
    items += [item for part, first in zip(placed, wires, strict=True) for item in part[first:]]
    whole = bounds_of(items)
    if not beside:
        y = heights[0] + BETWEEN / 2
        items.append(Item(PART, _rule((0.0, y), (whole.right, y))))
    items += _key(marks, words, whole)
    box = bounds_of(items)
    return Scene(
        bounds=(box.left - MARGIN, box.top - MARGIN, box.right + MARGIN, box.bottom + MARGIN),
        items=tuple(items),
        title=f"{left.title} and {right.title}" if left.title != right.title else left.title,
        description=f"Two figures, of {left.name} and of {right.name}, with {len(marks)} differences marked.",
        digest=f"{left.digest} {right.digest}",
        name=f"{left.name}_diff",
    )


def _marked(diagram: Diagram, marks: Sequence[tuple[Mark, tuple[str, ...]]]) -> list[Item]:
    """The figure with boxes behind the glyphs of the marked steps, and their numbers."""
    items = list(lay_out(diagram).items)
    glyphs = _glyphs(diagram)
    ink, texts = Ink(items), [text_box(i.primitive) for i in items if isinstance(i.primitive, Text)]
    behind: list[Item] = []
    above: list[Item] = []
    discs: list[Point] = []
    for mark, places in marks:
        parts = dict.fromkeys(part for place in places for part in _parts(place, glyphs))
        for box in _joined([_box(items, part) for part in parts]):
            behind.append(Item(PART, _frame(box, mark.kind)))
            at = _corner(box, ink, texts, discs)
            discs.append(at)
            above += _badge(at, mark)
    first = next((n for n, item in enumerate(items) if _is_ink(item)), len(items))
    return [*items[:first], *behind, *items[first:], *above]


def _is_ink(item: Item) -> bool:
    """Whether an item stands before the cards that groups are drawn on."""
    part = item.part.rpartition(".")[2]
    return isinstance(item.primitive, (Wire, Dashes)) or (part[:1] == "g" and part[1:].isdigit())


def _glyphs(diagram: Diagram) -> list[tuple[str, str]]:
    """The path of every step that is drawn, and the part of the picture that shows it."""
    found = []
    sides = (diagram, *(side.diagram for side in diagram.equals))
    for number, side in enumerate(sides, 1):
        prefix = f"side{number}." if diagram.equals else ""
        shown = opened(side)
        for acts in plan(shown).columns:
            for act in acts:
                if act.step is not None:
                    name = prefix + glyph_name(act.step)
                    found += [(prefix + shown.steps[each].path, name) for each in (act.step, *act.riders)]
    return found


def _parts(place: str, glyphs: Sequence[tuple[str, str]]) -> list[str]:
    """The glyphs of a step: its own, else those of what is in it, else that of what it is in."""
    own = [part for path, part in glyphs if path == place]
    inside = [part for path, part in glyphs if path.startswith(f"{place}.")]
    around = [(len(path), part) for path, part in glyphs if place.startswith(f"{path}.")]
    return own or inside or [part for _, part in sorted(around)[-1:]]


def _box(items: Sequence[Item], part: str) -> Box:
    mine = [item for item in items if item.part == part]
    boxes = boxes_of(mine)
    boxes += [
        Box(*item.primitive.at, *item.primitive.at)
        for item in mine
        if not boxes and hasattr(item.primitive, "at")
    ]
    box = boxes[0]
    for other in boxes[1:]:
        box = box.joined(other)
    wide, high = (max(0.0, LEAST - size) / 2 for size in (box.right - box.left, box.bottom - box.top))
    return Box(box.left - PAD - wide, box.top - PAD - high, box.right + PAD + wide, box.bottom + PAD + high)


def _joined(boxes: Sequence[Box]) -> list[Box]:
    """Boxes that overlap as one."""
    found: list[Box] = []
    for box in boxes:
        meeting = [other for other in found if other.overlaps(box)]
        found = [other for other in found if other not in meeting]
        for other in meeting:
            box = box.joined(other)
        found.append(box)
    return found


def _frame(box: Box, kind: Kind) -> Shape:
    """A box with round corners."""
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    c = min(CORNER, (right - left) / 2, (bottom - top) / 2)
    k = 0.45 * c
    segments: tuple[Segment, ...] = (
        Move((left + c, top)), LineTo((right - c, top)),
        CurveTo((right - k, top), (right, top + k), (right, top + c)), LineTo((right, bottom - c)),
        CurveTo((right, bottom - k), (right - k, bottom), (right - c, bottom)), LineTo((left + c, bottom)),
        CurveTo((left + k, bottom), (left, bottom - k), (left, bottom - c)), LineTo((left, top + c)),
        CurveTo((left, top + k), (left + k, top), (left + c, top)),
    )  # fmt: skip
    stroke: Literal["dotted", "bold"] = "dotted" if kind == "removed" else "bold"
    return Shape(segments, stroke, FILLS[kind], True, kind)


def _corner(box: Box, ink: Ink, texts: Sequence[Box], discs: Sequence[Point]) -> Point:
    """The place on the edge of a box where a number hides least, and no other number."""
    middle, centre = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    places = [
        (box.left, box.top), (box.right, box.top), (box.left, box.bottom), (box.right, box.bottom),
        (middle, box.top - BADGE / 2), (middle, box.bottom + BADGE / 2), (middle, box.bottom + 2 * BADGE),
        (box.left, centre), (box.right, centre),
    ]  # fmt: skip
    free = [(x, y) for x, y in places if all(hypot(x - a, y - b) > 2 * BADGE for a, b in discs)]
    for x, y in free:
        if ink.frees(Box(x - BADGE, y - BADGE, x + BADGE, y + BADGE)):
            return (x, y)
    for x, y in free:
        if not any(text.overlaps(Box(x - BADGE, y - BADGE, x + BADGE, y + BADGE)) for text in texts):
            return (x, y)
    return (free or places)[0]


def _badge(at: Point, mark: Mark) -> list[Item]:
    """A disc with a number on it."""
    x, y = at
    r, k = BADGE, 0.5523 * BADGE
    segments: tuple[Segment, ...] = (
        Move((x + r, y)),
        CurveTo((x + r, y + k), (x + k, y + r), (x, y + r)),
        CurveTo((x - k, y + r), (x - r, y + k), (x - r, y)),
        CurveTo((x - r, y - k), (x - k, y - r), (x, y - r)),
        CurveTo((x + k, y - r), (x + r, y - k), (x + r, y)),
    )
    size = 0.8 if mark.number < 10 else 0.68
    content = f"\\textbf{{{written(mark.number)}}}"
    extent = measure(content, "sans", size)
    text = Text(
        (x, y + extent.height / 2), content, "middle", "sans", size, "difference",
        extent.width, extent.height, extent.depth, "white",
    )  # fmt: skip
    return [Item(PART, Shape(segments, "outline", mark.kind, True, mark.kind)), Item(PART, text)]


def _headed(items: list[Item], heading: str) -> list[Item]:
    box = bounds_of(items)
    at = (box.left, box.top - 0.75)
    return [
        *items,
        Item(PART, set_text(at, heading, font="sans", of="difference", size=HEADING, align="left")),
    ]


def _key(marks: Sequence[Mark], words: Sequence[str], whole: Box) -> list[Item]:
    """What the numbers stand for, below the figures."""
    items: list[Item] = []
    room = max(KEY, whole.right - whole.left) - 2 * BADGE - 0.5
    y = whole.bottom + BETWEEN
    if marks or words:
        items.append(Item(PART, _rule((0.0, y - BETWEEN / 2), (whole.right, y - BETWEEN / 2))))
    for number, line in enumerate(words):
        size = WORDS if number else HEADING
        for part in _filled(line, size, room):
            y += LINE
            items.append(_line((0.0, y - 0.4), part, size))
    y += 0.25 if words else 0.0
    for mark in marks:
        items += _badge((BADGE, y + LINE / 2), mark)
        for part in _filled(mark.words, WORDS, room):
            items.append(_line((2 * BADGE + 0.4, y + LINE / 2 + 0.28), part, WORDS))
            y += LINE
    return items


def _rule(start: Point, end: Point) -> Shape:
    return Shape((Move(start), LineTo(end)), "outline", "", False, "grey")


def _line(at: Point, content: str, size: float) -> Item:
    return Item(PART, set_text(at, content, font="sans", of=PART, size=size, align="left"))


def _filled(words: str, size: float, room: float) -> list[str]:
    """Lines as full as they can be."""
    lines: list[str] = []
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer, "sans", size).width <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines

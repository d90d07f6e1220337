"""Notes: cards above and below the diagram, each with tails that widen into what it speaks of."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ncd_tikz.layout.cards import LINE, PADDING, baselines, set_text
from ncd_tikz.layout.extent import Box, bounds_of, boxes_of, text_box
from ncd_tikz.layout.paint import Drawing, Picture
from ncd_tikz.layout.regions import Region, glyph_regions
from ncd_tikz.layout.spread import spread
from ncd_tikz.scene import Card, Item, Point, Text
from ncd_tikz.scene.moving import moved
from ncd_tikz.spec.nodes import FigureNode, NoteNode
from ncd_tikz.text import measure, wrap

NOTE = 9.5  # width at which a note's text is wrapped
WHOLE_SIZE = 0.9
LONGER = 1.015  # a long line with formulas is so much longer where the document's type is small
WHOLE = 16.0  # least width at which a note on the whole figure is wrapped, where none is asked for
APART = 0.45  # between cards that stand side by side
AWAY = 0.55  # between the diagram and its notes
NEARER = 1.5  # notes stand in one line unless one can stand so much nearer to what it speaks of


@dataclass(slots=True)
class _Note:
    node: NoteNode
    regions: list[Region]
    lines: tuple[str, ...]
    width: float
    left: float = 0.0

    @property
    def middle(self) -> float:
        return (self.regions[0].left + self.regions[-1].right) / 2

    @property
    def height(self) -> float:
        return baselines(self.lines, "sans", 0.9)[-1] + LINE + 0.3


def draw_notes(
    drawing: Drawing, picture: Picture, bounds: Box, columns: range, widest: float | None
) -> list[Box]:
    """Cards above and below the diagram; a tail widens from each into its region."""
    far = float("inf")
    room = Box(-far, -far, far, far)
    if widest is not None:
        room = Box(bounds.left, -far, bounds.left + max(widest, bounds.right - bounds.left), far)
    above: list[_Note] = []
    below: list[_Note] = []
    for node in drawing.diagram.figure.notes:
        if not node.over:
            continue  # a note on the whole figure
        regions = glyph_regions(drawing, node.over, columns)
        if not regions or glyph_regions(drawing, node.over, range(columns.start)):
            continue  # told once, in the first row that it speaks of
        lines = wrap(node.text, "sans", 0.9, min(NOTE, room.right - room.left - 2 * PADDING))
        width = max(measure(line, "sans", 0.9).width for line in lines) + 2 * PADDING
        note = _Note(node, regions, lines, width)
        side = node.side
        if side == "auto":
            top, bottom = min(r.top for r in regions), max(r.bottom for r in regions)
            nearer_top = top - bounds.top <= bounds.bottom - bottom
            up = _in_the_way(picture, regions, bounds.top, up=True)
            down = _in_the_way(picture, regions, bounds.bottom, up=False)
            side = "above" if up < down or (up == down and nearer_top) else "below"
            full = sum(n.width for n in (above if side == "above" else below)) + width
            if full > bounds.right - bounds.left:
                side = "below" if side == "above" else "above"
        (above if side == "above" else below).append(note)
    boxes = _row(picture, above, bounds, room, up=True)
    return boxes + _row(picture, below, bounds, room, up=False)


def _in_the_way(picture: Picture, regions: list[Region], edge: float, *, up: bool) -> int:
    """Titles of groups behind which the tails of a note would pass."""
    strips = [
        Box(r.left, edge, r.right, r.top) if up else Box(r.left, r.bottom, r.right, edge) for r in regions
    ]
    return sum(
        any(text_box(text).overlaps(strip) for strip in strips)
        for item in picture.labels
        if isinstance(text := item.primitive, Text) and text.of == "group"
    )


def draw_whole_notes(figure: FigureNode, picture: Picture, widest: float | None) -> None:
    """Cards on the whole figure, above or below all of it and as wide as it is."""
    notes = [note for note in figure.notes if not note.over]
    # What is told first is read first, so of the notes above the last one stands next to the figure.
    for note in reversed([note for note in notes if note.side != "below"]):
        _whole_note(picture, note, widest, up=True)
    for note in notes:
        if note.side == "below":
            _whole_note(picture, note, widest, up=False)


def _whole_note(picture: Picture, note: NoteNode, widest: float | None, *, up: bool) -> None:
    bounds = bounds_of(picture.items())
    full = bounds.right - bounds.left
    room = max(full, WHOLE) if widest is None else max(full, widest)
    lines = wrap(note.text, "sans", WHOLE_SIZE, (room - 2 * PADDING) / LONGER)
    offsets = baselines(lines, "sans", WHOLE_SIZE)
    texts = [
        set_text((PADDING, 0.85 + offset), line, font="sans", of="note", size=WHOLE_SIZE, align="left")
        for offset, line in zip(offsets, lines, strict=True)
    ]
    texts = [replace(text, width=round(LONGER * text.width, 4)) for text in texts]
    width = max(text.width for text in texts) + 2 * PADDING
    height = offsets[-1] + LINE + 0.3
    left = (bounds.left + bounds.right - width) / 2
    top = bounds.top - AWAY - height if up else bounds.bottom + AWAY
    card = Card(Box(0.0, 0.0, width, height).corners(), note.color or "note")
    picture.backdrop.append(moved(Item("note", card), left, top))
    picture.labels.extend(moved(Item("note", text), left, top) for text in texts)


def _row(picture: Picture, notes: list[_Note], bounds: Box, room: Box, *, up: bool) -> list[Box]:
    """Notes of one side next to each other, each as near to its region as the others let it.

    What does not fit beside the others stands in a further tier.
    """
    notes.sort(key=lambda note: note.middle)
    tiers: list[list[_Note]] = []
    for note in notes:
        taken = sum(other.width + APART for other in tiers[-1]) if tiers else 0.0
        if not tiers or taken + note.width > room.right - room.left:
            tiers.append([])
        tiers[-1].append(note)
    boxes: list[Box] = []
    ink = boxes_of(picture.items())
    edge = bounds.top - AWAY if up else bounds.bottom + AWAY
    for number, tier in enumerate(tiers):
        lefts = spread([note.middle for note in tier], [note.width for note in tier], APART)
        for note, left in zip(tier, lefts, strict=True):
            note.left = left
        _confine(tier, room)
        for note in tier:
            here = _nearer(note, ink, edge, up=up) if not number else edge
            top = here - note.height if up else here
            boxes.append(Box(note.left, top, note.left + note.width, top + note.height))
        highest = max(note.height for note in tier) + APART
        edge += -highest if up else highest
    for note, box in reversed(list(zip(notes, boxes, strict=True))):
        _paint_note(picture, note, box, up=up)
    return boxes


def _nearer(note: _Note, ink: list[Box], edge: float, *, up: bool) -> float:
    """Where the card begins: where there is nothing above or below it, much nearer than the edge."""
    left, right = note.left - APART, note.left + note.width + APART
    column = [box for box in ink if box.left < right and left < box.right]
    region = Box(left, min(r.top for r in note.regions), right, max(r.bottom for r in note.regions))
    if up:
        free = min([region.top, *(box.top for box in column)]) - AWAY
        return free if free - edge > NEARER else edge
    free = max([region.bottom, *(box.bottom for box in column)]) + AWAY
    return free if edge - free > NEARER else edge


def _confine(tier: list[_Note], room: Box) -> None:
    """Push notes back between the sides of the room, the outermost first."""
    limit = room.right
    for note in reversed(tier):
        note.left = min(note.left, limit - note.width)
        limit = note.left - APART
    limit = room.left
    for note in tier:
        note.left = max(note.left, limit)
        limit = note.left + note.width + APART


def _paint_note(picture: Picture, note: _Note, box: Box, *, up: bool) -> None:
    """One polygon: the card, and for each region a tail that widens into it.

    ```
    +-----------+
    |   text    |
    +-+ +---+ +-+
     /   \\ /   \\
    +-----+ +---+     the regions
    ```
    """
    pad, color = 0.1, note.node.color or "note"
    count = len(note.regions)
    share = (box.right - box.left) / count
    root = min(0.7, share / 3)
    outline: list[Point] = []
    for number, region in enumerate(note.regions):
        inner = Box(region.left - pad, region.top - pad, region.right + pad, region.bottom + pad)
        low = box.left + (0.5 if count == 1 else number * share) + root
        high = box.right - (0.5 if count == 1 else (count - 1 - number) * share) - root
        middle = min(max((inner.left + inner.right) / 2, low), high)
        near, far = (inner.top, inner.bottom) if up else (inner.bottom, inner.top)
        edge = box.bottom if up else box.top
        outline += [
            (middle - root, edge), (inner.left, near), (inner.left, far),
            (inner.right, far), (inner.right, near), (middle + root, edge),
        ]  # fmt: skip
    if up:
        around = (
            *outline,
            (box.right, box.bottom),
            (box.right, box.top),
            (box.left, box.top),
            (box.left, box.bottom),
        )
        corners = tuple(reversed(around))
    else:
        corners = (
            *outline,
            (box.right, box.top),
            (box.right, box.bottom),
            (box.left, box.bottom),
            (box.left, box.top),
        )
    picture.backdrop.append(Item("note", Card(corners, color)))
    for offset, line in zip(baselines(note.lines, "sans", 0.9), note.lines, strict=True):
        at = (box.left + PADDING, box.top + 0.85 + offset)
        text = set_text(at, line, font="sans", of="note", size=0.9, align="left")
        picture.labels.append(Item("note", text))

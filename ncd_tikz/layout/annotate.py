"""Cards around the wires: groups with titles, notes with tails, the legend, tags, the title."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from ncd_tikz.diagram import Diagram
from ncd_tikz.diagram.diagram import AxisSize
from ncd_tikz.layout.extent import Box, box_of, points_box
from ncd_tikz.layout.paint import Drawing, Picture
from ncd_tikz.layout.regions import Region, glyph_regions, group_region, steps_named
from ncd_tikz.scene import Card, Item, LineTo, Move, Point, Shape, Text, TextFont
from ncd_tikz.spec.nodes import GroupNode, NoteNode
from ncd_tikz.text import measure, wrap

LINE = 1.0  # from baseline to baseline
PADDING = 0.3
LABEL = 0.85  # a label on the uppermost wire
NOTE = 9.5  # width at which a note's text is wrapped
APART = 0.45  # between cards that stand side by side
AWAY = 0.55  # between the diagram and its notes
LEGEND = 0.9


def set_text(
    at: Point, content: str, *, font: TextFont, of: str, size: float = 1.0, align: str = "middle"
) -> Text:
    """Measured text whose baseline is at a point."""
    extent = measure(content, font, size)
    return Text(
        at, content, "left" if align == "left" else "middle", font, size, of,
        extent.width, extent.height, extent.depth,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fence:
    """A group with its place, its title's lines and how many rows they need above it."""

    group: GroupNode
    region: Region
    lines: tuple[str, ...]

    @property
    def headroom(self) -> float:
        """Rows of the title above the region."""
        return len(self.lines) * LINE + 0.15 if self.lines else 0.0


def fences(drawing: Drawing, columns: range) -> list[Fence]:
    """The groups of the figure with their regions in these columns, inner ones first."""
    found = []
    for group in drawing.diagram.figure.groups:
        region = group_region(drawing, steps_named(drawing.diagram, group.over), columns)
        if region is not None:
            width = region.right - region.left - PADDING
            widest = max((measure(word, "sans").width for word in group.title.split()), default=0.0)
            lines = wrap(group.title, "sans", 1.0, max(width, widest)) if group.title else ()
            found.append(Fence(group, region, lines))
    return sorted(found, key=lambda fence: (fence.region.last - fence.region.first, fence.region.left))


def draw_fences(picture: Picture, found: list[Fence]) -> list[Box]:
    """Cards behind the wires, outer ones first in painting order; titles above their wires."""
    boxes: list[Box] = []
    items: list[list[Item]] = []
    for fence in found:
        region = fence.region
        widest = max((measure(line, "sans").width for line in fence.lines), default=0.0)
        extra = max(0.0, widest + 2 * PADDING - (region.right - region.left)) / 2
        left, right = region.left - extra, region.right + extra
        top, bottom = region.top - 0.1, region.bottom + 0.42
        for box in boxes:
            inner = Box(left, top, right, bottom)
            if box.overlaps(inner):
                joined = inner.joined(
                    Box(box.left - 0.12, box.top - 0.12, box.right + 0.12, box.bottom + 0.12)
                )
                left, top, right, bottom = joined.left, joined.top, joined.right, joined.bottom
        first = top - (len(fence.lines) - 1) * LINE - 0.12
        texts = [
            set_text(((left + right) / 2, first + number * LINE), line, font="sans", of="group")
            for number, line in enumerate(fence.lines)
        ]
        if fence.lines:
            top = first - 0.85
        box = Box(left, top, right, bottom)
        boxes.append(box)
        dotted = fence.group.style == "dotted"
        card = Card(
            box.corners(), "" if dotted else fence.group.color or "periwinkle", not dotted,
            "dotted" if dotted else "none",
        )  # fmt: skip
        items.append([Item("group", card)])
        picture.labels.extend(Item("group", text) for text in texts)
    for entry in reversed(items):
        picture.backdrop.extend(entry)
    return boxes


def draw_columns(drawing: Drawing, picture: Picture, columns: range, bounds: Box) -> None:
    """Tint the columns: shapes, where wires wear their labels, and operations."""
    places, plan, rows = drawing.places, drawing.plan, drawing.rows
    last = columns.stop == len(plan.columns)
    top, gap = bounds.top - 0.35, 0.08
    for level in [*columns, columns.stop] if last else columns:
        zone = places.shapes[level]
        bottom = max(rows.levels[level].values()) / 2 + 0.4
        box = Box(zone.left + gap, top, zone.right - gap, bottom)
        picture.backdrop.append(Item("columns", Card(box.corners(), "violet")))
        if level in columns:
            after = max(rows.levels[level + 1].values()) / 2 + 0.4
            box = Box(zone.right + gap, top, places.shapes[level + 1].left - gap, max(bottom, after) + 0.15)
            picture.backdrop.append(Item("columns", Card(box.corners(), "sky")))


def draw_title(drawing: Drawing, picture: Picture, bounds: Box, left: float, right: float) -> Box:
    """The whole diagram on one card under its title."""
    lines = wrap(drawing.diagram.title, "sans", 1.1, max(right - left - 2 * PADDING, 4.0))
    top, bottom = bounds.top - 0.3, bounds.bottom + 0.3
    first = top - 0.1 - (len(lines) - 1) * LINE
    middle = (left + right) / 2
    for number, line in enumerate(lines):
        text = set_text((middle, first + number * LINE), line, font="sans", of="title", size=1.1)
        picture.labels.append(Item("title", text))
    box = Box(left, first - 1.0, right, bottom)
    card = Card(box.corners(), drawing.diagram.figure.color or "peach")
    picture.backdrop.insert(0, Item("title", card))
    return box


# Notes ---------------------------------------------------------------------------------------


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
        return len(self.lines) * LINE + 0.3


def draw_notes(drawing: Drawing, picture: Picture, bounds: Box, columns: range) -> list[Box]:
    """Cards above and below the diagram; a tail widens from each into its region."""
    above: list[_Note] = []
    below: list[_Note] = []
    for node in drawing.diagram.figure.notes:
        regions = glyph_regions(drawing, node.over, columns)
        if not regions or glyph_regions(drawing, node.over, range(columns.start)):
            continue  # told once, in the first row that it speaks of
        lines = wrap(node.text, "sans", 0.9, NOTE)
        width = max(measure(line, "sans", 0.9).width for line in lines) + 2 * PADDING
        note = _Note(node, regions, lines, width)
        side = node.side
        if side == "auto":
            top, bottom = min(r.top for r in regions), max(r.bottom for r in regions)
            nearer_top = top - bounds.top <= bounds.bottom - bottom
            side = "above" if nearer_top else "below"
            full = sum(n.width for n in (above if side == "above" else below)) + width
            if full > bounds.right - bounds.left:
                side = "below" if side == "above" else "above"
        (above if side == "above" else below).append(note)
    boxes = _row(picture, above, bounds, up=True)
    return boxes + _row(picture, below, bounds, up=False)


def _row(picture: Picture, notes: list[_Note], bounds: Box, *, up: bool) -> list[Box]:
    """Notes of one side next to each other, each as near to its region as the others let it."""
    notes.sort(key=lambda note: note.middle)
    _spread(notes)
    boxes = []
    for note in notes:
        edge = bounds.top - AWAY if up else bounds.bottom + AWAY
        box = Box(note.left, edge - note.height, note.left + note.width, edge) if up else Box(
            note.left, edge, note.left + note.width, edge + note.height
        )  # fmt: skip
        _paint_note(picture, note, box, up=up)
        boxes.append(box)
    return boxes


def _spread(notes: list[_Note]) -> None:
    """Least movement of the cards from the middles of their regions, in order, not overlapping."""
    blocks: list[tuple[float, float, list[_Note]]] = []  # left edge, width, members
    for note in notes:
        left, width, members = note.middle - note.width / 2, note.width, [note]
        while blocks and blocks[-1][0] + blocks[-1][1] + APART > left:
            before_left, before_width, before = blocks.pop()
            members = before + members
            total = before_width + APART + width
            offsets, x = [], 0.0
            for member in members:
                offsets.append(member.middle - member.width / 2 - x)
                x += member.width + APART
            left, width = sum(offsets) / len(offsets), total
            del before_left
        blocks.append((left, width, members))
    for left, _, members in blocks:
        x = left
        for member in members:
            member.left = x
            x += member.width + APART


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
    for number, line in enumerate(note.lines):
        at = (box.left + PADDING, box.top + 0.85 + number * LINE)
        text = set_text(at, line, font="sans", of="note", size=0.9, align="left")
        picture.labels.append(Item("note", text))


def settle_titles(picture: Picture) -> None:
    """Move titles sideways, within their cards, out of the way of the notes' tails."""
    tails = [item.primitive.corners for item in picture.backdrop
             if item.part == "note" and isinstance(item.primitive, Card)]  # fmt: skip
    if not tails:
        return
    cards = [points_box(list(item.primitive.corners)) for item in picture.backdrop
             if item.part in ("group", "title") and isinstance(item.primitive, Card)]  # fmt: skip
    for number, item in enumerate(picture.labels):
        text = item.primitive
        if not isinstance(text, Text) or text.of not in ("group", "title"):
            continue
        home = min((c for c in cards if c.left < text.at[0] < c.right and c.top < text.at[1] < c.bottom),
                   key=lambda c: (c.right - c.left) * (c.bottom - c.top), default=None)  # fmt: skip
        if home is None:
            continue
        busy = [_crossed(tail, text.at[1] - text.height, text.at[1] + text.depth) for tail in tails]
        x = _free_middle(text, home, [stretch for stretches in busy for stretch in stretches])
        picture.labels[number] = replace(item, primitive=replace(text, at=(x, text.at[1])))


def _crossed(corners: tuple[Point, ...], top: float, bottom: float) -> list[tuple[float, float]]:
    """The stretches of x that a polygon covers between two heights."""
    found = []
    for y in (top, (top + bottom) / 2, bottom):
        xs = sorted(
            a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1])
            for a, b in pairwise((*corners, corners[0]))
            if (a[1] <= y) != (b[1] <= y)
        )
        found += list(zip(xs[::2], xs[1::2], strict=False))
    return found


def _free_middle(text: Text, home: Box, busy: list[tuple[float, float]]) -> float:
    """The middle nearest to where the text stands at which nothing covers it, if there is one."""
    half = text.width / 2
    low, high = home.left + half + 0.2, home.right - half - 0.2
    options = [text.at[0], low, high]
    for left, right in busy:
        options += [left - half - 0.25, right + half + 0.25]
    free = [x for x in options if low - 1e-6 <= x <= high + 1e-6
            and all(x + half + 0.2 <= left or right <= x - half - 0.2 for left, right in busy)]  # fmt: skip
    return min(free, key=lambda x: (abs(x - text.at[0]), x), default=text.at[0])


# Legend and tags -----------------------------------------------------------------------------


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
    width = max(measure(line, "serif", LEGEND).width for line in (*lines, "Legend")) + 2 * PADDING
    height = (len(lines) + 1) * LINE + 0.55
    box = Box(bounds.right + AWAY, bounds.top, bounds.right + AWAY + width, bounds.top + height)
    for top in (bounds.top, bounds.bottom - height):
        corner = Box(bounds.right - width, top, bounds.right, top + height)
        if not any(corner.overlaps(taken, 0.4) for taken in occupied(picture)):
            box = corner
            break
    picture.backdrop.append(Item("legend", Card(box.corners(), "grey")))
    middle = (box.left + box.right) / 2
    heading = set_text((middle, box.top + 0.8), "Legend", font="sans", of="legend", size=LEGEND)
    rule = Shape((Move((box.left + 0.2, box.top + 1.1)), LineTo((box.right - 0.2, box.top + 1.1))))
    picture.labels += [Item("legend", heading), Item("legend", rule)]
    for number, line in enumerate(lines):
        at = (box.left + PADDING, box.top + 1.95 + number * LINE)
        text = set_text(at, line, font="serif", of="legend", size=LEGEND, align="left")
        picture.labels.append(Item("legend", text))
    return box


def draw_tags(drawing: Drawing, pictures: list[Picture]) -> None:
    """Filled tags where data starts or ends, spanning the wires of its tensor."""
    tags = drawing.diagram.figure.tags or {}
    diagram, plan = drawing.diagram, drawing.plan
    ends = (
        (plan.first, diagram.inputs, drawing.rows.start, False, "sky"),
        (plan.last, diagram.outputs, drawing.rows.levels[-1], True, "note"),
    )
    for members, values, rows, right, color in ends:
        picture = pictures[-1 if right else 0]
        for member, value in zip(members, values, strict=True):
            tag = tags.get(diagram.values[value].name)
            if tag is None:
                continue
            heights = [rows[member, place] / 2 for place in range(len(plan.members[member].wires))]
            extent = measure(tag, "math", 1.3)
            middle, half = (
                (min(heights) + max(heights)) / 2,
                max((max(heights) - min(heights)) / 2 + 0.45, 0.6),
            )
            width = extent.width + 0.5
            x = drawing.places.shapes[-1].right if right else drawing.places.start - width
            box = Box(x, middle - half, x + width, middle + half)
            baseline = middle + (extent.height - extent.depth) / 2
            picture.cards.append(Item("tag", Card(box.corners(), color)))
            text = Text(((box.left + box.right) / 2, baseline), tag, "middle", "math", 1.3, "tag",
                        extent.width, extent.height, extent.depth)  # fmt: skip
            picture.labels.append(Item("tag", text))


def occupied(picture: Picture) -> list[Box]:
    """Boxes of everything drawn so far."""
    return [box for item in picture.items() if (box := box_of(item.primitive)) is not None]

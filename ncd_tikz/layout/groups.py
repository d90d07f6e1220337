"""Groups of steps on tinted cards, the title around everything, the tinted columns."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.layout.cards import PADDING, baselines, set_text
from ncd_tikz.layout.clearance import Ink, text_block
from ncd_tikz.layout.extent import Box
from ncd_tikz.layout.paint import Drawing, Picture
from ncd_tikz.layout.regions import Region, group_region
from ncd_tikz.scene import Card, Item, Text
from ncd_tikz.spec.nodes import GroupNode
from ncd_tikz.text import measure, wrap
from ncd_tikz.text.wrap import split_words

STEP = 0.25  # between places at which a title is tried
WORD = 0.5  # by how much lines of even length differ, about
WIDEST = 4.5  # a card is not made wider than that to save lines
ALONG = 0.8  # sides of two groups nearer than that belong to one column
AROUND = 0.12  # between a card and one inside it
TIGHT = 0.1  # the least between the edge of a card and a label beside it, from both sides
BESIDE = 0.4  # more room between a card that a title widens and the labels beside it


@frozen
class Fence:
    """A group with its place, its title's lines and how many rows they need above it."""

    group: GroupNode
    region: Region
    lines: tuple[str, ...]
    steps: frozenset[int]

    @property
    def overhang(self) -> float:
        """By how much the card reaches beyond its region on each side, for its title."""
        widest = max((measure(line, "sans").width for line in self.lines), default=0.0)
        return max(0.0, widest + 2 * PADDING - (self.region.right - self.region.left)) / 2

    def meets(self, other: Fence) -> bool:
        """Whether the groups have wires at the same place."""
        mine, theirs = self.region, other.region
        return (
            mine.first <= theirs.last
            and theirs.first <= mine.last
            and (mine.top < theirs.bottom and theirs.top < mine.bottom)
        )

    @property
    def height(self) -> float:
        """Rows of the title, from the top of the card to below its last line."""
        if not self.lines:
            return 0.0
        first, last = (measure(line, "sans") for line in (self.lines[0], self.lines[-1]))
        return (
            baselines(self.lines, "sans")[-1] + max(0.85, first.height + 0.3) + max(0.12, last.depth - 0.05)
        )


def fences(drawing: Drawing, columns: range) -> list[Fence]:
    """The groups of the figure with their regions in these columns, inner ones first."""
    found = []
    for group, steps in zip(drawing.diagram.figure.groups, drawing.held, strict=True):
        region = group_region(drawing, steps, columns)
        if region is not None:
            lines = wrap(group.title, "sans", 1.0, title_width(group.title, region)) if group.title else ()
            found.append(Fence(group, region, lines, frozenset(steps)))
    return sorted(
        found, key=lambda fence: (fence.region.last - fence.region.first, len(fence.steps), fence.region.left)
    )


def title_width(title: str, region: Region) -> float:
    """Where a title is wrapped: as wide as its group, but no word is cut, and three lines should do."""
    words = [word for line in split_words(title) for word in line]
    widest = max((measure(word, "sans").width for word in words), default=0.0)
    third = measure(title, "sans").width / 3 + WORD
    return max(region.right - region.left - PADDING, widest, min(third, WIDEST))


def title_heights(drawing: Drawing) -> tuple[float, ...]:
    """Rows that each group's title takes, at the most over the rows of a broken diagram."""
    found = [fence for row in _all_fences(drawing) for fence in row]
    return tuple(
        max((fence.height for fence in found if fence.group is group), default=0.0)
        for group in drawing.diagram.figure.groups
    )


def overhangs(drawing: Drawing) -> dict[int, float]:
    """Room that wide titles ask for in the shape columns beside their groups: level -> units."""
    room: dict[int, float] = {}
    ends = (0, len(drawing.plan.columns)) if drawing.diagram.figure.title else ()
    for found in _all_fences(drawing):
        found = _in_order(found)
        for fence, (left, right) in zip(found, _sides(found), strict=True):
            region = fence.region
            for level, more in ((region.first, region.left - left), (region.last + 1, right - region.right)):
                if more > 0 or level in ends:  # there the title's card has its edge too
                    beside = BESIDE if fence.overhang or level in ends else TIGHT
                    room[level] = max(room.get(level, 0.0), 2 * more + beside)
    return room


def _sides(found: list[Fence]) -> list[tuple[float, float]]:
    """Left and right sides of cards: around inner ones, and clear of those that start or end with them."""
    sides: list[tuple[float, float]] = []
    for number, fence in enumerate(found):
        region = fence.region
        left, right = region.left - fence.overhang, region.right + fence.overhang
        for other, (first, last) in zip(found[:number], sides, strict=True):
            if other.steps <= fence.steps:
                left, right = min(left, first - AROUND), max(right, last + AROUND)
            elif other.meets(fence):
                # A title that juts out of its group's columns is not cut by a group that starts with them.
                left = first - AROUND if 0.0 < left - first < ALONG else left
                right = last + AROUND if 0.0 < last - right < ALONG else right
        sides.append((left, right))
    return sides


def _all_fences(drawing: Drawing) -> list[list[Fence]]:
    """The groups in each row of a broken diagram."""
    edges = [0, *sorted(drawing.places.entries), len(drawing.plan.columns)]
    return [fences(drawing, columns) for columns in map(range, edges, edges[1:])]


def draw_fences(picture: Picture, found: list[Fence]) -> list[Box]:
    """Cards behind the wires, outer ones first in painting order; titles above their wires.

    Where something stands in a title's way, the title goes below the wires, or to the nearest free
    place on its card.
    """
    boxes: list[Box] = []
    inside: list[frozenset[int]] = []
    cards: list[Card] = []
    titles: list[Box] = []
    ink = Ink(picture.items() if any(fence.lines for fence in found) else ())
    found = _in_order(found)
    for fence, (left, right) in zip(found, _sides(found), strict=True):
        top, bottom = fence.region.top - 0.1, fence.region.bottom + 0.42
        for box, steps in zip(boxes, inside, strict=True):
            if steps <= fence.steps:
                top, bottom = min(top, box.top - AROUND), max(bottom, box.bottom + AROUND)
            elif box.overlaps(Box(left, top, right, bottom)):
                top = min(top, box.top - AROUND)  # neither holds the other: one title above the other
        box, texts = _titled(fence, Box(left, top, right, bottom), ink)
        boxes.append(box)
        inside.append(fence.steps)
        dotted = fence.group.style == "dotted"
        cards.append(
            Card(
                box.corners(), "" if dotted else fence.group.color or "periwinkle", not dotted,
                "dotted" if dotted else "none",
            )
        )  # fmt: skip
        for text in texts:
            picture.labels.append(Item("group", text))
            ink.add(picture.labels[-1])
        titles += [text_block(texts)] if texts else []
    # Dotted outlines lie over the cards that they cross, but never over a title.
    over = [
        bool(card.stroke == "dotted" and not any(_cuts(card, title) for title in titles)) for card in cards
    ]
    for above in (False, True):
        for card, dotted in reversed(list(zip(cards, over, strict=True))):
            if dotted is above:
                picture.backdrop.append(Item("group", card))
    return boxes


def _cuts(card: Card, title: Box) -> bool:
    """Whether the outline of a card runs through a title."""
    (left, top), (right, bottom) = card.corners[0], card.corners[2]
    box = Box(left, top, right, bottom)
    holds = left <= title.left and title.right <= right and top <= title.top and title.bottom <= bottom
    return box.overlaps(title) and not holds


def _in_order(found: list[Fence]) -> list[Fence]:
    """Inner groups first; of two that overlap, the one first whose title the other's sides do not cut.

    The later one's title stands above the earlier one's, so its sides reach past that.
    """

    def cut(lower: Fence, upper: Fence) -> bool:
        middle = (lower.region.left + lower.region.right) / 2
        half = max((measure(line, "sans").width for line in lower.lines), default=0.0) / 2
        reach = upper.overhang
        sides = (upper.region.left - reach, upper.region.right + reach)
        return any(middle - half < side < middle + half for side in sides)

    def first(one: Fence, other: Fence) -> bool:
        """Whether one must, or had better, come before the other."""
        if one.steps < other.steps or (one.steps == other.steps and found.index(one) < found.index(other)):
            return True
        if other.steps <= one.steps:
            return False
        return cut(other, one) and not cut(one, other)

    waiting, order = list(found), []
    while waiting:
        free = [f for f in waiting if not any(first(other, f) for other in waiting if other is not f)]
        inner = [f for f in waiting if not any(other.steps < f.steps for other in waiting)]
        order.append((free or inner or waiting)[0])
        waiting = [fence for fence in waiting if fence is not order[-1]]
    return order


def _titled(fence: Fence, card: Box, ink: Ink) -> tuple[Box, list[Text]]:
    """The card with room for its title, and the title where nothing is in its way."""
    if not fence.lines:
        return card, []
    rise = max(0.85, measure(fence.lines[0], "sans").height + 0.3)
    offsets = baselines(fence.lines, "sans")
    depth = measure(fence.lines[-1], "sans").depth
    above = Box(card.left, card.top - fence.height, card.right, card.bottom)
    below = Box(card.left, card.top, card.right, card.bottom + offsets[-1] + 0.75 + depth)

    def lines(middle: float, first: float) -> list[Text]:
        return [
            set_text((middle, first + offset), line, font="sans", of="group")
            for offset, line in zip(offsets, fence.lines, strict=True)
        ]

    usual = lines((card.left + card.right) / 2, above.top + rise)
    block = text_block(usual)
    high, wide = block.bottom - block.top, block.right - block.left
    reach = max(high + 1.0, 3.0)
    near = ink.within(Box(above.left, above.top - reach, above.right, below.bottom + reach))
    middles = _middles((above.left + above.right) / 2, (above.right - above.left - wide) / 2 - 0.2)

    def free(box: Box, first: float) -> list[Text]:
        """The title at this height, as near to the middle of the card as nothing is in its way."""
        top = first - (above.top + rise) + block.top
        for middle in middles:
            if near.frees(Box(middle - wide / 2, top, middle + wide / 2, top + high)):
                return lines(middle, first)
        return []

    places = [(above, above.top + rise), (below, card.bottom + rise - 0.25)]
    first = card.top + 0.15 + (above.top + rise - block.top)
    while first + offsets[-1] + depth < card.bottom - 0.15:
        places.append((card, first))
        first += STEP
    for number in range(1, int(reach / STEP) + 1):  # at last the card grows over what is in the way
        more = number * STEP
        places.append((Box(above.left, above.top - more, above.right, above.bottom), above.top + rise - more))
        places.append(
            (Box(below.left, below.top, below.right, below.bottom + more), card.bottom + rise - 0.25 + more)
        )
    for box, first in places:
        if texts := free(box, first):
            return box, texts
    return above, usual


def _middles(middle: float, slack: float) -> list[float]:
    """Places from the middle outwards."""
    count = max(0, int(slack / STEP))
    return [middle, *(middle + side * STEP * n for n in range(1, count + 1) for side in (-1, 1))]


def draw_title(drawing: Drawing, picture: Picture, bounds: Box, left: float, right: float) -> Box:
    """The whole diagram on one card under its title."""
    lines = wrap(drawing.diagram.title, "sans", 1.1, max(right - left - 2 * PADDING, 4.0))
    top, bottom = bounds.top - 0.3, bounds.bottom + 0.3
    offsets = baselines(lines, "sans", 1.1)
    first = top - max(0.1, measure(lines[-1], "sans", 1.1).depth - 0.1) - offsets[-1]
    middle = (left + right) / 2
    half = max(measure(line, "sans", 1.1).width for line in lines) / 2 + PADDING
    left, right = min(left, middle - half), max(right, middle + half)
    for offset, line in zip(offsets, lines, strict=True):
        text = set_text((middle, first + offset), line, font="sans", of="title", size=1.1)
        picture.labels.append(Item("title", text))
    box = Box(left, first - max(1.0, measure(lines[0], "sans", 1.1).height + 0.35), right, bottom)
    card = Card(box.corners(), drawing.diagram.figure.color or "peach")
    picture.backdrop.insert(0, Item("title", card))
    return box


def draw_columns(drawing: Drawing, picture: Picture, columns: range, bounds: Box) -> None:
    """Tint the columns: shapes, where wires wear their labels, and operations."""
    places, rows = drawing.places, drawing.rows
    top, gap = bounds.top - 0.35, 0.08
    for level in range(columns.start, columns.stop + 1):
        first = level == columns.start
        zone = places.entries.get(level, places.shapes[level]) if first else places.shapes[level]
        here = rows.before(level) if first else rows.levels[level]
        bottom = max(here.values()) / 2 + 0.4
        box = Box(zone.left + gap, top, zone.right - gap, bottom)
        picture.backdrop.append(Item("columns", Card(box.corners(), "violet")))
        if level in columns:
            after = max(rows.levels[level + 1].values()) / 2 + 0.4
            box = Box(zone.right + gap, top, places.shapes[level + 1].left - gap, max(bottom, after) + 0.15)
            picture.backdrop.append(Item("columns", Card(box.corners(), "sky")))

"""Titles moved sideways, within their cards, out of the way of what was drawn after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ncd_tikz.layout.clearance import Ink, meets, text_block
from ncd_tikz.layout.extent import Box, points_box
from ncd_tikz.layout.paint import Picture
from ncd_tikz.scene import Card, Item, Point, Text

STEP = 0.25  # between places that are tried
MARGIN = 0.2  # between a title and its card's edge, or a note's tail
FAR = 24  # steps that a title goes beyond its card at most, which is drawn out then
TOGETHER = 1.6  # between the baselines of a title's lines, at most


def settle_titles(picture: Picture) -> None:
    """Keep titles off notes' tails, ink and, where that can be, off the edges of other cards."""
    cards = {
        points_box(list(item.primitive.corners)): item.primitive.fill
        for item in picture.backdrop
        if item.part in ("group", "title") and isinstance(item.primitive, Card)
    }
    tails = [
        item.primitive.corners
        for item in picture.backdrop
        if item.part == "note" and isinstance(item.primitive, Card)
    ]
    blocks = _blocks(picture.labels)
    if not blocks:
        return
    titles = {number for block in blocks for number in block}
    ink = Ink(item for item in picture.items() if not _is_title(item))
    for block in blocks:
        texts = [text for number in block if isinstance(text := picture.labels[number].primitive, Text)]
        box = text_block(texts)
        home = _home(box, cards)
        if home is None:
            continue
        near = ink.within(Box(home.left, box.top, home.right, box.bottom))
        for number in titles.difference(block):
            near.add(picture.labels[number])
        edges = [card for card in cards if card != home]
        low, high = home.left + MARGIN - box.left, home.right - MARGIN - box.right

        def faults(shift: float, box: Box = box, near: Ink = near, edges: list[Box] = edges) -> int:
            here = Box(box.left + shift, box.top, box.right + shift, box.bottom)
            hidden = any(_covers(tail, here) for tail in tails) or not near.frees(here)
            return 2 * hidden + any(_cut(card, here) for card in edges)

        count = int(max(high - low, 0.0) / STEP) + 1
        shifts = [0.0, *(side * STEP * n for n in range(1, count + 1) for side in (-1, 1))]
        shifts = [shift for shift in shifts if shift == 0.0 or low <= shift <= high]
        shift = min(shifts, key=faults)  # the nearest of the best
        if faults(shift) > 1:
            beyond = [side * STEP * n for n in range(1, FAR) for side in (-1, 1)]
            wide = ink.within(Box(box.left - FAR * STEP, box.top, box.right + FAR * STEP, box.bottom))
            free = [far for far in beyond if not faults(far, near=wide)]
            if free:
                shift = free[0]
                _widen(picture, home, box.left + shift - MARGIN, box.right + shift + MARGIN)
        if shift:
            for number, text in zip(block, texts, strict=True):
                moved = replace(text, at=(text.at[0] + shift, text.at[1]))
                picture.labels[number] = replace(picture.labels[number], primitive=moved)
        here = Box(box.left + shift, box.top, box.right + shift, box.bottom)
        if any(_covers(tail, here) for tail in tails):
            picture.backdrop.append(_plate(here, cards[home]))


def _widen(picture: Picture, home: Box, left: float, right: float) -> None:
    """A card drawn out to one side, for a title that has no room in it."""
    wider = Box(min(home.left, left), home.top, max(home.right, right), home.bottom)
    for number, item in enumerate(picture.backdrop):
        card = item.primitive
        if isinstance(card, Card) and item.part == "group" and points_box(list(card.corners)) == home:
            picture.backdrop[number] = replace(item, primitive=replace(card, corners=wider.corners()))


def _is_title(item: Item) -> bool:
    return isinstance(item.primitive, Text) and item.primitive.of in ("group", "title")


def _blocks(labels: Sequence[Item]) -> list[list[int]]:
    """The lines of each title, by their places among the labels."""
    blocks: list[list[int]] = []
    before: Text | None = None
    for number, item in enumerate(labels):
        text = item.primitive if isinstance(item.primitive, Text) and _is_title(item) else None
        if text is not None:
            joined = (
                before is not None
                and before.of == text.of
                and before.at[0] == text.at[0]
                and 0 < text.at[1] - before.at[1] < TOGETHER
            )
            if joined:
                blocks[-1].append(number)
            else:
                blocks.append([number])
        before = text
    return blocks


def _home(box: Box, cards: dict[Box, str]) -> Box | None:
    """The smallest card around the middle of a title."""
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    around = (card for card in cards if card.left < x < card.right and card.top < y < card.bottom)
    return min(around, key=lambda card: (card.right - card.left) * (card.bottom - card.top), default=None)


def _cut(card: Box, box: Box) -> bool:
    """Whether an edge of a card runs behind a box."""
    if not card.overlaps(box):
        return False
    return not (
        card.left <= box.left
        and box.right <= card.right
        and card.top <= box.top
        and box.bottom <= card.bottom
    )


def _covers(corners: tuple[Point, ...], box: Box) -> bool:
    """Whether a polygon comes near a box."""
    grown = Box(box.left - MARGIN, box.top, box.right + MARGIN, box.bottom)
    if any(meets(grown, one, other) for one, other in pairwise((*corners, corners[0]))):
        return True
    x, y = box.left, box.top
    inside = False
    for (x1, y1), (x2, y2) in pairwise((*corners, corners[0])):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _plate(box: Box, fill: str) -> Item:
    """A piece of the card again, over a tail that cannot but pass behind a title."""
    around = Box(box.left - 0.12, box.top - 0.12, box.right + 0.12, box.bottom + 0.12)
    return Item("group", Card(around.corners(), fill or "white", shadow=False))

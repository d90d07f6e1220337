"""The edges of cards run between labels, never through one."""

from __future__ import annotations

from ncd_tikz.layout.extent import Box, box_of, text_box
from ncd_tikz.scene import Card, Scene, Text
from ncd_tikz.scene.sides import side_of


def cut(scene: Scene) -> list[str]:
    """Labels of wires that an upright edge of a group's or the title's card runs through."""
    labels = [
        (item.primitive.text, text_box(item.primitive))
        for item in scene.items
        if isinstance(item.primitive, Text) and item.primitive.of == "wire"
    ]
    cards = [
        box
        for item in scene.items
        if side_of(item.part)[1] in ("group", "title") and isinstance(item.primitive, Card)
        if (box := box_of(item.primitive)) is not None
    ]
    return [text for text, label in labels if any(_through(card, label) for card in cards)]


def _through(card: Box, label: Box) -> bool:
    high = card.top < label.bottom and label.top < card.bottom
    return high and any(label.left < x < label.right for x in (card.left, card.right))


def test_a_cut_label_is_noticed() -> None:
    assert _through(Box(0.0, 0.0, 2.0, 2.0), Box(1.5, 0.5, 2.5, 1.0))
    assert not _through(Box(0.0, 0.0, 2.0, 2.0), Box(2.1, 0.5, 2.5, 1.0))

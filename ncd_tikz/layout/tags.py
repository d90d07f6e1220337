"""Filled tags where data starts or ends."""

from __future__ import annotations

from ncd_tikz.layout.extent import Box
from ncd_tikz.layout.paint import Drawing, Picture
from ncd_tikz.scene import Card, Item, Text
from ncd_tikz.text import measure

SIZE = 1.3


def tag_width(tag: str) -> float:
    """How wide the card of a tag is."""
    return measure(tag, "math", SIZE).width + 0.5


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
            extent = measure(tag, "math", SIZE)
            middle, half = (
                (min(heights) + max(heights)) / 2,
                max((max(heights) - min(heights)) / 2 + 0.45, 0.6),
            )
            width = tag_width(tag)
            x = drawing.places.shapes[-1].right if right else drawing.places.start - width
            box = Box(x, middle - half, x + width, middle + half)
            baseline = middle + (extent.height - extent.depth) / 2
            picture.cards.append(Item("tag", Card(box.corners(), color)))
            text = Text(((box.left + box.right) / 2, baseline), tag, "middle", "math", SIZE, "tag",
                        extent.width, extent.height, extent.depth)  # fmt: skip
            picture.labels.append(Item("tag", text))

"""Groups: cards around their steps that nest and overlap, titles that nothing stands in the way of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest

from ncd_tikz.diagram import Diagram, load, loads
from ncd_tikz.layout import lay_out
from ncd_tikz.layout.clearance import Ink
from ncd_tikz.layout.extent import Box, bounds_of, box_of, text_box
from ncd_tikz.layout.groups import Fence, draw_fences
from ncd_tikz.layout.opening import opened
from ncd_tikz.layout.paint import Picture
from ncd_tikz.layout.regions import Region, names_of_memory, steps_named
from ncd_tikz.scene import Card, Item, LineTo, Move, Scene, Text, Wire
from ncd_tikz.spec import PRESETS
from ncd_tikz.spec.nodes import GroupNode
from tests.layout import hand
from tests.layout.pictures import scene_of
from tests.layout.touching import touching

ATTENTION = load("@multi_head_attention")


def group(over: str, title: str, color: str = "lavender", style: str = "filled") -> GroupNode:
    return GroupNode(tuple(over.split()), title, color, style, hand.HERE)


def grouped(*groups: GroupNode) -> Diagram:
    return hand.figured(ATTENTION, groups=groups, notes=(), title=False, highlight=())


FIGURES = {
    "nested": grouped(
        group("q k v", "Linear", "green"),
        group("s", "Dot", "rose", "dotted"),
        group("s o", "Attention"),
        group("q k v s o z", "Everything", "grey"),
    ),
    "overlapping": grouped(group("q k v s", "First Half", "peach"), group("s o z", "Second Half", "lilac")),
    "dotted over filled": grouped(
        group("q k v", "Linear", "green"),
        group("q k v s", "Scores", "rose", "dotted"),
        group("s o", "Scaled Dot-Product Attention"),
    ),
    "equal": grouped(group("s o", "Inner", "green"), group("s o", "Outer", "peach")),
    "long titles": grouped(
        group("q", "A Learned Linear Map of All That Is Asked For"),
        group("o", "What Each Head Says of Values"),
    ),
}


def cards(scene: Scene) -> list[tuple[Card, Box]]:
    """The cards of groups, not the plates under titles."""
    return [
        (p, box)
        for item in scene.items
        if item.part == "group"
        and isinstance(p := item.primitive, Card)
        and (p.shadow or p.stroke == "dotted")
        and (box := box_of(p)) is not None
    ]


def titles(scene: Scene) -> list[tuple[str, Box]]:
    return [
        (p.text, text_box(p))
        for item in scene.items
        if isinstance(p := item.primitive, Text) and p.of == "group"
    ]


def holds(outer: Box, inner: Box) -> bool:
    return outer.joined(inner) == outer


def at_all_widths(name: str) -> Iterator[Scene]:
    for width in ("", *PRESETS):
        yield lay_out(hand.figured(FIGURES[name], width=width))


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.slow
def test_titles_touch_nothing_and_stand_on_a_card(name: str) -> None:
    for scene in at_all_widths(name):
        assert touching(scene) == []
        boxes = [box for _, box in cards(scene)]
        for text, title in titles(scene):
            assert any(holds(box, title) for box in boxes), text


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.slow
def test_no_outline_that_shows_runs_through_a_title(name: str) -> None:
    """Outlines painted before a filled card do not show on it."""
    for scene in at_all_widths(name):
        for text, title in titles(scene):
            found = cards(scene)
            under = (n for n, (card, box) in enumerate(found) if card.fill and holds(box, title))
            behind = max(under, default=-1)
            for _, box in found[behind + 1 :]:
                assert not box.overlaps(title) or holds(box, title), text


def test_inner_groups_stand_inside_outer_ones() -> None:
    found = cards(lay_out(FIGURES["nested"]))
    everything, attention = found[0][1], found[1][1]
    assert all(holds(everything, box) for _, box in found)
    dotted = next(box for card, box in found if card.stroke == "dotted")
    assert holds(attention, dotted)


def test_overlapping_groups_keep_their_titles_apart() -> None:
    scene = lay_out(FIGURES["overlapping"])
    (_, one), (_, other) = cards(scene)
    assert one.overlaps(other) and not holds(one, other) and not holds(other, one)
    for (_, title), (_, second) in combinations(titles(scene), 2):
        assert not title.overlaps(second, 0.2)


def test_dotted_outlines_lie_over_filled_cards_and_have_no_fill() -> None:
    found = cards(lay_out(FIGURES["dotted over filled"]))
    assert found[-1][0].stroke == "dotted"
    assert not found[-1][0].fill


def fence_with(way: list[Item]) -> tuple[Box, Box]:
    """The card and the title of one group where something stands in its way."""
    picture = Picture(wires=way)
    fence = Fence(group("a", "Title"), Region(0.0, 0.0, 4.0, 1.0, 0, 0), ("Title",), frozenset({0}))
    (card,) = draw_fences(picture, [fence])
    return card, bounds_of(picture.labels)


def wire(y: float, left: float = -2.0, right: float = 6.0) -> Item:
    return Item("wire", Wire((Move((left, y)), LineTo((right, y))), "wire", "x"))


def test_a_title_stands_above_beside_below_or_beyond_what_is_in_its_way() -> None:
    card, title = fence_with([])
    assert title.bottom < 0.0 and holds(card, title)
    usual = (title.left + title.right) / 2
    card, title = fence_with([wire(-0.35, 2.3, 6.0)])  # in the right half of the title's row
    assert title.bottom < 0.0 and (title.left + title.right) / 2 < usual
    card, title = fence_with([wire(-0.35)])
    assert title.top > 1.0 and holds(card, title)
    card, title = fence_with([wire(-0.35), wire(1.75)])
    assert title.top > 0.0 and title.bottom < 1.0 + 0.42 and holds(card, title)
    everywhere = [wire(-0.35), *(wire(y / 4) for y in range(9))]
    card, title = fence_with(everywhere)
    assert Ink(everywhere).frees(title) and holds(card, title)


def test_memory_goes_by_its_name() -> None:
    diagram = opened(loads(MEMORY))
    named = {step.operation.name: names_of_memory(step) for step in diagram.steps}
    assert named["save"] == {"C", "C[i]", "X.C", "X.C[i]"}
    assert named["tanh"] == frozenset()
    assert {diagram.steps[n].operation.name for n in steps_named(diagram, ("C",))} == {"save", "load"}
    assert {diagram.steps[n].operation.name for n in steps_named(diagram, ("C[3-i]",))} == {"load"}


def test_the_parentheses_of_a_repetition_are_no_steps_of_its_body() -> None:
    diagram = opened(loads(MEMORY))
    assert any(step.operation.name == "bracket" for step in diagram.steps)
    assert "bracket" not in {diagram.steps[n].operation.name for n in steps_named(diagram, ("X",))}


MEMORY = """\
ncd: 1
name: memory
axes: {x: 3, m: 4}
inputs: {X: x m}
steps:
  - op: repeat
    for: i in 1..2
    steps:
      - {op: tanh, out: "C[i]"}
      - {op: relu, out: X}
  - op: repeat
    for: i in 1..2
    carry: [X]
    steps:
      - {op: add, in: [X, "C[3-i]"], out: X}
outputs: X
"""


def test_a_spec_of_the_catalogue_shows_a_fault_to_the_checks_above() -> None:
    scene = scene_of("multi_head_attention")
    text, title = titles(scene)[0]
    assert any(holds(box, title) for _, box in cards(scene)), text
    away = Box(title.left - 50, title.top, title.right - 50, title.bottom)
    assert not any(holds(box, away) for _, box in cards(scene))

"""Pictures compared, and two figures in one picture."""

from __future__ import annotations

from math import hypot

import pytest

from ncd_tikz.diagram import Diagram, load, loads
from ncd_tikz.layout import lay_out
from ncd_tikz.layout.comparison import BADGE, PART, Mark, lay_out_both
from ncd_tikz.layout.extent import box_of
from ncd_tikz.layout.likeness import Likeness, likeness
from ncd_tikz.render import to_svg, to_tikz
from ncd_tikz.resources import spec_names, spec_path
from ncd_tikz.scene import Item, Scene, Shape, Text, Wire


def edited(name: str, *changes: tuple[str, str]) -> Diagram:
    text = spec_path(name).read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return loads(text, str(spec_path(name)))


def alike(name: str, *changes: tuple[str, str]) -> Likeness:
    return likeness(lay_out(load(f"@{name}")), lay_out(edited(name, *changes)))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (("color: lavender", "color: green"), ("colours",)),
        (("We copy", "They copy"), ("notes",)),
        (("title: Scaled Dot-Product Attention", "title: Attention"), ("groups",)),
        (("title: Multi-Head Attention", "title: Attention"), ("titles",)),
        (("highlight: [h]", "highlight: [k]"), ("highlighted wires",)),
    ],
    ids=lambda each: each[0] if isinstance(each, tuple) else "",
)
def test_what_stands_around_the_wires_is_only_dress(change: tuple[str, str], what: tuple[str, ...]) -> None:
    found = alike("multi_head_attention", change)
    assert (found.state, found.what) == ("dress", what)


def test_sizes_that_no_label_shows_leave_the_picture() -> None:
    found = alike("multi_head_attention", ("size: 16", "size: 32"))
    assert found.state == "same"
    assert str(found) == "the same picture, byte for byte"
    scenes = [
        lay_out(load("@multi_head_attention")),
        lay_out(edited("multi_head_attention", ("size: 16", "size: 32"))),
    ]
    bodies = [to_tikz(scene).split("\\begin{tikzpicture}")[1] for scene in scenes]
    assert bodies[0] == bodies[1]


def test_other_glyphs_are_another_layout() -> None:
    found = alike("multi_head_attention", ("{op: softmax, in: s, over: x}", "{op: softmax, in: s, over: h}"))
    assert found.state == "layout"
    assert found.wires > 0
    more = alike("multi_head_attention", ("  - {op: softmax", "  - {op: relu, in: s}\n  - {op: softmax"))
    assert ("glyphs", 7, 8) in more.counts
    assert ("columns", 6, 7) in more.counts
    assert "glyphs 7 -> 8" in str(more)


@pytest.mark.slow
@pytest.mark.parametrize("name", spec_names())
def test_a_figure_is_like_itself(name: str) -> None:
    scene = lay_out(load(f"@{name}"))
    assert likeness(scene, scene).state == "same"


MARKS = (
    Mark(1, "changed", "softmax: over x $\\to$ h", ("steps[5]",), ("steps[5]",)),
    Mark(2, "removed", "scale", ("steps[4]",), ()),
    Mark(3, "added", "linear O", (), ("steps[7]",)),
)


def both(name: str = "multi_head_attention", marks: tuple[Mark, ...] = MARKS) -> Scene:
    diagram = load(f"@{name}")
    return lay_out_both(diagram, diagram, marks, ("first.yaml", "second.yaml"), ("Not the same",))


def frames(scene: Scene) -> list[Item]:
    """The boxes behind glyphs."""
    return [
        item
        for item in scene.items
        if item.part == PART
        and isinstance(item.primitive, Shape)
        and item.primitive.stroke in ("bold", "dotted")
    ]


def test_every_mark_is_a_box_with_a_number_and_a_line() -> None:
    scene = both()
    shapes = [item.primitive for item in frames(scene)]
    assert [shape.fill for shape in shapes if isinstance(shape, Shape)] == ["straw", "rose", "straw", "green"]
    words = [item.primitive.text for item in scene.items if isinstance(item.primitive, Text)]
    for mark in MARKS:
        assert mark.words in words
        assert words.count(f"\\textbf{{{mark.number}}}") == 1 + len(mark.left) + len(mark.right)


def test_boxes_stand_behind_what_they_mark() -> None:
    items = both().items
    order = {id(item): number for number, item in enumerate(items)}
    first_wire = next(number for number, item in enumerate(items) if isinstance(item.primitive, Wire))
    assert all(order[id(item)] < first_wire for item in frames(both()) if id(item) in order)


def test_a_box_holds_its_glyph() -> None:
    scene = both(marks=(MARKS[0],))
    for frame in frames(scene):
        box = box_of(frame.primitive)
        assert box is not None
        inside = [
            found
            for item in scene.items
            if item.part != PART and isinstance(item.primitive, Shape) and (found := box_of(item.primitive))
            and box.left < found.left and found.right < box.right
            and box.top < found.top and found.bottom < box.bottom
        ]  # fmt: skip
        assert inside


def test_numbers_stay_off_each_other() -> None:
    marks = tuple(Mark(n + 1, "changed", "map", (f"steps[{n}]",), (f"steps[{n}]",)) for n in range(8))
    discs = [
        item.primitive.at
        for item in both(marks=marks).items
        if isinstance(item.primitive, Text) and item.primitive.color == "white"
    ]  # fmt: skip
    assert len(discs) == 3 * len(marks)
    for number, (x, y) in enumerate(discs):
        for a, b in discs[:number]:
            assert hypot(x - a, y - b) > 2 * BADGE - 0.01


@pytest.mark.parametrize("name", ["multi_head_attention", "einsum_two_ways", "self_attention"])
@pytest.mark.slow
def test_pictures_are_written_twice_alike(name: str) -> None:
    assert to_svg(both(name)) == to_svg(both(name))
    assert "ncd-changed" in to_tikz(both(name)) or name == "einsum_two_ways"


def test_places_inside_closed_blocks_light_up_the_block() -> None:
    place = "steps[3].blocks.feed_forward.steps[1]"
    scene = both("transformer_encoder_layer", (Mark(1, "changed", "gelu", (place,), (place,)),))
    assert len(frames(scene)) == 2

"""Equations: sides in lines, signs at one height, every side readable by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ncd_tikz.diagram import Diagram
from ncd_tikz.layout import lay_out
from ncd_tikz.layout.equation import relation_sign
from ncd_tikz.layout.extent import Box, bounds_of, text_box
from ncd_tikz.layout.wiring import unfaithful
from ncd_tikz.scene import EM_PER_UNIT, Anchor, Scene, Shape, Text, Wire
from ncd_tikz.scene.moving import moved
from ncd_tikz.scene.sides import side_of, sides_of
from ncd_tikz.spec import PRESETS
from tests.layout import hand
from tests.layout.touching import touching

EQUATIONS = {
    "associated transpose": hand.associated_transpose(),
    "broadcasting": hand.broadcasting_definition(),
    "zigzag": hand.zigzag(),
    "one attention twice": hand.attention_twice(),
}


def at_width(diagram: Diagram, width: str) -> Diagram:
    return hand.figured(diagram, width=width)


def signs(scene: Scene) -> list[Box]:
    """The relation signs, without the words over them."""
    return [
        text_box(p) if isinstance(p, Text) else bounds_of([item])
        for item in scene.items
        if item.part == "relation"
        and ((isinstance(p := item.primitive, Text) and p.size > 1) or isinstance(p, Shape))
    ]


def side_boxes(scene: Scene) -> list[Box]:
    return [bounds_of(side.items) for side in sides_of(scene)]


@pytest.mark.parametrize("width", ["", *PRESETS])
@pytest.mark.parametrize("name", EQUATIONS)
@pytest.mark.slow
def test_every_side_is_read_back(name: str, width: str) -> None:
    assert unfaithful(at_width(EQUATIONS[name], width)) == ""


@pytest.mark.parametrize("width", ["", *PRESETS])
@pytest.mark.parametrize("name", EQUATIONS)
@pytest.mark.slow
def test_nothing_touches(name: str, width: str) -> None:
    assert touching(lay_out(at_width(EQUATIONS[name], width))) == []


@pytest.mark.parametrize("name", EQUATIONS)
@pytest.mark.slow
def test_sides_and_signs_stand_apart(name: str) -> None:
    for width in ("", *PRESETS):
        scene = lay_out(at_width(EQUATIONS[name], width))
        boxes = [*side_boxes(scene), *signs(scene)]
        assert len(boxes) == 2 * len(EQUATIONS[name].equals) + 1
        for number, box in enumerate(boxes):
            assert not [other for other in boxes[:number] if box.overlaps(other, 0.2)]


def test_a_sign_in_a_side_is_noticed() -> None:
    """The three tests above are shown a fault."""
    scene = lay_out(EQUATIONS["zigzag"])
    shift = side_boxes(scene)[1].left - signs(scene)[0].left + 1.2
    items = tuple(moved(item, shift, 0.0) if item.part == "relation" else item for item in scene.items)
    assert touching(replace(scene, items=items))
    swapped = replace(EQUATIONS["zigzag"], equals=tuple(reversed(EQUATIONS["zigzag"].equals)))
    assert unfaithful(swapped) == ""
    stripped = replace(scene, items=tuple(i for i in scene.items if side_of(i.part)[0] != 2))
    assert len(sides_of(stripped)) == len(sides_of(scene)) - 1


def test_wires_that_all_sides_take_in_stand_level_with_the_signs() -> None:
    scene = lay_out(EQUATIONS["zigzag"])
    sign = next(i.primitive for i in scene.items if i.part == "relation")
    assert isinstance(sign, Text)
    axis = sign.at[1] - 0.25 * sign.size / EM_PER_UNIT  # TeX's axis is a quarter of an em up
    for side in sides_of(scene)[:2]:
        starts = [i.primitive.segments[0].to for i in side.items if isinstance(i.primitive, Wire)]
        assert min(starts)[1] == pytest.approx(axis)


def test_sides_that_take_in_different_wires_are_centred() -> None:
    scene = lay_out(EQUATIONS["associated transpose"])
    middles = []
    for side in sides_of(scene):
        heights = [s.to[1] for i in side.items if isinstance(i.primitive, Wire) for s in i.primitive.segments]
        middles.append((min(heights) + max(heights)) / 2)
    assert middles == pytest.approx([middles[0]] * 3)


def test_lines_break_where_asked_and_where_the_width_asks() -> None:
    def lines(scene: Scene) -> list[int]:
        """How many signs stand at each height."""
        heights = [round((box.top + box.bottom) / 2, 3) for box in signs(scene)]
        return [heights.count(height) for height in sorted(set(heights))]

    diagram = EQUATIONS["zigzag"]
    assert lines(lay_out(diagram)) == [1, 3]  # a new line is asked for
    narrow = lay_out(at_width(diagram, "icml-column"))
    assert lines(narrow) == [1, 2, 1]
    left, _, right, _ = narrow.bounds
    assert right - left <= 20.2
    starts = [min(box.left for box in [*signs(narrow), *side_boxes(narrow)])]
    assert starts == pytest.approx([0.0])
    one_line = replace(diagram, equals=tuple(replace(side, new_line=False) for side in diagram.equals))
    assert lines(lay_out(one_line)) == [4]


def test_a_side_too_wide_for_a_line_is_broken_into_rows() -> None:
    diagram = at_width(EQUATIONS["one attention twice"], "5cm")
    scene = lay_out(diagram)
    rows = [
        i.primitive.name
        for i in scene.items
        if isinstance(i.primitive, Anchor) and ".row" in i.primitive.name
    ]
    assert {"side1.row1.row", "side2.row1.row"} <= set(rows)
    assert unfaithful(diagram) == ""
    left, _, right, _ = scene.bounds
    assert right - left <= 5 * 28.4528 / (10 * EM_PER_UNIT)


def test_parts_and_anchors_say_their_side() -> None:
    scene = lay_out(EQUATIONS["zigzag"])
    parts = {side_of(item.part)[0] for item in scene.items}
    assert parts == {0, 1, 2, 3, 4, 5}
    names = [i.primitive.name for i in scene.items if isinstance(i.primitive, Anchor)]
    assert all(side_of(name)[0] for name in names)
    assert len({name for name in names if ".in." in name}) == len([n for n in names if ".in." in n])


def test_an_arrow_is_as_long_as_its_words() -> None:
    short, long = relation_sign(r"\mapsto", "def"), relation_sign(r"\mapsto", "Transposition")
    assert long.width > short.width
    assert isinstance(short.items[0].primitive, Shape)
    words = [item.primitive for item in long.items if isinstance(item.primitive, Text)]
    assert [word.text for word in words] == ["Transposition"]
    assert words[0].width < long.width
    bars = [len(relation_sign(sign).items[0].primitive.segments) for sign in (r"\mapsto", r"\to")]  # type: ignore[union-attr]
    assert bars[0] == bars[1] + 2  # the bar at the tail


def test_words_stand_over_a_sign_and_clear_of_it() -> None:
    sign, word = relation_sign("=", "def").items
    assert bounds_of([word]).bottom < bounds_of([sign]).top


def test_the_same_equation_gives_the_same_scene() -> None:
    assert lay_out(hand.zigzag()) == lay_out(hand.zigzag())

"""The legend: derived sizes, cases behind a brace, families; beside the figure or below it."""

from __future__ import annotations

import pytest

from ncd_tikz.diagram import Diagram, loads
from ncd_tikz.layout import lay_out
from ncd_tikz.layout.extent import Box, box_of, text_box
from ncd_tikz.layout.legend import legend_entries
from ncd_tikz.scene import Card, CurveTo, Scene, Shape, Text
from ncd_tikz.spec import PRESETS
from tests.layout import hand
from tests.layout.touching import touching

SPEC = r"""
ncd: 1
name: sizes
title: Sizes
axes:
  x: {index: i, size: ["512*2**(1-i)", "512*2**(1-i)"], label: '\bar{x}'}
  c: {index: i, size: "1 if i == 0 else 3 if i < 2 else 64 * 2**i"}
  h: {size: 4, about: heads}
  k: {size: c[1]*h}
  g: {size: [2, 3]}
  y: 2
inputs: {X: "x[1] c[0] g"}
steps:
  - {op: linear, map: "c[0] -> c[1]"}
  - {op: linear, map: "c[1] -> k h"}
  - {op: linear, map: "k h -> y", out: Y}
outputs: Y
figure: {legend: true}
"""


def diagram(**keys: object) -> Diagram:
    return hand.figured(loads(SPEC), **keys)


def texts(scene: Scene) -> dict[str, Text]:
    return {p.text: p for i in scene.items if isinstance(p := i.primitive, Text) and p.of == "legend"}


def card(scene: Scene) -> Box:
    (box,) = (
        box_of(i.primitive) for i in scene.items if i.part == "legend" and isinstance(i.primitive, Card)
    )
    assert box is not None
    return box


def test_where_nothing_is_derived_it_says_what_the_axes_are_for() -> None:
    spec = """
ncd: 1
name: plain
axes: {h: {size: 4, about: heads}, m: 3}
inputs: {X: h m}
steps: [{op: softmax, over: m}]
outputs: X
"""
    assert [entry.head for entry in legend_entries(loads(spec))] == ["$h$: heads"]


def test_sizes_are_told_as_formulas_and_by_cases() -> None:
    entries = legend_entries(diagram())
    assert [entry.head for entry in entries] == [
        r"$\mathbf{\bar{x}}_i = 512\cdot 2^{1-i}$",  # equal sizes of a group once
        "$c_i =$",
        "$k = c_1h$",
    ]
    assert [(case.value, case.condition) for case in entries[1].cases] == [
        ("$1,$", "$i=0$"),
        ("$3,$", "$i<2$"),
        (r"$64\cdot 2^i,$", "else"),
    ]


def test_cases_stand_behind_a_brace_as_high_as_they_are() -> None:
    scene = lay_out(diagram())
    words = texts(scene)
    brace = next(
        box
        for i in scene.items
        if i.part == "legend"
        and isinstance(p := i.primitive, Shape)
        and any(isinstance(s, CurveTo) for s in p.segments)
        and (box := box_of(p)) is not None
    )
    cases = [text_box(words[text]) for text in ("$1,$", "$3,$", r"$64\cdot 2^i,$")]
    assert brace.right < min(box.left for box in cases)
    assert brace.top < cases[0].top and cases[-1].bottom < brace.bottom
    head = text_box(words["$c_i =$"])
    assert head.right < brace.left
    assert (head.top + head.bottom) / 2 == pytest.approx((brace.top + brace.bottom) / 2, abs=0.25)
    conditions = [text_box(words[text]).left for text in ("$i=0$", "$i<2$", "else")]
    assert conditions == pytest.approx([conditions[0]] * 3)
    assert conditions[0] > max(box.right for box in cases)


@pytest.mark.parametrize("width", ["", *PRESETS])
@pytest.mark.parametrize("definition", [False, True])
def test_the_legend_keeps_clear_and_holds_its_words(definition: bool, width: str) -> None:
    scene = lay_out(diagram(definition=definition, width=width))
    assert touching(scene) == []
    box = card(scene)
    words = [text_box(text) for text in texts(scene).values()]
    assert all(box.joined(word) == box for word in words)
    for number, one in enumerate(words):
        assert not [other for other in words[:number] if one.overlaps(other)]
    others = [
        b
        for i in scene.items
        if i.part != "legend" and not isinstance(i.primitive, Card) and (b := box_of(i.primitive)) is not None
    ]
    assert not [other for other in others if other.overlaps(box, 0.2)]


def test_a_legend_in_a_definition_stands_beside_the_closed_box() -> None:
    scene = lay_out(diagram(definition=True, width="neurips"))
    sign = next(text_box(p) for i in scene.items if isinstance(p := i.primitive, Text) and p.text == "=")
    box = card(scene)
    assert box.left > sign.right
    assert box.top < sign.top < box.bottom


def test_no_legend_where_there_is_nothing_to_tell() -> None:
    plain = hand.figured(hand.spec("plain", "x: a", "relu", "x"), legend=True)
    assert not [item for item in lay_out(plain).items if item.part == "legend"]

"""Two specs aligned: every single edit is told as itself, at its step, and nothing else is."""

from __future__ import annotations

import pytest

from ncd_tikz.diagram import Diagram, load, loads
from ncd_tikz.diagram.alignment import align
from ncd_tikz.diagram.difference import Difference, StepDifference, difference, differences
from ncd_tikz.diagram.dressing import dress_changes
from ncd_tikz.diagram.learned import weights
from ncd_tikz.resources import spec_names
from tests.diagram.spec_edits import Edit, edits, read, renamed_values, text_of


def both(edit: Edit) -> tuple[Diagram, Diagram]:
    pair = read(edit.spec, edit.old), read(edit.spec, edit.new)
    assert pair[0] is not None
    assert pair[1] is not None
    return pair[0], pair[1]


@pytest.mark.parametrize("name", spec_names())
def test_an_edit_is_told_at_its_step(name: str) -> None:
    for edit in edits((name,)):
        found = differences(*both(edit))
        changed = [step for each in found for step in each.changed]
        shown = [(step.sign, step.path, *map(str, step.changes)) for step in changed]
        if edit.what == "removed":
            assert [step.sign for step in changed] == ["-"], (edit[:3], shown)
            assert changed[0].left is not None
            assert changed[0].left.at.line == edit.line
        elif edit.what == "order":
            assert all(step.sign == ">" for step in changed), (edit[:3], shown)
            assert all(each.only_names for each in found)
        else:
            assert changed, edit[:3]
            assert all(is_told(step, edit) for step in changed), (edit[:3], shown)
            assert all(each.only_names for each in found) == (edit.what == "label")


def is_told(step: StepDifference, edit: Edit) -> bool:
    assert step.right is not None
    named = edit.what in {change.what for change in step.changes}
    return step.sign == "~" and step.right.at.line == edit.line and named


@pytest.mark.slow
def test_there_are_many_edits_of_many_kinds() -> None:
    found = list(edits())
    assert len(found) >= 250
    assert {each.what for each in found} >= {
        "kernel", "bias", "by", "op", "over", "removed", "order", "label",
    }  # fmt: skip


@pytest.mark.parametrize("name", spec_names())
def test_renamed_values_are_only_names(name: str) -> None:
    for edit in renamed_values(name):
        assert all(each.only_names for each in differences(*both(edit))), edit[:3]


@pytest.mark.parametrize("name", spec_names())
def test_nothing_differs_from_itself(name: str) -> None:
    one, other = read(name, text_of(name)), read(name, text_of(name) + "\n# a comment\n")
    assert one is not None
    assert other is not None
    for each in differences(one, other):
        assert each.changed == ()
        assert (each.interface, each.sizes, each.learned) == ((), (), ())
        assert dress_changes(each.alignment) == ()


CHAIN = """\
ncd: 1
name: chain
axes: {x: 3, m: 4, N: 3}
inputs: {X: x m}
steps:
%s
outputs: Y
"""
LAYERS = (
    CHAIN
    % """\
  - op: repeat
    times: N
    in: X
    out: Y
    label: layers
    steps:
      - {op: linear, map: m -> m', label: U}
      - {op: view, map: m' -> m}
      - relu
"""
)


def compared(old: str, *edits: tuple[str, str]) -> Difference:
    new = old
    for before, after in edits:
        assert before in new, before
        new = new.replace(before, after)
    return difference(loads(old, "a.yaml"), loads(new, "b.yaml"))


def test_a_repetition_is_aligned_inside() -> None:
    found = compared(LAYERS, ("- relu", "- gelu"))
    (step,) = found.changed
    assert (step.sign, step.depth, step.path) == ("~", 1, "steps[0].steps[2]")
    assert [str(change) for change in step.changes] == ["op: relu -> gelu"]


def test_how_often_it_is_repeated_is_told_with_what_is_learned() -> None:
    found = compared(LAYERS, ("times: N", "times: 4"))
    assert [str(change) for step in found.changed for change in step.changes] == [
        "for: i in 1..N -> i in 1..4"
    ]
    assert [str(change) for change in found.learned] == ["learned part: layers.{0..2} -> layers.{0..3}"]
    found = compared(LAYERS, ("N: 3", "N: 5"))
    assert found.changed == ()
    assert [str(change) for change in found.sizes] == ["axis N: 3 -> 5"]


def test_other_words_for_axes_and_indexes_are_only_names() -> None:
    text = LAYERS.replace("times: N", "for: i in 1..N").replace("m'", "m'")
    found = compared(text, (" m:", " width:"), ("x m", "x width"), ("m -> m'", "width -> width'"),
                     ("m' -> m", "width' -> width"), ("i in", "number in"))  # fmt: skip
    assert found.only_names
    assert "axis: m -> width" in map(str, found.sizes)


def test_a_renamed_part_keeps_its_learned_tensors() -> None:
    found = compared(LAYERS, ("label: layers", "label: stack"), ("label: U", "label: V"))
    assert [str(change) for change in found.learned] == ["learned part: layers.{0..2}.U -> stack.{0..2}.V"]
    assert found.only_names


def test_steps_in_a_long_chain_of_like_ones_are_found() -> None:
    steps = [f"  - {{op: linear, in: {'X' if n == 0 else 'Y'}, out: Y, map: m -> m}}" for n in range(12)]
    steps = [line.replace("m -> m}", "m -> m'}\n  - {op: view, in: Y, map: m' -> m}") for line in steps]
    old = CHAIN % "\n".join(steps)
    new = CHAIN % "\n".join([*steps[:7], "  - {op: relu, in: Y}", *steps[7:]])
    old, new = (text.replace(", N: 3", "") for text in (old, new))
    found = difference(loads(old, "a.yaml"), loads(new, "b.yaml"))
    assert [(step.sign, step.path) for step in found.changed] == [("+", "steps[14]")]


def test_exchanged_operands_are_told() -> None:
    text = CHAIN.replace(", N: 3", "") % (
        "  - {op: softmax, in: X, out: s, over: x}\n  - {op: subtract, in: [X, s], out: Y}"
    )
    (step,) = compared(text, ("[X, s]", "[s, X]")).changed
    assert [str(change) for change in step.changes] == ["in: X, s -> s, X"]


def test_blocks_used_twice_are_told_once() -> None:
    first = "kernel: 3, padding: same}\n      - {op: relu, in: first"
    text = text_of("unet")
    edit = Edit("unet", "kernel", 0, text, text.replace(first, first.replace("3", "5", 1)))
    (step,) = difference(*both(edit)).changed
    assert step.path == "blocks.double_convolution.steps[0]"
    assert len(step.right_places) == 4


def test_what_is_learned_is_counted_without_torch() -> None:
    found = {weight.name: weight for weight in weights(loads(LAYERS, "a.yaml"))}
    assert set(found) == {"layers.{0..2}.U.weight", "layers.{0..2}.U.bias"}
    assert found["layers.{0..2}.U.weight"].numbers == 3 * 4 * 4


def test_two_networks_that_share_little_are_aligned_where_they_do() -> None:
    pairs = align(load("@self_attention"), load("@causal_self_attention")).pairs
    assert [pair.right.operation.name for pair in pairs if pair.left is None and pair.right] == ["mask"]

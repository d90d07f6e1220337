"""Notes: cards on the whole figure, and cards whose tails widen into what they speak of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ncd_tikz.diagram import Diagram, load, loads
from ncd_tikz.layout import lay_out
from ncd_tikz.layout.extent import Box, bounds_of, box_of, text_box
from ncd_tikz.layout.spread import spread
from ncd_tikz.scene import EM_PER_UNIT, Card, Scene, Text
from ncd_tikz.scene.sides import side_of
from ncd_tikz.spec import PRESETS, width_of
from ncd_tikz.spec.nodes import NoteNode
from tests.layout import hand
from tests.layout.touching import touching

ATTENTION = load("@multi_head_attention")
LONG = (
    r"Learned layers generate $Q$, $K$ and $V$ from the inputs; every head attends on its own, and a last "
    r"learned layer combines the $k \times h$ axes of all heads into one vector again."
)


def noted(*notes: NoteNode, diagram: Diagram = ATTENTION, width: str = "") -> Diagram:
    return hand.figured(diagram, notes=notes, width=width)


def cards(scene: Scene) -> list[tuple[Card, Box]]:
    return [
        (p, box)
        for item in scene.items
        if side_of(item.part)[1] == "note"
        and isinstance(p := item.primitive, Card)
        and (box := box_of(p)) is not None
    ]


def rest(scene: Scene) -> Box:
    return bounds_of(item for item in scene.items if item.part != "note")


def words(scene: Scene) -> list[Box]:
    return [text_box(p) for item in scene.items if isinstance(p := item.primitive, Text) and p.of == "note"]


@pytest.mark.parametrize("width", ["", *PRESETS])
@pytest.mark.parametrize("side", ["auto", "above", "below"])
@pytest.mark.slow
def test_a_note_on_the_whole_figure_stands_clear_of_all_of_it(side: str, width: str) -> None:
    scene = lay_out(noted(hand.note(LONG, side), width=width))
    assert touching(scene) == []
    ((card, box),) = cards(scene)
    assert len(card.corners) == 4
    figure = rest(scene)
    if side == "below":
        assert box.top > figure.bottom + 0.3
    else:
        assert box.bottom < figure.top - 0.3
    for text in words(scene):
        assert box.joined(text) == box


@pytest.mark.parametrize("width", PRESETS)
def test_a_note_on_the_whole_figure_is_no_wider_than_it_may_be(width: str) -> None:
    scene = lay_out(noted(hand.note(LONG), width=width))
    left, _, right, _ = scene.bounds
    em = {"": 10.0, "small": 9.25, "footnotesize": 8.5, "scriptsize": 8.08}[width_of(width).font]
    figure = rest(scene)
    assert right - left <= max(width_of(width).points / (em * EM_PER_UNIT), figure.right - figure.left + 0.2)


def test_a_note_is_as_wide_as_its_figure_and_short_ones_are_no_wider_than_their_words() -> None:
    wide = lay_out(noted(hand.note(LONG)))
    ((_, box),) = cards(wide)
    figure = rest(wide)
    assert 0.8 * (figure.right - figure.left) < box.right - box.left <= figure.right - figure.left
    short = lay_out(noted(hand.note("One line.")))
    ((_, box),) = cards(short)
    (line,) = words(short)
    assert box.right - box.left == pytest.approx(line.right - line.left + 0.6)


def test_notes_on_the_whole_figure_are_read_in_their_order() -> None:
    texts = ("first", "second", "third")
    notes = [hand.note(text, side) for side in ("above", "below") for text in texts]
    scene = lay_out(noted(*notes))
    found = [p for i in scene.items if isinstance(p := i.primitive, Text) and p.of == "note"]
    for upper in (True, False):
        here = [t for t in found if (t.at[1] < rest(scene).top) == upper]
        assert [t.text for t in sorted(here, key=lambda t: t.at[1])] == list(texts)
    boxes = [box for _, box in cards(scene)]
    for number, box in enumerate(boxes):
        assert not [other for other in boxes[:number] if box.overlaps(other, 0.3)]


def test_a_note_of_a_later_side_stands_over_that_side() -> None:
    diagram = hand.zigzag()
    first, second, *more = diagram.equals

    noted_side = replace(
        second, diagram=hand.figured(second.diagram, notes=(hand.note("About it.", "below"),))
    )
    scene = lay_out(replace(diagram, equals=(first, noted_side, *more)))
    (part,) = {
        item.part for item in scene.items if isinstance(item.primitive, Text) and item.primitive.of == "note"
    }
    assert part == "side3.note"
    assert touching(scene) == []


def test_neighbouring_columns_share_one_tail() -> None:
    scene = lay_out(noted(hand.note("Both.", "below", "q", "s")))
    ((card, box),) = cards(scene)
    assert len(card.corners) == 10  # four of the card, six of one tail
    assert box.right - box.left > 3.0
    apart = lay_out(noted(hand.note("Both.", "below", "q", "z")))
    ((card, _),) = cards(apart)
    assert len(card.corners) == 16


def test_tails_keep_off_the_titles_of_groups() -> None:
    """The side of a note that says none is the one where no title is in the way."""
    scene = lay_out(noted(hand.note("The scores.", "auto", "s")))
    ((_, box),) = cards(scene)
    titles = [text_box(p) for i in scene.items if isinstance(p := i.primitive, Text) and p.of == "group"]
    assert titles
    assert not any(box.overlaps(title) for title in titles)


@pytest.mark.parametrize("width", PRESETS)
def test_a_note_is_told_in_the_row_that_it_speaks_of(width: str) -> None:
    scene = lay_out(
        noted(hand.note("Queries.", "auto", "q"), hand.note("The end.", "auto", "z"), width=width)
    )
    assert touching(scene) == []
    found = cards(scene)
    assert len(found) == 2
    for name, (_, box) in zip(("Q", "O"), sorted(found, key=lambda one: one[1].top), strict=True):
        label = next(
            text_box(p) for i in scene.items if isinstance(p := i.primitive, Text) and p.text == name
        )
        assert box.overlaps(label)


@pytest.mark.parametrize(
    ("middles", "lengths", "apart", "starts"),
    [
        ([0.0, 10.0], [2.0, 2.0], 1.0, [-1.0, 9.0]),
        ([0.0, 0.0], [2.0, 2.0], 1.0, [-2.5, 0.5]),
        ([0.0, 1.0, 2.0], [4.0, 4.0, 4.0], 0.0, [-5.0, -1.0, 3.0]),
        ([], [], 1.0, []),
    ],
)
def test_spreading_moves_as_little_as_can_be(
    middles: list[float], lengths: list[float], apart: float, starts: list[float]
) -> None:
    assert spread(middles, lengths, apart) == pytest.approx(starts)


def test_a_note_of_a_block_speaks_of_labels_inside_it_in_a_repetition_too() -> None:
    diagram = loads("""\
ncd: 1
name: noted
axes: {x: 3, m: 4, N: 2}
inputs: {X: x m}
blocks:
  part:
    axes: {m: {}}
    inputs: {a: m}
    steps:
      - {op: linear, in: a, map: m -> m', label: L}
      - {op: scale, by: 2, label: twice}
      - {op: view, map: m' -> m}
    outputs: a
    figure: {notes: [{at: L, text: Learned}, {at: twice, text: Doubled}]}
steps:
  - {op: repeat, times: N, in: X, out: Y, steps: [{op: part, in: X, open: true}]}
outputs: Y
""")
    assert len(cards(lay_out(diagram))) == 2

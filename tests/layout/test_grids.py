"""Cells beside the wires: as many as the tensor has, the right ones filled, an arrow between them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ncd_tikz.diagram import Diagram, loads
from ncd_tikz.errors import SpecError
from ncd_tikz.layout import lay_out
from ncd_tikz.layout.extent import Box, bounds_of, box_of
from ncd_tikz.layout.grids import CELL
from ncd_tikz.layout.wiring import unfaithful
from ncd_tikz.scene import Card, CurveTo, Item, Scene, Shape, Text, Wire
from ncd_tikz.scene.sides import side_of
from ncd_tikz.spec import PRESETS
from tests.layout import hand
from tests.layout.touching import touching

FIGURES = {
    "subtensor": hand.subtensor(),
    "broadcasting": hand.broadcasting(),
    "inner broadcasting": hand.inner_broadcasting(),
    "long": hand.long_grids(),
}


def parts(scene: Scene) -> list[Item]:
    return [item for item in scene.items if side_of(item.part)[1] == "grid"]


def boxes(scene: Scene, fill: str) -> list[Box]:
    found = []
    for item in parts(scene):
        p = item.primitive
        box = box_of(p)
        if isinstance(p, Shape) and p.fill == fill and p.closed and p.stroke == "outline" and box is not None:
            found.append(box)
    return found


def cells(box: Box) -> tuple[int, int]:
    """Rows and columns of a box of cells."""
    return round((box.bottom - box.top) / CELL), round((box.right - box.left) / CELL)


def arrows(scene: Scene) -> list[Shape]:
    found = [item.primitive for item in parts(scene) if isinstance(item.primitive, Shape)]
    return [shape for shape in found if shape.stroke == "double"]


@pytest.mark.parametrize("width", ["", *PRESETS])
@pytest.mark.parametrize("name", FIGURES)
def test_nothing_touches_and_the_wiring_is_read_back(name: str, width: str) -> None:
    diagram = hand.figured(FIGURES[name], width=width)
    assert touching(lay_out(diagram)) == []
    assert unfaithful(diagram) == ""


def test_cells_count_the_axes_and_the_row_taken_is_filled() -> None:
    scene = lay_out(FIGURES["subtensor"])
    matrix, row = boxes(scene, "grey")
    assert (cells(matrix), cells(row)) == ((4, 3), (1, 3))
    filled, taken = boxes(scene, "index")
    assert (cells(filled), cells(taken)) == ((1, 3), (1, 3))
    assert filled.top == pytest.approx(matrix.top + 2 * CELL)  # the third row has index 2
    assert (taken.left, taken.right) == (row.left, row.right)


def test_a_tensor_that_no_index_is_taken_of_takes_part_as_a_whole() -> None:
    scene = lay_out(FIGURES["inner broadcasting"])
    assert sorted(cells(box) for box in boxes(scene, "index")) == [(1, 2), (1, 3), (1, 4)]
    plain = hand.figured(
        FIGURES["inner broadcasting"], grids=(hand.grid("A"), hand.grid("v"), hand.grid("B"))
    )
    assert boxes(lay_out(plain), "index") == []
    assert arrows(lay_out(plain)) == []


def test_cells_stand_beside_the_wires_and_apart() -> None:
    for name, diagram in FIGURES.items():
        scene = lay_out(diagram)
        grids = boxes(scene, "grey")
        for number, box in enumerate(grids):
            assert not [other for other in grids[:number] if box.overlaps(other, 0.3)], name
        if diagram.equals:
            continue
        wires = bounds_of(item for item in scene.items if isinstance(item.primitive, Wire))
        lefts = [box for box in grids if box.right < wires.left]
        rights = [box for box in grids if box.left > wires.right]
        assert len(lefts) + len(rights) == len(grids)
        for box in (*lefts, *rights):
            middle = (box.top + box.bottom) / 2
            assert wires.top - 1.5 < middle < wires.bottom + 1.5


@pytest.mark.parametrize("name", FIGURES)
def test_an_arrow_goes_from_filled_cells_to_filled_cells_below_the_wires(name: str) -> None:
    scene = lay_out(FIGURES[name])
    (arrow,) = arrows(scene)
    start, end = arrow.segments[0].to, arrow.segments[-1].to
    filled = boxes(scene, "index")
    assert any(0 < start[0] - box.right < 0.3 and box.top < start[1] < box.bottom for box in filled)
    assert any(0 < box.left - end[0] < 0.6 and box.top - 0.2 < end[1] < box.bottom + 0.2 for box in filled)
    between = [
        item.primitive.segments[-1].to[1]
        for item in scene.items
        if isinstance(item.primitive, Wire) and start[0] < item.primitive.segments[0].to[0] < end[0]
    ]
    arc = max((s for s in arrow.segments if isinstance(s, CurveTo)), key=lambda s: s.to[0] - s.first[0])
    assert arc.first[1] > max(between)


def test_an_arrow_may_have_words() -> None:
    texts = [i.primitive for i in parts(lay_out(FIGURES["broadcasting"])) if isinstance(i.primitive, Text)]
    assert [text.text for text in texts if text.color == "index"] == ["G"]
    texts = [i.primitive for i in parts(lay_out(FIGURES["subtensor"])) if isinstance(i.primitive, Text)]
    assert not [text for text in texts if text.color == "index"]


def test_long_axes_show_where_cells_are_left_out() -> None:
    scene = lay_out(FIGURES["long"])
    matrix = boxes(scene, "grey")[0]
    # 20 rows: 0, 1, ..., 7, ..., 19; 12 columns: 0, 1, ..., 11
    assert cells(matrix) == (6, 4)
    filled = boxes(scene, "index")[0]
    assert filled.top == pytest.approx(matrix.top + 3 * CELL)
    dots = [
        i.primitive.text for i in parts(scene) if isinstance(i.primitive, Text) and "dots" in i.primitive.text
    ]
    assert set(dots) == {r"\cdots", r"\vdots"}


def test_grids_go_under_everything_that_reads_wires() -> None:
    """Cells have no wires and no dots: a reader of the picture meets none."""
    for diagram in FIGURES.values():
        kinds = {type(item.primitive) for item in parts(lay_out(diagram))}
        assert kinds <= {Shape, Text, Card}


WRONG = {
    "'A' has the axes n k m": ("A: n k m", hand.grid("A")),
    "A has no 4 along n, which has 4 cells": ("A: n k", hand.grid("A", n=4)),
    "'A' has no axis 'z'": ("A: n k", hand.grid("A", z=0)),
}


@pytest.mark.parametrize("fact", WRONG)
def test_what_cannot_be_drawn_is_told(fact: str) -> None:
    inputs, grid = WRONG[fact]
    diagram: Diagram = hand.spec("wrong", inputs, "relu", "A", "n: 4, k: 3, m: 2")
    with pytest.raises(SpecError) as caught:
        lay_out(hand.figured(diagram, grids=(grid,)))
    (mistake,) = caught.value.mistakes
    assert fact in mistake.fact
    assert mistake.hint and mistake.position == hand.HERE


def test_what_an_open_block_makes_has_its_cells_and_its_tag() -> None:
    text = """
        ncd: 1
        name: opened
        axes: {m: 4}
        inputs: {X: m}
        blocks: {inner: {title: Inner, axes: {m: 4}, inputs: {A: m},
                         steps: [{op: relu, in: A, out: B}], outputs: B}}
        steps: [{op: inner, in: X, out: Y, open: true}]
        outputs: Y
        figure: {grids: [{of: X, fill: {m: 1}}, {of: Y, arrow: G}], tags: {Y: Z}}
    """
    scene = lay_out(loads(text))
    assert len(arrows(scene)) == 1
    assert any(isinstance(item.primitive, Text) and item.primitive.of == "tag" for item in scene.items)


def test_an_arrow_leads_from_an_input_to_an_output() -> None:
    backwards = hand.figured(FIGURES["subtensor"], grids=(hand.grid("B"), replace(hand.grid("A"), arrow="G")))
    with pytest.raises(SpecError, match="let the first grid be an input"):
        lay_out(backwards)

"""Every glyph of the notation says something: what is changed in it, or taken from it, is noticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from ncd_tikz.diagram import Diagram, loads
from ncd_tikz.diagram.repeat import Repeat
from ncd_tikz.layout import lay_out
from ncd_tikz.operations import OPERATIONS
from ncd_tikz.scene import Anchor, Dashes, Item, Scene, Shape, Text, Wire
from ncd_tikz.scene.moving import moved
from ncd_tikz.scene.sides import side_of
from tests.layout.pictures import SPECS, scene_of, spec_diagram
from tests.layout.test_reading import (
    changed,
    exchanged,
    gone,
    letter,
    of,
    removals,
    shift,
    swap_tails,
    text_becomes,
    wrong,
)

EXAMPLES = {operation.name: operation.example for operation in (*OPERATIONS, Repeat)}
PICTURES = {
    "repeated": """
        ncd: 1
        name: repeated
        axes: {m: 4, n: 5}
        inputs: {X: m}
        steps:
          - {op: repeat, for: i in 1..3, carry: [X], steps: [
              {op: linear, in: X, out: 'C[i]', map: m -> n}, {op: linear, out: X, map: n -> m}]}
          - {op: relu, in: 'C[2]', out: Y}
        outputs: [X, Y]
    """,
    "nested": """
        ncd: 1
        name: nested
        axes: {m: 4}
        inputs: {X: m}
        steps:
          - {op: repeat, for: i in 1..3, carry: [X], steps: [
              {op: relu, in: X, out: X},
              {op: repeat, for: j in 1..2, carry: [X], steps: [{op: tanh, in: X, out: X}]}]}
        outputs: X
    """,
    "long": """
        ncd: 1
        name: long
        axes: {c: 3, d: 4, x: 9}
        inputs: {X: c x}
        steps: [{op: conv, in: X, out: Y, over: x -> y, map: c -> d, kernel: 3, stride: 2, dilation: 2,
                 open: true, label: K}]
        outputs: Y
    """,
    "short": """
        ncd: 1
        name: short
        axes: {c: 4, d: 6, x: 9}
        inputs: {X: c x}
        steps: [{op: conv, in: X, out: Y, over: x -> y, map: c -> d, kernel: 3, stride: 2, dilation: 2,
                 groups: 2}]
        outputs: Y
    """,
    "transposed": """
        ncd: 1
        name: transposed
        axes: {c: 4, d: 6, x: 9}
        inputs: {X: c x}
        steps: [{op: conv_transpose, in: X, out: Y, over: x -> y, map: c -> d, kernel: 3, stride: 2,
                 open: true}]
        outputs: Y
    """,
    "pooled": """
        ncd: 1
        name: pooled
        axes: {x: 9, c: 2}
        inputs: {X: x c}
        steps: [{op: max_pool, in: X, out: Y, over: x -> y, kernel: 3},
                {op: upsample, over: y -> z, factor: 2}]
        outputs: Y
    """,
    "joined": """
        ncd: 1
        name: joined
        axes: {c: 4, d: 6, x: 9}
        inputs: {A: x c, B: x d}
        steps: [{op: concat, in: [A, B], out: Y, along: "c, d -> e"}]
        outputs: Y
    """,
    "parted": """
        ncd: 1
        name: parted
        axes: {c: d + e, d: 6, e: 3}
        inputs: {A: c}
        steps: [{op: split, in: A, out: [B, C], along: "c -> d, e"}]
        outputs: [B, C]
    """,
    "dropped": """
        ncd: 1
        name: dropped
        axes: {c: 4, x: 9}
        inputs: {A: x c, B: x}
        steps: [{op: discard, in: B, out: []}, {op: index, in: A, out: C, over: x, at: 2},
                {op: slice, in: C, out: D, along: c -> d, start: 1, stop: 3}]
        outputs: D
    """,
    "batch": """
        ncd: 1
        name: batch
        axes: {b: 4, c: 3, x: 9}
        inputs: {X: b c x}
        steps: [{op: batch_norm, in: X, over: b x, channels: c}, {op: mean, in: X, out: Y, over: x}]
        outputs: Y
    """,
}


@cache
def drawn(name: str) -> tuple[Diagram, Scene]:
    if name in SPECS:
        return spec_diagram(name), scene_of(name)
    diagram = loads(PICTURES[name] if name in PICTURES else EXAMPLES[name])
    return diagram, lay_out(diagram)


@pytest.mark.parametrize("name", [*EXAMPLES, *PICTURES])
def test_every_picture_is_right_at_first(name: str) -> None:
    assert not wrong(*drawn(name))


@pytest.mark.parametrize("name", [*EXAMPLES, *PICTURES])
def test_every_stroke_of_every_operation_is_needed(name: str) -> None:
    diagram, scene = drawn(name)
    unnoticed = [what for what, rest in removals(scene) if not wrong(diagram, rest)]
    assert not unnoticed, "\n".join(unnoticed)


@pytest.mark.parametrize("name", [*EXAMPLES, *PICTURES])
def test_every_text_of_every_operation_is_read(name: str) -> None:
    diagram, scene = drawn(name)
    texts = [item.primitive for item in scene.items if letter_of_glyph(item)]
    for text in texts:
        other = changed(scene, lambda item, text=text: item.primitive is text, text_becomes("?"))  # type: ignore[misc]
        assert wrong(diagram, other), text


@pytest.mark.parametrize("name", [*EXAMPLES, *PICTURES])
def test_every_end_of_a_wire_is_read(name: str) -> None:
    """A glyph's end a row lower, or the wire that ends there."""
    diagram, scene = drawn(name)
    for kind in (Anchor, Wire):
        for item in scene.items:
            primitive = item.primitive
            if not isinstance(primitive, kind) or glyph_wire(item) or not ends_wire(primitive):
                continue
            lower = changed(scene, lambda other, item=item: other is item, shift(0, 0.5))  # type: ignore[misc]
            assert wrong(diagram, lower), item


def letter_of_glyph(item: Item) -> bool:
    part = side_of(item.part)[1]
    return isinstance(item.primitive, Text) and part[0] == "g" and part[1:].isdigit()


def glyph_wire(item: Item) -> bool:
    """The window's own wire: it is a stroke of the glyph."""
    return isinstance(item.primitive, Wire) and side_of(item.part)[1] != "wire"


def ends_wire(primitive: Anchor | Wire) -> bool:
    return isinstance(primitive, Wire) or ".in." in primitive.name or ".out." in primitive.name


def operands_exchanged(scene: Scene) -> Scene:
    """The inputs' wires change places at the left: each goes on as the other did."""
    return swap_tails(scene)


def sides_exchanged(scene: Scene) -> Scene:
    """The first two sides of an equation under each other's name."""
    turn = {1: 2, 2: 1}

    def renamed(item: Item) -> Item:
        number, part = side_of(item.part)
        if number not in turn:
            return item
        primitive = item.primitive
        if isinstance(primitive, Anchor):
            primitive = replace(primitive, name=f"side{turn[number]}.{side_of(primitive.name)[1]}")
        return Item(f"side{turn[number]}.{part}", primitive)

    return replace(scene, items=tuple(map(renamed, scene.items)))


def signs_moved(scene: Scene) -> Scene:
    """Every sign stands behind the last side."""
    return replace(scene, items=tuple(moved(i, 60, 0) if i.part == "relation" else i for i in scene.items))


def sign(text: str, becomes: str) -> Callable[[Scene], Scene]:
    return lambda scene: changed(
        scene,
        lambda i: i.part == "relation" and getattr(i.primitive, "text", "") == text,
        text_becomes(becomes),
    )


def lettered(text: str, becomes: str) -> Callable[[Scene], Scene]:
    return lambda scene: changed(scene, letter(text), text_becomes(becomes))


def without(text: str) -> Callable[[Scene], Scene]:
    return lambda scene: changed(scene, letter(text), gone)


def glyph_gone(fits: Callable[[Item], bool]) -> Callable[[Scene], Scene]:
    """A glyph without ink, its wires as they are."""

    def change(scene: Scene) -> Scene:
        part = next(item.part for item in scene.items if fits(item))
        kept = (i for i in scene.items if i.part != part or isinstance(i.primitive, Anchor))
        return replace(scene, items=tuple(kept))

    return change


def ground(item: Item) -> bool:
    return isinstance(item.primitive, Shape) and item.part[0] == "g" and len(item.primitive.segments) == 2


BREAKS: dict[str, tuple[str, Callable[[Scene], Scene]]] = {
    "the first index of a repetition is another": ("repeated", lettered("i=1", "i=0")),
    "the last index of a repetition is another": ("repeated", lettered("i=3", "i=4")),
    "a repetition runs backwards": ("repeated", exchanged("i=1", "i=3")),
    "the index is another": ("nested", lettered("i=3", "j=3")),
    "the ranges of nested repetitions have changed places": ("nested", exchanged("i=3", "j=2")),
    "a parenthesis is gone": (
        "repeated",
        lambda s: changed(s, of(Shape, lambda p: p.stroke == "bold" and not p.closed), gone),  # type: ignore[union-attr]
    ),
    "something else is saved": ("repeated", lettered("C_i", "C_1")),
    "something else is loaded": ("repeated", lettered("C_2", "C_1")),
    "the kernel is another": ("short", lettered("3", "5")),
    "the stride is another": ("short", lettered("2", "3")),
    "the stride is gone": ("short", without("2")),
    "the dilation is gone": ("short", without("d{=}2")),
    "the groups are gone": ("short", without("g{=}2")),
    "a trapezoid has another stride": ("long", lettered("2", "4")),
    "a trapezoid has no stride": ("long", without("2")),
    "a window is wider": ("long", lettered(r"3\,(d{=}2)", r"5\,(d{=}2)")),
    "a window is dense": ("long", lettered(r"3\,(d{=}2)", "3")),
    "a learned map has another name": ("long", lettered("K", "Q")),
    "it is no transposed convolution": ("transposed", without("T")),
    "another pooling": ("pooled", lettered(r"\mathrm{Max}", r"\mathrm{I\!E}")),
    "upsampled by more": ("pooled", lettered(r"\times 2", r"\times 4")),
    "two operands of a concatenation change places": ("joined", operands_exchanged),
    "a concatenation without its bar": (
        "joined",
        lambda s: changed(s, of(Shape, lambda p: p.fill == "black"), gone),  # type: ignore[union-attr]
    ),
    "nothing parts two operands": ("joined", lambda s: changed(s, of(Dashes), gone)),
    "the results of a split change places": ("parted", swap_tails),
    "a discard is gone": ("dropped", glyph_gone(ground)),
    "another entry": ("dropped", lettered("2", "3")),
    "another slice": ("dropped", lettered("1{:}3", "0{:}3")),
    "another reduction": ("batch", lettered(r"\mathrm{I\!E}", r"\Sigma")),
    "the batch does not touch the circle": (
        "batch",
        lambda s: changed(s, of(Shape, lambda p: not p.closed and len(p.segments) == 5), gone),  # type: ignore[union-attr]
    ),
    "two sides have changed places": ("zigzag", sides_exchanged),
    "and where the first is like the second": ("einsum_two_ways", sides_exchanged),
    "another relation": ("zigzag", sign("=", r"\neq")),
    "a relation is gone": ("zigzag", lambda s: changed(s, lambda i: i.part == "relation", gone)),
    "a sign stands elsewhere": ("zigzag", signs_moved),
    "words over a sign are gone": (
        "broadcasting_definition",
        lambda s: changed(s, lambda i: getattr(i.primitive, "text", "") == "def", gone),
    ),
    "words over a sign are others": ("broadcasting_definition", sign("def", "?")),
}


@pytest.mark.parametrize("what", BREAKS)
def test_the_reader_notices(what: str) -> None:
    name, broken = BREAKS[what]
    diagram, scene = drawn(name)
    assert wrong(diagram, broken(scene))


def test_an_equation_that_says_something_else_is_another_picture() -> None:
    diagram, scene = drawn("zigzag")
    first, *others = diagram.equals
    for sides in ((*others, first), (first,), (replace(first, relation=r"\approx"), *others)):
        assert wrong(replace(diagram, equals=sides), scene)

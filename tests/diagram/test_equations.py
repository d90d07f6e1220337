"""Equations: every side typed, and sides joined by `=` take and give the same."""

from __future__ import annotations

import pytest

from ncd_tikz.diagram import Diagram, loads
from ncd_tikz.errors import SpecError

HEAD = "ncd: 1\nname: t\naxes: {x: 3, k: 4, y: 5, h: 2*k, n: 4}\ninputs: {A: x k, B: k y}\nequation:\n"
FIRST = "  - {steps: [{op: einsum, in: [A, B], out: C, map: 'x k, k y -> x y'}], outputs: C}\n"
LONG = (
    "  - {steps: [{op: einsum, in: [A, B], map: \"x k, k' y -> x k k' y\", out: D}, "
    "{op: einsum, in: D, map: 'x k k y -> x y'}], outputs: D%s}\n"
)


def side(steps: str, rest: str = "", outputs: str = "C") -> str:
    return f"  - {{steps: [{steps}], outputs: {outputs}{rest}}}\n"


def spec(*sides: str) -> Diagram:
    return loads(HEAD + "".join(sides), "t.yaml")


def told(*sides: str) -> SpecError:
    with pytest.raises(SpecError) as error:
        spec(*sides)
    return error.value


def test_sides_are_diagrams() -> None:
    diagram = spec(FIRST, LONG % ", over: def", LONG % ", relation: '\\mapsto', new_line: true")
    assert [step.operation.name for step in diagram.steps] == ["einsum"]
    assert [(each.relation, each.over, each.new_line) for each in diagram.equals] == [
        ("=", "def", False),
        ("\\mapsto", "", True),
    ]
    for each in diagram.equals:
        assert len(each.diagram.steps) == 2 and not each.diagram.equals
        assert each.diagram.inputs == diagram.inputs == (0, 1)
        assert each.diagram.sizes == diagram.sizes
    assert diagram.equals[0].diagram.steps[0].path == "equation[1].steps[0]"


def test_names_of_values_are_a_sides_own() -> None:
    assert spec(FIRST, LONG % "").equals[0].diagram.values[-1].name == "D"


def test_a_side_of_another_relation_may_be_another_function() -> None:
    other = side("{op: relu, in: A, out: C}", ", inputs: {A: x k}, relation: '\\mapsto'")
    assert str(spec(FIRST, other).equals[0].diagram.values[-1].tensor) == "(x, k)"


def test_sides_are_compared_with_their_neighbours() -> None:
    """A = B -> C = D: C may differ from B, D may not differ from C."""
    third = side("{op: relu, in: A, out: C}", ", inputs: {A: x k}, relation: '\\to'")
    fourth = side("{op: exp, in: A, out: C}", ", inputs: {A: x k}")
    assert len(spec(FIRST, LONG % "", third, fourth).equals) == 3
    error = told(FIRST, LONG % "", third, LONG % "")
    assert [each.path for each in error.mistakes] == ["equation[3]"] * 2


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (
            side("{op: relu, in: A, out: C}", ", inputs: {A: x k}"),
            "t.yaml:7:5: equation[1]: the side before takes 'B', this one does not",
        ),
        (
            side(
                "{op: einsum, in: [A, B, Z], out: C, map: 'x k, k y, x -> x y'}",
                ", inputs: {A: x k, B: k y, Z: x}",
            ),
            "equation[1]: this side takes 'Z', the side before does not",
        ),
        (
            side("{op: einsum, in: [A, B], out: C, map: 'x h, h y -> x y'}", ", inputs: {A: x h, B: h y}"),
            "equation[1]: 'A' is (x, h) here and (x, k) before: h=8 and k=4 differ",
        ),
        (
            side("{op: einsum, in: [A, B], out: C, map: 'x n, n y -> x y'}", ", inputs: {A: x n, B: n y}"),
            "'A' is (x, n) here and (x, k) before: n and k have one size by their defaults only",
        ),
        (
            side("{op: mask, in: [B, A], out: C}", ", inputs: {A: {axes: k, kind: mask}, B: k y}"),
            "'A' is (k) here and (x, k) before: it is of kind mask, expected real",
        ),
        (
            side("{op: einsum, in: [A, B], out: C, map: 'x k, k y -> y x'}"),
            "equation[1]: 'C' has axes (y, x), the side before gives (x, y): the axes stand in another order",
        ),
        (
            side("{op: einsum, in: [A, B], out: C, map: 'x k, k y -> x'}"),
            "equation[1]: 'C' has axes (x), the side before gives (x, y): found 1 axis, expected 2",
        ),
        (
            side("{op: relu, in: A, out: C}, {op: relu, in: B, out: D}", outputs="[C, D]"),
            "equation[1]: the side before gives 1 value, this one gives 2 values",
        ),
        (
            side(
                "{op: softmax, in: A, over: 'y', out: D}, "
                "{op: einsum, in: [D, B], map: 'x k, k y -> x y', out: C}"
            ),
            "equation[1].steps[0].over: expected an axis 'y', found (x, k)",
        ),
    ],
)
def test_mistakes(other: str, message: str) -> None:
    assert message in str(told(FIRST, other))


def test_a_mistake_of_one_side_is_told_once() -> None:
    wrong = side(
        "{op: softmax, in: A, over: 'y', out: D}, {op: einsum, in: [D, B], map: 'x k, k y -> x y', out: C}"
    )
    assert len(told(FIRST, wrong, LONG % "").mistakes) == 1
    assert len(told(wrong, FIRST, LONG % "").mistakes) == 1
    unused = side("{op: relu, in: A, out: C}")
    error = told(unused, unused)
    assert [each.fact for each in error.mistakes] == ["input 'B' is never used"]


def test_blocks_serve_all_sides() -> None:
    text = HEAD.replace("equation:", "blocks: {f: {inputs: {a: k}, steps: [relu], outputs: a}}\nequation:")
    use = side("{op: f, in: A, out: D}, {op: einsum, in: [D, B], map: 'x k, k y -> x y', out: C}")
    diagram = loads(text + use + use)
    assert diagram.equals[0].diagram.blocks == diagram.blocks

"""Sides of equations: equal on random data, or reported with the smallest example."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from ncd_tikz.diagram import loads  # noqa: E402
from ncd_tikz.equivalence import Report, check  # noqa: E402


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def equation(left: str, right: str, relation: str = "=", head: str = "") -> str:
    head = head or "axes: {x: 5, y: 6, m: 3, k: 2}\ninputs: {X: x m, Y: y m}"
    return f"""\
ncd: 1
name: claim
{head}
equation:
  - steps: [{left}]
    outputs: Z
  - relation: '{relation}'
    steps: [{right}]
    outputs: Z
"""


def judged(left: str, right: str, relation: str = "=", head: str = "") -> Report:
    return check(loads(equation(left, right, relation, head)))


X = "axes: {x: 5, m: 3, k: 2}\ninputs: {X: x m}"
W = "{op: linear, in: %s, map: m -> k, label: W, bias: false, out: %s}"
B = "{op: linear, in: %s, map: m -> k, label: W, out: %s}"
ADD = "{op: add, in: [%s, %s], out: %s}"

OUTER = "{op: einsum, in: [X, Y], map: 'x m, y m -> x m y', out: o}"
SUM = "{op: einsum, in: o, map: 'x m y -> x y', out: Z}"
GIVEN = "{op: parameter, axes: %s, out: w, label: P}, {op: einsum, in: [X, w], map: 'x m, %s -> x k', out: Z}"

HOLD = {
    "einsum in two steps": (
        f"{OUTER}, {SUM}",
        "{op: einsum, in: [X, Y], map: 'x m, y m -> x y', out: Z}",
        "",
    ),
    "linear maps add": (
        f"{ADD % ('X', 'X', 'a')}, {W % ('a', 'Z')}",
        f"{W % ('X', 'a')}, {ADD % ('a', 'a', 'Z')}",
        X,
    ),
    "a repetition written out": (
        "{op: repeat, times: 2, in: X, out: Z, label: R, steps: [tanh]}",
        "{op: tanh, in: X, out: a}, {op: tanh, in: a, out: Z}",
        X,
    ),
    "transposed weights": (GIVEN % ("k m", "k m"), GIVEN % ("m k", "m k"), X),
}

FAIL = {
    "a bias counts twice": (
        f"{ADD % ('X', 'X', 'a')}, {B % ('a', 'Z')}",
        f"{B % ('X', 'a')}, {ADD % ('a', 'a', 'Z')}",
        X,
        ["smallest example found, with x=1, m=1, k=1:", "X = [[0]]", "W.bias = [1]", "W.weight = [[0]]",
         "Z is [[1]] on side 1", "Z is [[2]] on side 2"],
    ),
    "rectified before or after": (
        f"{{op: relu, in: X, out: a}}, {W % ('a', 'Z')}",
        f"{W % ('X', 'a')}, {{op: relu, in: a, out: Z}}",
        X,
        ["with x=1, m=1, k=1:", "on side 1", "on side 2"],
    ),
    "softmax over other axes": (
        "{op: softmax, in: X, over: m, out: Z}", "{op: softmax, in: X, over: x, out: Z}", X,
        ["smallest example found, with x=1, m=2, k=1:", "X = [[0, 0]]", "Z is [[0.5, 0.5]] on side 1",
         "Z is [[1, 1]] on side 2"],
    ),
    "a product is no sum": (
        "{op: multiply, in: [X, X], out: Z}", f"{ADD % ('X', 'X', 'Z')}", X,
        ["X = [[1]]", "Z is [[1]] on side 1", "Z is [[2]] on side 2"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HOLD))
def test_what_holds_is_proved(name: str) -> None:
    report = judged(*HOLD[name][:2], head=HOLD[name][2])
    assert report.ok, report.text()
    assert [verdict.subject for verdict in report.verdicts] == [
        "generated module of side 1", "generated module of side 2", "side 1 = side 2",
    ]  # fmt: skip
    gradients = [comparison.what for comparison in report.verdicts[-1].draws[0].comparisons]
    assert "gradient of X" in gradients


@pytest.mark.parametrize("name", sorted(FAIL))
def test_what_does_not_hold_is_shown_by_a_small_example(name: str) -> None:
    left, right, head, told = FAIL[name]
    report = judged(left, right, head=head)
    assert [verdict.ok for verdict in report.verdicts] == [True, True, False]
    text = report.text()
    assert "side 1 = side 2: NOT the same function" in text
    for words in told:
        assert words in text, text


def test_gradients_of_shared_parameters_are_compared() -> None:
    report = judged(*HOLD["linear maps add"][:2], head=X)
    compared = [comparison.what for comparison in report.verdicts[-1].draws[0].comparisons]
    assert compared == ["output Z", "gradient of X", "gradient of W.weight"]


def still(x: Any) -> Any:
    """The same values, half of the gradient."""
    return (x + x.detach()) / 2


def test_a_gradient_that_differs_breaks_an_equation() -> None:
    step = "{op: function, name: f, map: m -> m, call: 'tests.equivalence.test_equations:still', out: Z}"
    report = judged(step, "{op: scale, in: X, by: 1, out: Z}", head=X)
    assert not report.verdicts[-1].ok
    assert "gradient of X: differs" in report.text()
    assert "smallest example" not in report.text(), "there is none: the values agree"


def test_other_relations_are_drawn_and_not_proved() -> None:
    left, right, head, _ = FAIL["a product is no sum"]
    report = judged(left, right, relation=r"\mapsto", head=head)
    assert report.ok
    assert len(report.verdicts) == 2


def test_parts_of_one_name_must_be_one_tensor() -> None:
    back = "{op: linear, in: a, map: k -> m, label: V, out: Z}"
    left = f"{{op: linear, in: X, map: m -> k, label: W, out: a}}, {back}"
    right = "{op: linear, in: X, map: m -> m', label: W, out: Z}"
    report = judged(left, right, head=X)
    assert not report.ok
    assert "'W.weight' has axes (k m) on one side" in report.text()


def test_every_side_is_held_to_its_module() -> None:
    from ncd_tikz.pytorch import to_source

    diagram = loads(equation(*HOLD["linear maps add"][:2], head=X))
    source = to_source(diagram)
    first, second = source.split("class Claim2(")
    assert "Z = a + a" in second
    wrong = first + "class Claim2(" + second.replace("Z = a + a", "Z = a + 2 * a")
    report = check(diagram, source=wrong)
    assert [verdict.ok for verdict in report.verdicts] == [True, False, True]
    assert report.parting is not None
    assert report.parting.path.endswith("steps[1]")

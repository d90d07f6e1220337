"""One small module for each rule of a diagnosis, and the fingerprints that it rests on."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from torch import Tensor, nn  # noqa: E402

from ncd_tikz.equivalence.diagnosis.prints import print_of  # noqa: E402
from ncd_tikz.equivalence.diagnosis.writing import excerpts  # noqa: E402
from tests.equivalence.test_diagnosis import findings  # noqa: E402

TOWER = """\
ncd: 1
name: tower
axes: {x: 4, m: 6, N: 3}
inputs: {X: x m}
steps:
  - op: repeat
    times: N
    in: X
    out: Y
    label: levels
    steps:
      - {op: linear, map: m -> m, label: W, out: a}
      - {op: tanh, in: a, out: b}
      - {op: add, in: [X, b], out: X}
outputs: Y
"""


class Tower(nn.Module):
    """A residual tower, and what may be wrong with it."""

    def __init__(self, width: int, height: int, wrong: str = "") -> None:
        super().__init__()
        self.wrong = wrong
        self.levels = nn.ModuleList(nn.Linear(width, width) for _ in range(height))

    def forward(self, X: Tensor) -> Tensor:
        levels = list(self.levels)
        if self.wrong == "reversed":
            levels = levels[::-1]
        if self.wrong == "short":
            levels = levels[:-1]
        if self.wrong == "shared":
            levels = levels[:1] * len(levels)
        for level in levels:
            b = level(X)
            b = torch.relu(b) if self.wrong in ("relu", "two") else torch.tanh(b)
            X = b if self.wrong == "bare" else X + b
        return X * 3 if self.wrong == "two" else X


def tower(wrong: str = ""):  # type: ignore[no-untyped-def]
    names = {f"levels__{number}__W__{part}": f"levels.{number}.{part}"
             for number in range(3) for part in ("weight", "bias")}  # fmt: skip
    return findings(TOWER, lambda sizes: Tower(sizes["m"], sizes["N"], wrong), **names)


@pytest.mark.parametrize(
    ("wrong", "rule", "step", "words"),
    [
        ("reversed", "order", "steps[0]", "in the opposite order"),
        ("short", "skipped", "steps[0]", "without the last iteration"),
        ("shared", "shared", "steps[0]", "one part is shared"),
        ("relu", "replaced", "steps[0] > steps[0].steps[1]", "has relu where the diagram has tanh"),
        ("bare", "skipped", "steps[0] > steps[0].steps[2]", "leaves out the add with 'X'"),
    ],
)
def test_what_is_repeated(wrong: str, rule: str, step: str, words: str) -> None:
    best = tower(wrong)[0]
    assert (best.rule, best.step) == (rule, step), str(best)
    assert words in best.words


def test_two_things_are_wrong() -> None:
    first, second, *_ = tower("two")
    assert "relu" in first.words
    assert "3 times" in second.words, str(second)


def test_nothing_is_wrong() -> None:
    assert tower() == ()


CAUSAL = """\
ncd: 1
name: past
axes: {x: 4, m: 3}
inputs: {X: x m}
steps:
  - {op: einsum, in: [X, X], out: s, map: "x m, x' m -> x x'"}
  - {op: mask, in: s, over: "x x'"}
  - {op: softmax, in: s, over: x'}
  - {op: einsum, in: [s, X], out: z, map: "x x', x' m -> x m"}
outputs: z
"""


class Past(nn.Module):
    """Attention to the past, the mask's diagonal moved by some places."""

    def __init__(self, by: int) -> None:
        super().__init__()
        self.by = by

    def forward(self, X: Tensor) -> Tensor:
        scores = X @ X.mT
        hidden = torch.ones(scores.shape[-2:]).triu(1 + self.by).bool()
        return scores.masked_fill(hidden, -1e9).softmax(-1) @ X


def test_the_future_is_seen() -> None:
    assert findings(CAUSAL, lambda _: Past(0)) == ()
    best = findings(CAUSAL, lambda _: Past(1))[0]
    assert (best.rule, best.step) == ("causal", "steps[1]"), str(best)
    assert "sees 'X' at x = 1 (the future)" in best.words


TWO = """\
ncd: 1
name: two
axes: {x: 4, m: 3}
inputs: {X: x m, g: m}
steps:
  - {op: multiply, in: [X, g], out: a}
  - {op: sigmoid, in: a, out: z}
outputs: z
"""


class Gate(nn.Module):
    """A gate that may be forgotten, or mixed along positions in a way that no single change is."""

    def __init__(self, wrong: str) -> None:
        super().__init__()
        self.wrong = wrong

    def forward(self, X: Tensor, g: Tensor) -> Tensor:
        if self.wrong == "unused":
            return torch.sigmoid(X**3 + 0.1)
        return torch.sigmoid(X * g + 0.3 * X.cumsum(-2).sin())


def test_an_input_that_is_not_used() -> None:
    best = findings(TWO, lambda _: Gate("unused"))[0]
    assert (best.rule, best.step) == ("input", "steps[0]"), str(best)
    assert "does not depend on the input 'g'" in best.words


def test_positions_that_are_mixed() -> None:
    best = findings(TWO, lambda _: Gate("mixed"))[0]
    assert (best.rule, best.axis) == ("mixes", "x"), str(best)
    assert "index 1 depends on index 0 of 'X', the diagram broadcasts x" in best.words


def test_fingerprints_know_layouts_and_factors() -> None:
    value = torch.randn(3, 4, 5, dtype=torch.float64)
    one, turned = print_of(value), print_of(value.permute(2, 0, 1) * -2.5)
    assert one and turned
    assert turned.factor(one, 1e-9) == pytest.approx(-2.5)
    assert not turned.alike(one, 1e-9)
    other = print_of(value + 1e-4 * torch.randn_like(value))
    assert other and other.factor(one, 1e-9) is None
    repeated = print_of(value.repeat(2, 1, 1))
    assert repeated and repeated.factor(one, 1e-9) == pytest.approx(1)


def test_a_large_negative_number_hides_as_infinity_does() -> None:
    scores = torch.randn(6, 6, dtype=torch.float64)
    hidden = torch.ones(6, 6).triu(1).bool()
    one = print_of(scores.masked_fill(hidden, float("-inf")))
    other = print_of(scores.masked_fill(hidden, -1e9))
    assert one and other
    assert one.factor(other, 1e-9) == pytest.approx(1)


def test_long_texts_are_shown_where_they_differ() -> None:
    long = "a" * 80
    theirs, ours = excerpts(f"{long}.sum(-1){long}", f"{long}.sum(-2){long}")
    assert "sum(-1)" in theirs and "sum(-2)" in ours
    assert max(len(theirs), len(ours)) < 80

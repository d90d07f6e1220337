"""A module of a user's own that differs: the step, the axis or the parameter is named."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from torch import Tensor, nn  # noqa: E402

from ncd_tikz.diagram import load, loads  # noqa: E402
from ncd_tikz.equivalence.case import Case, make_case, pull_back, state_name  # noqa: E402
from ncd_tikz.equivalence.diagnosis import diagnose  # noqa: E402
from ncd_tikz.equivalence.report import Finding  # noqa: E402

ROOT = Path(__file__).parents[2]


class Given:
    """A module whose layouts are ours, its parameters named by a mapping."""

    def __init__(self, case: Case, model: nn.Module, names: Mapping[str, str]) -> None:
        self.case, self.model = case, model.double().train(case.training)
        ours = {entry.name: state_name(entry) for entry in case.learned}
        self.names = {name: (names.get(state, state),) for name, state in ours.items()}

    def run(self, inputs: Sequence[Tensor], parameters: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
        theirs = self.model.state_dict(keep_vars=True)
        with torch.no_grad():
            for ours, (name,) in self.names.items():
                theirs[name].copy_(parameters[ours])
        made = self.model(*inputs)
        return made if isinstance(made, tuple) else (made,)

    def gradients(self, outputs: Sequence[Tensor]) -> Mapping[str, Tensor | None]:
        theirs = dict(self.model.named_parameters())
        names = [name for name, (there,) in self.names.items() if there in theirs]
        leaves = [theirs[self.names[name][0]] for name in names]
        return dict(zip(names, pull_back(outputs, leaves, self.case.cotangents), strict=True))


def findings(spec: str, make: Callable[[Mapping[str, int]], nn.Module], **names: str) -> tuple[Finding, ...]:
    """The diagnosis of what `make` builds for the sizes of a draw."""
    torch.set_num_threads(1)
    diagram = load(spec) if spec.startswith("@") else loads(spec, "spec.yaml")
    case = make_case(diagram, 0, 1, ())
    named = {ours.replace("__", "."): theirs for ours, theirs in names.items()}
    return diagnose(Given(case, make(case.sizes), named), None)


class Attention(nn.Module):
    """Multi-head attention as people write it."""

    def __init__(self, m: int, k: int, h: int, **changes: Any) -> None:
        super().__init__()
        self.k, self.h = k, h
        self.changes = changes
        self.Q, self.K, self.V = (nn.Linear(m, k * h, bias=False) for _ in range(3))
        self.O = nn.Linear(k * h, m, bias=False)

    def heads(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.k, self.h)).movedim(-1, -3)

    def forward(self, E: Tensor, X: Tensor) -> Tensor:
        change = self.changes.get
        keys = self.V if change("keys") else self.K
        q, k, v = self.heads(self.Q(E)), self.heads(keys(X)), self.heads(self.V(X))
        if change("detached"):
            k = k.detach()
        scores = q @ k.mT * change("scale", self.k**-0.5)
        weights = scores if change("dropped") else scores.softmax(change("dim", -1))
        o = (weights @ v).movedim(-3, -1)
        if change("order"):
            o = o.mT.reshape(o.shape)
        if change("bare"):
            return o.flatten(-2) @ self.O.weight.mT + E
        return self.O(o.flatten(-2))


def attention(**changes: Any) -> tuple[Finding, ...]:
    return findings("@multi_head_attention", lambda n: Attention(n["m"], n["k"], n["h"], **changes))


@pytest.mark.slow
def test_the_same_function_otherwise_written() -> None:
    assert attention() == ()


@pytest.mark.parametrize(
    ("changes", "step", "rule", "words"),
    [
        ({"dim": -2}, "steps[5]", "axis", "their softmax runs over y, the diagram's over x"),
        ({"dim": 0}, "steps[5]", "axis", "their softmax runs over h, the diagram's over x"),
        ({"dropped": True}, "steps[5]", "skipped", "leaves out the softmax"),
        ({"scale": 1.0}, "steps[4]", "skipped", "leaves out the scale"),
        ({"scale": 0.123}, "steps[4]", "scale", "times what the diagram's does"),
        ({"keys": True}, "steps[1]", "swapped", "'V.weight' is used for 'K.weight'"),
        ({"order": True}, "steps[7]", "order", "(h k) flattened"),
    ],
)
def test_one_thing_is_wrong(changes: dict[str, Any], step: str, rule: str, words: str) -> None:
    best = attention(**changes)[0]
    assert (best.step, best.rule) == (step, rule), str(best)
    assert words in best.words
    assert best.at is not None
    assert best.remedy


def test_a_lost_gradient() -> None:
    (found,) = attention(detached=True)
    assert (found.rule, found.step) == ("gradient", "steps[1]"), str(found)
    assert "'K.weight' gets none" in found.words
    assert found.place


def test_the_line_of_their_code_is_told() -> None:
    assert attention(dim=-2)[0].place.startswith("test_diagnosis.py:")


COMPILED = """
ncd: 1
name: compiled
axes: {x: 5, n: 3}
inputs: {X: x n}
steps:
  - {op: relu, in: X, out: Y}
  - {op: sigmoid, in: Y, out: Z}
outputs: [Z]
"""


class Compiled(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inside = torch.compile(lambda x: 2 * x.relu(), backend="eager")

    def forward(self, x: Tensor) -> Tensor:
        return self.inside(x).sigmoid()


@pytest.mark.slow
def test_what_is_compiled_is_looked_into_step_by_step(caplog: pytest.LogCaptureFixture) -> None:
    (found,) = findings(COMPILED, lambda sizes: Compiled())
    assert (found.step, found.rule) == ("steps[0]", "scale"), str(found)
    assert "times what the diagram's does" in found.words
    loud = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert not loud  # of the compiler, which would look into the diagnosis


@pytest.mark.slow
def test_nothing_is_compiled_and_the_compiler_is_not_imported() -> None:
    code = (
        "import sys; from tests.equivalence.test_diagnosis import attention; "
        "assert attention(dropped=True)[0].rule == 'skipped'; assert 'torch._dynamo' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)

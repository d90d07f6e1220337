"""`check --propose`: mappings found from names and shapes, settled by running."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from ncd_tikz.diagram import loads  # noqa: E402
from ncd_tikz.equivalence import check  # noqa: E402
from ncd_tikz.equivalence.cases import Cases  # noqa: E402
from ncd_tikz.equivalence.proposal import propose  # noqa: E402
from ncd_tikz.equivalence.proposal.likeness import likeness  # noqa: E402
from ncd_tikz.equivalence.report import Verdict  # noqa: E402

ATTENTION = """\
ncd: 1
name: attention
axes: {y: 4, x: 3, m: h*k, h: 2, k: 2}
inputs: {E: y m, X: x m}
steps:
  - {op: linear, in: E, out: q, map: m -> h k, label: Q}
  - {op: linear, in: X, out: k, map: m -> h k, label: K}
  - {op: linear, in: X, out: v, map: m -> h k, label: V}
  - {op: einsum, in: [q, k], out: s, map: 'y h k, x h k -> h y x'}
  - {op: scale, by: k**(-1/2)}
  - {op: softmax, over: x}
  - {op: einsum, in: [s, v], out: o, map: 'h y x, x h k -> y h k'}
  - {op: linear, map: h k -> m, label: O, out: z}
outputs: z
check:
"""
STACK = """\
ncd: 1
name: stack
axes: {x: 4, m: 6, d: 5}
params: {N: 3}
inputs: {X: x m}
steps:
  - op: repeat
    times: N
    in: X
    out: Y
    label: layers
    steps:
      - {op: linear, in: X, out: u, map: m -> d, label: U}
      - tanh
      - {op: linear, map: d -> m, label: D, bias: false}
      - {op: add, in: [D, X], out: X}
      - {op: layer_norm, over: m, label: norm}
outputs: Y
check:
""".replace("label: D, bias: false}", "label: D, bias: false, out: D}")
ONE_BY_ONE = """\
import torch
from torch import nn

class Attention(nn.Module):
    def __init__(self, m, h):
        super().__init__()
        self.h, self.k = h, m // h
        {names}

    def forward(self, E, X):
        q, k, v = ({q}(E), {k}(X), {v}(X))
        q, k, v = (each.unflatten(-1, (self.h, self.k)).transpose(-2, -3) for each in (q, k, v))
        s = (q @ k.mT * self.k**-0.5).softmax(-1)
        return {o}((s @ v).transpose(-2, -3).flatten(-2))
"""
FUSED = """\
import torch
from torch import nn
import torch.nn.functional as F

class Attention(nn.Module):
    def __init__(self, m, h):
        super().__init__()
        self.h, self.k, self.m = h, m // h, m
        self.kvq = nn.Parameter(torch.zeros(m, 3 * m))
        self.kvq_bias = nn.Parameter(torch.zeros(3 * m))
        self.proj = nn.Linear(m, m)

    def forward(self, E, X):
        k, v, q = (
            x @ w + b
            for x, w, b in zip((X, X, E), self.kvq.split(self.m, 1), self.kvq_bias.split(self.m))
        )
        q, k, v = (each.unflatten(-1, (self.h, self.k)).transpose(-2, -3) for each in (q, k, v))
        s = (q @ k.mT * self.k**-0.5).softmax(-1)
        return self.proj((s @ v).transpose(-2, -3).flatten(-2))
"""
TOWER = """\
from torch import nn

class Layer(nn.Module):
    def __init__(self, m, d):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(m, d), nn.Tanh(), nn.Linear(d, m, bias=False))
        self.ln = nn.LayerNorm(m)

    def forward(self, X):
        return self.ln(X + self.net(X))

class Tower(nn.Sequential):
    def __init__(self, m, d, N):
        super().__init__(*(each for _ in range(N) for each in (Layer(m, d), nn.Identity())))
"""


@pytest.fixture
def proposed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Proposes for a spec beside the text of a module; what is proposed must then pass a check."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def run(spec: str, entry: str, theirs: str) -> Verdict:
        (tmp_path / "theirs.py").write_text(theirs)
        monkeypatch.delitem(sys.modules, "theirs", raising=False)
        diagram = loads(spec + entry)
        verdict = propose(diagram.checks[0], Cases(diagram, 0))
        if verdict.ok:
            mapping = "".join(f"    {line}\n" for line in verdict.proposal.split("\n"))
            bare = "".join(line for line in entry.splitlines(True) if "parameters:" not in line)
            report = check(loads(spec + bare + mapping), draws=2, seed=5)
            assert report.ok, mapping + report.text()
        return verdict

    yield run
    sys.modules.pop("theirs", None)


def one_by_one(**names: str) -> str:
    text = "\n        ".join(f"self.{name} = nn.Linear(m, m)" for name in sorted(names.values()))
    return ONE_BY_ONE.format(names=text, **{role: f"self.{name}" for role, name in names.items()})


ENTRY = "  - against: theirs:Attention\n    init: {m: m, h: h}\n"


@pytest.mark.parametrize(
    "names",
    [
        {"q": "q_proj", "k": "k_proj", "v": "v_proj", "o": "out_proj"},
        {"q": "query", "k": "key", "v": "value", "o": "dense"},
        {"q": "a", "k": "b", "v": "c", "o": "d"},
        {"q": "key", "k": "value", "v": "out", "o": "query"},  # names that mislead
    ],
    ids=["projections", "words", "letters", "misleading"],
)
@pytest.mark.slow
def test_names_and_where_they_do_not_tell_runs(proposed, names: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    verdict = proposed(ATTENTION, ENTRY, one_by_one(**names))
    assert verdict.ok, verdict.proposal + verdict.text()
    for role, name in names.items():
        assert f"  {role.upper()}: {name}\n" in verdict.proposal + "\n"


@pytest.mark.slow
def test_parts_of_a_fused_and_transposed_tensor(proposed) -> None:  # type: ignore[no-untyped-def]
    verdict = proposed(ATTENTION, ENTRY, FUSED)
    assert verdict.ok, verdict.proposal + verdict.text()
    assert "Q.weight: 'kvq[:, 2*(h*k):3*(h*k)].T'" in verdict.proposal
    assert "K.bias: 'kvq_bias[0:h*k]'" in verdict.proposal
    assert "O: proj" in verdict.proposal


@pytest.mark.slow
def test_numbers_of_layers(proposed) -> None:  # type: ignore[no-untyped-def]
    entry = "  - against: theirs:Tower\n    init: {m: m, d: d, N: N}\n"
    verdict = proposed(STACK, entry, TOWER)
    assert verdict.ok, verdict.proposal + verdict.text()
    assert "'layers.{i}.U': '{2*i}.net.0'" in verdict.proposal
    assert "'layers.{i}.norm': '{2*i}.ln'" in verdict.proposal


def test_what_is_said_already_stays(proposed) -> None:  # type: ignore[no-untyped-def]
    entry = ENTRY + "    parameters: {Q: q_proj}\n"
    text = one_by_one(q="q_proj", k="k_proj", v="v_proj", o="out_proj")
    verdict = proposed(ATTENTION, entry, text)
    assert verdict.ok
    assert verdict.proposal.count("q_proj") == 1


@pytest.mark.slow
def test_where_nothing_agrees_the_likeliest_is_no_success(proposed) -> None:  # type: ignore[no-untyped-def]
    text = one_by_one(q="q_proj", k="k_proj", v="v_proj", o="out_proj").replace("-0.5", "-1")
    verdict = proposed(ATTENTION, ENTRY, text)
    assert not verdict.ok
    assert "Q: q_proj" in verdict.proposal
    assert "with no choice tried do the values agree" in verdict.failure


@pytest.mark.slow
def test_where_nothing_fits_it_is_said(proposed) -> None:  # type: ignore[no-untyped-def]
    text = one_by_one(q="q_proj", k="k_proj", v="v_proj", o="out_proj").replace(
        "self.out_proj = nn.Linear(m, m)", "self.out_proj = nn.Linear(m, m, bias=False)"
    )
    verdict = proposed(ATTENTION, ENTRY, text)
    assert not verdict.ok
    assert "nothing of theirs is left for" in verdict.failure
    assert ".bias" in verdict.failure


@pytest.mark.parametrize(
    ("ours", "near", "far"),
    [
        ("layers.{}.attention.Q.weight", "h.{}.attn.q_proj.weight", "h.{}.attn.v_proj.weight"),
        ("layers.{}.network.U.weight", "h.{}.mlp.c_fc.weight", "h.{}.mlp.c_proj.weight"),
        ("norm.weight", "transformer.ln_f.weight", "transformer.h.0.ln_1.weight"),
        ("Q.bias", "q.bias", "q.weight"),
    ],
)
def test_near_names_are_liked_better(ours: str, near: str, far: str) -> None:
    assert likeness(ours, near) > likeness(ours, far)

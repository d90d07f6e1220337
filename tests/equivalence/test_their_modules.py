"""Modules as people have them: other layouts, fused, transposed and tied weights, dtypes, modes, edges."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from ncd_tikz.diagram import loads  # noqa: E402
from ncd_tikz.equivalence import Verdict, check  # noqa: E402
from ncd_tikz.equivalence.compare import rounding  # noqa: E402


@pytest.fixture
def verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Checks a spec, whose last key is `check:`, against a module beside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def run(spec: str, theirs: str, entry: str) -> Verdict:
        (tmp_path / "theirs.py").write_text("import torch\nfrom torch import nn\n\n" + theirs)
        monkeypatch.delitem(sys.modules, "theirs", raising=False)
        report = check(loads(f"ncd: 1\nname: ours\n{spec}check:\n  - {entry}\n"), draws=2)
        assert report.verdicts[0].ok, report.text()
        return report.verdicts[1]

    yield run
    sys.modules.pop("theirs", None)


def entry(init: str, **keys: str) -> str:
    said = "".join(f", {key}: {value}" for key, value in keys.items())
    return f"{{against: 'theirs:Theirs', init: {{{init}}}{said}}}"


LINEAR = """\
axes: {x: 3, m: 4, h: 2, k: 5}
inputs: {X: x m}
steps: [{op: linear, in: X, out: Y, map: m -> h k, label: L, bias: false}]
outputs: Y
"""
LINEAR_MODULE = """\
class Theirs(nn.Module):
    def __init__(self, m, h, k):
        super().__init__()
        self.h, self.k = h, k
        self.w = nn.Parameter(torch.zeros(WEIGHT))
    def forward(self, x):
        return FORWARD
"""


def linear(weight: str, forward: str) -> str:
    return LINEAR_MODULE.replace("WEIGHT", weight).replace("FORWARD", forward)


INIT = "m: m, h: h, k: k"


@pytest.mark.parametrize(
    ("weight", "forward", "keys"),
    [
        ("h * k, m", "(x @ self.w.T)", {"theirs": "{Y: x (h k)}", "parameters": "{L.weight: w}"}),
        (
            "m, h * k",
            "(x @ self.w).unflatten(-1, (self.h, self.k))",
            {"parameters": "{L.weight: 'w.T'}"},
        ),
        (
            "k * h, m",
            "(x @ self.w.T).unflatten(-1, (self.k, self.h)).mT",
            {"parameters": "{L.weight: {of: w, axes: (k h) m}}"},
        ),
        (
            "m, 3 * h * k",
            "(x @ self.w[:, self.h * self.k:2 * self.h * self.k]).unflatten(-1, (self.h, self.k))",
            {"parameters": "{L.weight: 'w[:, h*k:2*h*k].T'}"},
        ),
        (
            "1, h * k, m, 1",
            "(x @ self.w[0, ..., 0].T).unflatten(-1, (self.h, self.k))",
            {"parameters": "{L.weight: {of: w, axes: 1 (h k) m 1}}"},
        ),
        (
            "h * k, m",
            "(x @ self.w.T).unflatten(-1, (self.h, self.k)).movedim(0, 1)[:, :, None]",
            {"theirs": "{Y: x batch 1 h k}", "parameters": "{L.weight: w}", "batch": "1"},
        ),
        (
            "h * k, m",
            "(x.movedim(-1, 1).mT @ self.w.T).unflatten(-1, (self.h, self.k))",
            {"theirs": "{X: batch x m}", "parameters": "{L.weight: w}", "batch": "1"},
        ),
    ],
    ids=["flattened", "transposed", "other order", "slice", "ones", "batch second", "batch in front"],
)
def test_layouts(verdict, weight: str, forward: str, keys: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    found = verdict(LINEAR, linear(weight, forward), entry(INIT, **keys))
    if "3 *" in weight:  # two thirds of it are nobody's
        assert not found.ok
        assert "entries of their 'w' are none of ours" in found.text()
        return
    assert found.ok, found.text()


FUSED = """\
axes: {x: 3, m: 4, h: 2, k: 5}
inputs: {X: x m}
steps:
  - {op: linear, in: X, out: q, map: m -> h k, label: Q, bias: false}
  - {op: linear, in: X, out: v, map: m -> h k, label: V, bias: false}
  - {op: multiply, in: [q, v], out: Y}
outputs: Y
"""
FUSED_MODULE = linear(
    "h * 2 * k, m", "(x @ self.w.T).unflatten(-1, (self.h, 2, self.k)).prod(-2)"
)  # heads outside, then query and value


@pytest.mark.slow
def test_a_dimension_that_counts_the_parts(verdict) -> None:  # type: ignore[no-untyped-def]
    part = "{of: w, axes: (h 2 k) m, at: AT}"
    both = f"{{Q.weight: {part.replace('AT', '0')}, V.weight: {part.replace('AT', '1')}}}"
    found = verdict(FUSED, FUSED_MODULE, entry(INIT, parameters=both))
    assert found.ok, found.text()
    blocks = "{Q.weight: 'w[0:h*k]', V.weight: 'w[h*k:2*h*k]'}"
    assert verdict(FUSED, FUSED_MODULE, entry(INIT, parameters=blocks)).state == "differs"
    twice = f"{{Q.weight: {part.replace('AT', '1')}, V.weight: {part.replace('AT', '1')}}}"
    found = verdict(FUSED, FUSED_MODULE, entry(INIT, parameters=twice))
    assert "maps two of ours to 'w'" in found.text()


TIED = """\
axes: {x: 3, m: 4, v: 7}
inputs: {t: {axes: x, kind: index, below: v}}
steps:
  - {op: embedding, in: t, out: e, map: v -> m, label: E}
  - {op: linear, in: e, out: y, map: m -> v, label: H, bias: false}
outputs: y
"""
TIED_MODULE = """\
class Theirs(nn.Module):
    def __init__(self, m, v):
        super().__init__()
        self.e, self.h = nn.Embedding(v, m), nn.Linear(m, v, bias=False)
        self.h.weight = self.e.weight
    def forward(self, t):
        return self.h(self.e(t))
"""


def test_tied_weights(verdict) -> None:  # type: ignore[no-untyped-def]
    names = "{E.weight: e.weight, H.weight: h.weight}"
    found = verdict(TIED, TIED_MODULE, entry("m: m, v: v", parameters=names))
    assert found.state == "differs"
    assert "are one tensor, the spec has two" in found.text()
    assert found.findings[0].rule == "shared"
    tied = entry("m: m, v: v", parameters=names, tied="[[E.weight, H.weight]]")
    assert verdict(TIED, TIED_MODULE, tied).ok
    apart = TIED_MODULE.replace("        self.h.weight = self.e.weight\n", "")
    assert not verdict(TIED, apart, tied).ok


MASKED = """\
axes: {y: 3, x: 4}
inputs: {s: y x, keep: {axes: y x, kind: mask}}
steps:
  - {op: mask, in: [s, keep]}
  - {op: softmax, over: x, out: p}
outputs: p
"""


@pytest.mark.parametrize(
    ("way", "code"),
    [
        ("inverted", "s.masked_fill(keep, -torch.inf).softmax(-1)"),
        ("additive", "(s + keep).softmax(-1)"),
        ("number", "s.masked_fill(1 - keep != 0, -torch.inf).softmax(-1)"),
    ],
)
@pytest.mark.slow
def test_masks_as_they_take_them(verdict, way: str, code: str) -> None:  # type: ignore[no-untyped-def]
    module = f"def theirs(s, keep):\n    return {code}\n"
    good = f"{{against: 'theirs:theirs', convert: {{keep: {way}}}}}"
    assert verdict(MASKED, module, good).ok
    assert not verdict(MASKED, module, "{against: 'theirs:theirs'}").ok


NORM = """\
axes: {b: 5, c: 3, x: 4}
inputs: {X: b c x}
steps: [{op: batch_norm, in: X, out: Y, over: b x, channels: c, label: norm}]
outputs: Y
"""
NORM_MODULE = """\
class Theirs(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.bn = nn.BatchNorm1d(c)
    def forward(self, x):
        return self.bn(x)
"""
NORM_ENTRY = entry("c: c", parameters="{norm: bn}", batch="0")


def test_training_mode_and_what_buffers_become(verdict) -> None:  # type: ignore[no-untyped-def]
    found = verdict(NORM, NORM_MODULE, NORM_ENTRY)
    assert found.ok, found.text()
    compared = {each.what for draw in found.draws if draw.training for each in draw.comparisons}
    assert {"buffer bn.running_mean", "buffer bn.running_var", "buffer bn.num_batches_tracked"} <= compared
    slow = NORM_MODULE.replace("(c)\n", "(c, momentum=0.2)\n", 1)
    found = verdict(NORM, slow, NORM_ENTRY)
    assert found.state == "differs"
    assert "buffer bn.running_mean" in found.text()
    only = entry("c: c", parameters="{norm: bn}", batch="0", mode="eval")
    assert verdict(NORM, slow, only).ok  # another function in training, which was not asked for


UNUSED = LINEAR.replace("map: m -> h k", "map: m -> k")
UNUSED_MODULE = """\
class Theirs(nn.Module):
    def __init__(self, m, h, k):
        super().__init__()
        self.a, self.b = nn.Linear(m, k, bias=False), nn.Linear(m, k)
    def forward(self, x):
        return self.a(x)OTHER
"""


def test_unused_parameters_get_no_gradient(verdict) -> None:  # type: ignore[no-untyped-def]
    plain = UNUSED_MODULE.replace("OTHER", "")
    found = verdict(UNUSED, plain, entry(INIT, parameters="{L: a}"))
    assert found.state == "differs"
    assert found.findings[0].rule == "extra-parameter"
    said = entry(INIT, parameters="{L: a}", unused="['b.*']")
    assert verdict(UNUSED, plain, said).ok
    used = UNUSED_MODULE.replace("OTHER", " + 0 * self.b(x)")  # a gradient of zero
    assert verdict(UNUSED, used, said).ok
    hidden = UNUSED_MODULE.replace("OTHER", " + (self.b(x) - self.b(x).detach())")  # a value of zero
    found = verdict(UNUSED, hidden, said)
    assert found.state == "differs"
    assert "'unused' says" in found.text()


def test_a_dtype_and_what_it_allows(verdict) -> None:  # type: ignore[no-untyped-def]
    module = linear("h * k, m", "(x.float() @ self.w.float().T).to(x.dtype).unflatten(-1, (self.h, self.k))")
    exact = verdict(LINEAR, module, entry(INIT, parameters="{L.weight: w}"))
    assert exact.state == "differs"
    single = verdict(LINEAR, module, entry(INIT, parameters="{L.weight: w}", dtype="float32"))
    assert single.ok, single.text()
    assert "allowed" in single.text()
    wrong = module.replace("return ", "return 1.002 * ")
    assert not verdict(LINEAR, wrong, entry(INIT, parameters="{L.weight: w}", dtype="float32")).ok
    assert rounding(torch.float32, 400) == pytest.approx(2e-4)
    assert rounding(torch.bfloat16, 10**9) == 0.25


def test_examples_that_are_mixed(verdict) -> None:  # type: ignore[no-untyped-def]
    centred = "(x - (x.mean(0) if x.dim() > 2 else 0))"
    module = linear("h * k, m", f"({centred} @ self.w.T).unflatten(-1, (self.h, self.k))")
    found = verdict(LINEAR, module, entry(INIT, parameters="{L.weight: w}"))
    assert found.state == "differs"
    assert found.findings[0].rule == "batch"
    assert "batch: 0" in found.text()
    assert verdict(LINEAR, module, entry(INIT, parameters="{L.weight: w}", batch="0")).ok


OUTPUTS = """\
class Theirs(nn.Module):
    def __init__(self, m, h, k):
        super().__init__()
        self.h, self.k, self.w = h, k, nn.Linear(m, h * k, bias=False)
    def forward(self, x, twice, names):
        y = self.w(x).unflatten(-1, (self.h, self.k)) * (2 if twice else 1)
        return {"hidden": (x, y), "names": names}
"""


@pytest.mark.slow
def test_options_and_places_of_outputs(verdict) -> None:  # type: ignore[no-untyped-def]
    more = {"parameters": "{L: w}", "options": "{twice: false, names: [{text: a}, 1e-5, null]}"}
    found = verdict(LINEAR, OUTPUTS, entry(INIT, outputs="{Y: 'hidden[1]'}", **more))
    assert found.ok, found.text()
    found = verdict(LINEAR, OUTPUTS, entry(INIT, **more))
    assert "it returns a dict with hidden, names" in found.text()
    found = verdict(LINEAR, OUTPUTS, entry(INIT, outputs="{Y: 'hidden[2]'}", **more))
    assert "has no 'hidden[2]'" in found.text()
    more["options"] = more["options"].replace("false", "true")
    assert verdict(LINEAR, OUTPUTS, entry(INIT, outputs="{Y: 'hidden[1]'}", **more)).state == "differs"


SOFTMAX = """\
axes: {y: 3, x: 4}
inputs: {s: y x}
steps: [{op: softmax, in: s, over: x, out: p}]
outputs: p
"""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("s.exp() / s.exp().sum(-1, keepdim=True)", "inputs times 1000"),  # overflows
        ("torch.where((s == 0).all(-1, keepdim=True), 0.0, s.softmax(-1))", "inputs all zero"),
        ("torch.where(s.abs() > 50, 0.0, s).softmax(-1)", "inputs times 1000"),
        (
            "s.softmax(-1) * (1 if s.dim() < 2 or (s.abs().sum(-2) > 0).all() else 2)",
            "zero but at the last of x",
        ),
    ],
    ids=["overflow", "zeros", "clipped", "one column"],
)
def test_special_inputs_show_what_random_ones_do_not(verdict, code: str, words: str) -> None:  # type: ignore[no-untyped-def]
    found = verdict(SOFTMAX, f"def theirs(s):\n    return {code}\n", "{against: 'theirs:theirs', batch: 0}")
    assert found.state == "differs"
    assert all(draw.ok for draw in found.draws if not draw.special)
    assert words in found.text()


def test_special_inputs_that_break_ties_are_left_out(verdict) -> None:  # type: ignore[no-untyped-def]
    spec = """\
axes: {b: 2, x: 6, k: 3}
inputs: {X: b x}
steps: [{op: top_k, in: X, out: [v, n], along: x -> k}]
outputs: [v, n]
"""
    other = "def theirs(x):\n    v, n = x.flip(-1).topk(K, -1)\n    return v, x.shape[-1] - 1 - n\n"
    module = other.replace("topk(K", "topk(k").replace("theirs(x)", "theirs(x, k)")
    assert verdict(spec, module, "{against: 'theirs:theirs', options: {k: k}, arguments: {X: x}}").ok


@pytest.mark.slow
def test_indexes_at_their_ends(verdict) -> None:  # type: ignore[no-untyped-def]
    keys = {"parameters": "{E.weight: e.weight, H.weight: h.weight}", "tied": "[[E.weight, H.weight]]"}
    for end in ("t > 0", "t < self.e.num_embeddings - 1"):
        module = TIED_MODULE.replace("self.e(t))", f"self.e(t) * ({end})[..., None])")
        found = verdict(TIED, module, entry("m: m, v: v", **keys))
        assert found.state == "differs", end

"""Modules that people wrote themselves, named under `check:`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from ncd_tikz.diagram import loads  # noqa: E402
from ncd_tikz.equivalence import Verdict, check  # noqa: E402

SPEC = """\
ncd: 1
name: mixer
axes: {x: 4, m: 6, d: 5}
inputs: {X: x m, g: d}
steps:
  - {op: linear, in: X, out: u, map: m -> d, label: U}
  - {op: multiply, in: [u, g], out: v}
  - {op: linear, in: v, out: w, map: d -> m, label: W, bias: false}
outputs: w
check:
"""
PARAMETERS = "{U.weight: up.weight, U.bias: up.bias, W.weight: down.weight}"
ENTRY = f"  - {{against: 'theirs:Mixer', init: {{width: m, inner: d}}, parameters: {PARAMETERS}}}\n"
THEIRS = """\
from torch import nn

class Mixer(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width, bias=False)

    def forward(self, tokens, gate):
        return self.down(self.up(tokens) * gate.unsqueeze(-2))

def make(width, inner):
    return Mixer(width, inner)

def plain(tokens, gate):
    return tokens
"""


@pytest.fixture
def verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Checks a spec against the text of a module that lies in the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def run(entry: str = ENTRY, theirs: str = THEIRS, spec: str = SPEC) -> Verdict:
        (tmp_path / "theirs.py").write_text(theirs)
        monkeypatch.delitem(sys.modules, "theirs", raising=False)
        before = list(sys.path)
        report = check(loads(spec + entry), draws=2)
        assert sys.path == before
        assert report.verdicts[0].ok, report.text()
        assert report.ok is report.verdicts[1].ok
        return report.verdicts[1]

    yield run
    sys.modules.pop("theirs", None)


def test_the_same_function(verdict) -> None:  # type: ignore[no-untyped-def]
    found = verdict()
    assert found.ok, found.text()
    assert found.subject == "theirs:Mixer"
    assert found.entries > 100
    compared = {comparison.what for comparison in found.draws[0].comparisons}
    assert compared == {
        "output w", "gradient of X", "gradient of g",
        "gradient of up.weight", "gradient of up.bias", "gradient of down.weight",
    }  # fmt: skip


def test_a_factory(verdict) -> None:  # type: ignore[no-untyped-def]
    assert verdict(ENTRY.replace("Mixer", "make")).ok


@pytest.mark.slow
def test_arguments_by_name(verdict) -> None:  # type: ignore[no-untyped-def]
    entry = ENTRY.replace("theirs:Mixer'", "theirs:Mixer', arguments: {X: tokens, g: gate}")
    swapped = THEIRS.replace("tokens, gate):\n        return", "gate, tokens):\n        return")
    assert verdict(entry, swapped).ok
    assert not verdict(ENTRY, swapped).ok


def test_a_module_without_batch_axes(verdict) -> None:  # type: ignore[no-untyped-def]
    found = verdict(
        theirs=THEIRS.replace("return self.down", "assert tokens.dim() == 2\n        return self.down")
    )
    assert found.ok
    assert "without batch axes" in found.text()


def test_another_function(verdict) -> None:  # type: ignore[no-untyped-def]
    found = verdict(theirs=THEIRS.replace("* gate", "+ gate"))
    assert not found.ok
    assert "NOT the same function" in found.text()
    assert "output w: differs by" in found.text()


def test_another_gradient(verdict) -> None:  # type: ignore[no-untyped-def]
    found = verdict(theirs=THEIRS.replace("gate.unsqueeze", "gate.detach().unsqueeze"))
    assert not found.ok
    assert "gradient of g" in found.text()
    assert "output w" not in found.text()


@pytest.mark.parametrize(
    ("entry", "old", "new", "words"),
    [
        (ENTRY.replace("theirs:", "nowhere:"), "", "", "no module 'nowhere'"),
        (ENTRY.replace(":Mixer", ":Mixture"), "", "", "has no 'Mixture'"),
        (ENTRY, "from torch", "import nothing_there\nfrom torch", "fails in their code: ModuleNotFoundError"),
        (ENTRY, "from torch", "1 / 0\nfrom torch", "fails in their code: ZeroDivisionError"),
        (ENTRY, "super().__init__()", "super().__init__(); 1 / 0", "fails in their code: ZeroDivisionError"),
        (ENTRY, "return self.down(", "1 / 0; return self.down(", "fails in their code: ZeroDivisionError"),
        (ENTRY, "return self.down(self.up(tokens) * gate.unsqueeze(-2))", "return 3", "returns int"),
        (ENTRY, "return self.down(", "return tokens, self.down(", "returns 2 outputs, the spec has 1"),
        (ENTRY, "bias=False", "bias=True", "'down.bias', which the spec has not"),
        (ENTRY.replace("U.bias: up.bias, ", ""), "", "", "does not say what is theirs for 'U.bias'"),
        (ENTRY.replace("W.weight:", "V.weight:"), "", "", "names 'V.weight', which the spec has not"),
        (ENTRY.replace("down.weight", "'up.weight.T'"), "", "", "two of ours to 'up.weight'"),
        (ENTRY.replace("down.weight", "lower.weight"), "", "", "no parameter 'lower.weight'"),
        (ENTRY.replace("width: m", "width: d"), "", "", "has shape"),
        (ENTRY.replace("width: m, ", ""), "", "", "building it with"),
        (ENTRY.replace("Mixer'", "Mixer', arguments: {X: odd}"), "", "", "fails in their code: TypeError"),
        ("  - {against: 'theirs:plain'}\n", "", "", "does not say what is theirs for 'U.weight'"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_told(verdict, entry: str, old: str, new: str, words: str) -> None:  # type: ignore[no-untyped-def]
    found = verdict(entry, THEIRS.replace(old, new) if old else THEIRS)
    assert not found.ok
    assert words in found.text()
    differs = words.startswith(("returns", "'down.bias'", "has shape"))
    assert found.state == ("differs" if differs else "not compared")
    assert ("NOT the same function" if differs else "could not be compared") in found.text()
    assert found.missing is (
        words.startswith(("no module", "has no")) or "import" in new or new[:6] == "1 / 0\n"
    )
    assert not found.missing or "<string>:11:" in found.text()


def test_errors_of_theirs_tell_their_line(verdict) -> None:  # type: ignore[no-untyped-def]
    text = verdict(
        theirs=THEIRS.replace("return self.down(", "raise KeyError('odd')\n        return self.down(")
    ).text()
    assert "theirs.py:10" in text


def test_a_plain_function(verdict) -> None:  # type: ignore[no-untyped-def]
    spec = """\
ncd: 1
name: sums
axes: {x: 4, m: 6}
inputs: {a: x m, b: m}
steps:
  - {op: add, in: [a, b], out: c}
outputs: c
check:
"""
    assert verdict(
        "  - {against: 'theirs:add'}\n", "def add(a, b):\n    return a + b[..., None, :]\n", spec
    ).ok
    assert not verdict(
        "  - {against: 'theirs:add'}\n", "def add(a, b):\n    return a - b[..., None, :]\n", spec
    ).ok


REPEATED = """\
ncd: 1
name: tower
axes: {x: 4, m: 6, N: 3}
inputs: {X: x m}
steps:
  - {op: repeat, times: N, in: X, out: Y, label: levels,
     steps: [{op: linear, map: m -> m, label: W, out: a}, tanh]}
outputs: Y
check:
"""
TOWER = """\
from torch import nn

class Tower(nn.Module):
    def __init__(self, width, height):
        super().__init__()
        self.floors = nn.Sequential(*[nn.Linear(width, width) for _ in range(height)])

    def forward(self, X):
        for floor in self.floors:
            X = floor(X).tanh()
        return X
"""


def tower(parameters: str) -> str:
    return f"  - {{against: 'theirs:Tower', init: {{width: m, height: N}}, parameters: {parameters}}}\n"


@pytest.mark.slow
def test_a_star_stands_for_the_number_of_the_iteration(verdict) -> None:  # type: ignore[no-untyped-def]
    stars = "{'levels.*.W.weight': floors.*.weight, 'levels.*.W.bias': floors.*.bias}"
    found = verdict(tower(stars), TOWER, REPEATED)
    assert found.ok, found.text()
    backwards = TOWER.replace("in self.floors:", "in reversed(self.floors):")
    assert verdict(tower(stars), backwards, REPEATED).state == "differs"
    found = verdict(tower("{'levels.*.V.weight': floors.*.weight}"), TOWER, REPEATED)
    assert "'parameters' names 'levels.*.V.weight', which the spec has not" in found.text()
    found = verdict(tower("{'levels.*.W.weight': floors.*.weight}"), TOWER, REPEATED)
    assert "does not say what is theirs for 'levels.0.W.bias'" in found.text()


FIRST = """\
from torch import nn

class First(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.up = nn.Conv1d(width, inner, 1)

    def forward(self, tokens):
        return self.up(tokens)
"""
CHANNELS_LAST = """\
ncd: 1
name: last
axes: {x: 3, m: 4, d: 5}
inputs: {X: x m}
steps:
  - {op: linear, in: X, out: u, map: m -> d, label: U}
outputs: u
check:
"""


@pytest.mark.parametrize(
    ("theirs", "part"),
    [
        ("{X: m x, u: d x}", ""),
        ("{X: m x, u: x d}", "shape"),
        ("{X: m d, u: d x}", "'theirs' gives X the axes (m, d), it has (x, m)"),
        ("{Z: m x}", "'theirs' names 'Z', which is no input or output"),
    ],
)
def test_axes_in_their_order(verdict, theirs: str, part: str) -> None:  # type: ignore[no-untyped-def]
    """A spec with channels last beside a module that has them first."""
    view = FIRST.replace(
        "inner, 1)", "inner, 1)\n        self.up.weight = nn.Parameter(self.up.weight[..., 0])"
    )
    view = view.replace(
        "self.up(tokens)", "nn.functional.conv1d(tokens, self.up.weight[..., None], self.up.bias)"
    )
    entry = f"  - {{against: 'theirs:First', init: {{width: m, inner: d}}, theirs: {theirs},"
    entry += " parameters: {U.weight: up.weight, U.bias: up.bias}}\n"
    found = verdict(entry, view, CHANNELS_LAST)
    assert found.ok == (not part)
    if part:
        assert part in found.text()


def test_a_group_of_axes_is_a_dimension_for_each_of_them() -> None:
    """`theirs` moves both, and parentheses would make one of them."""
    report = check(
        loads("""\
ncd: 1
name: picture
axes: {h: 5, w: 7, x: [h, w], c: 2, d: 3}
inputs: {X: x c}
steps: [{op: conv, in: X, out: Y, over: x, map: c -> d, kernel: 1, label: K}]
outputs: Y
check:
  - against: torch.nn:Conv2d
    init: {in_channels: c, out_channels: d, kernel_size: 1}
    theirs: {X: batch c x, Y: batch d x}
    parameters: {K.weight: weight, K.bias: bias}
"""),
        draws=2,
    )
    assert report.ok, report.text()

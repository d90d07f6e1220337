"""The verdict and its words."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from ncd_tikz.diagram import BlockCall, load, loads  # noqa: E402
from ncd_tikz.equivalence import Report, check  # noqa: E402
from ncd_tikz.equivalence.cases import trains  # noqa: E402
from ncd_tikz.operations import OPERATIONS  # noqa: E402
from ncd_tikz.pytorch import to_module, to_source  # noqa: E402
from ncd_tikz.pytorch.module import run_source  # noqa: E402
from ncd_tikz.resources import spec_names, spec_path  # noqa: E402

OWN = [name for name in spec_names() if "against: transformers" not in spec_path(name).read_text("utf-8")]


@pytest.mark.parametrize("name", OWN)  # the others are in tests/real
def test_the_catalogue_agrees(name: str) -> None:
    diagram = load(f"@{name}")
    report = check(diagram)
    absent = [verdict.subject for verdict in report.verdicts if verdict.missing]
    if absent:  # the packages of the extra `real`
        pytest.skip(f"not installed: {', '.join(absent)}")
    assert report.ok, report.text()
    sides = 1 + len(diagram.equals)
    proved = sum(side.relation == "=" for side in diagram.equals)
    assert len(report.verdicts) == sides + proved + len(diagram.checks)
    for verdict in report.verdicts[:sides]:
        plain = [draw.batch for draw in verdict.draws if not draw.training and not draw.special]
        assert plain in ([(), (2,), (1, 2)], [(), (2,)], [(), (2,), (1, 2), ()])
        assert any(draw.training for draw in verdict.draws) == trains(diagram)
    assert report.text().count("same function") == len(report.verdicts)


@pytest.mark.parametrize("operation", [*OPERATIONS, BlockCall], ids=lambda operation: operation.name)
@pytest.mark.slow
def test_every_operation_agrees(operation: type) -> None:
    report = check(loads(operation.example), seed=3)
    assert report.ok, report.text()


def test_every_output_and_gradient_is_compared() -> None:
    (verdict,) = check(load("@multi_head_attention"), draws=1).verdicts
    sizes = dict(verdict.draws[0].sizes)
    entries = {comparison.what: comparison.entries for comparison in verdict.draws[0].comparisons}
    wide = sizes["m"] * sizes["k"] * sizes["h"]
    assert entries == {
        "output z": sizes["y"] * sizes["m"],
        "gradient of E": sizes["y"] * sizes["m"],
        "gradient of X": sizes["x"] * sizes["m"],
        **{f"gradient of {part}.weight": wide for part in "QKVO"},
    }


def wrong(old: str, new: str, name: str = "multi_head_attention") -> Report:
    diagram = load(f"@{name}")
    source = to_source(diagram)
    assert source.count(old) == 1
    return check(diagram, source=source.replace(old, new))


def test_a_mismatch_says_which_output_how_large_and_where() -> None:
    report = wrong("self.k**-0.5", "self.k**-1")
    text = report.text()
    assert "NOT the same function" in text
    assert "output z: differs by" in text
    assert "relative" in text
    assert "steps[4] (scale" in text
    assert "multi_head_attention.yaml:24:5" in text
    assert "s = s * self.k**-1" in text
    worst = report.verdicts[0].draws[0].comparisons[0]
    assert worst.error > 1000 * worst.tolerance > 0


def test_the_label_and_attribute_are_named() -> None:
    parting = wrong("self.V = nn.Linear(m, k * h, bias=False)", "self.V = nn.Linear(m, k * h)").parting
    assert parting is not None
    assert parting.label == "V"
    assert parting.name == "V.bias"
    assert "which the spec has not" in parting.words


def test_steps_inside_blocks_are_named() -> None:
    parting = wrong("F.relu(a)", "F.relu(a) + 1e-7", "transformer_encoder_layer").parting
    assert parting is not None
    assert parting.path == "steps[3] > blocks.feed_forward.steps[1]"
    assert parting.operation == "relu"


def test_what_is_returned_is_named_where_all_steps_agree() -> None:
    report = wrong("return z", "return z.flip(-1)")
    assert not report.ok
    assert report.parting is not None
    assert report.parting.path == "outputs"
    assert "returned" in report.text()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("return z", "return z, z", "returns 2 outputs, expected 1"),
        ("return z", "return None", "returns NoneType where tensors"),
        ("return z", "return z[..., :1]", "has shape"),
        ("return z", "return z)", "the source does not run: SyntaxError"),
        ("class MultiHeadAttention", "class Attention", "no class MultiHeadAttention"),
        ("import torch\n", "import nothing_there\n", "the source does not run: ModuleNotFoundError"),
        ("super().__init__()", "raise KeyError(m)", "cannot be built: KeyError"),
        ("*, m: int = 128, k", "*, width: int = 128, k", "cannot be built: NameError"),
        ("return z", "raise OSError('odd')", "forward fails: OSError: odd in line"),
    ],
)
def test_what_goes_wrong_is_told(old: str, new: str, words: str) -> None:
    report = wrong(old, new)
    assert not report.ok
    assert words in report.text()


ROOTS = """\
ncd: 1
name: roots
axes: {x: 5, m: 4}
inputs: {X: x m}
steps:
  - {op: linear, in: X, out: a, map: m -> m', label: A}
  - {op: log, in: a}
outputs: a
"""


def test_values_that_are_no_numbers_are_drawn_again() -> None:
    report = check(loads(ROOTS))
    assert report.ok, report.text()
    (verdict,) = report.verdicts
    assert all(draw.comparisons[0].entries > 1 for draw in verdict.draws)


def test_a_check_without_any_number_fails() -> None:
    spec = """\
ncd: 1
name: nothing
axes: {x: 5}
inputs: {X: x}
steps:
  - {op: square, in: X, out: a}
  - {op: negate, in: a}
  - {op: sqrt, in: a}
outputs: a
"""
    report = check(loads(spec))
    assert not report.ok
    text = "undefined (not a number) on every input tried: nothing could be compared"
    assert report.text() == f"nothing: generated module: {text}"
    assert [verdict.state for verdict in report.verdicts] == ["undefined"]


def test_one_undefined_output_of_two_is_no_agreement() -> None:
    spec = """\
ncd: 1
name: half
axes: {x: 5}
inputs: {X: x}
steps:
  - {op: square, in: X, out: a}
  - {op: negate, in: a, out: b}
  - {op: sqrt, in: b}
outputs: [a, b]
"""
    report = check(loads(spec))
    assert not report.ok
    assert "output b undefined (not a number) on every input tried" in report.text()
    assert "nothing" not in report.text()


def test_no_draws_is_a_failure() -> None:
    assert not check(load("@multi_head_attention"), draws=0).ok


def test_a_class_or_an_instance_instead_of_source() -> None:
    diagram = load("@multi_head_attention")
    namespace = run_source(to_source(diagram), "<given>")
    assert check(diagram, module=namespace["MultiHeadAttention"]).ok
    small = loads(to_spec("m -> k"))
    assert check(small, module=to_module(small)).ok
    other = loads(to_spec("m -> k").replace("bias: false", "bias: true"))
    report = check(small, module=to_module(other))
    assert not report.ok
    assert "given module" in report.text()
    assert report.parting is not None
    assert report.parting.path == "steps[0]"


def to_spec(map: str) -> str:
    return f"""\
ncd: 1
name: small
axes: {{x: 5, m: 4, k: 3}}
inputs: {{X: x m}}
steps:
  - {{op: linear, in: X, out: a, map: {map}, bias: false}}
outputs: a
"""


OPERATION_FAULTS = [
    ("rms_norm", "eps=1e-06", "eps=1e-05"),
    ("rms_norm", "self.X(X.transpose(-2, -1))", "self.X(X.transpose(-2, -1).detach())"),
    ("layer_norm", "nn.LayerNorm(m)", "nn.LayerNorm(m, eps=2e-5)"),
    ("embedding", "self.E(t)", "self.E(t.flip(-1))"),
    ("embedding", "self.E(t)", "self.E((t + 1) % self.E.num_embeddings)"),
    ("mask", "~M[..., None]", "M[..., None]"),
    ("mask", "triu(1)", "triu(2)"),
    ("subtract", "a - b", "b.mT - a.mT"),
    ("multiply", "gate[..., None]", "(gate[..., None] + 1)"),
    ("add", "b[..., None, :]", "b.detach()[..., None, :]"),
    ("gelu", "F.gelu(a)", 'F.gelu(a, approximate="tanh")'),
    ("leaky_relu", ", 0.01)", ", 0.02)"),
    ("elu", ", 1.0)", ", 0.9)"),
    ("softplus", "F.softplus(a)", "F.relu(a)"),
    ("silu", "F.silu(a)", "F.mish(a)"),
    ("square", "a.square()", "a.abs()"),
    ("einsum", "Q, K)", "Q, K.roll(1, -1))"),
    ("linear", "self.Q(X)", "self.Q(X.relu())"),
]


@pytest.mark.parametrize(("name", "old", "new"), OPERATION_FAULTS)
def test_faults_of_other_operations(name: str, old: str, new: str) -> None:
    (operation,) = (each for each in OPERATIONS if each.name == name)
    diagram = loads(operation.example)
    source = to_source(diagram)
    assert source.count(old) == 1, source
    report = check(diagram, source=source.replace(old, new))
    assert not report.ok
    assert report.parting is not None, report.text()
    assert report.parting.path.startswith("steps[")


GROUPS = """\
ncd: 1
name: groups
axes: {i: {size: [4, 6]}, c: 3, d: 5}
inputs: {X: i c, g: c i}
steps:
  - {op: linear, in: X, out: a, map: c -> d, label: A}
  - {op: layer_norm, in: a, over: i}
  - {op: linear, in: g, out: b, map: i -> d', label: B}
  - {op: einsum, in: [a, b], out: e, map: "i d, c e -> c i d e"}
  - {op: softmax, in: e, over: i d}
  - {op: linear, in: X, out: w, map: i -> i', label: C}
  - {op: add, in: [w, g], out: t}
outputs: [e, t]
"""

BLOCKS = """\
ncd: 1
name: fronts
axes: {x: 4, e: 3, m: 6}
inputs: {X: x m, g: m, Z: e x m}
blocks:
  ff:
    axes: {m: 5}
    inputs: {a: m, b: m}
    steps:
      - {op: multiply, in: [a, b], out: c}
      - {op: linear, in: c, out: u, map: m -> m, label: up}
      - {op: square, in: b, out: w}
    outputs: [u, w]
steps:
  - {op: ff, in: [X, g], out: [Y, s]}
  - {op: ff, in: [Z, Y], out: [W, t]}
  - {op: add, in: [W, s, t], out: f}
outputs: [f, Y]
"""


@pytest.mark.parametrize("spec", [GROUPS, BLOCKS], ids=["groups", "blocks"])
def test_groups_and_blocks_with_axes_in_front(spec: str) -> None:
    report = check(loads(spec))
    assert report.ok, report.text()


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("self.up(c)", "self.up(c).relu()", "steps[0] > blocks.ff.steps[1]"),
        ("b.square()", "b.abs()", "steps[0] > blocks.ff.steps[2]"),
        ("self.Y(X, g[", "self.Y(X, 2 * g[", "steps[0]"),
        ("self.W(Z, Y[", "self.W(Z, -Y[", "steps[1]"),
        ("W + s", "W - s", "steps[2]"),
    ],
)
def test_faults_around_blocks_with_axes_in_front(old: str, new: str, path: str) -> None:
    diagram = loads(BLOCKS)
    source = to_source(diagram)
    assert source.count(old) == 1, source
    parting = check(diagram, source=source.replace(old, new)).parting
    assert parting is not None
    assert parting.path == path

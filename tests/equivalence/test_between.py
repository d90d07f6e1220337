"""Two specs as functions: the verdict by running, and the smallest step at which they part."""

from __future__ import annotations

import random

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from ncd_tikz.diagram import load, loads  # noqa: E402
from ncd_tikz.diagram.difference import difference, differences  # noqa: E402
from ncd_tikz.equivalence import Verdict  # noqa: E402
from ncd_tikz.equivalence.between import compare_functions  # noqa: E402
from ncd_tikz.resources import spec_names  # noqa: E402
from tests.diagram.spec_edits import edits, read  # noqa: E402
from tests.random_diagrams import random_spec  # noqa: E402

ATTENTION = """\
ncd: 1
name: attention
axes: {y: 20, x: 22, m: 128, k: 16, h: 4}
inputs: {E: y m, X: x m}
steps:
  - {op: linear, in: E, out: q, map: m -> k h, label: Q, bias: false}
  - {op: linear, in: X, out: k, map: m -> k h, label: K, bias: false}
  - {op: linear, in: X, out: v, map: m -> k h, label: V, bias: false}
  - {op: einsum, in: [q, k], out: s, map: "y k h, x k h -> y x h"}
  - {op: scale, in: s, by: k**(-1/2)}
  - {op: softmax, in: s, over: x}
  - {op: einsum, in: [s, v], out: o, map: "y x h, x k h -> y k h"}
  - {op: linear, in: o, out: z, map: k h -> m, label: O, bias: false}
outputs: z
"""


def verdict(old: str, *changes: tuple[str, str], draws: int = 1) -> Verdict:
    torch.set_num_threads(1)
    new = old
    for before, after in changes:
        assert before in new, before
        new = new.replace(before, after)
    return compare_functions(difference(loads(old, "a.yaml"), loads(new, "b.yaml")), draws=draws)


SAME = {
    "values renamed": [("out: q", "out: query"), ("[q, k]", "[query, k]")],
    "an input renamed": [("E: y m", "A: y m"), ("in: E", "in: A")],
    "a learned part renamed": [("label: Q", "label: P")],
    "an axis renamed": [("x h", "x n"), ("k h", "k n"), ("h: 4", "n: 4")],
    "maps in another order": [
        ("  - {op: linear, in: X, out: v, map: m -> k h, label: V, bias: false}\n", ""),
        ("steps:\n", "steps:\n  - {op: linear, in: X, out: v, map: m -> k h, label: V, bias: false}\n"),
    ],
    "heads stored before depth": [
        ("map: m -> k h, label: V", "map: m -> h k, label: V"), ("y x h, x k h", "y x h, x h k"),
    ],
    "the queries scaled": [
        ("  - {op: scale, in: s, by: k**(-1/2)}\n", ""),
        ("label: Q, bias: false}\n", "label: Q, bias: false}\n  - {op: scale, in: q, by: k**(-1/2)}\n"),
    ],
    "the scale written otherwise": [("k**(-1/2)", "1/k**(1/2)")],
    "a product the other way round": [("[q, k]", "[k, q]"), ("y k h, x k h", "x k h, y k h")],
}  # fmt: skip


@pytest.mark.parametrize("what", SAME)
def test_the_same_function_otherwise_written(what: str) -> None:
    found = verdict(ATTENTION, *SAME[what])
    assert found.ok, found.text()
    assert found.entries > 100


DIFFERENT = {
    "softmax over heads": ([("over: x", "over: h")], "steps[5]", "over: x -> h"),
    "scale dropped": ([("  - {op: scale, in: s, by: k**(-1/2)}\n", "")], "steps[4]", "only A has it: scale"),
    "scale the wrong way": ([("k**(-1/2)", "k**(1/2)")], "steps[4]", "by: "),
    "a bias more": ([("label: V, bias: false", "label: V")], "steps[2]", "bias: false -> true"),
    "keys for values": ([("[s, v]", "[s, k]")], "steps[6]", "in: s, v -> s, k"),
    "a step more": ([("  - {op: softmax", "  - {op: relu, in: s}\n  - {op: softmax")], "steps[5]",
                    "only B has it: relu"),
    "another operation": ([("{op: softmax, in: s, over: x}", "{op: sigmoid, in: s}")], "steps[5]",
                          "op: softmax -> sigmoid"),
}  # fmt: skip


@pytest.mark.parametrize("what", DIFFERENT)
def test_the_smallest_step_is_named(what: str) -> None:
    changes, step, words = DIFFERENT[what]
    found = verdict(ATTENTION.replace("outputs: z", "outputs: [z, v]"), *changes)
    assert found.state == "differs", found.text()
    assert found.parting is not None
    assert found.parting.path == step, found.text()
    assert found.parting.words.startswith(words), found.text()
    assert "differs by" in found.parting.words
    assert found.parting.at is not None


def test_what_cannot_be_given_the_same_is_not_compared() -> None:
    split = """\
ncd: 1
name: split
axes: {x: 3, m: 4, f: 8}
inputs: {X: x m}
steps:
  - {op: linear, in: X, out: a, map: m -> m', label: A}
  - {op: sigmoid, in: a, out: Y}
outputs: Y
"""
    product = """{op: parameter, axes: m m', out: W}
  - {op: einsum, in: [X, W], out: a, map: "x m, m m' -> x m'"}"""
    other = verdict(split, ("{op: linear, in: X, out: a, map: m -> m', label: A}", product))
    assert other.state == "not compared", other.text()
    assert other.failure == "only A learns A.weight, A.bias, and only B W"
    mask = ("{op: sigmoid, in: a, out: Y}", "{op: mask, in: [a, M], out: Y}")
    lost = verdict(split, ("X: x m", "X: x m, M: {axes: x m', kind: mask}"), mask)
    assert lost.state == "differs"
    assert "only B takes M" in lost.failure


def test_another_kernel_is_told_though_nothing_can_be_run() -> None:
    old = """\
ncd: 1
name: net
axes: {x: 32, c: 3, d: 8}
inputs: {X: x c}
steps:
  - {op: conv, in: X, out: y, over: x, map: c -> d, kernel: 3, padding: same}
  - relu
outputs: y
"""
    found = verdict(old, ("kernel: 3", "kernel: 1"))
    assert found.state == "differs"
    assert found.failure.startswith("y.weight is "), found.text()
    assert found.failure.count(" x 3") == 1
    assert found.parting is not None
    assert found.parting.words == "kernel: 3 -> 1"


def test_iterations_are_named() -> None:
    old = """\
ncd: 1
name: deep
axes: {x: 3, m: 4, N: 2}
inputs: {X: x m}
steps:
  - op: repeat
    times: N
    in: X
    out: Y
    steps:
      - {op: linear, map: m -> m', label: U}
      - {op: view, map: m' -> m}
      - relu
outputs: Y
"""
    found = verdict(old, ("- relu", "- tanh"))
    assert found.parting is not None
    assert found.parting.path == "steps[0] > steps[0].steps[2]"
    assert found.parting.iteration
    assert verdict(old, ("N: 2", "N: 5")).ok  # at equal sizes
    once = verdict(old, ("times: N", "times: 1"))
    assert once.state != "same", once.text()


LAST = """\
ncd: 1
name: deep
axes: {x: 3, m: 4, N: 3}
inputs: {X: x m}
blocks:
  cell:
    axes: {x: 3, m: 4}
    inputs: {X: x m}
    steps:
      - {op: linear, in: X, map: m -> m', label: U}
      - {op: view, in: X, map: m' -> m}
      - {op: tanh, in: X}
    outputs: X
steps:
  - {op: repeat, times: N, in: X, out: Z, steps: [{op: cell}, {op: sin}]}
  - {op: cell, in: Z, out: Y}
outputs: Y
"""


@pytest.mark.parametrize(
    ("gone", "path"),
    [
        (", {op: sin}", "steps[0] > steps[0].steps[1]"),
        ("      - {op: tanh, in: X}\n", "steps[0] > steps[0].steps[0] > blocks.cell.steps[2]"),
    ],
)
def test_a_last_step_that_is_gone_is_named(gone: str, path: str) -> None:
    """What ends a body is missed by the next iteration, or by the call itself."""
    found = verdict(LAST, (gone, ""))
    assert found.parting is not None
    assert found.parting.words.startswith("only A has it: "), found.text()
    assert found.parting.path == path, found.text()


def test_a_parameter_that_does_nothing_is_told_at_its_step() -> None:
    old = """\
ncd: 1
name: normed
axes: {x: 5, c: 4, d: 3}
inputs: {X: x c}
steps:
  - {op: conv, in: X, out: y, over: x, map: c -> d, kernel: 3, padding: same}
  - {op: instance_norm, in: y, out: Y, over: x, channels: d}
outputs: Y
"""
    found = verdict(old, ("padding: same", "padding: same, bias: false"))
    assert not found.ok
    assert found.parting is not None
    assert found.parting.words == "bias: true -> false"


def test_a_mode_in_which_they_differ_is_enough() -> None:
    old = """\
ncd: 1
name: normed
axes: {b: 8, c: 4}
inputs: {X: b c}
steps:
  - {op: batch_norm, in: X, out: Y, over: b, channels: c}
outputs: Y
"""
    found = verdict(old, ("channels: c}", "channels: c, momentum: 0.3}"))
    assert found.state == "differs"


def test_swapped_outputs_are_no_renaming() -> None:
    old = """\
ncd: 1
name: two
axes: {x: 3}
inputs: {X: x}
steps:
  - {op: relu, in: X, out: a}
  - {op: tanh, in: X, out: b}
outputs: [a, b]
"""
    one, other = loads(old, "a.yaml"), loads(old.replace("relu", "sin"), "b.yaml")
    assert compare_functions(difference(one, other), draws=1).state == "differs"


def test_an_input_of_another_shape_is_told() -> None:
    old = """\
ncd: 1
name: shapes
axes: {x: 3, m: 4, d: 5}
inputs: {X: x m, Z: x d}
steps:
  - {op: relu, in: X, out: Y}
  - {op: relu, in: Z, out: W}
outputs: [Y, W]
"""
    found = verdict(old, ("X: x m", "X: x d"))
    assert found.state == "differs"
    assert found.failure == "the input X is x m in A and x d in B"


def test_sizes_that_one_of_them_refuses_are_not_drawn() -> None:
    old = """\
ncd: 1
name: quarters
axes: {x: 8, m: 4}
inputs: {X: x m}
steps:
  - {op: softmax, in: X, over: x}
outputs: X
"""
    found = verdict(old, ("x: 8, m: 4", "x: 4*y, y: 2, m: 4"))
    assert found.ok, found.text()


@pytest.mark.parametrize("seed", [pytest.param(n, marks=pytest.mark.slow if n > 1 else ()) for n in range(8)])
def test_random_specs_are_the_same_as_themselves(seed: int) -> None:
    torch.set_num_threads(1)
    text = random_spec(seed)
    found = differences(loads(text, "a.yaml"), loads(text + "\n# again\n", "b.yaml"))
    for each in found:
        assert each.changed == ()
        verdict = compare_functions(each, draws=1)
        assert verdict.state in ("same", "undefined") or verdict.set_up, verdict.text()


@pytest.mark.slow
@pytest.mark.parametrize("number", range(3))
def test_specs_that_have_little_in_common_are_told_apart(number: int) -> None:
    """No two of the catalogue are the same, and comparing them raises nothing."""
    torch.set_num_threads(1)
    large = ("transformer", "unet", "vision_transformer", "mlp_mixer")
    names = [name for name in spec_names() if name not in large]
    chance = random.Random(number)
    for _ in range(6):
        one, other = chance.sample(names, 2)
        for each in differences(load(f"@{one}"), load(f"@{other}")):
            found = compare_functions(each, draws=1)
            assert found.state in ("differs", "not compared"), (one, other, found.text())
            assert found.failure or found.parting or found.draws


LARGE = ("transformer", "unet", "vision_transformer")


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in spec_names() if name not in LARGE])
def test_edits_of_the_catalogue(name: str) -> None:
    """An edit of each kind: those that leave the function are the same, all others part at their step."""
    torch.set_num_threads(1)
    done: set[str] = set()
    for edit in edits((name,)):
        if edit.what in done:
            continue
        done.add(edit.what)
        one, other = read(name, edit.old), read(name, edit.new)
        assert one is not None
        assert other is not None
        verdicts = [compare_functions(each, draws=1) for each in differences(one, other)]
        states = {each.state for each in verdicts}
        if edit.what in ("label", "order"):
            assert states == {"same"}, edit[:3]
            continue
        assert "differs" in states, edit[:3]
        parting = next(each.parting for each in verdicts if each.state == "differs")
        assert parting is not None
        assert parting.at is not None
        assert parting.at.line == edit.line, (edit[:3], parting)


def test_two_of_the_catalogue_part_at_the_mask() -> None:
    torch.set_num_threads(1)
    found = compare_functions(difference(load("@self_attention"), load("@causal_self_attention")), draws=1)
    assert found.parting is not None
    assert found.parting.operation == "mask"

"""Draws of sizes and values: different primes where that is possible, and fit for the spec."""

from __future__ import annotations

import random

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from ncd_tikz.diagram import BlockCall, load, loads  # noqa: E402
from ncd_tikz.equivalence.cost import cost  # noqa: E402
from ncd_tikz.equivalence.drawing import BUDGET, draw_sizes  # noqa: E402
from ncd_tikz.equivalence.dullness import dullness  # noqa: E402
from ncd_tikz.equivalence.fit import fit  # noqa: E402
from ncd_tikz.equivalence.sizes import complete, free_symbols, inner_sizes  # noqa: E402
from ncd_tikz.equivalence.values import random_inputs  # noqa: E402
from ncd_tikz.resources import spec_names  # noqa: E402

DERIVED = """\
ncd: 1
name: derived
axes: {n: 8, q: n/4, a: 3, b: 5, p: a*b, c: n - 6}
inputs: {X: n q a b, Y: c}
steps:
  - {op: view, in: X, out: Z, map: a b -> p}
  - {op: add, in: [Z, Y], out: Z}
outputs: Z
"""


def is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, number))


@pytest.mark.parametrize("name", spec_names())
@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 5))])
def test_free_sizes_are_different_primes_where_that_is_possible(name: str, seed: int) -> None:
    diagram = load(f"@{name}")
    sizes = draw_sizes(diagram, random.Random(seed))
    free = {symbol: sizes[symbol] for symbol in free_symbols(diagram)}
    for symbol in (symbol for symbol, size in free.items() if not is_prime(size)):
        tried = [prime for prime in (2, 3, 5, 7, 11, 13, 17) if prime not in free.values()]
        for given in ({**free, symbol: prime} for prime in tried):
            if fit(diagram, given) is None and cost(diagram, complete(diagram, given)) <= BUDGET:
                assert dullness(diagram, complete(diagram, given)) > dullness(diagram, sizes), symbol
    if len(set(free.values())) < len(free):
        primes = dict(zip(free, (2, 3, 5, 7, 11, 13, 17, 19, 23, 29), strict=False))
        assert fit(diagram, primes) or cost(diagram, complete(diagram, primes)) > BUDGET
    assert complete(diagram, sizes) == sizes


@pytest.mark.parametrize("seed", range(10))
def test_derived_sizes_come_out(seed: int) -> None:
    sizes = draw_sizes(loads(DERIVED), random.Random(seed))
    assert sizes["n"] == 4 * sizes["q"] == sizes["c"] + 6
    assert sizes["p"] == sizes["a"] * sizes["b"]
    assert min(sizes.values()) > 0
    assert is_prime(sizes["a"])
    assert is_prime(sizes["b"])
    assert sizes["a"] != sizes["b"]


NORMED = {
    "layer_norm": "{op: layer_norm, in: X, over: m}",
    "group_norm": "{op: group_norm, in: X, channels: m, groups: g}",
    "instance_norm": "{op: instance_norm, in: X, over: m, channels: c}",
    "batch_norm": "{op: batch_norm, in: X, over: m, channels: c}",
}


@pytest.mark.parametrize("what", NORMED)
def test_norms_are_of_more_than_two_entries(what: str) -> None:
    """Of two they would give 1 and -1, whatever is wrong before them."""
    axes = "m: 4*g, g: 3" if what == "group_norm" else "m: 8, c: 3"
    others = "" if what == "group_norm" else " c"
    text = (
        f"ncd: 1\nname: t\naxes: {{{axes}}}\ninputs: {{X: m{others}}}\nsteps: [{NORMED[what]}]\noutputs: X\n"
    )
    diagram = loads(text)
    drawn = [draw_sizes(diagram, random.Random(seed)) for seed in range(30)]
    (step,) = diagram.steps
    entries = step.operation.centred(step.application)
    assert entries is not None
    assert min(entries.evaluate(sizes) for sizes in drawn) > 2
    few = {**drawn[0], "m": 2, "g": 1}
    assert dullness(diagram, few) > dullness(diagram, {**few, "m": 9})


def test_a_norm_of_two_entries_stays_where_the_spec_says_two() -> None:
    step = "{op: layer_norm, in: X, over: '2'}"
    diagram = loads(f"ncd: 1\nname: t\naxes: {{x: 5}}\ninputs: {{X: x 2}}\nsteps: [{step}]\noutputs: X\n")
    assert dullness(diagram, draw_sizes(diagram, random.Random(0))) == 0


def test_draws_differ_and_recur() -> None:
    diagram = load("@multi_head_attention")
    draws = [draw_sizes(diagram, random.Random(seed)) for seed in range(6)]
    assert draws == [draw_sizes(diagram, random.Random(seed)) for seed in range(6)]
    assert len({tuple(draw.items()) for draw in draws}) > 3


def test_sizes_inside_a_block_follow_the_call() -> None:
    diagram = load("@transformer_encoder_layer")
    sizes = complete(diagram, {"k": 3, "h": 2, "f": 7, "x": 5})
    calls = [step.operation for step in diagram.steps if isinstance(step.operation, BlockCall)]
    inside = inner_sizes(calls[0], sizes)
    assert (inside["y"], inside["x"], inside["m"], inside["k"], inside["h"]) == (5, 5, 6, 3, 2)
    assert inner_sizes(calls[1], sizes)["f"] == 7


MASKED = """\
ncd: 1
name: masked
axes: {y: 5, x: 7, v: 3}
inputs: {s: y x, M: {axes: y x, kind: mask}, t: {axes: y, kind: index, below: v}}
steps:
  - {op: mask, in: [s, M]}
  - {op: embedding, in: t, out: e, map: v -> x}
  - {op: add, in: [s, e], out: s}
outputs: s
"""


@pytest.mark.parametrize("seed", range(20))
def test_inputs_are_drawn_by_their_kind(seed: int) -> None:
    sizes = {"y": 3, "x": 4, "v": 2}
    generator = torch.Generator().manual_seed(seed)
    s, mask, t = random_inputs(loads(MASKED), sizes, generator, batch=(2,))
    assert s.dtype == torch.float64
    assert s.requires_grad
    assert s.shape == mask.shape == (2, 3, 4)
    assert mask.dtype == torch.bool
    assert mask.any(-1).all()
    assert mask.any(-2).all()
    assert not mask.all()
    assert set(t.flatten().tolist()) <= {0, 1}
    assert t.shape == (2, 3)

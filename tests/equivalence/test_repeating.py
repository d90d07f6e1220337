"""Repetitions, memory, buffers and what has no inputs: evaluated by definition and compared."""

from __future__ import annotations

import random
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from ncd_tikz.diagram import Diagram, loads  # noqa: E402
from ncd_tikz.equivalence import check, evaluate, learned  # noqa: E402
from ncd_tikz.equivalence.cost import cost  # noqa: E402
from ncd_tikz.equivalence.drawing import BUDGET, SizesError, counts_of, draw_sizes  # noqa: E402
from ncd_tikz.equivalence.sizes import complete  # noqa: E402
from ncd_tikz.equivalence.values import random_inputs, random_parameters  # noqa: E402
from ncd_tikz.pytorch import to_source  # noqa: E402
from tests.pytorch.networks import NESTED, NETWORKS, RECURRENT, RESIDUAL, SHARED, STACK, UNET  # noqa: E402


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def evaluated(diagram: Diagram, sizes: dict[str, int]) -> tuple[tuple[Any, ...], dict[str, Any], Any]:
    known = complete(diagram, sizes)
    generator = torch.Generator().manual_seed(0)
    inputs = random_inputs(diagram, known, generator)
    parameters = random_parameters(learned(diagram, known), generator)
    return inputs, parameters, evaluate(diagram, inputs, parameters, known)


@pytest.mark.parametrize("name", sorted(NETWORKS))
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.slow
def test_networks_agree_with_their_modules(name: str, seed: int) -> None:
    report = check(loads(NETWORKS[name]), seed=seed)
    assert report.ok, report.text()


@pytest.mark.parametrize("name", sorted(NETWORKS))
@pytest.mark.parametrize("seed", range(5))
def test_draws_are_small(name: str, seed: int) -> None:
    diagram = loads(NETWORKS[name])
    sizes = draw_sizes(diagram, random.Random(seed))
    assert cost(diagram, sizes) <= BUDGET
    assert all(sizes[symbol] in (2, 3) for symbol in counts_of(diagram) & sizes.keys())


def test_a_repetition_is_its_body_written_out() -> None:
    diagram = loads(STACK)
    (X,), p, found = evaluated(diagram, {"x": 5, "m": 4, "f": 7, "N": 3, "k": 2})
    value = X
    for n in range(3):
        norm = torch.nn.functional.layer_norm(value, (4,), p[f"layers.{n}.n.weight"], p[f"layers.{n}.n.bias"])
        hidden = (norm @ p[f"layers.{n}.h.W_1.weight"].T + p[f"layers.{n}.h.W_1.bias"]).relu()
        value = value + hidden @ p[f"layers.{n}.h.W_2.weight"].T + p[f"layers.{n}.h.W_2.bias"]
    value = value @ p["W.weight"].T + p["W.bias"]
    assert torch.allclose(found.outputs[0], value, atol=1e-12)


def test_shared_parameters_are_one_set() -> None:
    names = [entry.name for entry in learned(loads(SHARED), complete(loads(SHARED), {}))]
    assert names[:2] == ["layers.n.weight", "layers.n.bias"]
    assert len(names) == 8


def test_several_values_are_fed_back_and_others_stay() -> None:
    (X, H, B), p, found = evaluated(loads(RECURRENT), {"x": 2, "m": 3, "N": 3})
    kept = X = X.tanh()
    for _ in range(3):
        H = (H @ p["cell.U.weight"].T + p["cell.U.bias"] + X + B).tanh()
        X = X * H
    assert torch.allclose(found.outputs[0], kept + X + H, atol=1e-12)


def test_what_is_saved_is_loaded_by_its_index() -> None:
    """The last of the inner rounds is kept under M, so the block doubles it."""
    (X,), p, found = evaluated(loads(NESTED), {"x": 2, "m": 3, "N": 2, "M": 3})
    for i in range(2):
        inner = X
        for j in range(3):
            weight, bias = (p[f"Y.{i}.Z.rounds.{j}.W.{part}"] for part in ("weight", "bias"))
            inner = (inner @ weight.T + bias).tanh()
        X = X + 2 * inner
    assert torch.allclose(found.outputs[0], X, atol=1e-12)


def test_moments_tell_the_iteration() -> None:
    _, _, found = evaluated(loads(UNET), {"s": 8, "w": 1, "o": 2})
    places = [[link.index for link in moment.links] for moment in found.moments]
    assert [1, None] in places
    assert [3, None] in places


def test_training_mode_is_compared_where_it_differs() -> None:
    (verdict,) = check(loads(RESIDUAL)).verdicts
    modes = [draw.training for draw in verdict.draws]
    assert modes == sorted(modes) and modes.count(True) == 2 and modes.count(False) > 2
    told = {comparison.what for comparison in verdict.draws[-1].comparisons}
    for buffer in ("running_mean", "running_var", "num_batches_tracked"):
        assert f"buffer blocks.1.n.{buffer}" in told
    assert "gradient of blocks.0.n.weight" in told
    assert "gradient of blocks.0.n.running_mean" not in told
    (verdict,) = check(loads(STACK)).verdicts
    assert not any(draw.training for draw in verdict.draws)


def test_training_follows_torch_s_batch_norm() -> None:
    diagram = loads(RESIDUAL)
    known = complete(diagram, {"b": 3, "c": 2, "x": 5, "N": 1})
    generator = torch.Generator().manual_seed(0)
    (X,) = random_inputs(diagram, known, generator)
    p = random_parameters(learned(diagram, known), generator)
    norm = torch.nn.BatchNorm1d(2).double()
    with torch.no_grad():
        for name, tensor in norm.state_dict().items():
            tensor.copy_(p[f"blocks.0.n.{name}"])
    wanted = X + norm(torch.nn.functional.conv1d(X, p["blocks.0.a.weight"], padding=1)).relu()
    found = evaluate(diagram, (X,), p, known, training=True)
    assert torch.allclose(found.outputs[0], wanted, atol=1e-12)
    for name in ("running_mean", "running_var", "num_batches_tracked"):
        assert torch.allclose(
            found.buffers[f"blocks.0.n.{name}"], norm.state_dict()[name].double(), atol=1e-12
        )


def test_a_parting_names_the_iteration() -> None:
    diagram = loads(STACK)
    source = to_source(diagram)
    wrong = source.replace(
        "            Y = layer(Y)",
        "            Y = layer(Y) if layer is not self.layers[1] else layer(Y.detach() * 2)",
    )
    assert wrong != source
    report = check(diagram, source=wrong)
    assert report.parting is not None
    assert report.parting.path == "steps[0] > steps[0].steps[0]"
    assert report.parting.iteration == "i = 2"
    assert "at i = 2" in report.text()


def test_a_spec_that_is_too_large_says_what_to_do() -> None:
    large = """\
ncd: 1
name: large
axes: {x: {size: [3000, 4000]}}
inputs: {X: x}
steps: [relu]
outputs: X
"""
    with pytest.raises(SizesError, match=r"too large .*; declare numbers that stand in it as axes or params"):
        draw_sizes(loads(large), random.Random(0))
    report = check(loads(large))
    assert [verdict.state for verdict in report.verdicts] == ["not compared"]


def test_indexes_agree_exactly_or_not_at_all() -> None:
    spec = """\
ncd: 1
name: taken
axes: {x: 7, k: 2}
inputs: {X: x}
steps: [{op: top_k, along: x -> k, out: [best, which]}]
outputs: [best, which]
"""
    diagram = loads(spec)
    assert check(diagram).ok
    source = to_source(diagram)
    wrong = source.replace("return best, which", "return best, which.flip(-1)")
    assert wrong != source
    text = check(diagram, source=wrong).text()
    assert "output which: 2 of 2 entries differ" in text
    wrong = source.replace("return best, which", "return best, which.double()")
    assert (
        "output which: has entries of type torch.float64, expected torch.int64"
        in check(diagram, source=wrong).text()
    )


FROM_ZERO = """\
ncd: 1
name: from_zero
axes: {t: 5, m: 3}
inputs: {X: t m, H: m}
blocks:
  layer:
    params: {l}
    axes: {t: 9, m: 3}
    inputs: {X: t m}
    steps:
      - {op: conv, in: X, out: Y, over: t -> p, map: m -> m, kernel: 2, dilation: 2**l, padding: 2**l}
      - {op: slice, in: Y, along: p -> t, stop: t}
    outputs: Y
steps:
  - {op: repeat, for: i in 0..2, in: X, out: Y, steps: [{op: layer, with: {l: i}}]}
  - op: repeat
    for: j in 0..t-1
    carry: H
    steps:
      - {op: index, in: Y, over: t, at: j, out: x}
      - {op: add, in: [x, H], out: H}
outputs: H
"""


def test_an_index_may_start_from_zero() -> None:
    report = check(loads(FROM_ZERO))
    assert report.ok, report.text()

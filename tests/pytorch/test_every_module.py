"""What every generated module can do: register, keep, restore, learn, be exported and compiled."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from math import prod
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from ncd_tikz.diagram import Diagram, load, loads  # noqa: E402
from ncd_tikz.equivalence import learned  # noqa: E402
from ncd_tikz.equivalence.case import state_name  # noqa: E402
from ncd_tikz.equivalence.drawing import draw_sizes  # noqa: E402
from ncd_tikz.equivalence.values import random_inputs  # noqa: E402
from ncd_tikz.pytorch import arguments, main_class, run_source, side_classes, to_source  # noqa: E402
from ncd_tikz.resources import spec_names  # noqa: E402
from tests.pytorch.networks import NETWORKS, RECURRENT, SHARED, STACK, UNET  # noqa: E402

NAMES = [*(f"@{name}" for name in spec_names()), *NETWORKS]


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@cache
def diagram_of(name: str) -> Diagram:
    return load(name) if name.startswith("@") else loads(NETWORKS[name])


def build(diagram: Diagram, seed: int = 0, **sizes: int) -> Any:
    """A module at small sizes."""
    torch.manual_seed(seed)
    drawn = {**draw_sizes(diagram, random.Random(0)), **sizes}
    space = run_source(to_source(diagram), f"<{diagram.name}>")
    return space[main_class(diagram)](**{symbol: drawn[symbol] for symbol in arguments(diagram)})


def inputs_for(diagram: Diagram, dtype: Any = None) -> tuple[Any, ...]:
    drawn = draw_sizes(diagram, random.Random(0))
    generator = torch.Generator().manual_seed(0)
    made = (tensor.detach() for tensor in random_inputs(diagram, drawn, generator))
    return tuple(
        tensor.to(dtype or torch.float32) if tensor.is_floating_point() else tensor for tensor in made
    )


def as_tuple(result: Any) -> tuple[Any, ...]:
    return result if isinstance(result, tuple) else (result,)


def agree(found: Any, expected: Any) -> None:
    for one, other in zip(as_tuple(found), as_tuple(expected), strict=True):
        assert one.shape == other.shape
        assert torch.allclose(one.double(), other.double(), atol=1e-4, rtol=1e-4, equal_nan=True)


@pytest.mark.parametrize("name", NAMES)
def test_all_parameters_are_registered_and_distinct(name: str) -> None:
    diagram = diagram_of(name)
    entries = learned(diagram, draw_sizes(diagram, random.Random(0)))
    module = build(diagram)
    assert sorted(module.state_dict()) == sorted(state_name(entry) for entry in entries)
    shapes = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    assert shapes == {state_name(entry): entry.stored for entry in entries}
    parameters = list(module.parameters())
    assert len({id(parameter) for parameter in parameters}) == len(parameters)
    count = sum(prod(entry.stored) for entry in entries if not entry.parameter.buffer)
    assert sum(parameter.numel() for parameter in parameters) == count


@pytest.mark.parametrize("name", NAMES)
def test_the_state_dict_round_trips(name: str) -> None:
    diagram = diagram_of(name)
    one, other = build(diagram, seed=1).eval(), build(diagram, seed=2).eval()
    inputs = inputs_for(diagram)
    expected = one(*inputs)
    other.load_state_dict(one.state_dict(), strict=True)
    for found, wanted in zip(as_tuple(other(*inputs)), as_tuple(expected), strict=True):
        assert torch.equal(found.nan_to_num(), wanted.nan_to_num())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.slow
def test_ten_steps_of_training_lower_a_loss(name: str) -> None:
    diagram = diagram_of(name)
    module = build(diagram).double()
    if not list(module.parameters()):
        pytest.skip("nothing to learn")
    inputs = inputs_for(diagram, torch.float64)
    generator = torch.Generator().manual_seed(1)
    optimizer = torch.optim.Adam(module.parameters(), lr=3e-3)
    real = [output for output in as_tuple(module(*inputs)) if output.is_floating_point()]
    targets = [output.detach() + 0.5 * torch.rand(output.shape, generator=generator) for output in real]
    losses = []
    for _ in range(11):
        real = [output for output in as_tuple(module(*inputs)) if output.is_floating_point()]
        loss = sum(((y - t) ** 2).mean() for y, t in zip(real, targets, strict=True))
        losses.append(float(loss.detach()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert losses[-1] < losses[0] * 0.999, losses


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_export(name: str) -> None:
    diagram = diagram_of(name)
    module, inputs = build(diagram).eval(), inputs_for(diagram)
    exported = torch.export.export(module, inputs).module()
    agree(exported(*inputs), module(*inputs))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_compile(name: str) -> None:
    torch._dynamo.reset()
    diagram = diagram_of(name)
    module, inputs = build(diagram).eval(), inputs_for(diagram)
    compiled = torch.compile(module, fullgraph=True, backend="eager")
    agree(compiled(*inputs), module(*inputs))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["stack", "unet", "residual"])
def test_compiled_modules_train(name: str) -> None:
    """Forward and backward graphs of repetitions, memory and buffers."""
    torch._dynamo.reset()
    diagram = diagram_of(name)
    module, inputs = build(diagram), inputs_for(diagram)
    plain = build(diagram)
    plain.load_state_dict(module.state_dict())
    compiled = torch.compile(module, fullgraph=True, backend="aot_eager")
    agree(compiled(*inputs), plain(*inputs))
    compiled(*inputs).square().sum().backward()
    plain(*inputs).square().sum().backward()
    for one, other in zip(module.parameters(), plain.parameters(), strict=True):
        agree(one.grad, other.grad)
    agree(tuple(module.buffers()), tuple(plain.buffers()))


class TestRepetition:
    """Fresh parameters for every iteration, or one set where they are shared."""

    @pytest.mark.parametrize("times", [1, 2, 7])
    def test_every_iteration_has_parameters_of_its_own(self, times: int) -> None:
        module = build(loads(STACK), m=8, f=12, N=times, k=3)
        layer = 2 * 8 + (12 * 8 + 12) + (8 * 12 + 8)
        assert sum(parameter.numel() for parameter in module.parameters()) == times * layer + 3 * 8 + 3
        assert len(module.layers) == times
        firsts = [part.h.W_1.weight for part in module.layers]
        assert len({id(weight) for weight in firsts}) == times
        assert len({float(weight.detach()[0, 0]) for weight in firsts}) == times
        assert f"layers.{times - 1}.h.W_2.bias" in module.state_dict()

    @pytest.mark.parametrize("times", [1, 2, 7])
    def test_shared_parameters_are_there_once(self, times: int) -> None:
        module = build(loads(SHARED), m=8, f=12, N=times, k=3)
        layer = 2 * 8 + (12 * 8 + 12) + (8 * 12 + 8)
        assert sum(parameter.numel() for parameter in module.parameters()) == layer + 3 * 8 + 3
        assert "layers.h.W_2.bias" in module.state_dict()

    def test_it_runs_as_often_as_it_says(self) -> None:
        module = build(loads(SHARED), N=3)
        calls: list[int] = []
        module.layers.register_forward_hook(lambda *_: calls.append(1))
        module(*inputs_for(loads(SHARED)))
        assert len(calls) == 3

    def test_every_parameter_gets_a_gradient(self) -> None:
        for text in (STACK, UNET, RECURRENT):
            diagram = loads(text)
            module = build(diagram)
            module(*inputs_for(diagram)).square().sum().backward()
            for name, parameter in module.named_parameters():
                assert parameter.grad is not None and bool(parameter.grad.any()), (diagram.name, name)

    def test_sizes_follow_the_index(self) -> None:
        module = build(loads(UNET), w=2, s=32, o=2)
        assert [tuple(part.a.weight.shape) for part in module.down] == [(4, 1, 3), (8, 4, 3), (16, 8, 3)]
        assert [tuple(part.U.weight.shape) for part in module.up] == [(16, 32, 3), (8, 16, 3), (4, 8, 3)]
        assert module(torch.randn(5, 1, 32)).shape == (5, 2, 32)


SOURCES: dict[str, tuple[Callable[[], str], tuple[str, ...]]] = {
    "stack": (
        lambda: STACK,
        (
            "class LayersStep(nn.Module):",
            "self.layers = nn.ModuleList([LayersStep(m=m, f=f) for _ in range(N)])",
            "        Y = X\n        for layer in self.layers:\n            Y = layer(Y)  # ... x m\n",
        ),
    ),
    "shared": (
        lambda: SHARED,
        ("self.layers = LayersStep(m=m, f=f)", "for _ in range(self.N):\n            Y = self.layers(Y)"),
    ),
    "unet": (
        lambda: UNET,
        (
            "        def c(i: int) -> int:\n            return 1 if i == 0 else w * 2**i\n",
            "self.a = nn.Conv1d(c(i - 1), c(i), 3, padding=1)",
            "self.down = nn.ModuleList([DownStep(w=w, i=i) for i in range(1, 4)])",
            "        C: dict[int, Tensor] = {}\n        for i, layer in enumerate(self.down, start=1):\n",
            "D, C[i] = layer(D)",
            "def forward(self, U: Tensor, C: dict[int, Tensor]) -> Tensor:",
            "C[4 - self.i]",
            "for layer in self.up:\n            V = layer(V, C)",
        ),
    ),
    "recurrent": (
        lambda: RECURRENT,
        (
            "def forward(self, X: Tensor, H: Tensor, B: Tensor) -> tuple[Tensor, Tensor]:",
            "for _ in range(self.N):\n            X, H = self.cell(X, H, B)",
            "Z = K_1 + X + H",
        ),
    ),
}


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_repetition_reads_as_a_person_writes_it(name: str) -> None:
    text, wanted = SOURCES[name]
    source = to_source(loads(text()))
    for line in wanted:
        assert line in source, source


EQUATION = """\
ncd: 1
name: two_orders
title: Two orders
axes: {x: 5, m: 4, k: 3}
inputs: {X: x m}
blocks:
  widen:
    axes: {m: 4}
    params: {k: 3}
    inputs: {a: m}
    steps: [{op: linear, map: m -> k, label: W, bias: false, out: b}]
    outputs: b
equation:
  - steps: [{op: scale, by: 2, out: a}, {op: widen, with: {k: k}, out: y}]
    outputs: y
  - relation: "="
    steps: [{op: widen, with: {k: k}, out: y}, {op: scale, by: 2, out: y}]
    outputs: y
"""


def test_an_equation_has_a_class_for_each_side() -> None:
    diagram = loads(EQUATION)
    source = to_source(diagram)
    names = side_classes(diagram)
    assert len(set(names)) == 2
    assert names[0] == "TwoOrders"
    assert source.count("class Widen(nn.Module)") == 1, "sides share the classes of their blocks"
    space = run_source(source, "<two orders>")
    torch.manual_seed(0)
    one, other = (space[name](m=4, k=3) for name in names)
    other.load_state_dict(one.state_dict())
    X = torch.randn(2, 5, 4)
    assert torch.allclose(one(X), other(X), atol=1e-6)


def test_families_call_each_other() -> None:
    spec = """\
ncd: 1
name: widths
axes:
  x: 3
  w: 2
  c: {index: i, size: "w * 2**i"}
  d: {index: i, size: "c[i] + 1"}
inputs: {X: "x c[1]"}
steps:
  - {op: linear, map: "c[1] -> d[2]", out: Y, label: W}
outputs: Y
"""
    source = to_source(loads(spec))
    assert "def d(i: int) -> int:\n            return c(i) + 1\n" in source
    assert "self.W = nn.Linear(c(1), d(2))" in source
    assert tuple(build(loads(spec), w=3, x=2).W.weight.shape) == (13, 6)

"""The one rule: index every broadcast axis, apply the base definition, stack."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from ncd_tikz.axes import Application, Axis, Expression, OutputAxis, Tensor  # noqa: E402
from ncd_tikz.diagram import load  # noqa: E402
from ncd_tikz.equivalence.evaluate import evaluate, learned  # noqa: E402
from ncd_tikz.equivalence.lift import LiftError, lift  # noqa: E402
from ncd_tikz.equivalence.values import random_inputs, random_parameters  # noqa: E402
from ncd_tikz.operations import OPERATIONS  # noqa: E402


def axis(name: str) -> Axis:
    return Axis(name, (Expression.symbol(name),), name)


def tensor(names: str) -> Tensor:
    return Tensor(tuple(axis(name) for name in names.split()))


def applied(application: Application, base: Any, *inputs: torch.Tensor, made: Any = ((),)) -> torch.Tensor:
    (output,), _ = lift(lambda values: ((base(*values),), ()), application, inputs, made)
    return output


def test_an_axis_that_passes_over_keeps_its_place() -> None:
    x = torch.arange(24.0).reshape(2, 3, 4)
    output = (OutputAxis(axis("a"), ((0, 0),)), OutputAxis(axis("b")), OutputAxis(axis("c"), ((0, 2),)))
    application = Application((tensor("a b c"),), ((1,),), (output,))
    found = applied(application, lambda row: row.cumsum(0), x, made=((3,),))
    assert torch.equal(found, x.cumsum(1))


def test_axes_of_several_inputs_are_indexed_alike() -> None:
    x, y = torch.rand(3, 2), torch.rand(4, 2)
    output = (
        OutputAxis(axis("b"), ((1, 0),)),
        OutputAxis(axis("h"), ((0, 1), (1, 1))),
        OutputAxis(axis("a"), ((0, 0),)),
    )
    application = Application((tensor("a h"), tensor("b h")), ((), ()), (output,))
    found = applied(application, lambda one, other: one * other, x, y)
    assert torch.equal(
        found, torch.stack([y[b] * x[a] for b in range(4) for a in range(3)]).reshape(4, 3, 2).mT
    )


def test_two_axes_of_one_input_meet_on_the_diagonal() -> None:
    x = torch.rand(3, 3)
    application = Application((tensor("a a'"),), ((),), ((OutputAxis(axis("a"), ((0, 0), (0, 1))),),))
    assert torch.equal(applied(application, lambda entry: entry, x), x.diagonal())


def test_own_axes_come_in_base_order() -> None:
    x = torch.rand(2, 3)
    application = Application((tensor("a b"),), ((1, 0),), ((OutputAxis(axis("b")), OutputAxis(axis("a"))),))
    assert torch.equal(applied(application, lambda m: m, x, made=((3, 2),)), x.T)


def test_the_loop_is_real() -> None:
    calls = []
    application = Application(
        (tensor("a b"),), ((),), ((OutputAxis(axis("a"), ((0, 0),)), OutputAxis(axis("b"), ((0, 1),))),)
    )
    applied(application, lambda entry: calls.append(entry.shape) or entry, torch.rand(3, 5))
    assert calls == [torch.Size([])] * 15


def test_a_base_of_the_wrong_shape_is_refused() -> None:
    application = Application((tensor("a b"),), ((1,),), ((OutputAxis(axis("a"), ((0, 0),)),),))
    with pytest.raises(LiftError, match=r"shape \(3,\), expected \(\)"):
        applied(application, lambda row: row, torch.rand(2, 3))


def test_an_axis_that_is_forgotten_is_refused() -> None:
    application = Application((tensor("a b"),), ((1,),), ((),))
    with pytest.raises(LiftError, match="'a' of input 0 is neither taken nor broadcast"):
        applied(application, lambda row: row.sum(), torch.rand(2, 3))


def test_axes_of_different_sizes_do_not_meet() -> None:
    application = Application(
        (tensor("a"), tensor("a")), ((), ()), ((OutputAxis(axis("a"), ((0, 0), (1, 0))),),)
    )
    with pytest.raises(LiftError, match="different sizes"):
        applied(application, lambda one, other: one, torch.rand(2), torch.rand(3))


def test_pytorch_source_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object, call: object) -> None:
        raise AssertionError("the lifted meaning must not use the operations' PyTorch source")

    for operation in OPERATIONS:
        monkeypatch.setattr(operation, "source", refuse)
    diagram = load("@multi_head_attention")
    sizes = {"y": 2, "x": 3, "m": 4, "k": 2, "h": 3}
    generator = torch.Generator().manual_seed(0)
    inputs = random_inputs(diagram, sizes, generator)
    parameters = random_parameters(learned(diagram, sizes), generator)
    (z,) = evaluate(diagram, inputs, parameters, sizes).outputs
    assert z.shape == (2, 4)
    z.sum().backward()
    assert all(leaf.grad is not None for leaf in (*inputs, *parameters.values()))


def test_indexing_before_equals_indexing_after() -> None:
    diagram = load("@multi_head_attention")
    sizes = {"y": 3, "x": 4, "m": 2, "k": 2, "h": 2}
    generator = torch.Generator().manual_seed(1)
    E, X = random_inputs(diagram, sizes, generator)
    parameters = random_parameters(learned(diagram, sizes), generator)
    (whole,) = evaluate(diagram, (E, X), parameters, sizes).outputs
    (part,) = evaluate(diagram, (E[1:2], X), parameters, {**sizes, "y": 1}).outputs
    assert torch.allclose(whole[1:2], part, rtol=0, atol=1e-14)


def test_batch_axes_are_a_loop_too() -> None:
    diagram = load("@multi_head_attention")
    sizes = {"y": 2, "x": 3, "m": 2, "k": 2, "h": 2}
    generator = torch.Generator().manual_seed(2)
    inputs = random_inputs(diagram, sizes, generator, batch=(2, 3))
    parameters = random_parameters(learned(diagram, sizes), generator)
    batched = evaluate(diagram, inputs, parameters, sizes, batch=2)
    single = evaluate(diagram, [x[1, 2] for x in inputs], parameters, sizes)
    assert batched.outputs[0].shape == (2, 3, 2, 2)
    assert torch.equal(batched.outputs[0][1, 2], single.outputs[0])
    for many, one in zip(batched.moments, single.moments, strict=True):
        assert torch.equal(many.tensor[1, 2], one.tensor)

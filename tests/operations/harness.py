"""Two meanings side by side: the base definition lifted over broadcast axes, and the source run."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import torch

from ncd_tikz.axes import Application, Axis, Tensor
from ncd_tikz.diagram import expand
from ncd_tikz.operations import Call, Operation, Parameter

CLOSE = 1e-10


def compare(
    operation: Operation, application: Application, sizes: Mapping[str, int], batch: tuple[int, ...] = ()
) -> None:
    """Fail where forward or gradients differ, with `batch` axes in front of every input."""
    generator = torch.Generator().manual_seed(1)
    application = expand(application)
    batch = batch if application.inputs else ()  # what is made of nothing has no axes in front
    inputs = [_tensor(tensor, batch, sizes, generator) for tensor in application.inputs]
    stored = {
        parameter.name: _drawn(parameter, sizes, generator) for parameter in operation.parameters(application)
    }
    unflattened = {
        parameter.name: stored[parameter.name].reshape([_extent(axis, sizes) for axis in parameter.axes])
        for parameter in operation.parameters(application)
    }
    rows = [tensor.reshape(-1, *tensor.shape[len(batch) :]) for tensor in inputs]
    lifted = [
        lift(operation, application, row, unflattened, sizes)
        for row in (zip(*rows, strict=True) if rows else [()])
    ]
    expected = [torch.stack(parts).reshape([*batch, *parts[0].shape]) for parts in zip(*lifted, strict=True)]
    found = run(operation, application, inputs, stored, sizes)
    assert len(found) == len(expected)
    leaves = [tensor for tensor in (*inputs, *stored.values()) if tensor.requires_grad]
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.shape == theirs.shape and ours.dtype == theirs.dtype
        assert torch.allclose(ours, theirs, rtol=CLOSE, atol=CLOSE)
    if not any(each.dtype == torch.float64 for each in found) or not leaves:
        return  # nothing to differentiate
    weights = [torch.randn(each.shape, generator=generator, dtype=torch.float64) for each in found]

    def gradients(outputs: Sequence[Any]) -> Any:
        finite = [
            (out.masked_fill(out.isinf(), 0.0) * weight).sum()
            for out, weight in zip(outputs, weights, strict=True)
            if out.dtype == torch.float64
        ]
        return torch.autograd.grad(sum(finite), leaves, allow_unused=True)

    for ours, theirs in zip(gradients(found), gradients(expected), strict=True):
        assert ours is not None and theirs is not None
        assert torch.allclose(ours, theirs, rtol=CLOSE, atol=CLOSE)


def _tensor(tensor: Tensor, batch: tuple[int, ...], sizes: Mapping[str, int], generator: Any) -> Any:
    shape = (*batch, *(_extent(axis, sizes) for axis in tensor.axes))
    if tensor.kind == "mask":
        return torch.rand(shape, generator=generator) < 0.7
    if tensor.kind == "index":
        return torch.randint(0, tensor.below.evaluate(sizes), shape, generator=generator)
    return (torch.rand(shape, generator=generator, dtype=torch.float64) * 2 + 0.05).requires_grad_()


def _drawn(parameter: Parameter, sizes: Mapping[str, int], generator: Any) -> Any:
    shape = _stored(parameter, sizes)
    if not parameter.buffer:
        return torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True)
    if not shape:
        return torch.tensor(3)  # a count
    return torch.rand(shape, generator=generator, dtype=torch.float64) + 0.1


def _stored(parameter: Parameter, sizes: Mapping[str, int]) -> list[int]:
    axes = iter(parameter.axes)
    shape = [prod(_extent(next(axes), sizes) for _ in range(count)) for count in parameter.flatten]
    assert next(axes, None) is None, "flatten speaks of every axis"
    return shape


def _extent(axis: Axis, sizes: Mapping[str, int]) -> int:
    return prod(size.evaluate(sizes) for size in axis.sizes)


def lift(
    operation: Operation,
    application: Application,
    inputs: Sequence[Any],
    parameters: Any,
    sizes: Mapping[str, int],
) -> list[Any]:
    """Index, apply, stack: the notation's definition of broadcasting."""
    loops = list(
        dict.fromkeys(out.sources for output in application.outputs for out in output if out.sources)
    )
    extents = [inputs[sources[0][0]].shape[sources[0][1]] for sources in loops]
    results = []
    for index in itertools.product(*map(range, extents)):
        at = {source: index[number] for number, sources in enumerate(loops) for source in sources}
        arguments = []
        for number, tensor in enumerate(inputs):
            own = application.own[number]
            part = tensor[tuple(at.get((number, place), slice(None)) for place in range(tensor.dim()))]
            arguments.append(part.permute([sorted(own).index(position) for position in own]))
        results.append(operation.base(tuple(arguments), parameters, sizes, application))
    outputs = []
    for number, output in enumerate(application.outputs):
        made = [_extent(axis, sizes) for axis in application.made_axes(number)]
        assert all(list(result[number].shape) == made for result in results)
        whole = torch.stack([result[number] for result in results]).reshape([*extents, *made])
        rest = iter(range(len(extents), whole.dim()))
        outputs.append(
            whole.permute([loops.index(out.sources) if out.sources else next(rest) for out in output])
        )
    return outputs


def run(
    operation: Operation,
    application: Application,
    inputs: Sequence[Any],
    stored: Mapping[str, Any],
    sizes: Mapping[str, int],
) -> tuple[Any, ...]:
    """Execute the room's PyTorch source."""
    letters: dict[str, str] = {}
    names = [f"t{number}" for number in range(len(inputs))]
    call = Call(
        application=application,
        arguments=tuple(names),
        attribute="part",
        size=lambda size: size.python(lambda name: f"self.{name}"),
        init_size=lambda size: size.python(lambda name: name),
        letters=lambda axis: letters.setdefault(axis.name, "abcdefghijklmnop"[len(letters)]),
        like="like",
    )
    source = operation.source(call)
    space: dict[str, Any] = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, **sizes}
    for line in source.imports:
        exec(line, space)
    owner = torch.nn.Module()
    for name, size in sizes.items():
        setattr(owner, name, size)
    if source.init:
        owner.part = eval(source.init, space)  # noqa: S307
    if isinstance(getattr(owner, "part", None), torch.nn.Parameter):  # the step is the parameter
        (whole,) = stored.values()
        assert list(stored) == [""] and owner.part.shape == whole.shape
        del owner.part
        owner.part = whole
    elif source.init:
        owner.part.double().eval()
        state = owner.part.state_dict()
        assert list(state) == list(stored)
        assert {name: list(each.shape) for name, each in state.items()} == {
            name: list(each.shape) for name, each in stored.items()
        }
        owner.part = _With(owner.part, stored)
    else:
        assert not stored
    space["like"] = torch.zeros((), dtype=torch.float64)
    space.update(zip(names, inputs, strict=True), self=owner)
    for line in source.before:
        exec(line, space)
    if not application.outputs:
        assert not source.forward
        return ()
    result = eval(source.forward, space)  # noqa: S307
    return result if isinstance(result, tuple) else (result,)


class _With(torch.nn.Module):  # type: ignore[misc]
    """A module called with given parameters, so that gradients reach them."""

    def __init__(self, module: Any, parameters: Mapping[str, Any]) -> None:
        super().__init__()
        self.module, self.values = module, dict(parameters)

    def forward(self, argument: Any) -> Any:
        return torch.func.functional_call(self.module, self.values, (argument,))

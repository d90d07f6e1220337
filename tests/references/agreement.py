"""Our generated modules beside modules that torch.nn alone makes: forward, gradients, counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

CLOSE = 1e-10
Arguments = Callable[..., Any]


def randomise(module: nn.Module, seed: int = 0) -> nn.Module:
    """In float64, every parameter and statistic random; variances positive."""
    generator = torch.Generator().manual_seed(seed)
    module = module.double()
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if tensor.is_floating_point():
                drawn = torch.randn(tensor.shape, generator=generator, dtype=torch.float64)
                tensor.copy_(drawn.abs() / 2 + 0.5 if name.endswith("running_var") else drawn / 2)
    return module


def part(tensor: Tensor, which: str) -> Tensor:
    """All of it, or the part that `1/3` names: the second of three chunks."""
    if not which:
        return tensor
    number, _, count = which.partition("/")
    return tensor.chunk(int(count))[int(number)]


def states(module: nn.Module) -> dict[str, Tensor]:
    """Parameters and statistics by name, but for the numbers of batches."""
    found = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    return {name: tensor for name, tensor in found.items() if tensor.is_floating_point()}


def compare(
    ours: nn.Module,
    theirs: nn.Module,
    names: Mapping[str, str],
    inputs: Sequence[Tensor],
    to_theirs: Arguments = lambda *inputs: inputs,
    from_theirs: Arguments = lambda result: (result,),
    training: bool = False,
) -> None:
    """Fail unless both compute the same function, forward and backward.

    `names` gives to each of our parameters and statistics the name of theirs, and after a `#` the
    part of it. Every one of ours and every one of theirs must be spoken of.
    """
    randomise(theirs)
    ours, theirs = ours.double().train(training), theirs.train(training)
    mine, other = states(ours), states(theirs)
    assert set(mine) == set(names), sorted(set(mine) ^ set(names))
    assert {name.partition("#")[0] for name in names.values()} == set(other)
    assert sum(map(Tensor.numel, mine.values())) == sum(map(Tensor.numel, other.values()))
    with torch.no_grad():
        for name, tensor in mine.items():
            tensor.copy_(taken(other, names[name]).reshape(tensor.shape))
    leaves = [tensor for tensor in inputs if tensor.requires_grad]
    expected = from_theirs(theirs(*to_theirs(*inputs)))
    cotangents = [torch.randn_like(each) for each in expected]
    torch.autograd.backward(expected, cotangents)
    of_inputs = [grad(tensor) for tensor in leaves]
    for tensor in leaves:
        tensor.grad = None
    found = ours(*inputs)
    found = found if isinstance(found, tuple) else (found,)
    torch.autograd.backward(found, cotangents)
    for one, two in zip(found, expected, strict=True):
        near(one, two, "output")
        assert float(two.detach().abs().max()) > 1e-3
    for tensor, wanted in zip(leaves, of_inputs, strict=True):
        near(grad(tensor), wanted, "gradient of an input")
    gradients = {name: grad(tensor) for name, tensor in theirs.named_parameters()}
    for name, tensor in ours.named_parameters():
        near(grad(tensor), taken(gradients, names[name]).reshape(tensor.shape), name)
    for name, tensor in ours.named_buffers():
        if name in mine:
            near(tensor, taken(other, names[name]), name)


def taken(tensors: Mapping[str, Tensor], name: str) -> Tensor:
    """The tensor, or part of it, that a name with `#` speaks of."""
    whole, _, which = name.partition("#")
    return part(tensors[whole], which)


def grad(tensor: Tensor) -> Tensor:
    """Its gradient, which must be there."""
    assert tensor.grad is not None
    return tensor.grad


def near(found: Tensor, expected: Tensor, what: str) -> None:
    """Fail where they differ by more than `CLOSE`, relative to what is large."""
    assert found.shape == expected.shape, what
    scale = max(1.0, float(expected.detach().abs().max()))
    difference = float((found - expected).detach().abs().max()) / scale
    assert difference < CLOSE, f"{what}: {difference}"


def normal(*shape: int, seed: int = 1) -> Tensor:
    """A random leaf."""
    generator = torch.Generator().manual_seed(seed + sum(shape))
    return torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_()


def count(module: nn.Module) -> int:
    """How many learned numbers a module has."""
    return sum(map(Tensor.numel, module.parameters()))


def layers(ours: str, theirs: str, *kinds: str) -> dict[str, str]:
    """`W.weight: linear.weight` and so on, for weight and bias or the kinds given."""
    return {f"{ours}.{kind}": f"{theirs}.{kind}" for kind in kinds or ("weight", "bias")}


STATISTICS = ("weight", "bias", "running_mean", "running_var")


def attention(ours: str, theirs: str) -> dict[str, str]:
    """Names of a multi-head attention block, those of `torch.nn.MultiheadAttention`."""
    names = layers(f"{ours}.O", f"{theirs}.out_proj")
    for number, letter in enumerate("QKV"):
        for kind in ("weight", "bias"):
            names[f"{ours}.{letter}.{kind}"] = f"{theirs}.in_proj_{kind}#{number}/3"
    return names

"""Whether a change changes the function: both modules run side by side, without anything of `check`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Literal

import torch
from torch import Tensor, nn

APART = 1e-8  # relative to the largest value; what differs by less is rounding

Outcome = Literal["same", "values", "gradients", "buffers", "parameters", "shapes", "fails", "rounding"]


@dataclass(frozen=True, slots=True)
class Trial:
    """How both modules are run once."""

    build: Mapping[str, Any]  # keyword arguments of the constructor
    inputs: tuple[Any, ...]
    training: bool = False
    named: Mapping[str, Any] | None = None  # further arguments


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a module did."""

    failed: str
    parameters: Mapping[str, Tensor]
    outputs: tuple[Tensor, ...] = ()
    gradients: Mapping[str, Tensor] | None = None
    buffers: Mapping[str, Tensor] | None = None


def behave(make: Callable[..., nn.Module], trial: Trial, seed: int) -> Behaviour:
    """Build, fill with random parameters by name, run forward and backward."""
    parameters: dict[str, Tensor] = {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.manual_seed(seed)
            model = make(**trial.build).double().train(trial.training)
            parameters = fill(model, seed)
            for part in model.modules():
                if isinstance(part, nn.modules.dropout._DropoutNd):
                    part.eval()
            inputs = [_fresh(each) for each in trial.inputs]
            named = {name: _fresh(each) for name, each in (trial.named or {}).items()}
            outputs = tuple(tensors(model(*inputs, **named)))
            given = {**dict(enumerate(inputs)), **named}
            leaves = {str(n): x for n, x in given.items() if isinstance(x, Tensor) and x.requires_grad}
            leaves |= {name: each for name, each in parameters.items() if each.requires_grad}
            gradients = dict(zip(leaves, pulled(outputs, list(leaves.values()), seed), strict=True))
    except Exception as error:
        return Behaviour(f"{type(error).__name__}: {error}", parameters)
    buffers = {name: each.detach().clone() for name, each in model.named_buffers()}
    return Behaviour("", parameters, outputs, gradients, buffers)


def _fresh(given: Any) -> Any:
    return given.detach().clone().requires_grad_(given.requires_grad) if isinstance(given, Tensor) else given


def fill(model: nn.Module, seed: int) -> dict[str, Tensor]:
    """Random parameters and buffers, the same for the same names and shapes."""
    named = dict(model.named_parameters(remove_duplicate=False))
    buffers = dict(model.named_buffers(remove_duplicate=False))
    for name, tensor in (*named.items(), *buffers.items()):
        generator = torch.Generator().manual_seed(seed + sum(map(ord, name)) * 7919 % 10007)
        if not tensor.dtype.is_floating_point:
            continue
        made = torch.randn(tensor.shape, generator=generator, dtype=torch.float64)
        if name in buffers:
            if model.state_dict(keep_vars=True).get(name) is None:
                continue  # no state: it was computed, not learned
            made = made.abs() + 0.1
        elif tensor.dim() > 1:
            made = made / tensor.shape[-1] ** 0.5
        with torch.no_grad():
            tensor.copy_(made)
    return named


def tensors(result: Any) -> Iterator[Tensor]:
    """All tensors of what a module returns, in order."""
    if isinstance(result, Tensor):
        yield result
    elif isinstance(result, Mapping):
        for each in result.values():
            yield from tensors(each)
    elif isinstance(result, (tuple, list)):
        for each in result:
            yield from tensors(each)


def pulled(outputs: Sequence[Tensor], leaves: Sequence[Tensor], seed: int) -> tuple[Tensor, ...]:
    """The gradients of the leaves, for fixed cotangents; zeros where there are none."""
    wanted = [each for each in outputs if each.requires_grad]
    generator = torch.Generator().manual_seed(seed)
    drawn = [torch.randn(y.shape, generator=generator, dtype=torch.float64).to(y.dtype) for y in wanted]
    if not wanted or not leaves:
        return tuple(torch.zeros_like(each) for each in leaves)
    made = torch.autograd.grad(wanted, list(leaves), drawn, allow_unused=True)
    return tuple(
        torch.zeros_like(leaf) if each is None else each for leaf, each in zip(leaves, made, strict=True)
    )


def compare(original: Behaviour, changed: Behaviour, single: float | None = None) -> Outcome:
    """How the second differs from the first.

    Args:
        single: where their code computes in single precision, up to which relative difference that may
            be rounding; what differs by less than that but by more than a hundredth of it is unsettled.
    """
    ours = {name: each.shape for name, each in original.parameters.items()}
    theirs = {name: each.shape for name, each in changed.parameters.items()}
    if changed.failed:
        return "fails"
    if ours != theirs or _shared(original) != _shared(changed):
        return "parameters"
    if [y.shape for y in original.outputs] != [y.shape for y in changed.outputs]:
        return "shapes"
    near = APART if single is None else single / 100
    apart: dict[Outcome, float] = {
        "values": _apart(original.outputs, changed.outputs),
        "gradients": _named_apart(original.gradients, changed.gradients),
        "buffers": _named_apart(original.buffers, changed.buffers),
    }
    for outcome, difference in apart.items():
        if difference > (single or near):
            return outcome
    return "same" if max(apart.values()) <= near else "rounding"


def _named_apart(ours: Mapping[str, Tensor] | None, theirs: Mapping[str, Tensor] | None) -> float:
    one, two = ours or {}, theirs or {}
    return _apart(list(one.values()), [two[name] for name in one]) if one.keys() == two.keys() else inf


def _shared(behaviour: Behaviour) -> list[tuple[str, ...]]:
    """The names that are one tensor."""
    by_tensor: dict[int, list[str]] = {}
    for name, each in behaviour.parameters.items():
        by_tensor.setdefault(id(each), []).append(name)
    return sorted(tuple(names) for names in by_tensor.values())


def _apart(ours: Sequence[Tensor], theirs: Sequence[Tensor]) -> float:
    """The largest difference, relative to the largest value of the same tensor."""
    return max((_difference(one, two) for one, two in zip(ours, theirs, strict=True)), default=0.0)


def _difference(one: Tensor, two: Tensor) -> float:
    if one.shape != two.shape or _sort(one) != _sort(two):
        return inf
    if not one.dtype.is_floating_point:
        return 0.0 if bool((one == two).all()) else inf
    one, two = one.detach().double(), two.detach().double()
    if bool((one.isnan() != two.isnan()).any()):
        return inf
    known = ~one.isnan()
    one, two = one[known], two[known]
    if not one.numel():
        return 0.0
    finite = one[one.isfinite()].abs()
    scale = max(float(finite.max()), 1e-2) if finite.numel() else 1.0
    return float(torch.where(one == two, 0.0, (one - two).abs()).nan_to_num(nan=inf).max()) / scale


def _sort(tensor: Tensor) -> str:
    return "real" if tensor.dtype.is_floating_point else "mask" if tensor.dtype == torch.bool else "index"

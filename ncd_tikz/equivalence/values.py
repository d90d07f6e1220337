"""Random inputs and parameters for comparing two meanings of a diagram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

import torch
from torch import Tensor

from ncd_tikz.axes import Tensor as TensorType
from ncd_tikz.diagram import Diagram
from ncd_tikz.equivalence.evaluate import Learned


def random_inputs(
    diagram: Diagram,
    sizes: Mapping[str, int],
    generator: torch.Generator,
    batch: Sequence[int] = (),
    positive: bool = False,
) -> tuple[Tensor, ...]:
    """One tensor per input, by its kind; real ones in float64 and asking for gradients."""
    return tuple(
        random_tensor(diagram.values[number].tensor, sizes, generator, batch, positive)
        for number in diagram.inputs
    )


def random_tensor(
    kind: TensorType,
    sizes: Mapping[str, int],
    generator: torch.Generator,
    batch: Sequence[int] = (),
    positive: bool = False,
) -> Tensor:
    """Normal numbers, whole numbers below the type's bound, or a mask.

    A mask keeps at least two entries along every line of every axis of three or more, and one along
    shorter ones: a softmax over none has no value, and one over a single entry forgets the scores. It
    hides at least one entry where it has several.
    """
    shape = (*batch, *(size.evaluate(sizes) for axis in kind.axes for size in axis.sizes))
    if kind.kind == "mask":
        return _random_mask(shape, len(batch), generator)
    if kind.kind == "index":
        if kind.below is None:
            raise ValueError("an index input says below which number it is")
        return torch.randint(kind.below.evaluate(sizes), shape, generator=generator)
    drawn = torch.randn(shape, generator=generator, dtype=torch.float64)
    if positive:
        drawn = drawn.abs() + 0.1
    return drawn.requires_grad_()


def random_parameters(
    parameters: Sequence[Learned], generator: torch.Generator, positive: bool = False, sign: int = 0
) -> dict[str, Tensor]:
    """Learned tensors by name, scaled so that values keep about the size of the inputs.

    Buffers are positive, those without axes whole, and have no gradient. Tensors of one number, as the
    slope of a rectifier is, have this `sign` where it is 1 or -1: what they do may hang on it, and a few
    draws by chance could all have the same.
    """
    drawn: dict[str, Tensor] = {}
    for learned in parameters:
        if learned.parameter.buffer and not learned.stored:
            drawn[learned.name] = torch.randint(1, 9, (), generator=generator).to(torch.float64)
            continue
        tensor = torch.randn(learned.stored, generator=generator, dtype=torch.float64)
        if learned.parameter.buffer:
            drawn[learned.name] = tensor.abs() + 0.1
            continue
        if positive:
            tensor = tensor.abs() + 0.1
        elif sign and tensor.numel() == 1:
            tensor = sign * tensor.abs()
        if len(learned.stored) > 1:
            tensor = tensor / sqrt(learned.stored[-1])
        drawn[learned.name] = tensor.requires_grad_()
    return drawn


def _random_mask(shape: Sequence[int], batch: int, generator: torch.Generator) -> Tensor:
    mask = torch.rand(tuple(shape), generator=generator) < 0.6
    if mask.numel() > 1 and bool(mask.all()):
        mask.view(-1)[0] = False
    for axis in range(batch, mask.dim()):
        extent = mask.shape[axis]
        for number in (1, 2)[: extent - 1]:
            few = mask.sum(axis, keepdim=True) < min(2, extent - 1)
            place = torch.arange(extent) == extent - number
            mask |= few & place.view(-1, *(1,) * (mask.dim() - axis - 1))
    return mask

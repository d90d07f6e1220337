"""Inputs at the edge: zeros, large values, one entry along each axis, masks and indexes at their ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor

from ncd_tikz.axes import Tensor as TensorType
from ncd_tikz.diagram import BlockCall, Diagram, Repeat

LARGE = 1000.0

Special = tuple[str, tuple[Tensor, ...]]


def special_inputs(diagram: Diagram, inputs: Sequence[Tensor], sizes: Mapping[str, int]) -> list[Special]:
    """Names of what is special, and the inputs; the most telling first.

    Where equal entries make a result jump (the largest few of a tensor of zeros), only large values.

    Args:
        diagram: whose inputs they are.
        inputs: ordinary ones, without batch axes.
        sizes: of the draw.
    """
    kinds = [diagram.values[number].tensor for number in diagram.inputs]
    names = [diagram.values[number].name for number in diagram.inputs]
    plain = [tensor.detach() for tensor in inputs]
    made: list[Special] = []
    if any(kind.kind == "real" for kind in kinds):
        made.append((f"inputs times {LARGE:g}", tuple(_scaled(each) for each in plain)))
        if not has_ties(diagram):
            made.append(("inputs all zero", tuple(_zero(each) for each in plain)))
    for place, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        for words, tensor in _of_one(kind, plain[place], sizes, has_ties(diagram)):
            made.append((f"{name} {words}", (*plain[:place], tensor, *plain[place + 1 :])))
    return made


def _of_one(
    kind: TensorType, tensor: Tensor, sizes: Mapping[str, int], ties: bool
) -> Iterator[tuple[str, Tensor]]:
    axes = [axis.name for axis in kind.axes for _ in axis.sizes]
    if kind.kind == "mask":
        yield "keeps everything", torch.ones_like(tensor)
        for dimension, name in enumerate(axes):
            size = tensor.shape[dimension]
            for end, word in ((0, "first"), (size - 1, "last")):
                only = torch.zeros_like(tensor)
                only.select(dimension, end).fill_(True)
                yield f"keeps only the {word} of {name}", only
    elif kind.kind == "index":
        yield "all zero", torch.zeros_like(tensor)
        last = kind.below.evaluate(sizes) - 1 if kind.below is not None else int(tensor.max())
        yield f"all at the last, {last}", torch.full_like(tensor, last)
    elif not ties:
        for dimension, name in enumerate(axes):
            only = torch.zeros_like(tensor)
            end = tensor.shape[dimension] - 1
            only.select(dimension, end).copy_(tensor.select(dimension, end))
            yield f"zero but at the last of {name}", only


def _scaled(tensor: Tensor) -> Tensor:
    return tensor * LARGE if tensor.dtype.is_floating_point else tensor


def _zero(tensor: Tensor) -> Tensor:
    return torch.zeros_like(tensor) if tensor.dtype.is_floating_point else tensor


def has_ties(diagram: Diagram) -> bool:
    """Whether a step chooses among entries, so that equal ones leave its result open."""
    for step in diagram.steps:
        operation = step.operation
        inside = operation.diagram if isinstance(operation, (BlockCall, Repeat)) else None
        if has_ties(inside) if inside is not None else getattr(operation, "ties", False):
            return True
    return False

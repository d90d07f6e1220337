"""The lifted meaning of many applications at once, held to the plain loop at some of them.

`torch.vmap` is the same rule - index, apply, stack - without a loop in Python: it knows nothing of the
operations and calls their base definitions, once. A definition that it cannot take, or that gives
anything else than the loop at the indexes that are tried, is evaluated by the loop.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum

import torch
from torch import Tensor

Tensors = tuple[Tensor, ...]
# A base definition: its outputs, and tensors to keep from on the way to them.
Base = Callable[[Tensors], "tuple[Tensors, Tensors]"]

FEW = 4  # applications that are not worth it
_CLOSE = 1e-9


class Mode(Enum):
    """How applications are evaluated."""

    HELD = "at once, held to the loop"
    INSIDE = "at once, inside of what is held"
    LOOP = "one after the other"


_mode: ContextVar[Mode] = ContextVar("mode", default=Mode.HELD)


@contextmanager
def evaluating(mode: Mode) -> Iterator[None]:
    """Evaluate so inside."""
    token = _mode.set(mode)
    try:
        yield
    finally:
        _mode.reset(token)


def applied(
    base: Base, rows: Sequence[Tensor], along: Sequence[bool], count: int, held_to: Mode = Mode.LOOP
) -> tuple[Tensors, Tensors] | None:
    """What `base` gives for every row, stacked; None where the loop is to tell.

    Args:
        base: the definition.
        rows: the arguments; of those `along`, the first axis counts the applications.
        along: which arguments differ between applications.
        count: how many applications.
        held_to: how the applications are evaluated that this is compared with.
    """
    mode = _mode.get()
    if mode is Mode.LOOP or count < FEW or not any(along):
        return None
    try:
        with warnings.catch_warnings(), evaluating(Mode.INSIDE):
            warnings.simplefilter("ignore")
            call = torch.vmap(
                lambda *arguments: base(arguments), tuple(0 if each else None for each in along)
            )
            outputs, kept = call(*rows)
        if mode is Mode.HELD and not _holds(base, rows, along, count, outputs, held_to):
            return None
    except Exception:  # whatever it is, the loop tells it in terms of one application
        return None
    return outputs, kept


def _holds(
    base: Base, rows: Sequence[Tensor], along: Sequence[bool], count: int, outputs: Tensors, held_to: Mode
) -> bool:
    with torch.no_grad(), evaluating(held_to):
        for place in sorted({0, count * 7 // 11, count - 1}):
            arguments = tuple(row[place] if each else row for row, each in zip(rows, along, strict=True))
            found, _ = base(arguments)
            if not all(_close(one[place], other) for one, other in zip(outputs, found, strict=True)):
                return False
    return True


def _close(one: Tensor, other: Tensor) -> bool:
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if not one.dtype.is_floating_point:
        return bool((one == other).all())
    scale = max(1.0, float(other.nan_to_num(0.0, 0.0, 0.0).abs().max())) if other.numel() else 1.0
    return torch.allclose(one, other, _CLOSE, _CLOSE * scale, equal_nan=True)

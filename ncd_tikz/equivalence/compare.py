"""Two tensors compared, honest about what is not a finite number."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, sqrt

import torch
from torch import Tensor

from ncd_tikz.equivalence.report import Comparison

RELATIVE = 1e-9  # of the largest value expected; float64 rounding stays far below
_ROUNDING = {torch.float64: 1e-10, torch.float32: 1e-5, torch.float16: 5e-3, torch.bfloat16: 2e-2}
_MOST = 0.25  # a module that is off by more than this has another function, in any dtype
SMALL = 1e-2  # values below are compared as if the largest were this: a gradient of zero has rounding noise


def rounding(dtype: torch.dtype, terms: int) -> float:
    """The relative difference that is allowed: a bound for one rounding, times the root of the terms summed.

    >>> rounding(torch.float64, 100), rounding(torch.float32, 100)
    (1e-09, 0.0001)
    """
    return min(_ROUNDING[dtype] * sqrt(terms), _MOST)


def compare(
    what: str, found: Tensor | None, expected: Tensor | None, allowed: float = RELATIVE
) -> Comparison:
    """`found` against `expected`; None is a gradient that does not exist, which is zero.

    `allowed` is the largest difference allowed, relative to the largest value expected.

    Indexes and booleans agree exactly or not at all.
    Equal infinities agree. NaN on both sides is not compared; NaN on one side is a difference.
    """
    if found is None and expected is None:
        return Comparison(what, True, 0)
    if expected is None or found is None:
        known = found if expected is None else expected
        assert known is not None
        zero = torch.zeros_like(known)
        found, expected = (found, zero) if expected is None else (zero, expected)
    assert found is not None
    if found.shape != expected.shape:
        words = f"has shape {tuple(found.shape)}, expected {tuple(expected.shape)}"
        return Comparison(what, False, 0, inf, inf, 0.0, words)
    if _sort(found) != _sort(expected):
        words = f"has entries of type {found.dtype}, expected {expected.dtype}"
        return Comparison(what, False, 0, inf, inf, 0.0, words)
    if not expected.dtype.is_floating_point:
        wrong = int((found != expected).sum())
        words = f"{wrong} of {expected.numel()} entries differ" if wrong else ""
        return Comparison(what, not wrong, expected.numel(), float(wrong), float(wrong), 0.0, words)
    found, expected = found.detach().to(torch.float64), expected.detach().to(torch.float64)
    either = ~(found.isnan() & expected.isnan())
    found, expected = found[either], expected[either]
    if not expected.numel():
        return Comparison(what, True, 0)
    difference = torch.where(found == expected, 0.0, (found - expected).abs())
    error = float(difference.nan_to_num(nan=inf, posinf=inf).max())
    finite = expected[expected.isfinite()].abs()
    scale = max(float(finite.max()), SMALL) if finite.numel() else SMALL
    most = allowed * scale
    return Comparison(what, error <= most, expected.numel(), error, error / scale, most)


def _sort(tensor: Tensor) -> str:
    if tensor.dtype.is_floating_point:
        return "real"
    return "mask" if tensor.dtype == torch.bool else "index"


def agree(found: object, expected: Tensor, inside: bool = False) -> Comparison:
    """A value met on the way.

    Inside a block, one may lack axes in front (or have them with size one) that it does not depend on.
    """
    if not isinstance(found, Tensor):
        return Comparison("", False, 0, inf, inf, 0.0, f"is {type(found).__name__}, no tensor")
    return compare("", spread(found, expected.shape) if inside else found, expected)


def spread(found: Tensor, shape: Sequence[int]) -> Tensor:
    """`found` along the axes in front that it lacks, or has with size one; itself where it does not fit."""
    lacking = len(shape) - found.dim()
    if lacking < 0:
        return found
    pairs = zip(found.shape, shape[lacking:], strict=True)
    return found.expand(tuple(shape)) if all(mine in (1, wanted) for mine, wanted in pairs) else found

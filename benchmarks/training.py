"""Forward and backward of the generated attention module, beside the same einsums written by hand."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.measure import Row, Skipped, medians

if TYPE_CHECKING:
    import torch

REPEATS = 40
SIZES = {"small": (4, 20, 22, 128, 16, 4), "large": (8, 128, 128, 512, 64, 8)}  # batch, y, x, m, k, h


def rows() -> Iterator[Row | Skipped]:
    """One ratio per size."""
    if importlib.util.find_spec("torch") is None:
        yield Skipped("attention module / einsums by hand", "torch is missing: ncd-tikz doctor")
        return
    import torch

    import ncd_tikz
    from ncd_tikz.pytorch import to_module

    torch.manual_seed(0)
    torch.set_num_threads(1)
    diagram = ncd_tikz.load("@multi_head_attention")
    for size, (batch, y, x, m, k, h) in SIZES.items():
        module = to_module(diagram, m=m, k=k, h=h)
        weights = [torch.randn(h * k, m), torch.randn(h * k, m), torch.randn(h * k, m), torch.randn(m, h * k)]
        by_hand = [weight.div(m**0.5).requires_grad_() for weight in weights]
        inputs = torch.randn(batch, y, m), torch.randn(batch, x, m)
        generated = partial(_train, module, list(module.parameters()), inputs)
        written = partial(_train, partial(_attention, weights=by_hand, k=k, h=h), by_hand, inputs)
        ours, theirs = medians([generated, written], REPEATS, warm=5)
        note = f"{1000 * ours:.1f} ms / {1000 * theirs:.1f} ms"
        yield Row(f"attention module / einsums by hand, {size}", ours / theirs, 1.05, note=note)


def _train(
    model: Callable[..., torch.Tensor], parameters: list[torch.Tensor], inputs: tuple[torch.Tensor, ...]
) -> None:
    """One pass forward and backward."""
    import torch

    torch.autograd.grad(model(*inputs).square().mean(), parameters)


def _attention(
    asking: torch.Tensor, answering: torch.Tensor, weights: list[torch.Tensor], k: int, h: int
) -> torch.Tensor:
    """As one would write it without thinking of speed."""
    import torch

    query, key, value, output = weights
    q = torch.einsum("bym,khm->bykh", asking, query.view(k, h, -1))
    keys = torch.einsum("bxm,khm->bxkh", answering, key.view(k, h, -1))
    v = torch.einsum("bxm,khm->bxkh", answering, value.view(k, h, -1))
    scores = torch.einsum("bykh,bxkh->byxh", q, keys) * k**-0.5
    mixed = torch.einsum("byxh,bxkh->bykh", scores.softmax(dim=-2), v)
    return torch.einsum("bykh,mkh->bym", mixed, output.view(-1, k, h))

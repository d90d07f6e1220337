"""Attention between the pixels of two images, by torch.nn alone; images are [batch, channels, h, w]."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


class VisualAttention(nn.Module):
    """Pixels of `e` ask pixels of `x`; queries, keys, values and results are 1x1 convolutions."""

    def __init__(self, channels: int, depth: int) -> None:
        super().__init__()
        self.query = nn.Conv2d(channels, depth, 1, bias=False)
        self.key = nn.Conv2d(channels, depth, 1, bias=False)
        self.value = nn.Conv2d(channels, depth, 1, bias=False)
        self.out = nn.Conv2d(depth, channels, 1, bias=False)

    def forward(self, e: Tensor, x: Tensor) -> Tensor:
        asked, keys, values = (part.flatten(-2).mT for part in (self.query(e), self.key(x), self.value(x)))
        found = functional.scaled_dot_product_attention(asked, keys, values)
        return self.out(found.mT.unflatten(-1, e.shape[-2:]))

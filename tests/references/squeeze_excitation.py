"""Squeeze and excitation by torch.nn alone; images are [batch, channels, height, width].

Hu et al., Squeeze-and-Excitation Networks (2018).
"""

from __future__ import annotations

from torch import Tensor, nn


class SqueezeExcitation(nn.Module):
    """Each channel is scaled by a gate that its mean over the image, and all other channels', give."""

    def __init__(self, channels: int, inner: int) -> None:
        super().__init__()
        self.squeeze = nn.AdaptiveAvgPool2d(1)
        self.reduce = nn.Conv2d(channels, inner, 1)
        self.expand = nn.Conv2d(inner, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        gate = self.expand(self.reduce(self.squeeze(x)).relu()).sigmoid()
        return x * gate

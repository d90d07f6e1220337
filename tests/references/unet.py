"""A U-Net with padding, by torch.nn alone; images are [batch, channels, height, width].

Ronneberger et al., U-Net: Convolutional Networks for Biomedical Image Segmentation (2015).
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn


class DoubleConvolution(nn.Sequential):
    """Two 3x3 convolutions with ReLU behind each."""

    def __init__(self, taken: int, made: int) -> None:
        super().__init__(
            nn.Conv2d(taken, made, 3, padding=1), nn.ReLU(), nn.Conv2d(made, made, 3, padding=1), nn.ReLU()
        )


class UNet(nn.Module):
    """Down through `channels`, and up again with what was kept on the way.

    `channels[0]` are the image's, the last ones those of the lowest level.
    """

    def __init__(self, channels: tuple[int, ...], classes: int) -> None:
        super().__init__()
        *_, top, bottom = channels
        self.down = nn.ModuleList(DoubleConvolution(taken, made) for taken, made in pairwise(channels[:-1]))
        self.bottom = DoubleConvolution(top, bottom)
        levels = list(reversed(channels[1:]))
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(taken, made, 2, stride=2) for taken, made in pairwise(levels)
        )
        self.join = nn.ModuleList(DoubleConvolution(2 * made, made) for made in levels[1:])
        self.head = nn.Conv2d(channels[1], classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        kept = []
        for block in self.down:
            x = block(x)
            kept.append(x)
            x = nn.functional.max_pool2d(x, 2)
        x = self.bottom(x)
        for up, join in zip(self.up, self.join, strict=True):
            x = join(torch.cat([up(x), kept.pop()], dim=-3))
        return self.head(x)

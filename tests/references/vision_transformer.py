"""A vision transformer by torch.nn alone; images are [batch, channels, height, width].

Dosovitskiy et al., An Image is Worth 16x16 Words (2021).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class VisionTransformer(nn.Module):
    """Patches, a class token, learned positions, pre-norm encoder layers, and a linear head."""

    def __init__(
        self, image: tuple[int, int], patch: int, width: int, heads: int, inner: int, depth: int, classes: int
    ) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, stride=patch)
        self.token = nn.Parameter(torch.zeros(1, width))
        self.positions = nn.Parameter(
            torch.empty((image[0] // patch) * (image[1] // patch) + 1, width).normal_(std=0.02)
        )
        layer = nn.TransformerEncoderLayer(
            width,
            heads,
            inner,
            dropout=0.0,
            activation="gelu",
            layer_norm_eps=1e-6,
            batch_first=True,
            norm_first=True,
        )
        self.encoder = nn.TransformerEncoder(
            layer, depth, norm=nn.LayerNorm(width, eps=1e-6), enable_nested_tensor=False
        )
        self.head = nn.Linear(width, classes)

    def forward(self, image: Tensor) -> Tensor:
        patches = self.patches(image).flatten(-2).mT
        tokens = torch.cat([self.token.expand(len(image), 1, -1), patches], dim=-2) + self.positions
        return self.head(self.encoder(tokens)[..., 0, :])

"""The MLP-Mixer by torch.nn alone; images are [batch, channels, height, width].

Tolstikhin et al., MLP-Mixer: An all-MLP Architecture for Vision (2021).
"""

from __future__ import annotations

from torch import Tensor, nn


class Mlp(nn.Sequential):
    """Two linear layers with GELU between them."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__(nn.Linear(width, inner), nn.GELU(), nn.Linear(inner, width))


class MixerLayer(nn.Module):
    """One MLP along the patches, one along the channels, both bypassed."""

    def __init__(self, patches: int, width: int, token_inner: int, channel_inner: int) -> None:
        super().__init__()
        self.token_norm = nn.LayerNorm(width)
        self.tokens = Mlp(patches, token_inner)
        self.channel_norm = nn.LayerNorm(width)
        self.channels = Mlp(width, channel_inner)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.tokens(self.token_norm(x).mT).mT
        return x + self.channels(self.channel_norm(x))


class MlpMixer(nn.Module):
    """Patches, mixer layers, layer norm, the mean over the patches, and a linear head."""

    def __init__(
        self,
        image: tuple[int, int],
        patch: int,
        width: int,
        token_inner: int,
        channel_inner: int,
        depth: int,
        classes: int,
    ) -> None:
        super().__init__()
        patches = (image[0] // patch) * (image[1] // patch)
        self.patches = nn.Conv2d(3, width, patch, stride=patch)
        self.layers = nn.Sequential(
            *(MixerLayer(patches, width, token_inner, channel_inner) for _ in range(depth))
        )
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def forward(self, image: Tensor) -> Tensor:
        x = self.layers(self.patches(image).flatten(-2).mT)
        return self.head(self.norm(x).mean(dim=-2))

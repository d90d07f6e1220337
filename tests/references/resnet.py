"""A pre-activation ResNet with bottlenecks, by torch.nn alone; images are [batch, channels, height, width].

He et al., Identity Mappings in Deep Residual Networks (2016).
"""

from __future__ import annotations

from torch import Tensor, nn


class PreActivation(nn.Sequential):
    """Batch norm and ReLU before a convolution."""

    def __init__(self, taken: int, made: int, kernel: int, stride: int = 1) -> None:
        super().__init__(
            nn.BatchNorm2d(taken),
            nn.ReLU(),
            nn.Conv2d(taken, made, kernel, stride=stride, padding=kernel // 2),
        )


class Bottleneck(nn.Module):
    """The input plus 1x1, 3x3 and 1x1 convolutions of it, each behind batch norm and ReLU."""

    def __init__(self, channels: int, inner: int) -> None:
        super().__init__()
        self.residual = nn.Sequential(
            PreActivation(channels, inner, 1),
            PreActivation(inner, inner, 3),
            PreActivation(inner, channels, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.residual(x)


class FirstBottleneck(nn.Module):
    """Changes channels and resolution; the shortcut is a convolution of the activated input."""

    def __init__(self, taken: int, made: int, inner: int, stride: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(taken)
        self.reduce = nn.Conv2d(taken, inner, 1, stride=stride)
        self.residual = nn.Sequential(PreActivation(inner, inner, 3), PreActivation(inner, made, 1))
        self.shortcut = nn.Conv2d(taken, made, 1, stride=stride)

    def forward(self, x: Tensor) -> Tensor:
        active = self.norm(x).relu()
        return self.residual(self.reduce(active)) + self.shortcut(active)


class Stage(nn.Sequential):
    """A first bottleneck and `depth - 1` more."""

    def __init__(self, taken: int, made: int, stride: int, depth: int) -> None:
        inner = made // 4
        super().__init__(
            FirstBottleneck(taken, made, inner, stride),
            *(Bottleneck(made, inner) for _ in range(depth - 1)),
        )


class IdentityResNet(nn.Module):
    """A convolution, three stages, batch norm, the mean over the image, a linear layer, softmax."""

    def __init__(self, widths: tuple[int, int, int, int], depth: int, classes: int = 10) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, widths[0], 3, padding=1)
        self.stages = nn.Sequential(
            *(Stage(widths[i], widths[i + 1], 1 if i == 0 else 2, depth) for i in range(3))
        )
        self.norm = nn.BatchNorm2d(widths[3])
        self.head = nn.Linear(widths[3], classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.stages(self.stem(x))).relu()
        return self.head(x.mean(dim=(-2, -1))).softmax(dim=-1)

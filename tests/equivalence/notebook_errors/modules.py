"""Modules as their authors wrote them: each has one error, which its docstring tells."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Block(nn.Module):
    """A layer with a bypass, as it should be."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.up = nn.Linear(width, 2 * width)
        self.down = nn.Linear(2 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.down(functional.relu(self.up(x)))


class Stack(nn.Module):
    """Several blocks, as it should be."""

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([Block(width) for _ in range(depth)])

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return x


class SharedBlocks(Stack):
    """The list holds one block several times."""

    def __init__(self, width: int, depth: int) -> None:
        super().__init__(width, 0)
        self.blocks = nn.ModuleList([Block(width)] * depth)


class SharedInSequence(nn.Module):
    """The same in a sequence."""

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        self.blocks = nn.Sequential(*[Block(width)] * depth)

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = self.blocks(x)
        return made


class FirstBlockAgain(Stack):
    """There are several blocks, and the loop calls the first one."""

    def forward(self, x: Tensor) -> Tensor:
        for _ in self.blocks:
            x = self.blocks[0](x)
        return x


class UnregisteredBlocks(nn.Module):
    """The blocks stand in a plain list: they have no parameters for torch."""

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        self.blocks = [Block(width) for _ in range(depth)]
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return self.norm(x)


class Attention(nn.Module):
    """Single-head attention, as it should be."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width, bias=False)
        self.width = width

    def weights(self, scores: Tensor) -> Tensor:
        return functional.softmax(scores, dim=-1)

    def scores(self, x: Tensor) -> Tensor:
        return self.query(x) @ self.key(x).transpose(-1, -2) / self.width**0.5

    def forward(self, x: Tensor) -> Tensor:
        return self.weights(self.scores(x)) @ self.value(x)


class SoftmaxConstructed(Attention):
    """`nn.Softmax(scores)` makes a module whose dimension is the scores."""

    def weights(self, scores: Tensor) -> Tensor:
        return nn.Softmax(scores)  # type: ignore[arg-type, return-value]


class SoftmaxKept(Attention):
    """A softmax is made, and never called."""

    def __init__(self, width: int) -> None:
        super().__init__(width)
        self.softmax = nn.Softmax(dim=-1)

    def weights(self, scores: Tensor) -> Tensor:
        return scores


class ScaleLeftOut(Attention):
    """The scores are not divided by the root of the width."""

    def scores(self, x: Tensor) -> Tensor:
        return self.query(x) @ self.key(x).transpose(-1, -2)


class SoftmaxOverQueries(Attention):
    """The weights of every key sum to one, instead of those of every query."""

    def weights(self, scores: Tensor) -> Tensor:
        return functional.softmax(scores, dim=-2)


class Classifier(nn.Module):
    """Scores, as it should be."""

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.head = nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(x).softmax(-1)


class SoftmaxReturned(Classifier):
    """What is returned is the softmax, not what it makes of the scores."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.head(x)
        return nn.Softmax(dim=-1)  # type: ignore[return-value]


class DoubleConvolution(nn.Module):
    """Two convolutions of three by three, as they should be."""

    def __init__(self, taken: int, made: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(taken, made, 3, padding=1)
        self.second = nn.Conv2d(made, made, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu(self.first(x))
        return functional.relu(self.second(x))


class WrongChannels(DoubleConvolution):
    """The second convolution takes as many channels as the first."""

    def __init__(self, taken: int, made: int) -> None:
        super().__init__(taken, made)
        self.second = nn.Conv2d(taken, made, 3, padding=1)


class FirstMakesAll(DoubleConvolution):
    """The first convolution keeps the channels, the second one makes the others."""

    def __init__(self, taken: int, made: int) -> None:
        super().__init__(taken, made)
        self.first = nn.Conv2d(taken, taken, 3, padding=1)
        self.second = nn.Conv2d(taken, made, 3, padding=1)


class ChannelsOfAnotherPaper(DoubleConvolution):
    """32 channels are written in, where the figure has those of an image."""

    def __init__(self, taken: int, made: int) -> None:
        super().__init__(32, made)


class LargerKernel(DoubleConvolution):
    """A kernel of three where the figure has one of one, padded so that nobody notices."""

    def __init__(self, taken: int, made: int) -> None:
        super().__init__(taken, made)
        self.second = nn.Conv2d(made, made, 3, padding=1)


class NoPadding(DoubleConvolution):
    """The first convolution has no padding: the image shrinks."""

    def __init__(self, taken: int, made: int) -> None:
        super().__init__(taken, made)
        self.first = nn.Conv2d(taken, made, 3)


class StrayPadding(nn.Module):
    """A convolution with padding where the figure has none."""

    def __init__(self, taken: int, made: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(taken, made, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.first(x))


class PaddedPool(nn.Module):
    """A pool with padding and a wider window, after which the image is as large as in the figure."""

    def __init__(self, taken: int, made: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(taken, made, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return functional.max_pool2d(self.first(x), 3, 2, 1)


class ReLUMissing(DoubleConvolution):
    """There is no nonlinearity between the two convolutions."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.second(self.first(x)))


class Layer(nn.Module):
    """A map, a norm, a nonlinearity, a bypass, as they should be."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.map = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        return x + functional.relu(self.norm(self.map(x)))


class OutOfOrder(Layer):
    """The nonlinearity comes before the norm."""

    def forward(self, x: Tensor) -> Tensor:
        return x + self.norm(functional.relu(self.map(x)))


class NormFirst(Layer):
    """The norm comes before the map."""

    def forward(self, x: Tensor) -> Tensor:
        return x + functional.relu(self.map(self.norm(x)))


class NormMissing(Layer):
    """There is a norm, and nobody calls it."""

    def forward(self, x: Tensor) -> Tensor:
        return x + functional.relu(self.map(x))


class BypassMissing(Layer):
    """What came in is not added."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.norm(self.map(x)))


class NothingComparable(nn.Module):
    """Not a number, whatever comes in."""

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.nan


def not_a_number(x: Tensor) -> Tensor:
    """Not a number, whatever comes in."""
    return x * torch.nan

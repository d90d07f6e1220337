# transposed_convolution (c1f6bda79670), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch transposed_convolution.yaml

import torch
from torch import Tensor, nn


class TransposedConvolution(nn.Module):
    """Transposed Convolution.

    The inner product of Y with the convolution of X equals that of X with the
    transposed convolution of Y by the same weights: as a linear map, the one is the
    transpose of the other.

    Args:
        c: channels taken
        d: channels made

    Inputs, with any further axes in front:
        X: (... x c)
        Y: (... y d)

    Returns:
        s: (...)

    State dict:
        W.weight: (d, c, 2, 2)
    """

    def __init__(self, *, c: int = 8, d: int = 12) -> None:
        super().__init__()
        self.W = nn.Conv2d(c, d, 2, stride=2, bias=False)

    def forward(self, X: Tensor, Y: Tensor) -> Tensor:
        W_in = X.movedim(-1, -3)
        W_out = self.W(W_in.reshape(-1, *W_in.shape[-3:]))
        Z = W_out.reshape(*W_in.shape[:-3], *W_out.shape[1:]).movedim(-3, -1)  # ... y d
        s = torch.einsum("...yYd,...yYd->...", Z, Y)  # ...
        return s


class TransposedConvolution2(nn.Module):
    """Transposed Convolution, side 2 of the equation.

    Args:
        c: channels taken
        d: channels made

    Inputs, with any further axes in front:
        X: (... x c)
        Y: (... y d)

    Returns:
        s: (...)

    State dict:
        W.weight: (d, c, 2, 2)
    """

    def __init__(self, *, c: int = 8, d: int = 12) -> None:
        super().__init__()
        self.W = nn.ConvTranspose2d(d, c, 2, stride=2, bias=False)

    def forward(self, X: Tensor, Y: Tensor) -> Tensor:
        W_in = Y.movedim(-1, -3)
        W_out = self.W(W_in.reshape(-1, *W_in.shape[-3:]))
        Z = W_out.reshape(*W_in.shape[:-3], *W_out.shape[1:]).movedim(-3, -1)  # ... x c
        s = torch.einsum("...xXc,...xXc->...", X, Z)  # ...
        return s

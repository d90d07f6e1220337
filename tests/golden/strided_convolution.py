# strided_convolution (aaef839dd07c), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch strided_convolution.yaml

from torch import Tensor, nn


class StridedConvolution(nn.Module):
    """Strided Convolution.

    Position y and offset w read x = 2 y + w - 1: with a stride of two, half as many
    positions are left, and with a padding of one the first window begins one before the
    image.

    Args:
        c: channels taken
        d: channels made

    Inputs, with any further axes in front:
        X: (... x c)

    Returns:
        Y: (... y d)

    State dict:
        Y.weight: (d, c, 3, 3)
        Y.bias: (d)
    """

    def __init__(self, *, c: int = 64, d: int = 128) -> None:
        super().__init__()
        self.Y = nn.Conv2d(c, d, 3, stride=2, padding=1)

    def forward(self, X: Tensor) -> Tensor:
        Y_in = X.movedim(-1, -3)
        Y_out = self.Y(Y_in.reshape(-1, *Y_in.shape[-3:]))
        Y = Y_out.reshape(*Y_in.shape[:-3], *Y_out.shape[1:]).movedim(-3, -1)  # ... y d
        return Y


class StridedConvolution2(nn.Module):
    """Strided Convolution, side 2 of the equation.

    Args:
        c: channels taken
        d: channels made

    Inputs, with any further axes in front:
        X: (... x c)

    Returns:
        Y: (... y d)

    State dict:
        Y.weight: (d, c, 3, 3)
        Y.bias: (d)
    """

    def __init__(self, *, c: int = 64, d: int = 128) -> None:
        super().__init__()
        self.Y = nn.Conv2d(c, d, 3, stride=2, padding=1)

    def forward(self, X: Tensor) -> Tensor:
        Y_in = X.movedim(-1, -3)
        Y_out = self.Y(Y_in.reshape(-1, *Y_in.shape[-3:]))
        Y = Y_out.reshape(*Y_in.shape[:-3], *Y_out.shape[1:]).movedim(-3, -1)  # ... y d
        return Y

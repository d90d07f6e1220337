# dilated_convolution (89bcb24d9733), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch dilated_convolution.yaml

from torch import Tensor, nn


class DilatedConvolution(nn.Module):
    """Dilated Convolution.

    Position y and offset w read x = y + 2 w - 2: three offsets reach over five
    positions, at the cost of three. With a padding of two, as many positions are left
    as there were.

    Args:
        c: channels taken
        d: channels made

    Inputs, with any further axes in front:
        X: (... x c)

    Returns:
        Y: (... x d)

    State dict:
        Y.weight: (d, c, 3, 3)
        Y.bias: (d)
    """

    def __init__(self, *, c: int = 64, d: int = 64) -> None:
        super().__init__()
        self.Y = nn.Conv2d(c, d, 3, padding=2, dilation=2)

    def forward(self, X: Tensor) -> Tensor:
        Y_in = X.movedim(-1, -3)
        Y_out = self.Y(Y_in.reshape(-1, *Y_in.shape[-3:]))
        Y = Y_out.reshape(*Y_in.shape[:-3], *Y_out.shape[1:]).movedim(-3, -1)  # ... x d
        return Y


class DilatedConvolution2(nn.Module):
    """Dilated Convolution, side 2 of the equation.

    Args:
        c: channels taken
        d: channels made

    Inputs, with any further axes in front:
        X: (... x c)

    Returns:
        Y: (... x d)

    State dict:
        Y.weight: (d, c, 3, 3)
        Y.bias: (d)
    """

    def __init__(self, *, c: int = 64, d: int = 64) -> None:
        super().__init__()
        self.Y = nn.Conv2d(c, d, 3, padding=2, dilation=2)

    def forward(self, X: Tensor) -> Tensor:
        Y_in = X.movedim(-1, -3)
        Y_out = self.Y(Y_in.reshape(-1, *Y_in.shape[-3:]))
        Y = Y_out.reshape(*Y_in.shape[:-3], *Y_out.shape[1:]).movedim(-3, -1)  # ... x d
        return Y

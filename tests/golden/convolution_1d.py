# convolution_1d (b78d1749e6f2), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch convolution_1d.yaml

from torch import Tensor, nn


class Convolution1d(nn.Module):
    """Convolution.

    The axis x is re-indexed to an axis y of positions and a window of three: position y
    and offset w read x = y + w. One learned linear map takes the window and the
    channels at every position.

    Args:
        c: channels taken
        d: channels made

    Inputs, with any further axes in front:
        X: (... x c)

    Returns:
        Y: (... y d)

    State dict:
        Y.weight: (d, c, 3)
        Y.bias: (d)
    """

    def __init__(self, *, c: int = 16, d: int = 32) -> None:
        super().__init__()
        self.Y = nn.Conv1d(c, d, 3)

    def forward(self, X: Tensor) -> Tensor:
        Y_in = X.transpose(-2, -1)
        Y_out = self.Y(Y_in.reshape(-1, *Y_in.shape[-2:]))
        # ... y d
        Y = Y_out.reshape(*Y_in.shape[:-2], *Y_out.shape[1:]).transpose(-2, -1)
        return Y


class Convolution1d2(nn.Module):
    """Convolution, side 2 of the equation.

    Args:
        c: channels taken
        d: channels made

    Inputs, with any further axes in front:
        X: (... x c)

    Returns:
        Y: (... y d)

    State dict:
        Y.weight: (d, c, 3)
        Y.bias: (d)
    """

    def __init__(self, *, c: int = 16, d: int = 32) -> None:
        super().__init__()
        self.Y = nn.Conv1d(c, d, 3)

    def forward(self, X: Tensor) -> Tensor:
        Y_in = X.transpose(-2, -1)
        Y_out = self.Y(Y_in.reshape(-1, *Y_in.shape[-2:]))
        # ... y d
        Y = Y_out.reshape(*Y_in.shape[:-2], *Y_out.shape[1:]).transpose(-2, -1)
        return Y

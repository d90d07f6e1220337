# convolution_2d (c83e02afc70d), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch convolution_2d.yaml

from torch import Tensor, nn


class Convolution2d(nn.Module):
    """Convolution of Images.

    Height and width are treated alike, so they are one double wire. With a padding of
    one, as many positions are left as there were; each sees a window of three by three.

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

    def __init__(self, *, c: int = 3, d: int = 64) -> None:
        super().__init__()
        self.Y = nn.Conv2d(c, d, 3, padding="same")

    def forward(self, X: Tensor) -> Tensor:
        Y_in = X.movedim(-1, -3)
        Y_out = self.Y(Y_in.reshape(-1, *Y_in.shape[-3:]))
        Y = Y_out.reshape(*Y_in.shape[:-3], *Y_out.shape[1:]).movedim(-3, -1)  # ... x d
        return Y


class Convolution2d2(nn.Module):
    """Convolution of Images, side 2 of the equation.

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

    def __init__(self, *, c: int = 3, d: int = 64) -> None:
        super().__init__()
        self.Y = nn.Conv2d(c, d, 3, padding="same")

    def forward(self, X: Tensor) -> Tensor:
        Y_in = X.movedim(-1, -3)
        Y_out = self.Y(Y_in.reshape(-1, *Y_in.shape[-3:]))
        Y = Y_out.reshape(*Y_in.shape[:-3], *Y_out.shape[1:]).movedim(-3, -1)  # ... x d
        return Y

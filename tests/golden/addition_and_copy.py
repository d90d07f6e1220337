# addition_and_copy (74eead1cc95b), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch addition_and_copy.yaml

from torch import Tensor, nn


class AdditionAndCopy(nn.Module):
    """Addition and Copying.

    X is copied and added twice to Y, for each index of the axis j that only Y has. This
    equals adding X, taken twice.

    Inputs, with any further axes in front:
        X: (... i)
        Y: (... i j)

    Returns:
        Z: (... i j)
    """

    def forward(self, X: Tensor, Y: Tensor) -> Tensor:
        double = X + X  # ... i
        Z = double[..., None] + Y  # ... i j
        return Z


class AdditionAndCopy2(nn.Module):
    """Addition and Copying, side 2 of the equation.

    Inputs, with any further axes in front:
        X: (... i)
        Y: (... i j)

    Returns:
        Z: (... i j)
    """

    def forward(self, X: Tensor, Y: Tensor) -> Tensor:
        once = X[..., None] + Y  # ... i j
        Z = X[..., None] + once  # ... i j
        return Z


class AdditionAndCopy3(nn.Module):
    """Addition and Copying, side 3 of the equation.

    Inputs, with any further axes in front:
        X: (... i)
        Y: (... i j)

    Returns:
        Z: (... i j)
    """

    def forward(self, X: Tensor, Y: Tensor) -> Tensor:
        double = X * 2  # ... i
        Z = double[..., None] + Y  # ... i j
        return Z

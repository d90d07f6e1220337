# associated_transpose (5f6b23882732), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch associated_transpose.yaml

import torch
from torch import Tensor, nn


class AssociatedTranspose(nn.Module):
    """Associated Transpose.

    F takes a and makes b and c. An inner product over b turns that axis into one that
    is taken: the associated transpose of F takes b and a and makes c.

    Args:
        a: taken
        b: made, then taken
        c: made

    Inputs, with any further axes in front:
        x: (... a)

    Returns:
        y: (... b c)
    """

    def __init__(self, *, a: int = 3, b: int = 4, c: int = 2) -> None:
        super().__init__()
        self.a = a
        self.b = b
        self.c = c

    def forward(self, x: Tensor) -> Tensor:
        F_place = torch.arange(self.a * self.b * self.c, device=x.device)
        F_entry = (37 * F_place**2 + 11 * F_place + 49) % 10007
        F_linear = (F_entry.to(x.dtype) / 5003 - 1).view(self.a, self.b, self.c)
        y = torch.einsum("...a,abc->...bc", x, F_linear)  # ... b c
        return y


class AssociatedTranspose2(nn.Module):
    """Associated Transpose, side 2 of the equation.

    Args:
        a: taken
        b: made, then taken
        c: made

    Inputs, with any further axes in front:
        X: (... b a)

    Returns:
        z: (... c)
    """

    def __init__(self, *, a: int = 3, b: int = 4, c: int = 2) -> None:
        super().__init__()
        self.a = a
        self.b = b
        self.c = c

    def forward(self, X: Tensor) -> Tensor:
        F_place = torch.arange(self.a * self.b * self.c, device=X.device)
        F_entry = (37 * F_place**2 + 11 * F_place + 49) % 10007
        F_linear = (F_entry.to(X.dtype) / 5003 - 1).view(self.a, self.b, self.c)
        Y = torch.einsum("...a,abc->...bc", X, F_linear)  # ... b b' c
        z = torch.einsum("...bbc->...c", Y)  # ... c
        return z


class AssociatedTranspose3(nn.Module):
    """Associated Transpose, side 3 of the equation.

    Args:
        a: taken
        b: made, then taken
        c: made

    Inputs, with any further axes in front:
        X: (... b a)

    Returns:
        z: (... c)
    """

    def __init__(self, *, a: int = 3, b: int = 4, c: int = 2) -> None:
        super().__init__()
        self.a = a
        self.b = b
        self.c = c

    def forward(self, X: Tensor) -> Tensor:
        F_place = torch.arange(self.a * self.b * self.c, device=X.device)
        F_entry = (37 * F_place**2 + 11 * F_place + 49) % 10007
        F_linear = (F_entry.to(X.dtype) / 5003 - 1).view(self.a, self.b, self.c)
        z = torch.einsum("...ba,abc->...c", X, F_linear)  # ... c
        return z

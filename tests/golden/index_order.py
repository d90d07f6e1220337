# index_order (7b51c360c12e), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch index_order.yaml

from torch import Tensor, nn


class IndexOrder(nn.Module):
    """The Order of Indexes.

    A number of a matrix is taken by two indexes. Which of them is applied first makes
    no difference.

    Args:
        i_a: index along a
        j_b: index along b

    Inputs, with any further axes in front:
        A: (... a b)

    Returns:
        y: (...)
    """

    def __init__(self, *, i_a: int = 1, j_b: int = 2) -> None:
        super().__init__()
        self.i_a = i_a
        self.j_b = j_b

    def forward(self, A: Tensor) -> Tensor:
        y = A[..., self.i_a, self.j_b]  # ...
        return y


class IndexOrder2(nn.Module):
    """The Order of Indexes, side 2 of the equation.

    Args:
        i_a: index along a
        j_b: index along b

    Inputs, with any further axes in front:
        A: (... a b)

    Returns:
        y: (...)
    """

    def __init__(self, *, i_a: int = 1, j_b: int = 2) -> None:
        super().__init__()
        self.i_a = i_a
        self.j_b = j_b

    def forward(self, A: Tensor) -> Tensor:
        row = A[..., self.i_a, :]  # ... b
        y = row[..., self.j_b]  # ...
        return y


class IndexOrder3(nn.Module):
    """The Order of Indexes, side 3 of the equation.

    Args:
        i_a: index along a
        j_b: index along b

    Inputs, with any further axes in front:
        A: (... a b)

    Returns:
        y: (...)
    """

    def __init__(self, *, i_a: int = 1, j_b: int = 2) -> None:
        super().__init__()
        self.i_a = i_a
        self.j_b = j_b

    def forward(self, A: Tensor) -> Tensor:
        column = A[..., self.j_b]  # ... a
        y = column[..., self.i_a]  # ...
        return y

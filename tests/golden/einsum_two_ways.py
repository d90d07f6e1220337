# einsum_two_ways (d1c8c74ff5e4), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch einsum_two_ways.yaml

import torch
from torch import Tensor, nn


class EinsumTwoWays(nn.Module):
    """Attention Scores by Einsum.

    Keys are transposed, the heads of queries and keys are set equal, and an inner
    product is taken over their depth; or one einsum does all this at once. Both are
    scaled by the root of the depth.

    Args:
        k: depth of a query or key in each head

    Inputs, with any further axes in front:
        Q: (... y k h)
        K: (... x k h)

    Returns:
        s: (... y x h)
    """

    def __init__(self, *, k: int = 16) -> None:
        super().__init__()
        self.k = k

    def forward(self, Q: Tensor, K: Tensor) -> Tensor:
        T = torch.einsum("...xkh->...kxh", K)  # ... k x h
        P = torch.einsum("...ykh,...Kxh->...ykKxh", Q, T)  # ... y k k' x h
        s = torch.einsum("...ykkxh->...yxh", P)  # ... y x h
        s = s * self.k**-0.5  # ... y x h
        return s


class EinsumTwoWays2(nn.Module):
    """Attention Scores by Einsum, side 2 of the equation.

    Args:
        k: depth of a query or key in each head

    Inputs, with any further axes in front:
        Q: (... y k h)
        K: (... x k h)

    Returns:
        s: (... y x h)
    """

    def __init__(self, *, k: int = 16) -> None:
        super().__init__()
        self.k = k

    def forward(self, Q: Tensor, K: Tensor) -> Tensor:
        s = torch.einsum("...ykh,...xkh->...yxh", Q, K)  # ... y x h
        s = s * self.k**-0.5  # ... y x h
        return s

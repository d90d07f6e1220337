# self_attention (a1381d65e63c), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch self_attention.yaml

import torch
from torch import Tensor, nn


class SelfAttention(nn.Module):
    """Self-Attention.

    Queries, keys and values come from the same positions x; x' are the positions that
    answer. Each of h heads attends on its own.

    Args:
        m: width of the model
        k: depth of a query or key in each head
        h: heads

    Inputs, with any further axes in front:
        X: (... x m)

    Returns:
        z: (... x m)

    State dict:
        Q.weight: (k*h, m)
        K.weight: (k*h, m)
        V.weight: (k*h, m)
        O.weight: (m, k*h)
    """

    def __init__(self, *, m: int = 128, k: int = 16, h: int = 4) -> None:
        super().__init__()
        self.k = k
        self.h = h
        self.Q = nn.Linear(m, k * h, bias=False)
        self.K = nn.Linear(m, k * h, bias=False)
        self.V = nn.Linear(m, k * h, bias=False)
        self.O = nn.Linear(k * h, m, bias=False)

    def forward(self, X: Tensor) -> Tensor:
        q = self.Q(X).unflatten(-1, (self.k, self.h))  # ... x k h
        k = self.K(X).unflatten(-1, (self.k, self.h))  # ... x k h
        v = self.V(X).unflatten(-1, (self.k, self.h))  # ... x k h
        s = torch.einsum("...xkh,...Xkh->...xXh", q, k)  # ... x x' h
        s = s * self.k**-0.5  # ... x x' h
        s = s.softmax(-2)  # ... x x' h
        o = torch.einsum("...xXh,...Xkh->...xkh", s, v)  # ... x k h
        z = self.O(o.flatten(-2))  # ... x m
        return z

# multi_head_attention (b8c19157faf5), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch multi_head_attention.yaml

import torch
from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    """Multi-Head Attention.

    Every position of E asks all positions of X. Learned maps make queries from E, keys
    and values from X, a k-deep vector for each of h heads; each head attends on its
    own, and a last learned map combines the heads.

    Args:
        m: width of the model
        k: depth of a query or key in each head
        h: heads

    Inputs, with any further axes in front:
        E: (... y m)
        X: (... x m)

    Returns:
        z: (... y m)

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

    def forward(self, E: Tensor, X: Tensor) -> Tensor:
        q = self.Q(E).unflatten(-1, (self.k, self.h))  # ... y k h
        k = self.K(X).unflatten(-1, (self.k, self.h))  # ... x k h
        v = self.V(X).unflatten(-1, (self.k, self.h))  # ... x k h
        s = torch.einsum("...ykh,...xkh->...yxh", q, k)  # ... y x h
        s = s * self.k**-0.5  # ... y x h
        s = s.softmax(-2)  # ... y x h
        o = torch.einsum("...yxh,...xkh->...ykh", s, v)  # ... y k h
        z = self.O(o.flatten(-2))  # ... y m
        return z

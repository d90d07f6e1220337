# causal_self_attention (a61fab591b18), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch causal_self_attention.yaml

import torch
from torch import Tensor, nn


class CausalSelfAttention(nn.Module):
    """Causal Self-Attention.

    Self-attention in which the mask gives weight zero to every position x' that comes
    after the position x that asks.

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
        future = s.new_ones(s.shape[-3], s.shape[-2], dtype=torch.bool).triu(1)
        s = s.masked_fill(future[:, :, None], float("-inf"))  # ... x x' h
        s = s.softmax(-2)  # ... x x' h
        o = torch.einsum("...xXh,...Xkh->...xkh", s, v)  # ... x k h
        z = self.O(o.flatten(-2))  # ... x m
        return z

# visual_attention (da86fc3e3e3c), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch visual_attention.yaml

import torch
from torch import Tensor, nn


class VisualAttention(nn.Module):
    """Visual Attention.

    Every pixel of E asks all pixels of X. Queries, keys, values and results are
    convolutions whose window is one by one; there is a single head.

    Args:
        c: channels
        k: depth of a query or key
        h: heads

    Inputs, with any further axes in front:
        E: (... y c)
        X: (... x c)

    Returns:
        z: (... y c)

    State dict:
        Q.weight: (k*h, c, 1, 1)
        K.weight: (k*h, c, 1, 1)
        V.weight: (k*h, c, 1, 1)
        O.weight: (c, k*h, 1, 1)
    """

    def __init__(self, *, c: int = 64, k: int = 16, h: int = 1) -> None:
        super().__init__()
        self.k = k
        self.h = h
        self.Q = nn.Conv2d(c, k * h, 1, bias=False)
        self.K = nn.Conv2d(c, k * h, 1, bias=False)
        self.V = nn.Conv2d(c, k * h, 1, bias=False)
        self.O = nn.Conv2d(k * h, c, 1, bias=False)

    def forward(self, E: Tensor, X: Tensor) -> Tensor:
        Q_in = E.movedim(-1, -3)
        Q_out = self.Q(Q_in.reshape(-1, *Q_in.shape[-3:]))
        # ... y k h
        q = (
            Q_out.reshape(*Q_in.shape[:-3], *Q_out.shape[1:])
            .unflatten(-3, (self.k, self.h))
            .movedim((-4, -3), (-2, -1))
        )
        K_in = X.movedim(-1, -3)
        K_out = self.K(K_in.reshape(-1, *K_in.shape[-3:]))
        # ... x k h
        k = (
            K_out.reshape(*K_in.shape[:-3], *K_out.shape[1:])
            .unflatten(-3, (self.k, self.h))
            .movedim((-4, -3), (-2, -1))
        )
        V_in = X.movedim(-1, -3)
        V_out = self.V(V_in.reshape(-1, *V_in.shape[-3:]))
        # ... x k h
        v = (
            V_out.reshape(*V_in.shape[:-3], *V_out.shape[1:])
            .unflatten(-3, (self.k, self.h))
            .movedim((-4, -3), (-2, -1))
        )
        s = torch.einsum("...yYkh,...xXkh->...yYxXh", q, k)  # ... y x h
        s = s * self.k**-0.5  # ... y x h
        s = torch.exp(s - s.logsumexp((-3, -2), keepdim=True))  # ... y x h
        o = torch.einsum("...yYxXh,...xXkh->...yYkh", s, v)  # ... y k h
        O_in = o.movedim((-4, -3), (-2, -1)).flatten(-4, -3)
        O_out = self.O(O_in.reshape(-1, *O_in.shape[-3:]))
        z = O_out.reshape(*O_in.shape[:-3], *O_out.shape[1:]).movedim(-3, -1)  # ... y c
        return z

# t5_encoder (dbc90157fab2), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch t5_encoder.yaml

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Attention(nn.Module):
    """Attention with Distances.

    Every position asks all positions; a number for their distance is added to each
    score.

    Args:
        k: depth of a query or key in each head
        h: heads
        m: width of the model

    Inputs, with any further axes in front:
        X: (... x m)
        B: (... x x' h)

    Returns:
        z: (... x m)

    State dict:
        Q.weight: (k*h, m)
        K.weight: (k*h, m)
        V.weight: (k*h, m)
        O.weight: (m, k*h)
    """

    def __init__(self, *, k: int = 64, h: int = 8, m: int = 512) -> None:
        super().__init__()
        self.k = k
        self.h = h
        self.Q = nn.Linear(m, k * h, bias=False)
        self.K = nn.Linear(m, k * h, bias=False)
        self.V = nn.Linear(m, k * h, bias=False)
        self.O = nn.Linear(k * h, m, bias=False)

    def forward(self, X: Tensor, B: Tensor) -> Tensor:
        q = self.Q(X).unflatten(-1, (self.k, self.h))  # ... x k h
        k = self.K(X).unflatten(-1, (self.k, self.h))  # ... x k h
        v = self.V(X).unflatten(-1, (self.k, self.h))  # ... x k h
        s = torch.einsum("...xkh,...Xkh->...xXh", q, k)  # ... x x' h
        s = s + B  # ... x x' h
        s = s.softmax(-2)  # ... x x' h
        o = torch.einsum("...xXh,...Xkh->...xkh", s, v)  # ... x k h
        z = self.O(o.flatten(-2))  # ... x m
        return z


class FeedForward(nn.Module):
    """Feed Forward.

    Two linear maps with ReLU between them, applied at each position.

    Args:
        f: width between the maps
        m: width of the model

    Inputs, with any further axes in front:
        X: (... m)

    Returns:
        z: (... m)

    State dict:
        U.weight: (f, m)
        D.weight: (m, f)
    """

    def __init__(self, *, f: int = 2048, m: int = 512) -> None:
        super().__init__()
        self.U = nn.Linear(m, f, bias=False)
        self.D = nn.Linear(f, m, bias=False)

    def forward(self, X: Tensor) -> Tensor:
        a = self.U(X)  # ... f
        a = F.relu(a)  # ... f
        z = self.D(a)  # ... m
        return z


class LayersStep(nn.Module):
    """One step of `layers` in T5 Encoder: i from 1 to N.

    Args:
        k: depth of a query or key in each head
        f: width of the feed-forward networks
        h: heads
        m: width of the model

    Inputs, with any further axes in front:
        H: (... x m)
        B: (... x x' h)

    Returns:
        H: (... x m)

    State dict:
        norm_1.weight: (m)
        attention.*: of attention
        norm_2.weight: (m)
        network.*: of feed_forward
    """

    def __init__(self, *, k: int = 64, f: int = 2048, h: int = 8, m: int = 512) -> None:
        super().__init__()
        self.norm_1 = nn.RMSNorm(m, eps=1e-06)
        self.attention = Attention(k=k, h=h, m=m)
        self.norm_2 = nn.RMSNorm(m, eps=1e-06)
        self.network = FeedForward(f=f, m=m)

    def forward(self, H: Tensor, B: Tensor) -> Tensor:
        norm_1 = self.norm_1(H)  # ... x m
        attention = self.attention(norm_1, B)  # ... x m
        A = H + attention  # ... x m
        norm_2 = self.norm_2(A)  # ... x m
        network = self.network(norm_2)  # ... x m
        H = network + A  # ... x m
        return H


class T5Encoder(nn.Module):
    """T5 Encoder.

    Tokens have no positions of their own; a learned number for each head and each
    distance is added to the scores, the same in all N layers. Scores are not scaled.
    RMS norm comes before each part, no linear map adds a bias, and residual connections
    bypass both parts.

    Args:
        N: layers
        k: depth of a query or key in each head
        f: width of the feed-forward networks
        b: distances on either side that have a number of their own
        r: at r b and further, all distances share one number
        x: positions
        h: heads
        m: width of the model
        v: tokens of the vocabulary

    Inputs, with any further axes in front:
        T: (... x), whole numbers from 0 up to v (excluded)

    Returns:
        norm: (... x m)

    State dict:
        T.weight: (v, m)
        B.weight: (4*b, h)
        layers.n.*: of each iteration n = 0, 1, ...
        norm.weight: (m)
    """

    def __init__(
        self,
        *,
        N: int = 6,
        k: int = 64,
        f: int = 2048,
        b: int = 8,
        r: int = 16,
        x: int = 512,
        h: int = 8,
        m: int = 512,
        v: int = 32128,
    ) -> None:
        super().__init__()
        self.b = b
        self.r = r
        self.x = x
        self.T = nn.Embedding(v, m)
        self.B = nn.Embedding(4 * b, h)
        self.layers = nn.ModuleList([LayersStep(k=k, f=f, h=h, m=m) for _ in range(N)])
        self.norm = nn.RMSNorm(m, eps=1e-06)

    def forward(self, T: Tensor) -> Tensor:
        H = self.T(T)  # ... x m
        B_asks = torch.arange(self.x, device=H.device)
        B_answers = torch.arange(self.x, device=H.device)
        B_ago = B_asks[:, None] - B_answers
        B_half = 4 * self.b // 2
        B_near = 4 * self.b // 2 // 2
        B_rest = 4 * self.b // 2 - 4 * self.b // 2 // 2
        B_last = 4 * self.b // 2 - 1
        B_far = B_ago.abs()
        B_large = (B_far.clamp(min=1) / B_near).log()
        B_large = B_large * (B_rest / math.log(self.r * self.b / B_near))
        B_large = (B_near + B_large.long()).clamp(max=B_last)
        B_bucket = torch.where(B_far < B_near, B_far, B_large)
        B_bucket = B_bucket + B_half * (B_ago < 0)
        B = self.B(B_bucket)  # ... x x' h
        for layer in self.layers:
            H = layer(H, B)  # ... x m
        norm = self.norm(H)  # ... x m
        return norm

# bert (a2fd837adf08), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch bert.yaml

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Attention(nn.Module):
    """Multi-Head Attention.

    Every position asks all positions that are kept, in each of h heads.

    Args:
        k: depth of a query or key in each head
        h: heads
        m: width of the model

    Inputs, with any further axes in front:
        X: (... x m)
        M: (... x'), booleans: true keeps

    Returns:
        z: (... x m)

    State dict:
        Q.weight: (h*k, m)
        Q.bias: (h*k)
        K.weight: (h*k, m)
        K.bias: (h*k)
        V.weight: (h*k, m)
        V.bias: (h*k)
        O.weight: (m, h*k)
        O.bias: (m)
    """

    def __init__(self, *, k: int = 64, h: int = 12, m: int = 768) -> None:
        super().__init__()
        self.k = k
        self.h = h
        self.Q = nn.Linear(m, h * k)
        self.K = nn.Linear(m, h * k)
        self.V = nn.Linear(m, h * k)
        self.O = nn.Linear(h * k, m)

    def forward(self, X: Tensor, M: Tensor) -> Tensor:
        q = self.Q(X).unflatten(-1, (self.h, self.k))  # ... x h k
        k = self.K(X).unflatten(-1, (self.h, self.k))  # ... x h k
        v = self.V(X).unflatten(-1, (self.h, self.k))  # ... x h k
        s = torch.einsum("...xhk,...Xhk->...hxX", q, k)  # ... h x x'
        s = s * self.k**-0.5  # ... h x x'
        s = s.masked_fill(~M[..., None, None, :], float("-inf"))  # ... h x x'
        s = s.softmax(-1)  # ... h x x'
        o = torch.einsum("...hxX,...Xhk->...xhk", s, v)  # ... x h k
        z = self.O(o.flatten(-2))  # ... x m
        return z


class FeedForward(nn.Module):
    """Feed Forward.

    Two linear layers with GELU between them, applied at each position.

    Args:
        f: width between the layers
        m: width of the model

    Inputs, with any further axes in front:
        X: (... m)

    Returns:
        z: (... m)

    State dict:
        U.weight: (f, m)
        U.bias: (f)
        D.weight: (m, f)
        D.bias: (m)
    """

    def __init__(self, *, f: int = 3072, m: int = 768) -> None:
        super().__init__()
        self.U = nn.Linear(m, f)
        self.D = nn.Linear(f, m)

    def forward(self, X: Tensor) -> Tensor:
        a = self.U(X)  # ... f
        a = F.gelu(a)  # ... f
        z = self.D(a)  # ... m
        return z


class LayersStep(nn.Module):
    """One step of `layers` in BERT: i from 1 to N.

    Args:
        k: depth of a query or key in each head
        h: heads
        f: width of the feed-forward networks

    Inputs, with any further axes in front:
        norm: (... x m)
        M: (... x'), booleans: true keeps

    Returns:
        norm_2: (... x m)

    State dict:
        attention.*: of attention
        norm_1.weight: (m)
        norm_1.bias: (m)
        network.*: of feed_forward
        norm_2.weight: (m)
        norm_2.bias: (m)
    """

    def __init__(self, *, k: int = 64, h: int = 12, f: int = 3072) -> None:
        super().__init__()
        m = h * k
        self.attention = Attention(k=k, h=h, m=m)
        self.norm_1 = nn.LayerNorm(m, eps=1e-12)
        self.network = FeedForward(f=f, m=m)
        self.norm_2 = nn.LayerNorm(m, eps=1e-12)

    def forward(self, norm: Tensor, M: Tensor) -> Tensor:
        attention = self.attention(norm, M)  # ... x m
        A = attention + norm  # ... x m
        norm_1 = self.norm_1(A)  # ... x m
        network = self.network(norm_1)  # ... x m
        B = network + norm_1  # ... x m
        norm_2 = self.norm_2(B)  # ... x m
        return norm_2


class Bert(nn.Module):
    """BERT.

    Tokens become the sum of three learned vectors: their own, that of the segment which
    they belong to, and that of their position. In N layers every position attends to
    all positions that are no padding, then passes a feed-forward network; residual
    connections bypass both, and layer norm follows each sum. What becomes of the first
    token is pooled to one vector for the whole sequence.

    Args:
        N: layers
        k: depth of a query or key in each head
        h: heads
        f: width of the feed-forward networks
        x: positions
        v: tokens of the vocabulary
        u: segments

    Inputs, with any further axes in front:
        T: (... x), whole numbers from 0 up to v (excluded)
        S: (... x), whole numbers from 0 up to u (excluded)
        M: (... x'), booleans: true keeps

    Returns:
        Y: (... x m)
        p: (... m')

    State dict:
        T.weight: (v, m)
        S.weight: (u, m)
        positions: (x, m)
        norm.weight: (m)
        norm.bias: (m)
        layers.n.*: of each iteration n = 0, 1, ...
        P.weight: (m', m)
        P.bias: (m')
    """

    def __init__(
        self,
        *,
        N: int = 12,
        k: int = 64,
        h: int = 12,
        f: int = 3072,
        x: int = 512,
        v: int = 30522,
        u: int = 2,
    ) -> None:
        super().__init__()
        m = h * k
        self.T = nn.Embedding(v, m)
        self.S = nn.Embedding(u, m)
        self.positions = nn.Parameter(torch.randn(x, m) * 0.02)
        self.norm = nn.LayerNorm(m, eps=1e-12)
        self.layers = nn.ModuleList([LayersStep(k=k, h=h, f=f) for _ in range(N)])
        self.P = nn.Linear(m, m)

    def forward(self, T: Tensor, S: Tensor, M: Tensor) -> tuple[Tensor, Tensor]:
        words = self.T(T)  # ... x m
        segments = self.S(S)  # ... x m
        positions = self.positions  # ... x m
        E = words + segments + positions  # ... x m
        norm = self.norm(E)  # ... x m
        Y = norm
        for layer in self.layers:
            Y = layer(Y, M)  # ... x m
        first = Y[..., 0, :]  # ... m
        p = self.P(first)  # ... m'
        p = p.tanh()  # ... m'
        return Y, p

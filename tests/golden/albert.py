# albert (48175cf1ceb6), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch albert.yaml

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

    Two linear layers with GELU, by its tanh approximation, between them.

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
        a = F.gelu(a, approximate="tanh")  # ... f
        z = self.D(a)  # ... m
        return z


class LayerStep(nn.Module):
    """One step of `layer` in ALBERT: i from 1 to N.

    Args:
        k: depth of a query or key in each head
        h: heads
        f: width of the feed-forward network

    Inputs, with any further axes in front:
        H: (... x m)
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

    def forward(self, H: Tensor, M: Tensor) -> Tensor:
        attention = self.attention(H, M)  # ... x m
        A = attention + H  # ... x m
        norm_1 = self.norm_1(A)  # ... x m
        network = self.network(norm_1)  # ... x m
        B = network + norm_1  # ... x m
        norm_2 = self.norm_2(B)  # ... x m
        return norm_2


class Albert(nn.Module):
    """ALBERT.

    BERT with one set of parameters for all its layers, and with embeddings that are
    smaller than the width of the model, to which a linear map takes them.

    Args:
        N: layers
        k: depth of a query or key in each head
        h: heads
        f: width of the feed-forward network
        x: positions
        e: width of the embeddings
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
        T.weight: (v, e)
        S.weight: (u, e)
        positions: (x, e)
        norm.weight: (e)
        norm.bias: (e)
        W.weight: (m, e)
        W.bias: (m)
        layer.*: of every iteration
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
        e: int = 128,
        v: int = 30000,
        u: int = 2,
    ) -> None:
        super().__init__()
        m = h * k
        self.N = N
        self.T = nn.Embedding(v, e)
        self.S = nn.Embedding(u, e)
        self.positions = nn.Parameter(torch.randn(x, e) * 0.02)
        self.norm = nn.LayerNorm(e, eps=1e-12)
        self.W = nn.Linear(e, m)
        self.layer = LayerStep(k=k, h=h, f=f)
        self.P = nn.Linear(m, m)

    def forward(self, T: Tensor, S: Tensor, M: Tensor) -> tuple[Tensor, Tensor]:
        words = self.T(T)  # ... x e
        segments = self.S(S)  # ... x e
        positions = self.positions  # ... x e
        E = words + segments + positions  # ... x e
        norm = self.norm(E)  # ... x e
        H = self.W(norm)  # ... x m
        Y = H
        for _ in range(self.N):
            Y = self.layer(Y, M)  # ... x m
        first = Y[..., 0, :]  # ... m
        p = self.P(first)  # ... m'
        p = p.tanh()  # ... m'
        return Y, p

# opt (594970579bda), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch opt.yaml

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Attention(nn.Module):
    """Causal Attention.

    Every position asks itself and the positions before it, in each of h heads.

    Args:
        k: depth of a query or key in each head
        h: heads
        m: width of the model

    Inputs, with any further axes in front:
        X: (... x m)

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

    def forward(self, X: Tensor) -> Tensor:
        q = self.Q(X).unflatten(-1, (self.h, self.k))  # ... x h k
        k = self.K(X).unflatten(-1, (self.h, self.k))  # ... x h k
        v = self.V(X).unflatten(-1, (self.h, self.k))  # ... x h k
        s = torch.einsum("...xhk,...Xhk->...hxX", q, k)  # ... h x x'
        s = s * self.k**-0.5  # ... h x x'
        future = s.new_ones(s.shape[-2], s.shape[-1], dtype=torch.bool).triu(1)
        s = s.masked_fill(future, float("-inf"))  # ... h x x'
        s = s.softmax(-1)  # ... h x x'
        o = torch.einsum("...hxX,...Xhk->...xhk", s, v)  # ... x h k
        z = self.O(o.flatten(-2))  # ... x m
        return z


class FeedForward(nn.Module):
    """Feed Forward.

    Two linear layers with ReLU between them, applied at each position.

    Args:
        f: width between the layers
        m: width of the model

    Inputs, with any further axes in front:
        X: (... m)

    Returns:
        z: (... m)

    State dict:
        W_1.weight: (f, m)
        W_1.bias: (f)
        W_2.weight: (m, f)
        W_2.bias: (m)
    """

    def __init__(self, *, f: int = 256, m: int = 64) -> None:
        super().__init__()
        self.W_1 = nn.Linear(m, f)
        self.W_2 = nn.Linear(f, m)

    def forward(self, X: Tensor) -> Tensor:
        a = self.W_1(X)  # ... f
        a = F.relu(a)  # ... f
        z = self.W_2(a)  # ... m
        return z


class LayersStep(nn.Module):
    """One step of `layers` in OPT: i from 1 to N.

    Args:
        k: depth of a query or key in each head
        h: heads
        f: width of the feed-forward networks

    Inputs, with any further axes in front:
        H: (... x m)

    Returns:
        H: (... x m)

    State dict:
        norm_1.weight: (m)
        norm_1.bias: (m)
        attention.*: of attention
        norm_2.weight: (m)
        norm_2.bias: (m)
        network.*: of feed_forward
    """

    def __init__(self, *, k: int = 64, h: int = 12, f: int = 3072) -> None:
        super().__init__()
        m = h * k
        self.norm_1 = nn.LayerNorm(m)
        self.attention = Attention(k=k, h=h, m=m)
        self.norm_2 = nn.LayerNorm(m)
        self.network = FeedForward(f=f, m=m)

    def forward(self, H: Tensor) -> Tensor:
        norm_1 = self.norm_1(H)  # ... x m
        attention = self.attention(norm_1)  # ... x m
        A = attention + H  # ... x m
        norm_2 = self.norm_2(A)  # ... x m
        network = self.network(norm_2)  # ... x m
        H = network + A  # ... x m
        return H


class Opt(nn.Module):
    """OPT.

    The layers of GPT-2 with ReLU between the maps of their feed-forward networks. The
    table of positions begins two rows early: they were kept for padding and are never
    read.

    Args:
        N: layers
        k: depth of a query or key in each head
        h: heads
        f: width of the feed-forward networks
        x: positions
        v: tokens of the vocabulary

    Inputs, with any further axes in front:
        T: (... x), whole numbers from 0 up to v (excluded)

    Returns:
        norm: (... x m)

    State dict:
        T.weight: (v, m)
        table: (y, m)
        layers.n.*: of each iteration n = 0, 1, ...
        norm.weight: (m)
        norm.bias: (m)
    """

    def __init__(
        self,
        *,
        N: int = 12,
        k: int = 64,
        h: int = 12,
        f: int = 3072,
        x: int = 2048,
        v: int = 50272,
    ) -> None:
        super().__init__()
        y = x + 2
        m = h * k
        self.T = nn.Embedding(v, m)
        self.table = nn.Parameter(torch.randn(y, m) * 0.02)
        self.layers = nn.ModuleList([LayersStep(k=k, h=h, f=f) for _ in range(N)])
        self.norm = nn.LayerNorm(m)

    def forward(self, T: Tensor) -> Tensor:
        words = self.T(T)  # ... x m
        table = self.table  # ... y m
        positions = table[..., 2:, :]  # ... x m
        H = words + positions  # ... x m
        for layer in self.layers:
            H = layer(H)  # ... x m
        norm = self.norm(H)  # ... x m
        return norm

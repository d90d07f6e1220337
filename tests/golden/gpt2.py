# gpt2 (c7d401b95e94), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch gpt2.yaml

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


class LayersStep(nn.Module):
    """One step of `layers` in GPT-2: i from 1 to N.

    Args:
        k: depth of a query or key in each head
        h: heads

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

    def __init__(self, *, k: int = 64, h: int = 12) -> None:
        super().__init__()
        m = h * k
        f = 4 * m
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


class Gpt2(nn.Module):
    """GPT-2.

    Tokens become the sum of two learned vectors, their own and that of their position.
    In N layers every position attends to itself and to those before it, then passes a
    feed-forward network; layer norm comes before each, and residual connections bypass
    both. The table that the tokens were read from gives the scores of the tokens that
    may come next.

    Args:
        N: layers
        k: depth of a query or key in each head
        h: heads
        x: positions
        v: tokens of the vocabulary

    Inputs, with any further axes in front:
        T: (... x), whole numbers from 0 up to v (excluded)

    Returns:
        head: (... x v)

    State dict:
        T.weight: (v, m)
        positions: (x, m)
        layers.n.*: of each iteration n = 0, 1, ...
        norm.weight: (m)
        norm.bias: (m)
        head.weight: (v, m)
    """

    def __init__(
        self, *, N: int = 12, k: int = 64, h: int = 12, x: int = 1024, v: int = 50257
    ) -> None:
        super().__init__()
        m = h * k
        self.T = nn.Embedding(v, m)
        self.positions = nn.Parameter(torch.randn(x, m) * 0.02)
        self.layers = nn.ModuleList([LayersStep(k=k, h=h) for _ in range(N)])
        self.norm = nn.LayerNorm(m)
        self.head = nn.Linear(m, v, bias=False)

    def forward(self, T: Tensor) -> Tensor:
        words = self.T(T)  # ... x m
        positions = self.positions  # ... x m
        H = words + positions  # ... x m
        for layer in self.layers:
            H = layer(H)  # ... x m
        norm = self.norm(H)  # ... x m
        head = self.head(norm)  # ... x v
        return head

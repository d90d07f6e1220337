# relative_encoder (f4d277417cd4), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch relative_encoder.yaml

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Mlp(nn.Module):
    """MLP.

    Two linear layers with GELU between them, applied at each position.

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

    def __init__(self, *, f: int = 3072, m: int = 768) -> None:
        super().__init__()
        self.W_1 = nn.Linear(m, f)
        self.W_2 = nn.Linear(f, m)

    def forward(self, X: Tensor) -> Tensor:
        a = self.W_1(X)  # ... f
        a = F.gelu(a)  # ... f
        z = self.W_2(a)  # ... m
        return z


class LayersStep(nn.Module):
    """One step of `layers` in Encoder with Relative Positions: i from 1 to N.

    Args:
        k: depth of a query or key in each head
        h: heads
        m: width of the model

    Inputs, with any further axes in front:
        E: (... x m)
        bias: (... x x' h)

    Returns:
        C: (... x m)

    State dict:
        norm_1.weight: (m)
        Q.weight: (k*h, m)
        K.weight: (k*h, m)
        V.weight: (k*h, m)
        O.weight: (m, k*h)
        norm_2.weight: (m)
        network.*: of mlp
    """

    def __init__(self, *, k: int = 64, h: int = 8, m: int = 512) -> None:
        super().__init__()
        f = 4 * m
        self.k = k
        self.h = h
        self.norm_1 = nn.LayerNorm(m, bias=False)
        self.Q = nn.Linear(m, k * h, bias=False)
        self.K = nn.Linear(m, k * h, bias=False)
        self.V = nn.Linear(m, k * h, bias=False)
        self.O = nn.Linear(k * h, m, bias=False)
        self.norm_2 = nn.LayerNorm(m, bias=False)
        self.network = Mlp(f=f, m=m)

    def forward(self, E: Tensor, bias: Tensor) -> Tensor:
        norm_1 = self.norm_1(E)  # ... x m
        q = self.Q(norm_1).unflatten(-1, (self.k, self.h))  # ... x k h
        k = self.K(norm_1).unflatten(-1, (self.k, self.h))  # ... x k h
        v = self.V(norm_1).unflatten(-1, (self.k, self.h))  # ... x k h
        s = torch.einsum("...xkh,...Xkh->...xXh", q, k)  # ... x x' h
        s = s * self.k**-0.5  # ... x x' h
        biased = s + bias  # ... x x' h
        biased = biased.softmax(-2)  # ... x x' h
        o = torch.einsum("...xXh,...Xkh->...xkh", biased, v)  # ... x k h
        attention = self.O(o.flatten(-2))  # ... x m
        A = E + attention  # ... x m
        norm_2 = self.norm_2(A)  # ... x m
        network = self.network(norm_2)  # ... x m
        C = network + A  # ... x m
        return C


class RelativeEncoder(nn.Module):
    """Encoder with Relative Positions.

    Tokens become vectors and pass N layers of self-attention and feed-forward network,
    layer norm before each and a residual connection around it. Positions enter only
    through a learned table, the same for all layers, that says for each head how much a
    distance adds to a score.

    Args:
        N: layers
        k: depth of a query or key in each head
        h: heads
        b: entries of the table of distances
        m: width of the model
        x: positions
        v: tokens of the language

    Inputs, with any further axes in front:
        T: (... x), whole numbers from 0 up to v (excluded)

    Returns:
        Y: (... x v)

    State dict:
        T.weight: (v, m)
        B.weight: (b, h)
        layers.n.*: of each iteration n = 0, 1, ...
        norm.weight: (m)
        Y.weight: (v, m)
    """

    def __init__(
        self,
        *,
        N: int = 12,
        k: int = 64,
        h: int = 8,
        b: int = 32,
        m: int = 512,
        x: int = 24,
        v: int = 32000,
    ) -> None:
        super().__init__()
        self.k = k
        self.b = b
        self.x = x
        self.T = nn.Embedding(v, m)
        self.B = nn.Embedding(b, h)
        self.layers = nn.ModuleList([LayersStep(k=k, h=h, m=m) for _ in range(N)])
        self.norm = nn.LayerNorm(m, bias=False)
        self.Y = nn.Linear(m, v, bias=False)

    def forward(self, T: Tensor) -> Tensor:
        E = self.T(T)  # ... x m
        B_asks = torch.arange(self.x, device=E.device)
        B_answers = torch.arange(self.x, device=E.device)
        B_ago = B_asks[:, None] - B_answers
        B_half = self.b // 2
        B_near = self.b // 2 // 2
        B_rest = self.b // 2 - self.b // 2 // 2
        B_last = self.b // 2 - 1
        B_far = B_ago.abs()
        B_large = (B_far.clamp(min=1) / B_near).log()
        B_large = B_large * (B_rest / math.log(128 / B_near))
        B_large = (B_near + B_large.long()).clamp(max=B_last)
        B_bucket = torch.where(B_far < B_near, B_far, B_large)
        B_bucket = B_bucket + B_half * (B_ago < 0)
        bias = self.B(B_bucket)  # ... x x' h
        bias = bias * self.k**0.5  # ... x x' h
        for layer in self.layers:
            E = layer(E, bias)  # ... x m
        norm = self.norm(E)  # ... x m
        Y = self.Y(norm)  # ... x v
        return Y

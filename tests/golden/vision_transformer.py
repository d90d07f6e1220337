# vision_transformer (2c8e7d9a0eab), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch vision_transformer.yaml

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    """Multi-Head Attention.

    Every position of E asks all positions of X, in each of h heads.

    Args:
        k: depth of a query or key in each head
        h: heads
        m: width of the model

    Inputs, with any further axes in front:
        E: (... y m)
        X: (... x m)

    Returns:
        z: (... y m)

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

    def __init__(self, *, k: int = 16, h: int = 4, m: int = 64) -> None:
        super().__init__()
        self.k = k
        self.h = h
        self.Q = nn.Linear(m, h * k)
        self.K = nn.Linear(m, h * k)
        self.V = nn.Linear(m, h * k)
        self.O = nn.Linear(h * k, m)

    def forward(self, E: Tensor, X: Tensor) -> Tensor:
        q = self.Q(E).unflatten(-1, (self.h, self.k))  # ... y h k
        k = self.K(X).unflatten(-1, (self.h, self.k))  # ... x h k
        v = self.V(X).unflatten(-1, (self.h, self.k))  # ... x h k
        s = torch.einsum("...yhk,...xhk->...yhx", q, k)  # ... y h x
        s = s * self.k**-0.5  # ... y h x
        s = s.softmax(-1)  # ... y h x
        o = torch.einsum("...yhx,...xhk->...yhk", s, v)  # ... y h k
        z = self.O(o.flatten(-2))  # ... y m
        return z


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
    """One step of `layers` in Vision Transformer: i from 1 to N.

    Args:
        k: depth of a query or key in each head
        h: heads
        f: width of the feed-forward network

    Inputs, with any further axes in front:
        Z: (... z m)

    Returns:
        Z: (... z m)

    State dict:
        norm_1.weight: (m)
        norm_1.bias: (m)
        attention.*: of multi_head_attention
        norm_2.weight: (m)
        norm_2.bias: (m)
        network.*: of mlp
    """

    def __init__(self, *, k: int = 64, h: int = 12, f: int = 3072) -> None:
        super().__init__()
        m = k * h
        self.norm_1 = nn.LayerNorm(m, eps=1e-06)
        self.attention = MultiHeadAttention(k=k, h=h, m=m)
        self.norm_2 = nn.LayerNorm(m, eps=1e-06)
        self.network = Mlp(f=f, m=m)

    def forward(self, Z: Tensor) -> Tensor:
        norm_1 = self.norm_1(Z)  # ... z m
        attention = self.attention(norm_1, norm_1)  # ... z m
        A = attention + Z  # ... z m
        norm_2 = self.norm_2(A)  # ... z m
        network = self.network(norm_2)  # ... z m
        Z = network + A  # ... z m
        return Z


class VisionTransformer(nn.Module):
    """Vision Transformer.

    An image is cut into patches, each of which is mapped to a vector. A learned token
    is put before them and learned positions are added. N pre-norm encoder layers
    follow; of what they make of the token, a linear map gives the scores of the
    classes.

    Args:
        N: encoder layers
        r: side of an image
        s: side of a patch
        k: depth of a query or key in each head
        h: heads
        f: width of the feed-forward network
        c: colours
        n: classes

    Inputs, with any further axes in front:
        X: (... x c)

    Returns:
        head: (... n)

    State dict:
        patches.weight: (m, c, s, s)
        patches.bias: (m)
        token: (1, m)
        positions: (z, m)
        layers.n.*: of each iteration n = 0, 1, ...
        norm.weight: (m)
        norm.bias: (m)
        head.weight: (n, m)
        head.bias: (n)
    """

    def __init__(
        self,
        *,
        N: int = 12,
        r: int = 224,
        s: int = 16,
        k: int = 64,
        h: int = 12,
        f: int = 3072,
        c: int = 3,
        n: int = 1000,
    ) -> None:
        super().__init__()
        m = k * h
        t = (r // s) ** 2
        z = t + 1
        self.patches = nn.Conv2d(c, m, s, stride=s)
        self.token = nn.Parameter(torch.zeros(1, m))
        self.positions = nn.Parameter(torch.randn(z, m) * 0.02)
        self.layers = nn.ModuleList([LayersStep(k=k, h=h, f=f) for _ in range(N)])
        self.norm = nn.LayerNorm(m, eps=1e-06)
        self.head = nn.Linear(m, n)

    def forward(self, X: Tensor) -> Tensor:
        patches_in = X.movedim(-1, -3)
        patches_out = self.patches(patches_in.reshape(-1, *patches_in.shape[-3:]))
        # ... p m
        patches = patches_out.reshape(
            *patches_in.shape[:-3], *patches_out.shape[1:]
        ).movedim(-3, -1)
        patches = patches.movedim(-1, -3).flatten(-2).transpose(-2, -1)  # ... t m
        token = self.token  # ... 1 m
        # ... z m
        Z = torch.cat([token.expand(*patches.shape[:-2], -1, -1), patches], -2)
        positions = self.positions  # ... z m
        Z = Z + positions  # ... z m
        for layer in self.layers:
            Z = layer(Z)  # ... z m
        norm = self.norm(Z)  # ... z m
        first = norm[..., 0, :]  # ... m
        head = self.head(first)  # ... n
        return head

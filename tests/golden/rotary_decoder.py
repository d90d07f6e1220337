# rotary_decoder (2268606fd23e), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch rotary_decoder.yaml

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class MultiQueryAttention(nn.Module):
    """Multi-Query Attention.

    Every position asks itself and those before it, in h heads that share keys and
    values.

    Args:
        p: pairs of entries that turn
        h: heads
        m: width of the model

    Inputs, with any further axes in front:
        X: (... x m)

    Returns:
        z: (... x m)

    State dict:
        Q.weight: (k*h, m)
        K.weight: (k, m)
        V.weight: (k, m)
        O.weight: (m, k*h)
    """

    def __init__(self, *, p: int = 32, h: int = 8, m: int = 512) -> None:
        super().__init__()
        k = 2 * p
        self.h = h
        self.k_size = k
        self.Q = nn.Linear(m, k * h, bias=False)
        self.K = nn.Linear(m, k, bias=False)
        self.V = nn.Linear(m, k, bias=False)
        self.O = nn.Linear(k * h, m, bias=False)

    def forward(self, X: Tensor) -> Tensor:
        q = self.Q(X).unflatten(-1, (self.k_size, self.h))  # ... x k h
        k = self.K(X)  # ... x k
        v = self.V(X)  # ... x k
        q_in = q.transpose(-2, -1)
        q_type = torch.promote_types(q_in.dtype, torch.float32)
        q_pair = torch.arange(0, self.k_size, 2, dtype=q_type, device=q_in.device)
        q_place = torch.arange(q_in.shape[-3], dtype=q_type, device=q_in.device)[
            :, None
        ]
        q_angle = q_place / 10000.0 ** (q_pair / self.k_size)
        q_cos = q_angle.cos().to(q_in.dtype)[..., None, :]
        q_sin = q_angle.sin().to(q_in.dtype)[..., None, :]
        q_one, q_two = q_in.unflatten(-1, (-1, 2)).unbind(-1)
        # ... x k h
        q = (
            torch.stack(
                [q_one * q_cos - q_two * q_sin, q_two * q_cos + q_one * q_sin], -1
            )
            .flatten(-2)
            .transpose(-2, -1)
        )
        k_type = torch.promote_types(k.dtype, torch.float32)
        k_pair = torch.arange(0, self.k_size, 2, dtype=k_type, device=k.device)
        k_place = torch.arange(k.shape[-2], dtype=k_type, device=k.device)[:, None]
        k_angle = k_place / 10000.0 ** (k_pair / self.k_size)
        k_cos = k_angle.cos().to(k.dtype)
        k_sin = k_angle.sin().to(k.dtype)
        k_one, k_two = k.unflatten(-1, (-1, 2)).unbind(-1)
        # ... x k
        k = torch.stack(
            [k_one * k_cos - k_two * k_sin, k_two * k_cos + k_one * k_sin], -1
        ).flatten(-2)
        s = torch.einsum("...xkh,...Xk->...xXh", q, k)  # ... x x' h
        s = s * self.k_size**-0.5  # ... x x' h
        future = s.new_ones(s.shape[-3], s.shape[-2], dtype=torch.bool).triu(1)
        s = s.masked_fill(future[:, :, None], float("-inf"))  # ... x x' h
        s = s.softmax(-2)  # ... x x' h
        o = torch.einsum("...xXh,...Xk->...xkh", s, v)  # ... x k h
        z = self.O(o.flatten(-2))  # ... x m
        return z


class GatedFeedForward(nn.Module):
    """Gated Feed Forward.

    One linear map is multiplied by SiLU of another; a last one leads back.

    Args:
        f: width between the maps
        m: width of the model

    Inputs, with any further axes in front:
        X: (... m)

    Returns:
        z: (... m)

    State dict:
        U.weight: (f, m)
        U.bias: (f)
        G.weight: (f, m)
        G.bias: (f)
        D.weight: (m, f)
    """

    def __init__(self, *, f: int = 2048, m: int = 512) -> None:
        super().__init__()
        self.U = nn.Linear(m, f)
        self.G = nn.Linear(m, f)
        self.D = nn.Linear(f, m, bias=False)

    def forward(self, X: Tensor) -> Tensor:
        u = self.U(X)  # ... f
        g = self.G(X)  # ... f
        g = F.silu(g)  # ... f
        a = u * g  # ... f
        z = self.D(a)  # ... m
        return z


class LayersStep(nn.Module):
    """One step of `layers` in Decoder with Rotary Embedding: i from 1 to N.

    Args:
        p: pairs of entries that turn
        h: heads
        m: width of the model

    Inputs, with any further axes in front:
        E: (... x m)

    Returns:
        B: (... x m)

    State dict:
        norm_1.weight: (m)
        attention.*: of multi_query_attention
        norm_2.weight: (m)
        network.*: of gated_feed_forward
    """

    def __init__(self, *, p: int = 32, h: int = 8, m: int = 512) -> None:
        super().__init__()
        f = 4 * m
        self.norm_1 = nn.LayerNorm(m, bias=False)
        self.attention = MultiQueryAttention(p=p, h=h, m=m)
        self.norm_2 = nn.LayerNorm(m, bias=False)
        self.network = GatedFeedForward(f=f, m=m)

    def forward(self, E: Tensor) -> Tensor:
        norm_1 = self.norm_1(E)  # ... x m
        attention = self.attention(norm_1)  # ... x m
        A = attention + E  # ... x m
        norm_2 = self.norm_2(A)  # ... x m
        network = self.network(norm_2)  # ... x m
        B = network + A  # ... x m
        return B


class RotaryDecoder(nn.Module):
    """Decoder with Rotary Embedding.

    Tokens become vectors and pass N layers: self-attention that sees no later token,
    then a gated feed-forward network, layer norm before each and a residual connection
    around it. Queries and keys are turned by their position; all heads of queries share
    one head of keys and values.

    Args:
        N: layers
        p: pairs of entries that turn
        h: heads
        m: width of the model
        v: tokens of the language

    Inputs, with any further axes in front:
        T: (... x), whole numbers from 0 up to v (excluded)

    Returns:
        Y: (... x v)

    State dict:
        T.weight: (v, m)
        layers.n.*: of each iteration n = 0, 1, ...
        norm.weight: (m)
        Y.weight: (v, m)
    """

    def __init__(
        self, *, N: int = 12, p: int = 32, h: int = 8, m: int = 512, v: int = 32000
    ) -> None:
        super().__init__()
        self.T = nn.Embedding(v, m)
        self.layers = nn.ModuleList([LayersStep(p=p, h=h, m=m) for _ in range(N)])
        self.norm = nn.LayerNorm(m, bias=False)
        self.Y = nn.Linear(m, v, bias=False)

    def forward(self, T: Tensor) -> Tensor:
        E = self.T(T)  # ... x m
        for layer in self.layers:
            E = layer(E)  # ... x m
        norm = self.norm(E)  # ... x m
        Y = self.Y(norm)  # ... x v
        return Y

# qwen3 (3a7df5929426), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch qwen3.yaml

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Attention(nn.Module):
    """Grouped-Query Attention.

    Of normed queries and keys; n heads of queries share a head of keys.

    Args:
        g: heads of keys and values
        n: heads of queries for each of them
        r: pairs of entries that are turned together
        m: width of the model

    Inputs, with any further axes in front:
        X: (... x m)

    Returns:
        z: (... x m)

    State dict:
        Q.weight: (k*g*n, m)
        K.weight: (k*g, m)
        V.weight: (k*g, m)
        q_norm.weight: (k)
        k_norm.weight: (k)
        O.weight: (m, k*g*n)
    """

    def __init__(self, *, g: int = 8, n: int = 4, r: int = 64, m: int = 2560) -> None:
        super().__init__()
        k = 2 * r
        self.g = g
        self.n = n
        self.k_size = k
        self.Q = nn.Linear(m, k * g * n, bias=False)
        self.K = nn.Linear(m, k * g, bias=False)
        self.V = nn.Linear(m, k * g, bias=False)
        self.q_norm = nn.RMSNorm(k, eps=1e-06)
        self.k_norm = nn.RMSNorm(k, eps=1e-06)
        self.O = nn.Linear(k * g * n, m, bias=False)

    def forward(self, X: Tensor) -> Tensor:
        q = self.Q(X).unflatten(-1, (self.k_size, self.g, self.n))  # ... x k g n
        k = self.K(X).unflatten(-1, (self.k_size, self.g))  # ... x k g
        v = self.V(X).unflatten(-1, (self.k_size, self.g))  # ... x k g
        q = self.q_norm(q.movedim(-3, -1)).movedim(-1, -3)  # ... x k g n
        k = self.k_norm(k.transpose(-2, -1)).transpose(-2, -1)  # ... x k g
        q_in = q.movedim(-3, -1)
        q_type = torch.promote_types(q_in.dtype, torch.float32)
        q_pair = torch.arange(0, self.k_size, 2, dtype=q_type, device=q_in.device)
        q_place = torch.arange(q_in.shape[-4], dtype=q_type, device=q_in.device)[
            :, None
        ]
        q_angle = q_place / 1000000.0 ** (q_pair / self.k_size)
        q_cos = q_angle.cos().to(q_in.dtype)[..., None, None, :]
        q_sin = q_angle.sin().to(q_in.dtype)[..., None, None, :]
        q_one, q_two = q_in.chunk(2, -1)
        # ... x k g n
        q = torch.cat(
            [q_one * q_cos - q_two * q_sin, q_two * q_cos + q_one * q_sin], -1
        ).movedim(-1, -3)
        k_in = k.transpose(-2, -1)
        k_type = torch.promote_types(k_in.dtype, torch.float32)
        k_pair = torch.arange(0, self.k_size, 2, dtype=k_type, device=k_in.device)
        k_place = torch.arange(k_in.shape[-3], dtype=k_type, device=k_in.device)[
            :, None
        ]
        k_angle = k_place / 1000000.0 ** (k_pair / self.k_size)
        k_cos = k_angle.cos().to(k_in.dtype)[..., None, :]
        k_sin = k_angle.sin().to(k_in.dtype)[..., None, :]
        k_one, k_two = k_in.chunk(2, -1)
        # ... x k g
        k = torch.cat(
            [k_one * k_cos - k_two * k_sin, k_two * k_cos + k_one * k_sin], -1
        ).transpose(-2, -1)
        s = torch.einsum("...xkgn,...Xkg->...xXgn", q, k)  # ... x x' g n
        s = s * self.k_size**-0.5  # ... x x' g n
        future = s.new_ones(s.shape[-4], s.shape[-3], dtype=torch.bool).triu(1)
        s = s.masked_fill(future[:, :, None, None], float("-inf"))  # ... x x' g n
        s = s.softmax(-3)  # ... x x' g n
        o = torch.einsum("...xXgn,...Xkg->...xkgn", s, v)  # ... x k g n
        z = self.O(o.flatten(-3))  # ... x m
        return z


class FeedForward(nn.Module):
    """SwiGLU.

    Two linear maps, one a gate for the other, and a third one back, at each position.

    Args:
        f: width between the maps
        m: width of the model

    Inputs, with any further axes in front:
        X: (... m)

    Returns:
        z: (... m)

    State dict:
        G.weight: (f, m)
        U.weight: (f, m)
        D.weight: (m, f)
    """

    def __init__(self, *, f: int = 14336, m: int = 4096) -> None:
        super().__init__()
        self.G = nn.Linear(m, f, bias=False)
        self.U = nn.Linear(m, f, bias=False)
        self.D = nn.Linear(f, m, bias=False)

    def forward(self, X: Tensor) -> Tensor:
        a = self.G(X)  # ... f
        a = F.silu(a)  # ... f
        b = self.U(X)  # ... f
        c = a * b  # ... f
        z = self.D(c)  # ... m
        return z


class LayersStep(nn.Module):
    """One step of `layers` in Qwen3: i from 1 to N.

    Args:
        g: heads of keys and values
        n: heads of queries for each of them
        r: pairs of entries that are turned together
        f: width of the feed-forward networks
        m: width of the model

    Inputs, with any further axes in front:
        H: (... x m)

    Returns:
        H: (... x m)

    State dict:
        norm_1.weight: (m)
        attention.*: of attention
        norm_2.weight: (m)
        network.*: of feed_forward
    """

    def __init__(
        self, *, g: int = 8, n: int = 4, r: int = 64, f: int = 9728, m: int = 2560
    ) -> None:
        super().__init__()
        self.norm_1 = nn.RMSNorm(m, eps=1e-06)
        self.attention = Attention(g=g, n=n, r=r, m=m)
        self.norm_2 = nn.RMSNorm(m, eps=1e-06)
        self.network = FeedForward(f=f, m=m)

    def forward(self, H: Tensor) -> Tensor:
        norm_1 = self.norm_1(H)  # ... x m
        attention = self.attention(norm_1)  # ... x m
        A = attention + H  # ... x m
        norm_2 = self.norm_2(A)  # ... x m
        network = self.network(norm_2)  # ... x m
        H = network + A  # ... x m
        return H


class Qwen3(nn.Module):
    """Qwen3.

    The layers of Llama, in which RMS norm is applied to every query and every key
    before they are turned by their position; the depth of the heads does not depend on
    the width of the model.

    Args:
        N: layers
        g: heads of keys and values
        n: heads of queries for each of them
        r: pairs of entries that are turned together
        f: width of the feed-forward networks
        m: width of the model
        v: tokens of the vocabulary

    Inputs, with any further axes in front:
        T: (... x), whole numbers from 0 up to v (excluded)

    Returns:
        norm: (... x m)

    State dict:
        T.weight: (v, m)
        layers.n.*: of each iteration n = 0, 1, ...
        norm.weight: (m)
    """

    def __init__(
        self,
        *,
        N: int = 36,
        g: int = 8,
        n: int = 4,
        r: int = 64,
        f: int = 9728,
        m: int = 2560,
        v: int = 151936,
    ) -> None:
        super().__init__()
        self.T = nn.Embedding(v, m)
        self.layers = nn.ModuleList(
            [LayersStep(g=g, n=n, r=r, f=f, m=m) for _ in range(N)]
        )
        self.norm = nn.RMSNorm(m, eps=1e-06)

    def forward(self, T: Tensor) -> Tensor:
        H = self.T(T)  # ... x m
        for layer in self.layers:
            H = layer(H)  # ... x m
        norm = self.norm(H)  # ... x m
        return norm

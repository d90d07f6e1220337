# mixtral (cf8e5593f0ea), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch mixtral.yaml

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Attention(nn.Module):
    """Grouped-Query Attention.

    Every position asks itself and those before it; n heads of queries share a head of
    keys.

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
        O.weight: (m, k*g*n)
    """

    def __init__(self, *, g: int = 8, n: int = 4, r: int = 64, m: int = 4096) -> None:
        super().__init__()
        k = 2 * r
        self.g = g
        self.n = n
        self.k_size = k
        self.Q = nn.Linear(m, k * g * n, bias=False)
        self.K = nn.Linear(m, k * g, bias=False)
        self.V = nn.Linear(m, k * g, bias=False)
        self.O = nn.Linear(k * g * n, m, bias=False)

    def forward(self, X: Tensor) -> Tensor:
        q = self.Q(X).unflatten(-1, (self.k_size, self.g, self.n))  # ... x k g n
        k = self.K(X).unflatten(-1, (self.k_size, self.g))  # ... x k g
        v = self.V(X).unflatten(-1, (self.k_size, self.g))  # ... x k g
        q_in = q.movedim(-3, -1)
        q_type = torch.promote_types(q_in.dtype, torch.float32)
        q_pair = torch.arange(0, self.k_size, 2, dtype=q_type, device=q_in.device)
        q_place = torch.arange(q_in.shape[-4], dtype=q_type, device=q_in.device)[
            :, None
        ]
        q_angle = q_place / 500000.0 ** (q_pair / self.k_size)
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
        k_angle = k_place / 500000.0 ** (k_pair / self.k_size)
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


class Experts(nn.Module):
    """Mixture of Experts.

    At each position, t of e gated feed-forward networks, weighed by a softmax of their
    scores.

    Args:
        f: width of each expert
        e: experts
        t: experts that a position is sent to
        m: width of the model

    Inputs, with any further axes in front:
        X: (... m)

    Returns:
        z: (... m)

    State dict:
        R.weight: (e, m)
        G.weight: (e*f, m)
        U.weight: (e*f, m)
        D.weight: (m, e*f)
    """

    def __init__(
        self, *, f: int = 14336, e: int = 8, t: int = 2, m: int = 4096
    ) -> None:
        super().__init__()
        self.f = f
        self.e = e
        self.t = t
        self.R = nn.Linear(m, e, bias=False)
        self.G = nn.Linear(m, e * f, bias=False)
        self.U = nn.Linear(m, e * f, bias=False)
        self.D = nn.Linear(e * f, m, bias=False)

    def forward(self, X: Tensor) -> Tensor:
        s = self.R(X)  # ... e
        w, n = s.topk(self.t, -1)  # ... t; ... t
        w = w.softmax(-1)  # ... t
        # ... e
        p = torch.einsum("...t,...te->...e", w, F.one_hot(n, self.e).to(w.dtype))
        a = self.G(X).unflatten(-1, (self.e, self.f))  # ... e f
        a = F.silu(a)  # ... e f
        b = self.U(X).unflatten(-1, (self.e, self.f))  # ... e f
        c = p[..., None] * a * b  # ... e f
        z = self.D(c.flatten(-2))  # ... m
        return z


class LayersStep(nn.Module):
    """One step of `layers` in Mixtral: i from 1 to N.

    Args:
        g: heads of keys and values
        n: heads of queries for each of them
        r: pairs of entries that are turned together
        f: width of each expert
        e: experts
        t: experts that a position is sent to

    Inputs, with any further axes in front:
        H: (... x m)

    Returns:
        H: (... x m)

    State dict:
        norm_1.weight: (m)
        attention.*: of attention
        norm_2.weight: (m)
        network.*: of experts
    """

    def __init__(
        self,
        *,
        g: int = 8,
        n: int = 4,
        r: int = 64,
        f: int = 14336,
        e: int = 8,
        t: int = 2,
    ) -> None:
        super().__init__()
        k = 2 * r
        m = g * n * k
        self.norm_1 = nn.RMSNorm(m, eps=1e-05)
        self.attention = Attention(g=g, n=n, r=r, m=m)
        self.norm_2 = nn.RMSNorm(m, eps=1e-05)
        self.network = Experts(f=f, e=e, t=t, m=m)

    def forward(self, H: Tensor) -> Tensor:
        norm_1 = self.norm_1(H)  # ... x m
        attention = self.attention(norm_1)  # ... x m
        A = attention + H  # ... x m
        norm_2 = self.norm_2(A)  # ... x m
        network = self.network(norm_2)  # ... x m
        H = network + A  # ... x m
        return H


class Mixtral(nn.Module):
    """Mixtral.

    The layers of Llama, with e experts in the place of each feed-forward network. A
    linear map scores the experts for every position; the softmax of the t largest
    scores weighs what those experts make, and all others get weight zero.

    Args:
        N: layers
        g: heads of keys and values
        n: heads of queries for each of them
        r: pairs of entries that are turned together
        f: width of each expert
        e: experts
        t: experts that a position is sent to
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
        N: int = 32,
        g: int = 8,
        n: int = 4,
        r: int = 64,
        f: int = 14336,
        e: int = 8,
        t: int = 2,
        v: int = 32000,
    ) -> None:
        super().__init__()
        k = 2 * r
        m = g * n * k
        self.T = nn.Embedding(v, m)
        self.layers = nn.ModuleList(
            [LayersStep(g=g, n=n, r=r, f=f, e=e, t=t) for _ in range(N)]
        )
        self.norm = nn.RMSNorm(m, eps=1e-05)

    def forward(self, T: Tensor) -> Tensor:
        H = self.T(T)  # ... x m
        for layer in self.layers:
            H = layer(H)  # ... x m
        norm = self.norm(H)  # ... x m
        return norm

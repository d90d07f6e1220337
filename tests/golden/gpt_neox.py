# gpt_neox (e55c067f2332), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch gpt_neox.yaml

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Attention(nn.Module):
    """Rotary Attention.

    Every position asks itself and those before it; a part of each query and key is
    turned.

    Args:
        h: heads
        r: pairs of entries that are turned together
        p: parts of a query or key, one of which is turned
        m: width of the model

    Inputs, with any further axes in front:
        X: (... x m)

    Returns:
        z: (... x m)

    State dict:
        Q.weight: (k*h, m)
        Q.bias: (k*h)
        K.weight: (k*h, m)
        K.bias: (k*h)
        V.weight: (k*h, m)
        V.bias: (k*h)
        O.weight: (m, k*h)
        O.bias: (m)
    """

    def __init__(self, *, h: int = 64, r: int = 12, p: int = 4, m: int = 6144) -> None:
        super().__init__()
        k = 2 * p * r
        self.h = h
        self.r = r
        self.k_size = k
        self.Q = nn.Linear(m, k * h)
        self.K = nn.Linear(m, k * h)
        self.V = nn.Linear(m, k * h)
        self.O = nn.Linear(k * h, m)

    def forward(self, X: Tensor) -> Tensor:
        q = self.Q(X).unflatten(-1, (self.k_size, self.h))  # ... x k h
        k = self.K(X).unflatten(-1, (self.k_size, self.h))  # ... x k h
        v = self.V(X).unflatten(-1, (self.k_size, self.h))  # ... x k h
        q_in = q.transpose(-2, -1)
        q_type = torch.promote_types(q_in.dtype, torch.float32)
        q_pair = torch.arange(0, 2 * self.r, 2, dtype=q_type, device=q_in.device)
        q_place = torch.arange(q_in.shape[-3], dtype=q_type, device=q_in.device)[
            :, None
        ]
        q_angle = q_place / 10000.0 ** (q_pair / (2 * self.r))
        q_cos = q_angle.cos().to(q_in.dtype)[..., None, :]
        q_sin = q_angle.sin().to(q_in.dtype)[..., None, :]
        q_one, q_two = q_in[..., : 2 * self.r].chunk(2, -1)
        # ... x k h
        q = torch.cat(
            [
                q_one * q_cos - q_two * q_sin,
                q_two * q_cos + q_one * q_sin,
                q_in[..., 2 * self.r :],
            ],
            -1,
        ).transpose(-2, -1)
        k_in = k.transpose(-2, -1)
        k_type = torch.promote_types(k_in.dtype, torch.float32)
        k_pair = torch.arange(0, 2 * self.r, 2, dtype=k_type, device=k_in.device)
        k_place = torch.arange(k_in.shape[-3], dtype=k_type, device=k_in.device)[
            :, None
        ]
        k_angle = k_place / 10000.0 ** (k_pair / (2 * self.r))
        k_cos = k_angle.cos().to(k_in.dtype)[..., None, :]
        k_sin = k_angle.sin().to(k_in.dtype)[..., None, :]
        k_one, k_two = k_in[..., : 2 * self.r].chunk(2, -1)
        # ... x k h
        k = torch.cat(
            [
                k_one * k_cos - k_two * k_sin,
                k_two * k_cos + k_one * k_sin,
                k_in[..., 2 * self.r :],
            ],
            -1,
        ).transpose(-2, -1)
        s = torch.einsum("...xkh,...Xkh->...xXh", q, k)  # ... x x' h
        s = s * self.k_size**-0.5  # ... x x' h
        future = s.new_ones(s.shape[-3], s.shape[-2], dtype=torch.bool).triu(1)
        s = s.masked_fill(future[:, :, None], float("-inf"))  # ... x x' h
        s = s.softmax(-2)  # ... x x' h
        o = torch.einsum("...xXh,...Xkh->...xkh", s, v)  # ... x k h
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
    """One step of `layers` in GPT-NeoX: i from 1 to N.

    Args:
        h: heads
        r: pairs of entries that are turned together
        p: parts of a query or key, one of which is turned
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

    def __init__(self, *, h: int = 64, r: int = 12, p: int = 4, f: int = 24576) -> None:
        super().__init__()
        k = 2 * p * r
        m = h * k
        self.norm_1 = nn.LayerNorm(m)
        self.attention = Attention(h=h, r=r, p=p, m=m)
        self.norm_2 = nn.LayerNorm(m)
        self.network = FeedForward(f=f, m=m)

    def forward(self, H: Tensor) -> Tensor:
        norm_1 = self.norm_1(H)  # ... x m
        attention = self.attention(norm_1)  # ... x m
        norm_2 = self.norm_2(H)  # ... x m
        network = self.network(norm_2)  # ... x m
        H = attention + network + H  # ... x m
        return H


class GptNeox(nn.Module):
    """GPT-NeoX.

    In N layers attention to earlier positions and a feed-forward network stand side by
    side: each has a layer norm of its own, and both are added to what came in. One of p
    parts of every query and key is turned by its position.

    Args:
        N: layers
        h: heads
        r: pairs of entries that are turned together
        p: parts of a query or key, one of which is turned
        f: width of the feed-forward networks
        v: tokens of the vocabulary

    Inputs, with any further axes in front:
        T: (... x), whole numbers from 0 up to v (excluded)

    Returns:
        norm: (... x m)

    State dict:
        T.weight: (v, m)
        layers.n.*: of each iteration n = 0, 1, ...
        norm.weight: (m)
        norm.bias: (m)
    """

    def __init__(
        self,
        *,
        N: int = 44,
        h: int = 64,
        r: int = 12,
        p: int = 4,
        f: int = 24576,
        v: int = 50432,
    ) -> None:
        super().__init__()
        k = 2 * p * r
        m = h * k
        self.T = nn.Embedding(v, m)
        self.layers = nn.ModuleList([LayersStep(h=h, r=r, p=p, f=f) for _ in range(N)])
        self.norm = nn.LayerNorm(m)

    def forward(self, T: Tensor) -> Tensor:
        H = self.T(T)  # ... x m
        for layer in self.layers:
            H = layer(H)  # ... x m
        norm = self.norm(H)  # ... x m
        return norm

# transformer (47a0acb80470), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch transformer.yaml

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


class EncoderStep(nn.Module):
    """One step of `encoder` in Transformer: i from 1 to N.

    Args:
        k: depth of a query or key in each head
        h: heads
        f: width of the feed-forward networks

    Inputs, with any further axes in front:
        E: (... x m)

    Returns:
        norm_2: (... x m)

    State dict:
        attention.*: of multi_head_attention
        norm_1.weight: (m)
        norm_1.bias: (m)
        network.*: of feed_forward
        norm_2.weight: (m)
        norm_2.bias: (m)
    """

    def __init__(self, *, k: int = 64, h: int = 8, f: int = 2048) -> None:
        super().__init__()
        m = k * h
        self.attention = MultiHeadAttention(k=k, h=h, m=m)
        self.norm_1 = nn.LayerNorm(m)
        self.network = FeedForward(f=f, m=m)
        self.norm_2 = nn.LayerNorm(m)

    def forward(self, E: Tensor) -> Tensor:
        attention = self.attention(E, E)  # ... x m
        A = attention + E  # ... x m
        norm_1 = self.norm_1(A)  # ... x m
        network = self.network(norm_1)  # ... x m
        B = network + norm_1  # ... x m
        norm_2 = self.norm_2(B)  # ... x m
        return norm_2


class MaskedAttention(nn.Module):
    """Masked Attention.

    Every position asks itself and the positions before it, in each of h heads.

    Args:
        k: depth of a query or key in each head
        h: heads
        m: width of the model

    Inputs, with any further axes in front:
        X: (... y m)

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

    def __init__(self, *, k: int = 64, h: int = 8, m: int = 512) -> None:
        super().__init__()
        self.k = k
        self.h = h
        self.Q = nn.Linear(m, h * k)
        self.K = nn.Linear(m, h * k)
        self.V = nn.Linear(m, h * k)
        self.O = nn.Linear(h * k, m)

    def forward(self, X: Tensor) -> Tensor:
        q = self.Q(X).unflatten(-1, (self.h, self.k))  # ... y h k
        k = self.K(X).unflatten(-1, (self.h, self.k))  # ... y h k
        v = self.V(X).unflatten(-1, (self.h, self.k))  # ... y h k
        s = torch.einsum("...yhk,...Yhk->...yhY", q, k)  # ... y h y'
        s = s * self.k**-0.5  # ... y h y'
        future = s.new_ones(s.shape[-3], s.shape[-1], dtype=torch.bool).triu(1)
        s = s.masked_fill(future[:, None, :], float("-inf"))  # ... y h y'
        s = s.softmax(-1)  # ... y h y'
        o = torch.einsum("...yhY,...Yhk->...yhk", s, v)  # ... y h k
        z = self.O(o.flatten(-2))  # ... y m
        return z


class DecoderStep(nn.Module):
    """One step of `decoder` in Transformer: i from 1 to N.

    Args:
        k: depth of a query or key in each head
        h: heads
        f: width of the feed-forward networks

    Inputs, with any further axes in front:
        D: (... y m)
        M: (... x m)

    Returns:
        norm_network: (... y m)

    State dict:
        masked.*: of masked_attention
        norm_masked.weight: (m)
        norm_masked.bias: (m)
        cross.*: of multi_head_attention
        norm_cross.weight: (m)
        norm_cross.bias: (m)
        network.*: of feed_forward
        norm_network.weight: (m)
        norm_network.bias: (m)
    """

    def __init__(self, *, k: int = 64, h: int = 8, f: int = 2048) -> None:
        super().__init__()
        m = k * h
        self.masked = MaskedAttention(k=k, h=h, m=m)
        self.norm_masked = nn.LayerNorm(m)
        self.cross = MultiHeadAttention(k=k, h=h, m=m)
        self.norm_cross = nn.LayerNorm(m)
        self.network = FeedForward(f=f, m=m)
        self.norm_network = nn.LayerNorm(m)

    def forward(self, D: Tensor, M: Tensor) -> Tensor:
        masked = self.masked(D)  # ... y m
        A = masked + D  # ... y m
        norm_masked = self.norm_masked(A)  # ... y m
        cross = self.cross(norm_masked, M)  # ... y m
        B = cross + norm_masked  # ... y m
        norm_cross = self.norm_cross(B)  # ... y m
        network = self.network(norm_cross)  # ... y m
        C = network + norm_cross  # ... y m
        norm_network = self.norm_network(C)  # ... y m
        return norm_network


class Transformer(nn.Module):
    """Transformer.

    The tokens of a source pass N encoder layers: self-attention, then a feed-forward
    network. The tokens of a target pass N decoder layers: self-attention that sees no
    later position, attention to what the encoder made, then a feed-forward network. All
    parts are bypassed by residual connections, and layer norm follows each sum. The
    decoder's vectors give probabilities of the next tokens.

    Args:
        N: layers of the encoder and of the decoder
        k: depth of a query or key in each head
        h: heads
        f: width of the feed-forward networks
        x: positions of the source
        y: positions of the target
        u: tokens of the source's language
        v: tokens of the target's language

    Inputs, with any further axes in front:
        T: (... y), whole numbers from 0 up to v (excluded)
        S: (... x), whole numbers from 0 up to u (excluded)

    Returns:
        P: (... y v)

    State dict:
        S.weight: (u, m)
        encoder.n.*: of each iteration n = 0, 1, ...
        M.weight: (m)
        M.bias: (m)
        T.weight: (v, m)
        decoder.n.*: of each iteration n = 0, 1, ...
        norm.weight: (m)
        norm.bias: (m)
        head.weight: (v, m)
        head.bias: (v)
    """

    def __init__(
        self,
        *,
        N: int = 6,
        k: int = 64,
        h: int = 8,
        f: int = 2048,
        x: int = 24,
        y: int = 20,
        u: int = 37000,
        v: int = 37000,
    ) -> None:
        super().__init__()
        m = k * h
        self.x = x
        self.y = y
        self.m = m
        self.S = nn.Embedding(u, m)
        self.encoder = nn.ModuleList([EncoderStep(k=k, h=h, f=f) for _ in range(N)])
        self.M = nn.LayerNorm(m)
        self.T = nn.Embedding(v, m)
        self.decoder = nn.ModuleList([DecoderStep(k=k, h=h, f=f) for _ in range(N)])
        self.norm = nn.LayerNorm(m)
        self.head = nn.Linear(m, v)

    def forward(self, T: Tensor, S: Tensor) -> Tensor:
        E = self.S(S)  # ... x m
        E = E * self.m**0.5  # ... x m
        place = torch.arange(
            self.x, dtype=torch.promote_types(E.dtype, torch.float32), device=E.device
        )[:, None]
        feature = torch.arange(
            self.m, dtype=torch.promote_types(E.dtype, torch.float32), device=E.device
        )
        angle = place / 10000.0 ** ((feature - feature % 2) / self.m)
        # ... x m
        p = torch.where(feature % 2 == 0, angle.sin(), angle.cos()).to(E.dtype)
        E = E + p  # ... x m
        for layer in self.encoder:
            E = layer(E)  # ... x m
        M = self.M(E)  # ... x m
        D = self.T(T)  # ... y m
        D = D * self.m**0.5  # ... y m
        place = torch.arange(
            self.y, dtype=torch.promote_types(E.dtype, torch.float32), device=E.device
        )[:, None]
        feature = torch.arange(
            self.m, dtype=torch.promote_types(E.dtype, torch.float32), device=E.device
        )
        angle = place / 10000.0 ** ((feature - feature % 2) / self.m)
        # ... y m
        r = torch.where(feature % 2 == 0, angle.sin(), angle.cos()).to(E.dtype)
        D = D + r  # ... y m
        for layer in self.decoder:
            D = layer(D, M)  # ... y m
        norm = self.norm(D)  # ... y m
        head = self.head(norm)  # ... y v
        P = head.softmax(-1)  # ... y v
        return P

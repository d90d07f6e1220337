# encoder_decoder (7d0dc18a31fb), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch encoder_decoder.yaml

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


class EncoderStep(nn.Module):
    """One step of `encoder` in Encoder and Decoder: i from 1 to N.

    Args:
        k: depth of a query or key in each head
        h: heads
        f: width of the feed-forward networks

    Inputs, with any further axes in front:
        S: (... x m)

    Returns:
        B: (... x m)

    State dict:
        norm_1.weight: (m)
        norm_1.bias: (m)
        attention.*: of multi_head_attention
        norm_2.weight: (m)
        norm_2.bias: (m)
        network.*: of mlp
    """

    def __init__(self, *, k: int = 64, h: int = 8, f: int = 2048) -> None:
        super().__init__()
        m = k * h
        self.norm_1 = nn.LayerNorm(m)
        self.attention = MultiHeadAttention(k=k, h=h, m=m)
        self.norm_2 = nn.LayerNorm(m)
        self.network = Mlp(f=f, m=m)

    def forward(self, S: Tensor) -> Tensor:
        norm_1 = self.norm_1(S)  # ... x m
        attention = self.attention(norm_1, norm_1)  # ... x m
        A = attention + S  # ... x m
        norm_2 = self.norm_2(A)  # ... x m
        network = self.network(norm_2)  # ... x m
        B = network + A  # ... x m
        return B


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
    """One step of `decoder` in Encoder and Decoder: i from 1 to N.

    Args:
        k: depth of a query or key in each head
        h: heads
        f: width of the feed-forward networks

    Inputs, with any further axes in front:
        T: (... y m)
        M: (... x m)

    Returns:
        G: (... y m)

    State dict:
        norm_masked.weight: (m)
        norm_masked.bias: (m)
        masked.*: of masked_attention
        norm_cross.weight: (m)
        norm_cross.bias: (m)
        cross.*: of multi_head_attention
        norm_network.weight: (m)
        norm_network.bias: (m)
        network.*: of mlp
    """

    def __init__(self, *, k: int = 64, h: int = 8, f: int = 2048) -> None:
        super().__init__()
        m = k * h
        self.norm_masked = nn.LayerNorm(m)
        self.masked = MaskedAttention(k=k, h=h, m=m)
        self.norm_cross = nn.LayerNorm(m)
        self.cross = MultiHeadAttention(k=k, h=h, m=m)
        self.norm_network = nn.LayerNorm(m)
        self.network = Mlp(f=f, m=m)

    def forward(self, T: Tensor, M: Tensor) -> Tensor:
        norm_masked = self.norm_masked(T)  # ... y m
        masked = self.masked(norm_masked)  # ... y m
        C = masked + T  # ... y m
        norm_cross = self.norm_cross(C)  # ... y m
        cross = self.cross(norm_cross, M)  # ... y m
        F_ = cross + C  # ... y m
        norm_network = self.norm_network(F_)  # ... y m
        network = self.network(norm_network)  # ... y m
        G = network + F_  # ... y m
        return G


class EncoderDecoder(nn.Module):
    """Encoder and Decoder.

    Vectors of a source pass N encoder layers: self-attention, then a feed-forward
    network. Vectors of a target pass N decoder layers: self-attention that sees no
    later position, attention to what the encoder made, then a feed-forward network.
    Layer norm comes before each part, a residual connection bypasses it.

    Args:
        N: layers of the encoder and of the decoder
        k: depth of a query or key in each head
        h: heads
        f: width of the feed-forward networks

    Inputs, with any further axes in front:
        T: (... y m)
        S: (... x m)

    Returns:
        Z: (... y m)

    State dict:
        encoder.n.*: of each iteration n = 0, 1, ...
        M.weight: (m)
        M.bias: (m)
        decoder.n.*: of each iteration n = 0, 1, ...
        Z.weight: (m)
        Z.bias: (m)
    """

    def __init__(self, *, N: int = 6, k: int = 64, h: int = 8, f: int = 2048) -> None:
        super().__init__()
        m = k * h
        self.encoder = nn.ModuleList([EncoderStep(k=k, h=h, f=f) for _ in range(N)])
        self.M = nn.LayerNorm(m)
        self.decoder = nn.ModuleList([DecoderStep(k=k, h=h, f=f) for _ in range(N)])
        self.Z = nn.LayerNorm(m)

    def forward(self, T: Tensor, S: Tensor) -> Tensor:
        E = S
        for layer in self.encoder:
            E = layer(E)  # ... x m
        M = self.M(E)  # ... x m
        D = T
        for layer in self.decoder:
            D = layer(D, M)  # ... y m
        Z = self.Z(D)  # ... y m
        return Z

# transformer_encoder_layer (e26d42c4a4ee), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch transformer_encoder_layer.yaml

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


class TransformerEncoderLayer(nn.Module):
    """Transformer Encoder Layer.

    Multi-head self-attention, then a feed-forward network applied at each position;
    each is bypassed by a residual connection, and layer norm follows each sum.

    Args:
        k: depth of a query or key in each head
        h: heads
        f: width of the feed-forward network

    Inputs, with any further axes in front:
        X: (... x m)

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

    def __init__(self, *, k: int = 16, h: int = 4, f: int = 256) -> None:
        super().__init__()
        m = k * h
        self.attention = MultiHeadAttention(k=k, h=h, m=m)
        self.norm_1 = nn.LayerNorm(m)
        self.network = FeedForward(f=f, m=m)
        self.norm_2 = nn.LayerNorm(m)

    def forward(self, X: Tensor) -> Tensor:
        attention = self.attention(X, X)  # ... x m
        a = attention + X  # ... x m
        norm_1 = self.norm_1(a)  # ... x m
        network = self.network(norm_1)  # ... x m
        b = network + norm_1  # ... x m
        norm_2 = self.norm_2(b)  # ... x m
        return norm_2

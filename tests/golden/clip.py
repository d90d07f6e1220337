# clip (a0d1c0747ffa), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch clip.yaml

import torch
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

    Two linear maps with the quick GELU between them, at each position.

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
        D.weight: (m, f)
        D.bias: (m)
    """

    def __init__(self, *, f: int = 3072, m: int = 768) -> None:
        super().__init__()
        self.U = nn.Linear(m, f)
        self.D = nn.Linear(f, m)

    def forward(self, X: Tensor) -> Tensor:
        a = self.U(X)  # ... f
        a = a * torch.sigmoid(1.702 * a)  # ... f
        z = self.D(a)  # ... m
        return z


class ImageStep(nn.Module):
    """One step of `image` in CLIP: i from 1 to N.

    Args:
        k: depth of a query or key in each head
        h: heads that see images

    Inputs, with any further axes in front:
        I_: (... b y m)

    Returns:
        I_: (... b y m)

    State dict:
        norm_1.weight: (m)
        norm_1.bias: (m)
        attention.*: of multi_head_attention
        norm_2.weight: (m)
        norm_2.bias: (m)
        network.*: of mlp
    """

    def __init__(self, *, k: int = 64, h: int = 12) -> None:
        super().__init__()
        m = h * k
        f = 4 * m
        self.norm_1 = nn.LayerNorm(m)
        self.attention = MultiHeadAttention(k=k, h=h, m=m)
        self.norm_2 = nn.LayerNorm(m)
        self.network = Mlp(f=f, m=m)

    def forward(self, I_: Tensor) -> Tensor:
        norm_1 = self.norm_1(I_)  # ... b y m
        attention = self.attention(norm_1, norm_1)  # ... b y m
        A = attention + I_  # ... b y m
        norm_2 = self.norm_2(A)  # ... b y m
        network = self.network(norm_2)  # ... b y m
        I_ = network + A  # ... b y m
        return I_


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


class TextStep(nn.Module):
    """One step of `text` in CLIP: i from 1 to N.

    Args:
        k: depth of a query or key in each head
        g: heads that read texts

    Inputs, with any further axes in front:
        W: (... t x n)

    Returns:
        W: (... t x n)

    State dict:
        norm_1.weight: (n)
        norm_1.bias: (n)
        attention.*: of attention
        norm_2.weight: (n)
        norm_2.bias: (n)
        network.*: of mlp
    """

    def __init__(self, *, k: int = 64, g: int = 8) -> None:
        super().__init__()
        n = g * k
        e = 4 * n
        self.norm_1 = nn.LayerNorm(n)
        self.attention = Attention(k=k, h=g, m=n)
        self.norm_2 = nn.LayerNorm(n)
        self.network = Mlp(f=e, m=n)

    def forward(self, W: Tensor) -> Tensor:
        norm_1 = self.norm_1(W)  # ... t x n
        attention = self.attention(norm_1)  # ... t x n
        A = attention + W  # ... t x n
        norm_2 = self.norm_2(A)  # ... t x n
        network = self.network(norm_2)  # ... t x n
        W = network + A  # ... t x n
        return W


class Clip(nn.Module):
    """CLIP.

    A vision transformer makes a vector of each of b images, a causal transformer one of
    each of t texts: what becomes of a learned token, and of the token that ends the
    text. Both are mapped to one space and normed there; the scores are the inner
    products of every image with every text, sharpened by a learned temperature.

    Args:
        N: layers of both transformers
        k: depth of a query or key in each head
        h: heads that see images
        g: heads that read texts
        s: side of a patch
        q: patches along a side
        c: colours
        x: positions of a text
        v: tokens of the vocabulary
        d: width of the common space

    Inputs, with any further axes in front:
        X: (... b z c)
        T: (... t x), whole numbers from 0 up to v (excluded)

    Returns:
        S: (... b t)

    State dict:
        patches.weight: (m, c, s, s)
        token: (1, m)
        places: (y, m)
        norm_0.weight: (m)
        norm_0.bias: (m)
        image.n.*: of each iteration n = 0, 1, ...
        first.weight: (m)
        first.bias: (m)
        I.weight: (d, m)
        T.weight: (v, n)
        positions: (x, n)
        text.n.*: of each iteration n = 0, 1, ...
        norm.weight: (n)
        norm.bias: (n)
        W.weight: (d, n)
        heat: ()
    """

    def __init__(
        self,
        *,
        N: int = 12,
        k: int = 64,
        h: int = 12,
        g: int = 8,
        s: int = 32,
        q: int = 7,
        c: int = 3,
        x: int = 77,
        v: int = 49408,
        d: int = 512,
    ) -> None:
        super().__init__()
        p = q * q
        y = p + 1
        m = h * k
        n = g * k
        self.d = d
        self.patches = nn.Conv2d(c, m, s, stride=s, bias=False)
        self.token = nn.Parameter(torch.randn(1, m) * 0.02)
        self.places = nn.Parameter(torch.randn(y, m) * 0.02)
        self.norm_0 = nn.LayerNorm(m)
        self.image = nn.ModuleList([ImageStep(k=k, h=h) for _ in range(N)])
        self.first = nn.LayerNorm(m)
        self.I = nn.Linear(m, d, bias=False)
        self.i = nn.RMSNorm(d, eps=0, elementwise_affine=False)
        self.T = nn.Embedding(v, n)
        self.positions = nn.Parameter(torch.randn(x, n) * 0.02)
        self.text = nn.ModuleList([TextStep(k=k, g=g) for _ in range(N)])
        self.norm = nn.LayerNorm(n)
        self.W = nn.Linear(n, d, bias=False)
        self.w = nn.RMSNorm(d, eps=0, elementwise_affine=False)
        self.heat = nn.Parameter(torch.randn(()) * 0.02)

    def forward(self, X: Tensor, T: Tensor) -> Tensor:
        patches_in = X.movedim(-1, -3)
        patches_out = self.patches(patches_in.reshape(-1, *patches_in.shape[-3:]))
        # ... b u m
        patches = patches_out.reshape(
            *patches_in.shape[:-3], *patches_out.shape[1:]
        ).movedim(-3, -1)
        patches = patches.movedim(-1, -3).flatten(-2).transpose(-2, -1)  # ... b p m
        token = self.token  # ... 1 m
        # ... y m b
        I_ = torch.cat(
            [
                token[..., None].expand(*patches.shape[:-3], -1, -1, patches.shape[-3]),
                patches.movedim(-3, -1),
            ],
            -3,
        )
        I_ = torch.einsum("...ymb->...bym", I_)  # ... b y m
        places = self.places  # ... y m
        I_ = I_ + places[..., None, :, :]  # ... b y m
        I_ = self.norm_0(I_)  # ... b y m
        for layer in self.image:
            I_ = layer(I_)  # ... b y m
        first = I_[..., 0, :]  # ... b m
        first = self.first(first)  # ... b m
        i = self.I(first)  # ... b d
        i = self.i(i)  # ... b d
        W = self.T(T)  # ... t x n
        positions = self.positions  # ... x n
        W = W + positions[..., None, :, :]  # ... t x n
        for layer in self.text:
            W = layer(W)  # ... t x n
        W = self.norm(W)  # ... t x n
        end = T.argmax(-1)  # ... t
        # ... t n
        last = torch.take_along_dim(
            W.transpose(-2, -1), end.unsqueeze(-1)[..., None, :], -1
        ).squeeze(-1)
        w = self.W(last)  # ... t d
        w = self.w(w)  # ... t d
        s = torch.einsum("...bd,...td->...bt", i, w)  # ... b t
        s = s * (1 / self.d)  # ... b t
        heat = self.heat  # ...
        heat = heat.exp()  # ...
        S = s * heat[..., None, None]  # ... b t
        return S

# diffusion_unet (ec8433631ffc), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch diffusion_unet.yaml

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class DiffusionResidualBlock(nn.Module):
    """Residual Block.

    Group norm and SiLU come before each of two convolutions. The vector of the time
    gives, by a learned map, a number for each channel that is added between them; what
    comes in is added to what they make.

    Args:
        g: groups of the norms
        c: channels
        e: width of the time

    Inputs, with any further axes in front:
        X: (... x c)
        E: (... e)

    Returns:
        Y: (... x c)

    State dict:
        norm_1.weight: (c)
        norm_1.bias: (c)
        first.weight: (c', c, 3, 3)
        first.bias: (c')
        T.weight: (c', e)
        T.bias: (c')
        norm_2.weight: (c')
        norm_2.bias: (c')
        second.weight: (c, c', 3, 3)
        second.bias: (c)
    """

    def __init__(self, *, g: int = 8, c: int = 64, e: int = 256) -> None:
        super().__init__()
        self.norm_1 = nn.GroupNorm(g, c)
        self.first = nn.Conv2d(c, c, 3, padding=1)
        self.T = nn.Linear(e, c)
        self.norm_2 = nn.GroupNorm(g, c)
        self.second = nn.Conv2d(c, c, 3, padding=1)

    def forward(self, X: Tensor, E: Tensor) -> Tensor:
        entries = X.movedim(-1, -3)
        # ... x c
        norm_1 = (
            self.norm_1(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim(-3, -1)
        )
        norm_1 = F.silu(norm_1)  # ... x c
        first_in = norm_1.movedim(-1, -3)
        first_out = self.first(first_in.reshape(-1, *first_in.shape[-3:]))
        # ... x c'
        first = first_out.reshape(*first_in.shape[:-3], *first_out.shape[1:]).movedim(
            -3, -1
        )
        E = F.silu(E)  # ... e
        time = self.T(E)  # ... c'
        timed = first + time[..., None, None, :]  # ... x c'
        entries = timed.movedim(-1, -3)
        # ... x c'
        norm_2 = (
            self.norm_2(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim(-3, -1)
        )
        norm_2 = F.silu(norm_2)  # ... x c'
        second_in = norm_2.movedim(-1, -3)
        second_out = self.second(second_in.reshape(-1, *second_in.shape[-3:]))
        # ... x c
        second = second_out.reshape(
            *second_in.shape[:-3], *second_out.shape[1:]
        ).movedim(-3, -1)
        Y = X + second  # ... x c
        return Y


class DownStep(nn.Module):
    """One step of `down` in Diffusion U-Net: i from 2 to N.

    Args:
        g: groups of the norms

    Inputs, with any further axes in front:
        X: (... x[i-1] c)
        E: (... e)

    Returns:
        X: (... x[i] c)
        D_i: (... x[i] c)
        C_i: (... x[i] c)

    State dict:
        halve.weight: (c, c, 3, 3)
        halve.bias: (c)
        X.*: of diffusion_residual_block
    """

    def __init__(self, *, g: int = 32) -> None:
        super().__init__()
        c = 2 * g
        e = 4 * c
        self.halve = nn.Conv2d(c, c, 3, stride=2, padding=1)
        self.X = DiffusionResidualBlock(g=g, c=c, e=e)

    def forward(self, X: Tensor, E: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        halve_in = X.movedim(-1, -3)
        halve_out = self.halve(halve_in.reshape(-1, *halve_in.shape[-3:]))
        # ... x[i] c
        X = halve_out.reshape(*halve_in.shape[:-3], *halve_out.shape[1:]).movedim(
            -3, -1
        )
        D_i = X  # ... x[i] c
        X = self.X(X, E)  # ... x[i] c
        C_i = X  # ... x[i] c
        return X, D_i, C_i


class PixelAttention(nn.Module):
    """Attention.

    Every pixel asks all pixels, in each of h heads.

    Args:
        g: groups of the norm
        h: heads
        c: channels

    Inputs, with any further axes in front:
        X: (... x c)

    Returns:
        Y: (... x c)

    State dict:
        norm.weight: (c)
        norm.bias: (c)
        Q.weight: (h*k, c)
        Q.bias: (h*k)
        K.weight: (h*k, c)
        K.bias: (h*k)
        V.weight: (h*k, c)
        V.bias: (h*k)
        O.weight: (c, h*k)
        O.bias: (c)
    """

    def __init__(self, *, g: int = 8, h: int = 2, c: int = 64) -> None:
        super().__init__()
        k = c // h
        self.h = h
        self.k = k
        self.norm = nn.GroupNorm(g, c)
        self.Q = nn.Linear(c, h * k)
        self.K = nn.Linear(c, h * k)
        self.V = nn.Linear(c, h * k)
        self.O = nn.Linear(h * k, c)

    def forward(self, X: Tensor) -> Tensor:
        entries = X.movedim(-1, -3)
        # ... x c
        norm = (
            self.norm(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim(-3, -1)
        )
        q = self.Q(norm).unflatten(-1, (self.h, self.k))  # ... x h k
        k = self.K(norm).unflatten(-1, (self.h, self.k))  # ... x h k
        v = self.V(norm).unflatten(-1, (self.h, self.k))  # ... x h k
        s = torch.einsum("...xXhk,...abhk->...xXhab", q, k)  # ... x h x'
        s = s * self.k**-0.5  # ... x h x'
        s = torch.exp(s - s.logsumexp((-2, -1), keepdim=True))  # ... x h x'
        o = torch.einsum("...xXhab,...abhk->...xXhk", s, v)  # ... x h k
        z = self.O(o.flatten(-2))  # ... x c
        Y = X + z  # ... x c
        return Y


class JoiningBlock(nn.Module):
    """Joining Block.

    A residual block for two tensors side by side; its shortcut is a convolution, too.

    Args:
        g: groups of the norms
        c: channels
        e: width of the time

    Inputs, with any further axes in front:
        A: (... x c)
        B: (... x c)
        E: (... e)

    Returns:
        Y: (... x c)

    State dict:
        norm_1.weight: (d)
        norm_1.bias: (d)
        first.weight: (c', d, 3, 3)
        first.bias: (c')
        T.weight: (c', e)
        T.bias: (c')
        norm_2.weight: (c')
        norm_2.bias: (c')
        second.weight: (c, c', 3, 3)
        second.bias: (c)
        shortcut.weight: (c, d, 1, 1)
        shortcut.bias: (c)
    """

    def __init__(self, *, g: int = 8, c: int = 64, e: int = 256) -> None:
        super().__init__()
        d = 2 * c
        self.norm_1 = nn.GroupNorm(g, d)
        self.first = nn.Conv2d(d, c, 3, padding=1)
        self.T = nn.Linear(e, c)
        self.norm_2 = nn.GroupNorm(g, c)
        self.second = nn.Conv2d(c, c, 3, padding=1)
        self.shortcut = nn.Conv2d(d, c, 1)

    def forward(self, A: Tensor, B: Tensor, E: Tensor) -> Tensor:
        X = torch.cat([A, B], -1)  # ... x d
        entries = X.movedim(-1, -3)
        # ... x d
        norm_1 = (
            self.norm_1(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim(-3, -1)
        )
        norm_1 = F.silu(norm_1)  # ... x d
        first_in = norm_1.movedim(-1, -3)
        first_out = self.first(first_in.reshape(-1, *first_in.shape[-3:]))
        # ... x c'
        first = first_out.reshape(*first_in.shape[:-3], *first_out.shape[1:]).movedim(
            -3, -1
        )
        E = F.silu(E)  # ... e
        time = self.T(E)  # ... c'
        timed = first + time[..., None, None, :]  # ... x c'
        entries = timed.movedim(-1, -3)
        # ... x c'
        norm_2 = (
            self.norm_2(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim(-3, -1)
        )
        norm_2 = F.silu(norm_2)  # ... x c'
        second_in = norm_2.movedim(-1, -3)
        second_out = self.second(second_in.reshape(-1, *second_in.shape[-3:]))
        # ... x c
        second = second_out.reshape(
            *second_in.shape[:-3], *second_out.shape[1:]
        ).movedim(-3, -1)
        shortcut_in = X.movedim(-1, -3)
        shortcut_out = self.shortcut(shortcut_in.reshape(-1, *shortcut_in.shape[-3:]))
        # ... x c
        shortcut = shortcut_out.reshape(
            *shortcut_in.shape[:-3], *shortcut_out.shape[1:]
        ).movedim(-3, -1)
        Y = shortcut + second  # ... x c
        return Y


class UpStep(nn.Module):
    """One step of `up` in Diffusion U-Net: i from 1 to N - 1.

    Args:
        N: levels of resolution
        g: groups of the norms
        i: which iteration it is

    Inputs, with any further axes in front:
        middle_2: (... x[N+1-i] c)
        E: (... e)
        C: (... x[i] c) for each i from 2 to N
        D: (... x[i] c) for each i from 2 to N

    Returns:
        doubled: (... x[N-i] c)

    State dict:
        up_1.*: of joining_block
        up_2.*: of joining_block
        doubled.weight: (c, c, 3, 3)
        doubled.bias: (c)
    """

    def __init__(self, *, N: int = 4, g: int = 32, i: int = 1) -> None:
        super().__init__()
        c = 2 * g
        e = 4 * c
        self.N = N
        self.i = i
        self.up_1 = JoiningBlock(g=g, c=c, e=e)
        self.up_2 = JoiningBlock(g=g, c=c, e=e)
        self.doubled = nn.Conv2d(c, c, 3, padding=1)

    def forward(
        self, middle_2: Tensor, E: Tensor, C: dict[int, Tensor], D: dict[int, Tensor]
    ) -> Tensor:
        C_N_1_i = C[self.N + 1 - self.i]  # ... x[N+1-i] c
        up_1 = self.up_1(middle_2, C_N_1_i, E)  # ... x[N+1-i] c
        D_N_1_i = D[self.N + 1 - self.i]  # ... x[N+1-i] c
        up_2 = self.up_2(up_1, D_N_1_i, E)  # ... x[N+1-i] c
        larger_in = up_2.movedim(-1, -3)
        larger_out = F.interpolate(
            larger_in.reshape(-1, *larger_in.shape[-2:])[None],
            scale_factor=2,
            mode="nearest-exact",
        )[0]
        # ... x[N-i] c
        larger = larger_out.reshape(
            *larger_in.shape[:-2], *larger_out.shape[1:]
        ).movedim(-3, -1)
        doubled_in = larger.movedim(-1, -3)
        doubled_out = self.doubled(doubled_in.reshape(-1, *doubled_in.shape[-3:]))
        # ... x[N-i] c
        doubled = doubled_out.reshape(
            *doubled_in.shape[:-3], *doubled_out.shape[1:]
        ).movedim(-3, -1)
        return doubled


class DiffusionUnet(nn.Module):
    """Diffusion U-Net.

    A noisy image, and the time that says how noisy it is. The time becomes a vector of
    waves and then, by two linear maps, one that each residual block adds to its
    channels. What the way down makes is saved and concatenated on the way up; at the
    bottom, all pixels attend to each other.

    Args:
        N: levels of resolution
        g: groups of the norms
        h: heads
        a: colours

    Inputs, with any further axes in front:
        X: (... x[1] a)
        t: (...), whole numbers from 0 up to 1000 (excluded)

    Returns:
        Y: (... x[1] a)

    State dict:
        T_1.weight: (e', c)
        T_1.bias: (e')
        T_2.weight: (e, e')
        T_2.bias: (e)
        stem.weight: (c, a, 3, 3)
        stem.bias: (c)
        X.*: of diffusion_residual_block
        down.n.*: of each iteration n = 0, 1, ...
        middle_1.*: of diffusion_residual_block
        attention.*: of pixel_attention
        middle_2.*: of diffusion_residual_block
        up.n.*: of each iteration n = 0, 1, ...
        last_1.*: of joining_block
        last_2.*: of joining_block
        norm.weight: (c)
        norm.bias: (c)
        Y.weight: (a, c, 3, 3)
        Y.bias: (a)
    """

    def __init__(self, *, N: int = 4, g: int = 32, h: int = 4, a: int = 3) -> None:
        super().__init__()
        c = 2 * g
        e = 4 * c
        self.c = c
        self.T_1 = nn.Linear(c, e)
        self.T_2 = nn.Linear(e, e)
        self.stem = nn.Conv2d(a, c, 3, padding=1)
        self.X = DiffusionResidualBlock(g=g, c=c, e=e)
        self.down = nn.ModuleList([DownStep(g=g) for _ in range(2, N + 1)])
        self.middle_1 = DiffusionResidualBlock(g=g, c=c, e=e)
        self.attention = PixelAttention(g=g, h=h, c=c)
        self.middle_2 = DiffusionResidualBlock(g=g, c=c, e=e)
        self.up = nn.ModuleList([UpStep(N=N, g=g, i=i) for i in range(1, N - 1 + 1)])
        self.last_1 = JoiningBlock(g=g, c=c, e=e)
        self.last_2 = JoiningBlock(g=g, c=c, e=e)
        self.norm = nn.GroupNorm(g, c)
        self.Y = nn.Conv2d(c, a, 3, padding=1)

    def forward(self, X: Tensor, t: Tensor) -> Tensor:
        E_kind = X.dtype
        E_wide = torch.promote_types(E_kind, torch.float32)
        E_wave = torch.arange(self.c // 2, dtype=E_wide, device=t.device)
        E_rate = 10000.0 ** (-E_wave / (self.c // 2))
        E_angle = t[..., None] * E_rate
        E = torch.cat([E_angle.cos(), E_angle.sin()], -1).to(E_kind)  # ... c
        E = self.T_1(E)  # ... e'
        E = F.silu(E)  # ... e'
        E = self.T_2(E)  # ... e
        stem_in = X.movedim(-1, -3)
        stem_out = self.stem(stem_in.reshape(-1, *stem_in.shape[-3:]))
        # ... x[1] c
        X = stem_out.reshape(*stem_in.shape[:-3], *stem_out.shape[1:]).movedim(-3, -1)
        D_1 = X  # ... x[1] c
        X = self.X(X, E)  # ... x[1] c
        C_1 = X  # ... x[1] c
        D: dict[int, Tensor] = {}
        C: dict[int, Tensor] = {}
        for i, layer in enumerate(self.down, start=2):
            X, D[i], C[i] = layer(X, E)  # ... x[i] c; ... x[i] c; ... x[i] c
        middle_1 = self.middle_1(X, E)  # ... x[N] c
        attention = self.attention(middle_1)  # ... x[N] c
        middle_2 = self.middle_2(attention, E)  # ... x[N] c
        U = middle_2
        for layer in self.up:
            U = layer(U, E, C, D)  # ... x[N-i] c
        last_1 = self.last_1(U, C_1, E)  # ... x[1] c
        last_2 = self.last_2(last_1, D_1, E)  # ... x[1] c
        entries = last_2.movedim(-1, -3)
        # ... x[1] c
        norm = (
            self.norm(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim(-3, -1)
        )
        norm = F.silu(norm)  # ... x[1] c
        Y_in = norm.movedim(-1, -3)
        Y_out = self.Y(Y_in.reshape(-1, *Y_in.shape[-3:]))
        # ... x[1] a
        Y = Y_out.reshape(*Y_in.shape[:-3], *Y_out.shape[1:]).movedim(-3, -1)
        return Y

# residual_unet (d2b1dc8c112c), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch residual_unet.yaml

import torch
from torch import Tensor, nn


class DownUnit(nn.Module):
    """Down Unit.

    Two convolutions, the first with stride two; the shortcut is one, too.

    Args:
        c: channels taken
        d: channels made

    Inputs, with any further axes in front:
        X: (... x c)

    Returns:
        Y: (... z d)

    State dict:
        conv_0.weight: (d', c, 3, 3)
        conv_0.bias: (d')
        act_0.weight: (1)
        conv_1.weight: (d, d', 3, 3)
        conv_1.bias: (d)
        act_1.weight: (1)
        shortcut.weight: (d, c, 3, 3)
        shortcut.bias: (d)
    """

    def __init__(self, *, c: int = 16, d: int = 32) -> None:
        super().__init__()
        self.conv_0 = nn.Conv2d(c, d, 3, stride=2, padding=1)
        self.conv_0_2 = nn.InstanceNorm1d(d)
        self.act_0 = nn.PReLU()
        self.conv_1 = nn.Conv2d(d, d, 3, padding=1)
        self.conv_1_2 = nn.InstanceNorm1d(d)
        self.act_1 = nn.PReLU()
        self.shortcut = nn.Conv2d(c, d, 3, stride=2, padding=1)

    def forward(self, X: Tensor) -> Tensor:
        conv_0_in = X.movedim(-1, -3)
        conv_0_out = self.conv_0(conv_0_in.reshape(-1, *conv_0_in.shape[-3:]))
        # ... z d'
        conv_0 = conv_0_out.reshape(
            *conv_0_in.shape[:-3], *conv_0_out.shape[1:]
        ).movedim(-3, -1)
        entries = conv_0.movedim(-1, -3)
        # ... z d'
        conv_0 = (
            self.conv_0_2(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim(-3, -1)
        )
        act_0 = self.act_0(conv_0)  # ... z d'
        conv_1_in = act_0.movedim(-1, -3)
        conv_1_out = self.conv_1(conv_1_in.reshape(-1, *conv_1_in.shape[-3:]))
        # ... z d
        conv_1 = conv_1_out.reshape(
            *conv_1_in.shape[:-3], *conv_1_out.shape[1:]
        ).movedim(-3, -1)
        entries = conv_1.movedim(-1, -3)
        # ... z d
        conv_1 = (
            self.conv_1_2(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim(-3, -1)
        )
        act_1 = self.act_1(conv_1)  # ... z d
        shortcut_in = X.movedim(-1, -3)
        shortcut_out = self.shortcut(shortcut_in.reshape(-1, *shortcut_in.shape[-3:]))
        # ... z d
        shortcut = shortcut_out.reshape(
            *shortcut_in.shape[:-3], *shortcut_out.shape[1:]
        ).movedim(-3, -1)
        Y = act_1 + shortcut  # ... z d
        return Y


class SameUnit(nn.Module):
    """Unit.

    Two convolutions and a shortcut; the resolution stays.

    Args:
        c: channels taken
        d: channels made

    Inputs, with any further axes in front:
        X: (... x c)

    Returns:
        Y: (... x d)

    State dict:
        conv_0.weight: (d', c, 3, 3)
        conv_0.bias: (d')
        act_0.weight: (1)
        conv_1.weight: (d, d', 3, 3)
        conv_1.bias: (d)
        act_1.weight: (1)
        shortcut.weight: (d, c, 1, 1)
        shortcut.bias: (d)
    """

    def __init__(self, *, c: int = 16, d: int = 32) -> None:
        super().__init__()
        self.conv_0 = nn.Conv2d(c, d, 3, padding=1)
        self.conv_0_2 = nn.InstanceNorm1d(d)
        self.act_0 = nn.PReLU()
        self.conv_1 = nn.Conv2d(d, d, 3, padding=1)
        self.conv_1_2 = nn.InstanceNorm1d(d)
        self.act_1 = nn.PReLU()
        self.shortcut = nn.Conv2d(c, d, 1)

    def forward(self, X: Tensor) -> Tensor:
        conv_0_in = X.movedim(-1, -3)
        conv_0_out = self.conv_0(conv_0_in.reshape(-1, *conv_0_in.shape[-3:]))
        # ... x d'
        conv_0 = conv_0_out.reshape(
            *conv_0_in.shape[:-3], *conv_0_out.shape[1:]
        ).movedim(-3, -1)
        entries = conv_0.movedim(-1, -3)
        # ... x d'
        conv_0 = (
            self.conv_0_2(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim(-3, -1)
        )
        act_0 = self.act_0(conv_0)  # ... x d'
        conv_1_in = act_0.movedim(-1, -3)
        conv_1_out = self.conv_1(conv_1_in.reshape(-1, *conv_1_in.shape[-3:]))
        # ... x d
        conv_1 = conv_1_out.reshape(
            *conv_1_in.shape[:-3], *conv_1_out.shape[1:]
        ).movedim(-3, -1)
        entries = conv_1.movedim(-1, -3)
        # ... x d
        conv_1 = (
            self.conv_1_2(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim(-3, -1)
        )
        act_1 = self.act_1(conv_1)  # ... x d
        shortcut_in = X.movedim(-1, -3)
        shortcut_out = self.shortcut(shortcut_in.reshape(-1, *shortcut_in.shape[-3:]))
        # ... x d
        shortcut = shortcut_out.reshape(
            *shortcut_in.shape[:-3], *shortcut_out.shape[1:]
        ).movedim(-3, -1)
        Y = act_1 + shortcut  # ... x d
        return Y


class UpUnit(nn.Module):
    """Up Unit.

    A transposed convolution doubles the resolution; a convolution with a shortcut
    follows.

    Args:
        c: channels taken
        d: channels made

    Inputs, with any further axes in front:
        X: (... x c)

    Returns:
        Y: (... z d)

    State dict:
        raised.weight: (c, d, 3, 3)
        raised.bias: (d)
        act_0.weight: (1)
        conv_1.weight: (d, d, 3, 3)
        conv_1.bias: (d)
        act_1.weight: (1)
    """

    def __init__(self, *, c: int = 16, d: int = 32) -> None:
        super().__init__()
        self.raised = nn.ConvTranspose2d(c, d, 3, stride=2, padding=1, output_padding=1)
        self.raised_2 = nn.InstanceNorm1d(d)
        self.act_0 = nn.PReLU()
        self.conv_1 = nn.Conv2d(d, d, 3, padding=1)
        self.conv_1_2 = nn.InstanceNorm1d(d)
        self.act_1 = nn.PReLU()

    def forward(self, X: Tensor) -> Tensor:
        raised_in = X.movedim(-1, -3)
        raised_out = self.raised(raised_in.reshape(-1, *raised_in.shape[-3:]))
        # ... z d
        raised = raised_out.reshape(
            *raised_in.shape[:-3], *raised_out.shape[1:]
        ).movedim(-3, -1)
        entries = raised.movedim(-1, -3)
        # ... z d
        raised = (
            self.raised_2(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim(-3, -1)
        )
        act_0 = self.act_0(raised)  # ... z d
        conv_1_in = act_0.movedim(-1, -3)
        conv_1_out = self.conv_1(conv_1_in.reshape(-1, *conv_1_in.shape[-3:]))
        # ... z d
        conv_1 = conv_1_out.reshape(
            *conv_1_in.shape[:-3], *conv_1_out.shape[1:]
        ).movedim(-3, -1)
        entries = conv_1.movedim(-1, -3)
        # ... z d
        conv_1 = (
            self.conv_1_2(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim(-3, -1)
        )
        act_1 = self.act_1(conv_1)  # ... z d
        Y = act_1 + act_0  # ... z d
        return Y


class ResidualUnet(nn.Module):
    """Residual U-Net.

    Two units halve the resolution; what each makes is saved. A last one keeps it. On
    the way up, what was saved is put before what comes from below, and a transposed
    convolution doubles the resolution. All have shortcuts; instance norm and a
    rectifier with a learned slope follow the convolutions.

    Args:
        a: colours
        c: channels at half the resolution
        d: channels at a quarter of it
        e: channels at the bottom
        y: classes

    Inputs, with any further axes in front:
        X: (... x a)

    Returns:
        Y: (... x y)

    State dict:
        down_1.*: of down_unit
        down_2.*: of down_unit
        bottom.*: of same_unit
        up.*: of up_unit
        raised.weight: (g, y, 3, 3)
        raised.bias: (y)
        act.weight: (1)
        conv.weight: (y, y, 3, 3)
        conv.bias: (y)
    """

    def __init__(
        self, *, a: int = 1, c: int = 16, d: int = 32, e: int = 64, y: int = 2
    ) -> None:
        super().__init__()
        self.down_1 = DownUnit(c=a, d=c)
        self.down_2 = DownUnit(c=c, d=d)
        self.bottom = SameUnit(c=d, d=e)
        self.up = UpUnit(c=d + e, d=c)
        self.raised = nn.ConvTranspose2d(
            2 * c, y, 3, stride=2, padding=1, output_padding=1
        )
        self.raised_2 = nn.InstanceNorm1d(y)
        self.act = nn.PReLU()
        self.conv = nn.Conv2d(y, y, 3, padding=1)

    def forward(self, X: Tensor) -> Tensor:
        X = self.down_1(X)  # ... z c
        C_1 = X  # ... z c
        down_2 = self.down_2(X)  # ... z d
        bottom = self.bottom(down_2)  # ... z e
        J = torch.cat([down_2, bottom], -1)  # ... z f
        up = self.up(J)  # ... z c
        K = torch.cat([C_1, up], -1)  # ... z g
        raised_in = K.movedim(-1, -3)
        raised_out = self.raised(raised_in.reshape(-1, *raised_in.shape[-3:]))
        # ... x y
        raised = raised_out.reshape(
            *raised_in.shape[:-3], *raised_out.shape[1:]
        ).movedim(-3, -1)
        entries = raised.movedim(-1, -3)
        # ... x y
        raised = (
            self.raised_2(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim(-3, -1)
        )
        act = self.act(raised)  # ... x y
        conv_in = act.movedim(-1, -3)
        conv_out = self.conv(conv_in.reshape(-1, *conv_in.shape[-3:]))
        # ... x y
        conv = conv_out.reshape(*conv_in.shape[:-3], *conv_out.shape[1:]).movedim(
            -3, -1
        )
        Y = conv + act  # ... x y
        return Y

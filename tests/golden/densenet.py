# densenet (d7bdde31b5c7), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch densenet.yaml

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class DenseLayer(nn.Module):
    """Dense Layer.

    Batch norm and ReLU before each of two convolutions, of one pixel and of three by
    three.

    Args:
        s: channels between the convolutions, in growth rates
        c: channels taken
        k: channels made

    Inputs, with any further axes in front:
        X: (... x c b)

    Returns:
        conv_2: (... x k b)

    State dict:
        norm_1.weight: (c)
        norm_1.bias: (c)
        norm_1.running_mean: (c)
        norm_1.running_var: (c)
        norm_1.num_batches_tracked: ()
        conv_1.weight: (w, c, 1, 1)
        norm_2.weight: (w)
        norm_2.bias: (w)
        norm_2.running_mean: (w)
        norm_2.running_var: (w)
        norm_2.num_batches_tracked: ()
        conv_2.weight: (k, w, 3, 3)
    """

    def __init__(self, *, s: int = 4, c: int = 24, k: int = 32) -> None:
        super().__init__()
        w = s * k
        self.norm_1 = nn.BatchNorm1d(c)
        self.conv_1 = nn.Conv2d(c, w, 1, bias=False)
        self.norm_2 = nn.BatchNorm1d(w)
        self.conv_2 = nn.Conv2d(w, k, 3, padding=1, bias=False)

    def forward(self, X: Tensor) -> Tensor:
        entries = X.movedim((-2, -1), (-3, -4))
        # ... x c b
        norm_1 = (
            self.norm_1(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim((-4, -3), (-1, -2))
        )
        norm_1 = F.relu(norm_1)  # ... x c b
        conv_1_in = norm_1.movedim((-2, -1), (-3, -4))
        conv_1_out = self.conv_1(conv_1_in.reshape(-1, *conv_1_in.shape[-3:]))
        # ... x w b
        conv_1 = conv_1_out.reshape(
            *conv_1_in.shape[:-3], *conv_1_out.shape[1:]
        ).movedim((-4, -3), (-1, -2))
        entries = conv_1.movedim((-2, -1), (-3, -4))
        # ... x w b
        norm_2 = (
            self.norm_2(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim((-4, -3), (-1, -2))
        )
        norm_2 = F.relu(norm_2)  # ... x w b
        conv_2_in = norm_2.movedim((-2, -1), (-3, -4))
        conv_2_out = self.conv_2(conv_2_in.reshape(-1, *conv_2_in.shape[-3:]))
        # ... x k b
        conv_2 = conv_2_out.reshape(
            *conv_2_in.shape[:-3], *conv_2_out.shape[1:]
        ).movedim((-4, -3), (-1, -2))
        return conv_2


class Block1Step(nn.Module):
    """One step of `block_1` in DenseNet: i from 1 to N1.

    Args:
        s: channels within a layer, in growth rates
        n: channels of the first convolution
        k: channels that each layer adds
        i: which iteration it is

    Inputs, with any further axes in front:
        Z: (... x2 c[i-1] b)

    Returns:
        all_1: (... x2 c[i] b)

    State dict:
        new_1.*: of dense_layer
    """

    def __init__(self, *, s: int = 4, n: int = 64, k: int = 32, i: int = 1) -> None:
        super().__init__()

        def c(i: int) -> int:
            return n + i * k

        self.new_1 = DenseLayer(s=s, c=c(i - 1), k=k)

    def forward(self, Z: Tensor) -> Tensor:
        new_1 = self.new_1(Z)  # ... x2 k b
        all_1 = torch.cat([Z, new_1], -2)  # ... x2 c[i] b
        return all_1


class Block2Step(nn.Module):
    """One step of `block_2` in DenseNet: i from 1 to N2.

    Args:
        N1: layers of the first block
        s: channels within a layer, in growth rates
        n: channels of the first convolution
        k: channels that each layer adds
        i: which iteration it is

    Inputs, with any further axes in front:
        U: (... x3 d[i-1] b)

    Returns:
        all_2: (... x3 d[i] b)

    State dict:
        new_2.*: of dense_layer
    """

    def __init__(
        self, *, N1: int = 6, s: int = 4, n: int = 64, k: int = 32, i: int = 1
    ) -> None:
        super().__init__()
        m = (n + N1 * k) // 2

        def d(i: int) -> int:
            return m + i * k

        self.new_2 = DenseLayer(s=s, c=d(i - 1), k=k)

    def forward(self, U: Tensor) -> Tensor:
        new_2 = self.new_2(U)  # ... x3 k b
        all_2 = torch.cat([U, new_2], -2)  # ... x3 d[i] b
        return all_2


class Densenet(nn.Module):
    """DenseNet.

    A convolution and a pooling give the first channels. In a dense block, each of N
    layers adds k channels to those that it was given. Between the blocks, half of the
    channels are kept at half the resolution. After the last block, the mean over the
    image is classified.

    Args:
        N1: layers of the first block
        N2: layers of the second block
        s: channels within a layer, in growth rates
        a: colours
        n: channels of the first convolution
        k: channels that each layer adds
        y: classes

    Inputs, with any further axes in front:
        X: (... x a b)

    Returns:
        Y: (... y b)

    State dict:
        stem.weight: (c[0], a, 7, 7)
        norm.weight: (c[0])
        norm.bias: (c[0])
        norm.running_mean: (c[0])
        norm.running_var: (c[0])
        norm.num_batches_tracked: ()
        block_1.n.*: of each iteration n = 0, 1, ...
        T.weight: (c[N1])
        T.bias: (c[N1])
        T.running_mean: (c[N1])
        T.running_var: (c[N1])
        T.num_batches_tracked: ()
        halved.weight: (d[0], c[N1], 1, 1)
        block_2.n.*: of each iteration n = 0, 1, ...
        last.weight: (d[N2])
        last.bias: (d[N2])
        last.running_mean: (d[N2])
        last.running_var: (d[N2])
        last.num_batches_tracked: ()
        Y.weight: (y, d[N2])
        Y.bias: (y)
    """

    def __init__(
        self,
        *,
        N1: int = 6,
        N2: int = 12,
        s: int = 4,
        a: int = 1,
        n: int = 64,
        k: int = 32,
        y: int = 10,
    ) -> None:
        super().__init__()
        m = (n + N1 * k) // 2

        def c(i: int) -> int:
            return n + i * k

        def d(i: int) -> int:
            return m + i * k

        self.stem = nn.Conv2d(a, c(0), 7, stride=2, padding=3, bias=False)
        self.norm = nn.BatchNorm1d(c(0))
        self.block_1 = nn.ModuleList(
            [Block1Step(s=s, n=n, k=k, i=i) for i in range(1, N1 + 1)]
        )
        self.T = nn.BatchNorm1d(c(N1))
        self.halved = nn.Conv2d(c(N1), d(0), 1, bias=False)
        self.block_2 = nn.ModuleList(
            [Block2Step(N1=N1, s=s, n=n, k=k, i=i) for i in range(1, N2 + 1)]
        )
        self.last = nn.BatchNorm1d(d(N2))
        self.Y = nn.Linear(d(N2), y)

    def forward(self, X: Tensor) -> Tensor:
        stem_in = X.movedim((-2, -1), (-3, -4))
        stem_out = self.stem(stem_in.reshape(-1, *stem_in.shape[-3:]))
        # ... x1 c[0] b
        stem = stem_out.reshape(*stem_in.shape[:-3], *stem_out.shape[1:]).movedim(
            (-4, -3), (-1, -2)
        )
        entries = stem.movedim((-2, -1), (-3, -4))
        # ... x1 c[0] b
        norm = (
            self.norm(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim((-4, -3), (-1, -2))
        )
        norm = F.relu(norm)  # ... x1 c[0] b
        Z_in = norm.movedim((-4, -3), (-2, -1))
        Z_out = F.max_pool2d(Z_in.reshape(-1, *Z_in.shape[-2:]), 3, stride=2, padding=1)
        # ... x2 c[0] b
        Z = Z_out.reshape(*Z_in.shape[:-2], *Z_out.shape[1:]).movedim(
            (-4, -3), (-2, -1)
        )
        first = Z
        for layer in self.block_1:
            first = layer(first)  # ... x2 c[i] b
        entries = first.movedim((-2, -1), (-3, -4))
        # ... x2 c[N1] b
        T = (
            self.T(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim((-4, -3), (-1, -2))
        )
        T = F.relu(T)  # ... x2 c[N1] b
        halved_in = T.movedim((-2, -1), (-3, -4))
        halved_out = self.halved(halved_in.reshape(-1, *halved_in.shape[-3:]))
        # ... x2 d[0] b
        halved = halved_out.reshape(
            *halved_in.shape[:-3], *halved_out.shape[1:]
        ).movedim((-4, -3), (-1, -2))
        U_in = halved.movedim((-4, -3), (-2, -1))
        U_out = F.avg_pool2d(U_in.reshape(-1, *U_in.shape[-2:]), 2)
        # ... x3 d[0] b
        U = U_out.reshape(*U_in.shape[:-2], *U_out.shape[1:]).movedim(
            (-4, -3), (-2, -1)
        )
        second = U
        for layer in self.block_2:
            second = layer(second)  # ... x3 d[i] b
        entries = second.movedim((-2, -1), (-3, -4))
        # ... x3 d[N2] b
        last = (
            self.last(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim((-4, -3), (-1, -2))
        )
        last = F.relu(last)  # ... x3 d[N2] b
        mean = last.mean((-4, -3))  # ... d[N2] b
        Y = self.Y(mean.transpose(-2, -1)).transpose(-2, -1)  # ... y b
        return Y

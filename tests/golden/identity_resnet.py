# identity_resnet (fb67c5513f8c), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch identity_resnet.yaml

import torch.nn.functional as F
from torch import Tensor, nn


class MoreStep(nn.Module):
    """One step of `more` in Block: lambda_ from 1 to N - 1.

    Args:
        n1: channels made

    Inputs, with any further axes in front:
        first: (... z n1 b)

    Returns:
        sum_: (... z n1 b)

    State dict:
        norm_a.weight: (n1)
        norm_a.bias: (n1)
        norm_a.running_mean: (n1)
        norm_a.running_var: (n1)
        norm_a.num_batches_tracked: ()
        conv_a.weight: (nb, n1, 1, 1)
        conv_a.bias: (nb)
        norm_b.weight: (nb)
        norm_b.bias: (nb)
        norm_b.running_mean: (nb)
        norm_b.running_var: (nb)
        norm_b.num_batches_tracked: ()
        conv_b.weight: (nb', nb, 3, 3)
        conv_b.bias: (nb')
        norm_c.weight: (nb')
        norm_c.bias: (nb')
        norm_c.running_mean: (nb')
        norm_c.running_var: (nb')
        norm_c.num_batches_tracked: ()
        conv_c.weight: (n1, nb', 1, 1)
        conv_c.bias: (n1)
    """

    def __init__(self, *, n1: int = 64) -> None:
        super().__init__()
        nb = n1 // 4
        self.norm_a = nn.BatchNorm1d(n1)
        self.conv_a = nn.Conv2d(n1, nb, 1)
        self.norm_b = nn.BatchNorm1d(nb)
        self.conv_b = nn.Conv2d(nb, nb, 3, padding="same")
        self.norm_c = nn.BatchNorm1d(nb)
        self.conv_c = nn.Conv2d(nb, n1, 1)

    def forward(self, first: Tensor) -> Tensor:
        entries = first.movedim((-2, -1), (-3, -4))
        # ... z n1 b
        norm_a = (
            self.norm_a(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim((-4, -3), (-1, -2))
        )
        norm_a = F.relu(norm_a)  # ... z n1 b
        conv_a_in = norm_a.movedim((-2, -1), (-3, -4))
        conv_a_out = self.conv_a(conv_a_in.reshape(-1, *conv_a_in.shape[-3:]))
        # ... z nb b
        conv_a = conv_a_out.reshape(
            *conv_a_in.shape[:-3], *conv_a_out.shape[1:]
        ).movedim((-4, -3), (-1, -2))
        entries = conv_a.movedim((-2, -1), (-3, -4))
        # ... z nb b
        norm_b = (
            self.norm_b(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim((-4, -3), (-1, -2))
        )
        norm_b = F.relu(norm_b)  # ... z nb b
        conv_b_in = norm_b.movedim((-2, -1), (-3, -4))
        conv_b_out = self.conv_b(conv_b_in.reshape(-1, *conv_b_in.shape[-3:]))
        # ... z nb' b
        conv_b = conv_b_out.reshape(
            *conv_b_in.shape[:-3], *conv_b_out.shape[1:]
        ).movedim((-4, -3), (-1, -2))
        entries = conv_b.movedim((-2, -1), (-3, -4))
        # ... z nb' b
        norm_c = (
            self.norm_c(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim((-4, -3), (-1, -2))
        )
        norm_c = F.relu(norm_c)  # ... z nb' b
        conv_c_in = norm_c.movedim((-2, -1), (-3, -4))
        conv_c_out = self.conv_c(conv_c_in.reshape(-1, *conv_c_in.shape[-3:]))
        # ... z n1 b
        conv_c = conv_c_out.reshape(
            *conv_c_in.shape[:-3], *conv_c_out.shape[1:]
        ).movedim((-4, -3), (-1, -2))
        sum_ = conv_c + first  # ... z n1 b
        return sum_


class IdentityResnetBlock(nn.Module):
    """Block.

    Batch norm and ReLU come before each convolution. The first residual component
    changes the number of channels n0 to n1 and, by its stride s, the resolution; its
    shortcut is a convolution of the same stride. N - 1 more add to what goes past them
    unchanged.

    Args:
        s: stride
        N: residual components
        n0: channels taken
        n1: channels made

    Inputs, with any further axes in front:
        X: (... x n0 b)

    Returns:
        Z: (... z n1 b)

    State dict:
        norm_0.weight: (n0)
        norm_0.bias: (n0)
        norm_0.running_mean: (n0)
        norm_0.running_var: (n0)
        norm_0.num_batches_tracked: ()
        conv_1.weight: (nb, n0, 1, 1)
        conv_1.bias: (nb)
        norm_1.weight: (nb)
        norm_1.bias: (nb)
        norm_1.running_mean: (nb)
        norm_1.running_var: (nb)
        norm_1.num_batches_tracked: ()
        conv_2.weight: (nb', nb, 3, 3)
        conv_2.bias: (nb')
        norm_2.weight: (nb')
        norm_2.bias: (nb')
        norm_2.running_mean: (nb')
        norm_2.running_var: (nb')
        norm_2.num_batches_tracked: ()
        conv_3.weight: (n1, nb', 1, 1)
        conv_3.bias: (n1)
        shortcut.weight: (n1, n0, 1, 1)
        shortcut.bias: (n1)
        more.n.*: of each iteration n = 0, 1, ...
    """

    def __init__(self, *, s: int = 2, N: int = 3, n0: int = 16, n1: int = 64) -> None:
        super().__init__()
        nb = n1 // 4
        self.norm_0 = nn.BatchNorm1d(n0)
        self.conv_1 = nn.Conv2d(n0, nb, 1, stride=s)
        self.norm_1 = nn.BatchNorm1d(nb)
        self.conv_2 = nn.Conv2d(nb, nb, 3, padding="same")
        self.norm_2 = nn.BatchNorm1d(nb)
        self.conv_3 = nn.Conv2d(nb, n1, 1)
        self.shortcut = nn.Conv2d(n0, n1, 1, stride=s)
        self.more = nn.ModuleList([MoreStep(n1=n1) for _ in range(N - 1)])

    def forward(self, X: Tensor) -> Tensor:
        entries = X.movedim((-2, -1), (-3, -4))
        # ... x n0 b
        norm_0 = (
            self.norm_0(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim((-4, -3), (-1, -2))
        )
        norm_0 = F.relu(norm_0)  # ... x n0 b
        conv_1_in = norm_0.movedim((-2, -1), (-3, -4))
        conv_1_out = self.conv_1(conv_1_in.reshape(-1, *conv_1_in.shape[-3:]))
        # ... z nb b
        conv_1 = conv_1_out.reshape(
            *conv_1_in.shape[:-3], *conv_1_out.shape[1:]
        ).movedim((-4, -3), (-1, -2))
        entries = conv_1.movedim((-2, -1), (-3, -4))
        # ... z nb b
        norm_1 = (
            self.norm_1(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim((-4, -3), (-1, -2))
        )
        norm_1 = F.relu(norm_1)  # ... z nb b
        conv_2_in = norm_1.movedim((-2, -1), (-3, -4))
        conv_2_out = self.conv_2(conv_2_in.reshape(-1, *conv_2_in.shape[-3:]))
        # ... z nb' b
        conv_2 = conv_2_out.reshape(
            *conv_2_in.shape[:-3], *conv_2_out.shape[1:]
        ).movedim((-4, -3), (-1, -2))
        entries = conv_2.movedim((-2, -1), (-3, -4))
        # ... z nb' b
        norm_2 = (
            self.norm_2(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim((-4, -3), (-1, -2))
        )
        norm_2 = F.relu(norm_2)  # ... z nb' b
        conv_3_in = norm_2.movedim((-2, -1), (-3, -4))
        conv_3_out = self.conv_3(conv_3_in.reshape(-1, *conv_3_in.shape[-3:]))
        # ... z n1 b
        conv_3 = conv_3_out.reshape(
            *conv_3_in.shape[:-3], *conv_3_out.shape[1:]
        ).movedim((-4, -3), (-1, -2))
        shortcut_in = norm_0.movedim((-2, -1), (-3, -4))
        shortcut_out = self.shortcut(shortcut_in.reshape(-1, *shortcut_in.shape[-3:]))
        # ... z n1 b
        shortcut = shortcut_out.reshape(
            *shortcut_in.shape[:-3], *shortcut_out.shape[1:]
        ).movedim((-4, -3), (-1, -2))
        first = conv_3 + shortcut  # ... z n1 b
        Z = first
        for layer in self.more:
            Z = layer(Z)  # ... z n1 b
        return Z


class IdentityResnet(nn.Module):
    """Identity ResNet.

    A convolution gives the first channels, three blocks with strides 1, 2 and 2 give
    more channels at less resolution. After batch norm and ReLU the mean over the image
    is classified.

    Args:
        N: residual components of each block
        n1: channels of the first convolution
        n2: channels of the first block
        n3: channels of the second block
        n4: channels of the third block
        c: colours
        k: classes

    Inputs, with any further axes in front:
        X: (... x c b)

    Returns:
        P: (... k b)

    State dict:
        stem.weight: (n1, c, 3, 3)
        stem.bias: (n1)
        block_1.*: of identity_resnet_block
        block_2.*: of identity_resnet_block
        block_3.*: of identity_resnet_block
        A.weight: (n4)
        A.bias: (n4)
        A.running_mean: (n4)
        A.running_var: (n4)
        A.num_batches_tracked: ()
        head.weight: (k, n4)
        head.bias: (k)
    """

    def __init__(
        self,
        *,
        N: int = 3,
        n1: int = 16,
        n2: int = 64,
        n3: int = 128,
        n4: int = 256,
        c: int = 3,
        k: int = 10,
    ) -> None:
        super().__init__()
        self.stem = nn.Conv2d(c, n1, 3, padding="same")
        self.block_1 = IdentityResnetBlock(s=1, N=N, n0=n1, n1=n2)
        self.block_2 = IdentityResnetBlock(s=2, N=N, n0=n2, n1=n3)
        self.block_3 = IdentityResnetBlock(s=2, N=N, n0=n3, n1=n4)
        self.A = nn.BatchNorm1d(n4)
        self.head = nn.Linear(n4, k)

    def forward(self, X: Tensor) -> Tensor:
        stem_in = X.movedim((-2, -1), (-3, -4))
        stem_out = self.stem(stem_in.reshape(-1, *stem_in.shape[-3:]))
        # ... x n1 b
        stem = stem_out.reshape(*stem_in.shape[:-3], *stem_out.shape[1:]).movedim(
            (-4, -3), (-1, -2)
        )
        block_1 = self.block_1(stem)  # ... z n2 b
        block_2 = self.block_2(block_1)  # ... z n3 b
        block_3 = self.block_3(block_2)  # ... z n4 b
        entries = block_3.movedim((-2, -1), (-3, -4))
        # ... z n4 b
        A = (
            self.A(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim((-4, -3), (-1, -2))
        )
        A = F.relu(A)  # ... z n4 b
        pooled = A.mean((-4, -3))  # ... n4 b
        head = self.head(pooled.transpose(-2, -1)).transpose(-2, -1)  # ... k b
        P = head.softmax(-2)  # ... k b
        return P

# convnext (6850eea72444), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch convnext.yaml

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Block(nn.Module):
    """Block.

    A depthwise convolution, then two linear maps at every place, scaled and added.

    Args:
        c: channels

    Inputs, with any further axes in front:
        X: (... x c)

    Returns:
        Y: (... x c)

    State dict:
        around.weight: (c, 1, 7, 7)
        around.bias: (c)
        norm.weight: (c)
        norm.bias: (c)
        U.weight: (f, c)
        U.bias: (f)
        D.weight: (c, f)
        D.bias: (c)
        gain: (c)
    """

    def __init__(self, *, c: int = 24) -> None:
        super().__init__()
        f = 4 * c
        self.around = nn.Conv2d(c, c, 7, padding="same", groups=c)
        self.norm = nn.LayerNorm(c, eps=1e-06)
        self.U = nn.Linear(c, f)
        self.D = nn.Linear(f, c)
        self.gain = nn.Parameter(torch.randn(c) * 0.02)

    def forward(self, X: Tensor) -> Tensor:
        around_in = X.movedim(-1, -3)
        around_out = self.around(around_in.reshape(-1, *around_in.shape[-3:]))
        # ... x c
        around = around_out.reshape(
            *around_in.shape[:-3], *around_out.shape[1:]
        ).movedim(-3, -1)
        norm = self.norm(around)  # ... x c
        a = self.U(norm)  # ... x f
        a = F.gelu(a)  # ... x f
        b = self.D(a)  # ... x c
        gain = self.gain  # ... c
        b = b * gain[..., None, None, :]  # ... x c
        Y = b + X  # ... x c
        return Y


class StageStep(nn.Module):
    """One step of `stage` in ConvNeXt: j from 1 to a.

    Args:
        w: channels of the first stage

    Inputs, with any further axes in front:
        H: (... x[0] c[0])

    Returns:
        H: (... x[0] c[0])

    State dict:
        H.*: of block
    """

    def __init__(self, *, w: int = 96) -> None:
        super().__init__()

        def c(i: int) -> int:
            return w * 2**i

        self.H = Block(c=c(0))

    def forward(self, H: Tensor) -> Tensor:
        H = self.H(H)  # ... x[0] c[0]
        return H


class BlocksStep(nn.Module):
    """One step of `blocks` in convnext stages: j from 1 to b if i == 2 else a.

    Args:
        w: channels of the first stage
        i: which iteration it is

    Inputs, with any further axes in front:
        H: (... x[i] c[i])

    Returns:
        H: (... x[i] c[i])

    State dict:
        H.*: of block
    """

    def __init__(self, *, w: int = 96, i: int = 1) -> None:
        super().__init__()

        def c(i_2: int) -> int:
            return w * 2**i_2

        self.H = Block(c=c(i))

    def forward(self, H: Tensor) -> Tensor:
        H = self.H(H)  # ... x[i] c[i]
        return H


class StagesStep(nn.Module):
    """One step of `stages` in ConvNeXt: i from 1 to S.

    Args:
        w: channels of the first stage
        a: blocks of a stage
        b: blocks of the third stage
        i: which iteration it is

    Inputs, with any further axes in front:
        H: (... x[i-1] c[i-1])

    Returns:
        H: (... x[i] c[i])

    State dict:
        norm.weight: (c[i-1])
        norm.bias: (c[i-1])
        down.weight: (c[i], c[i-1], 2, 2)
        down.bias: (c[i])
        blocks.n.*: of each iteration n = 0, 1, ...
    """

    def __init__(self, *, w: int = 96, a: int = 3, b: int = 9, i: int = 1) -> None:
        super().__init__()

        def c(i: int) -> int:
            return w * 2**i

        self.norm = nn.LayerNorm(c(i - 1), eps=1e-06)
        self.down = nn.Conv2d(c(i - 1), c(i), 2, stride=2)
        self.blocks = nn.ModuleList(
            [BlocksStep(w=w, i=i) for _ in range(b if i == 2 else a)]
        )

    def forward(self, H: Tensor) -> Tensor:
        D = self.norm(H)  # ... x[i-1] c[i-1]
        down_in = D.movedim(-1, -3)
        down_out = self.down(down_in.reshape(-1, *down_in.shape[-3:]))
        # ... x[i] c[i]
        H = down_out.reshape(*down_in.shape[:-3], *down_out.shape[1:]).movedim(-3, -1)
        for layer in self.blocks:
            H = layer(H)  # ... x[i] c[i]
        return H


class Convnext(nn.Module):
    """ConvNeXt.

    A convolution cuts the image into patches. In every stage depthwise convolutions
    look around, and two linear maps with GELU between them mix the channels at every
    place; each such block adds to what came in. Between the stages a strided
    convolution halves the resolution and doubles the channels.

    Args:
        S: stages after the first one
        p: side of a patch
        w: channels of the first stage
        a: blocks of a stage
        b: blocks of the third stage
        o: colours
        n: classes

    Inputs, with any further axes in front:
        X: (... z o)

    Returns:
        head: (... n)

    State dict:
        patches.weight: (c[0], o, p, p)
        patches.bias: (c[0])
        norm_0.weight: (c[0])
        norm_0.bias: (c[0])
        stage.n.*: of each iteration n = 0, 1, ...
        stages.n.*: of each iteration n = 0, 1, ...
        norm.weight: (c[S])
        norm.bias: (c[S])
        head.weight: (n, c[S])
        head.bias: (n)
    """

    def __init__(
        self,
        *,
        S: int = 3,
        p: int = 4,
        w: int = 96,
        a: int = 3,
        b: int = 9,
        o: int = 3,
        n: int = 1000,
    ) -> None:
        super().__init__()

        def c(i: int) -> int:
            return w * 2**i

        self.patches = nn.Conv2d(o, c(0), p, stride=p)
        self.norm_0 = nn.LayerNorm(c(0), eps=1e-06)
        self.stage = nn.ModuleList([StageStep(w=w) for _ in range(a)])
        self.stages = nn.ModuleList(
            [StagesStep(w=w, a=a, b=b, i=i) for i in range(1, S + 1)]
        )
        self.norm = nn.LayerNorm(c(S), eps=1e-12)
        self.head = nn.Linear(c(S), n)

    def forward(self, X: Tensor) -> Tensor:
        patches_in = X.movedim(-1, -3)
        patches_out = self.patches(patches_in.reshape(-1, *patches_in.shape[-3:]))
        # ... x[0] c[0]
        patches = patches_out.reshape(
            *patches_in.shape[:-3], *patches_out.shape[1:]
        ).movedim(-3, -1)
        H = self.norm_0(patches)  # ... x[0] c[0]
        for layer in self.stage:
            H = layer(H)  # ... x[0] c[0]
        for layer in self.stages:
            H = layer(H)  # ... x[i] c[i]
        pooled = H.mean((-3, -2))  # ... c[S]
        norm = self.norm(pooled)  # ... c[S]
        head = self.head(norm)  # ... n
        return head

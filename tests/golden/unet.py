# unet (ef75fb5e83d3), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch unet.yaml

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class DoubleConvolution(nn.Module):
    """Double Convolution.

    Two convolutions of three by three, each followed by ReLU.

    Args:
        m: channels taken
        n: channels made

    Inputs, with any further axes in front:
        X: (... x m)

    Returns:
        second: (... x n)

    State dict:
        first.weight: (n', m, 3, 3)
        first.bias: (n')
        second.weight: (n, n', 3, 3)
        second.bias: (n)
    """

    def __init__(self, *, m: int = 24, n: int = 24) -> None:
        super().__init__()
        self.first = nn.Conv2d(m, n, 3, padding="same")
        self.second = nn.Conv2d(n, n, 3, padding="same")

    def forward(self, X: Tensor) -> Tensor:
        first_in = X.movedim(-1, -3)
        first_out = self.first(first_in.reshape(-1, *first_in.shape[-3:]))
        # ... x n'
        first = first_out.reshape(*first_in.shape[:-3], *first_out.shape[1:]).movedim(
            -3, -1
        )
        first = F.relu(first)  # ... x n'
        second_in = first.movedim(-1, -3)
        second_out = self.second(second_in.reshape(-1, *second_in.shape[-3:]))
        # ... x n
        second = second_out.reshape(
            *second_in.shape[:-3], *second_out.shape[1:]
        ).movedim(-3, -1)
        second = F.relu(second)  # ... x n
        return second


class DownStep(nn.Module):
    """One step of `down` in U-Net (with padding): lambda_ from 1 to 4.

    Args:
        w: channels per step of width
        lambda_: which iteration it is

    Inputs, with any further axes in front:
        X: (... x[lambda_] c[lambda_-1])

    Returns:
        X: (... x[lambda_+1] c[lambda_])
        C_lambda: (... x[lambda_] c[lambda_])

    State dict:
        pair.*: of double_convolution
    """

    def __init__(self, *, w: int = 64, lambda_: int = 1) -> None:
        super().__init__()

        def c(i: int) -> int:
            return 1 if i == 0 else w * 2**i

        self.pair = DoubleConvolution(m=c(lambda_ - 1), n=c(lambda_))

    def forward(self, X: Tensor) -> tuple[Tensor, Tensor]:
        X = self.pair(X)  # ... x[lambda_] c[lambda_]
        C_lambda = X  # ... x[lambda_] c[lambda_]
        X_in = X.movedim(-1, -3)
        X_out = F.max_pool2d(X_in.reshape(-1, *X_in.shape[-2:]), 2)
        # ... x[lambda_+1] c[lambda_]
        X = X_out.reshape(*X_in.shape[:-2], *X_out.shape[1:]).movedim(-3, -1)
        return X, C_lambda


class UpStep(nn.Module):
    """One step of `up` in U-Net (with padding): lambda_ from 1 to 3.

    Args:
        w: channels per step of width
        lambda_: which iteration it is

    Inputs, with any further axes in front:
        raised: (... x[5-lambda_] c[5-lambda_])
        C: (... x[lambda_] c[lambda_]) for each lambda_ from 1 to 4

    Returns:
        upwards: (... x[4-lambda_] c[4-lambda_])

    State dict:
        joined.*: of double_convolution
        upwards.weight: (c[5-lambda_], c[4-lambda_], 2, 2)
        upwards.bias: (c[4-lambda_])
    """

    def __init__(self, *, w: int = 64, lambda_: int = 1) -> None:
        super().__init__()
        self.lambda_ = lambda_

        def c(i: int) -> int:
            return 1 if i == 0 else w * 2**i

        def d(i: int) -> int:
            return 2 * c(i)

        self.joined = DoubleConvolution(m=d(5 - lambda_), n=c(5 - lambda_))
        self.upwards = nn.ConvTranspose2d(c(5 - lambda_), c(4 - lambda_), 2, stride=2)

    def forward(self, raised: Tensor, C: dict[int, Tensor]) -> Tensor:
        C_5_lambda = C[5 - self.lambda_]  # ... x[5-lambda_] c[5-lambda_]
        both = torch.cat([raised, C_5_lambda], -1)  # ... x[5-lambda_] d[5-lambda_]
        joined = self.joined(both)  # ... x[5-lambda_] c[5-lambda_]
        upwards_in = joined.movedim(-1, -3)
        upwards_out = self.upwards(upwards_in.reshape(-1, *upwards_in.shape[-3:]))
        # ... x[4-lambda_] c[4-lambda_]
        upwards = upwards_out.reshape(
            *upwards_in.shape[:-3], *upwards_out.shape[1:]
        ).movedim(-3, -1)
        return upwards


class Unet(nn.Module):
    """U-Net (with padding).

    Four times, two convolutions are followed by max pooling, which halves the
    resolution, and the tensor before pooling is saved. On the way up a transposed
    convolution doubles the resolution, the tensor saved there is loaded and
    concatenated, and two convolutions follow. A last convolution gives scores of two
    classes for each pixel.

    Args:
        w: channels per step of width
        y: classes

    Inputs, with any further axes in front:
        X: (... x[1] c[0])

    Returns:
        Y: (... x[1] y)

    State dict:
        down.n.*: of each iteration n = 0, 1, ...
        bottom.*: of double_convolution
        raised.weight: (c[5], c[4], 2, 2)
        raised.bias: (c[4])
        up.n.*: of each iteration n = 0, 1, ...
        top.*: of double_convolution
        Y.weight: (y, c[1], 1, 1)
        Y.bias: (y)
    """

    def __init__(self, *, w: int = 64, y: int = 2) -> None:
        super().__init__()

        def c(i: int) -> int:
            return 1 if i == 0 else w * 2**i

        def d(i: int) -> int:
            return 2 * c(i)

        self.down = nn.ModuleList(
            [DownStep(w=w, lambda_=lambda_) for lambda_ in range(1, 5)]
        )
        self.bottom = DoubleConvolution(m=c(4), n=c(5))
        self.raised = nn.ConvTranspose2d(c(5), c(4), 2, stride=2)
        self.up = nn.ModuleList(
            [UpStep(w=w, lambda_=lambda_) for lambda_ in range(1, 4)]
        )
        self.top = DoubleConvolution(m=d(1), n=c(1))
        self.Y = nn.Conv2d(c(1), y, 1)

    def forward(self, X: Tensor) -> Tensor:
        C: dict[int, Tensor] = {}
        for lambda_, layer in enumerate(self.down, start=1):
            X, C[lambda_] = layer(X)
        bottom = self.bottom(X)  # ... x[5] c[5]
        raised_in = bottom.movedim(-1, -3)
        raised_out = self.raised(raised_in.reshape(-1, *raised_in.shape[-3:]))
        # ... x[4] c[4]
        raised = raised_out.reshape(
            *raised_in.shape[:-3], *raised_out.shape[1:]
        ).movedim(-3, -1)
        U = raised
        for layer in self.up:
            U = layer(U, C)  # ... x[4-lambda_] c[4-lambda_]
        C_1 = C[1]  # ... x[1] c[1]
        last = torch.cat([U, C_1], -1)  # ... x[1] d[1]
        top = self.top(last)  # ... x[1] c[1]
        Y_in = top.movedim(-1, -3)
        Y_out = self.Y(Y_in.reshape(-1, *Y_in.shape[-3:]))
        # ... x[1] y
        Y = Y_out.reshape(*Y_in.shape[:-3], *Y_out.shape[1:]).movedim(-3, -1)
        return Y

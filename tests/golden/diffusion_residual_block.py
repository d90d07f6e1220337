# diffusion_residual_block (29d4350e3759), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch diffusion_residual_block.yaml

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

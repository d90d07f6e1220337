# inner_broadcasting (00ce27effb89), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch inner_broadcasting.yaml

import torch
from torch import Tensor, nn


class InnerBroadcasting(nn.Module):
    """Inner Broadcasting.

    H makes two numbers of three and four others. Where the three are given four times
    over, H is applied to each of these rows, together with the same four others.

    Inputs, with any further axes in front:
        r: (... 3)
        v: (... 4)

    Returns:
        s: (... 2)
    """

    def forward(self, r: Tensor, v: Tensor) -> Tensor:
        H_0 = torch.arange(3 * 2, dtype=r.dtype, device=r.device)
        H_0 = r @ torch.sin(H_0 + 16).view(3, 2)
        H_1 = torch.arange(4 * 2, dtype=v.dtype, device=v.device)
        H_1 = v @ torch.sin(H_1 + 116).view(4, 2)
        s = torch.sin(H_0 + H_1)  # ... 2
        return s


class InnerBroadcasting2(nn.Module):
    """Inner Broadcasting, side 2 of the equation.

    Inputs, with any further axes in front:
        A: (... 4 3)
        v: (... 4)

    Returns:
        B: (... 4 2)
    """

    def forward(self, A: Tensor, v: Tensor) -> Tensor:
        H_0 = torch.arange(3 * 2, dtype=A.dtype, device=A.device)
        H_0 = A @ torch.sin(H_0 + 16).view(3, 2)
        H_1 = torch.arange(4 * 2, dtype=v.dtype, device=v.device)
        H_1 = v[..., None, :] @ torch.sin(H_1 + 116).view(4, 2)
        B = torch.sin(H_0 + H_1)  # ... 4 2
        return B

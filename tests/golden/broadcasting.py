# broadcasting (e443fc294914), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch broadcasting.yaml

import torch
from torch import Tensor, nn


class Broadcasting(nn.Module):
    """Broadcasting.

    G makes two numbers of three. Lifted over an axis of size four it is applied to each
    of four rows on its own; the wire of that axis passes over it.

    Inputs, with any further axes in front:
        r: (... 3)

    Returns:
        s: (... 2)
    """

    def forward(self, r: Tensor) -> Tensor:
        G_0 = torch.arange(3 * 2, dtype=r.dtype, device=r.device)
        G_0 = r @ torch.sin(G_0 + 4).view(3, 2)
        s = torch.sin(G_0)  # ... 2
        return s


class Broadcasting2(nn.Module):
    """Broadcasting, side 2 of the equation.

    Inputs, with any further axes in front:
        A: (... 4 3)

    Returns:
        B: (... 4 2)
    """

    def forward(self, A: Tensor) -> Tensor:
        G_0 = torch.arange(3 * 2, dtype=A.dtype, device=A.device)
        G_0 = A @ torch.sin(G_0 + 4).view(3, 2)
        B = torch.sin(G_0)  # ... 4 2
        return B

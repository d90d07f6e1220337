# broadcasting_definition (b3dc28bf9feb), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch broadcasting_definition.yaml

import torch
from torch import Tensor, nn


class BroadcastingDefinition(nn.Module):
    """Definition of Broadcasting.

    Of the rows that the lifted G makes, the one with index 2 is G of the row with index
    2. That this holds for every index defines broadcasting.

    Inputs, with any further axes in front:
        A: (... 4 3)

    Returns:
        s: (... 2)
    """

    def forward(self, A: Tensor) -> Tensor:
        G_0 = torch.arange(3 * 2, dtype=A.dtype, device=A.device)
        G_0 = A @ torch.sin(G_0 + 4).view(3, 2)
        B = torch.sin(G_0)  # ... 4 2
        s = B[..., 2, :]  # ... 2
        return s


class BroadcastingDefinition2(nn.Module):
    """Definition of Broadcasting, side 2 of the equation.

    Inputs, with any further axes in front:
        A: (... 4 3)

    Returns:
        s: (... 2)
    """

    def forward(self, A: Tensor) -> Tensor:
        r = A[..., 2, :]  # ... 3
        G_0 = torch.arange(3 * 2, dtype=r.dtype, device=r.device)
        G_0 = r @ torch.sin(G_0 + 4).view(3, 2)
        s = torch.sin(G_0)  # ... 2
        return s

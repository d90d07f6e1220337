# inner_broadcasting_definition (62f7f5f7b7d3), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch inner_broadcasting_definition.yaml

import torch
from torch import Tensor, nn


class InnerBroadcastingDefinition(nn.Module):
    """Definition of Inner Broadcasting.

    The axis that passes over H belongs to one of the two tensors that H takes. An index
    applied to it after H equals the same index applied before, with the other tensor
    left as it is.

    Inputs, with any further axes in front:
        A: (... 4 3)
        v: (... 4)

    Returns:
        s: (... 2)
    """

    def forward(self, A: Tensor, v: Tensor) -> Tensor:
        H_0 = torch.arange(3 * 2, dtype=A.dtype, device=A.device)
        H_0 = A @ torch.sin(H_0 + 16).view(3, 2)
        H_1 = torch.arange(4 * 2, dtype=v.dtype, device=v.device)
        H_1 = v[..., None, :] @ torch.sin(H_1 + 116).view(4, 2)
        B = torch.sin(H_0 + H_1)  # ... 4 2
        s = B[..., 2, :]  # ... 2
        return s


class InnerBroadcastingDefinition2(nn.Module):
    """Definition of Inner Broadcasting, side 2 of the equation.

    Inputs, with any further axes in front:
        A: (... 4 3)
        v: (... 4)

    Returns:
        s: (... 2)
    """

    def forward(self, A: Tensor, v: Tensor) -> Tensor:
        r = A[..., 2, :]  # ... 3
        H_0 = torch.arange(3 * 2, dtype=r.dtype, device=r.device)
        H_0 = r @ torch.sin(H_0 + 16).view(3, 2)
        H_1 = torch.arange(4 * 2, dtype=v.dtype, device=v.device)
        H_1 = v @ torch.sin(H_1 + 116).view(4, 2)
        s = torch.sin(H_0 + H_1)  # ... 2
        return s

# elementwise (3f900bc83b18), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch elementwise.yaml

import torch
from torch import Tensor, nn


class Elementwise(nn.Module):
    """Elementwise Operation.

    f takes a number and gives a number. Lifted over all axes of a 4 by 3 tensor it is
    applied to each of its numbers; an axis of size one comes for f and goes again.

    Inputs, with any further axes in front:
        x: (... 1)

    Returns:
        y: (... 1)
    """

    def forward(self, x: Tensor) -> Tensor:
        f_0 = torch.arange(1 * 1, dtype=x.dtype, device=x.device)
        f_0 = x @ torch.sin(f_0 + 26).view(1, 1)
        y = torch.sin(f_0)  # ... 1
        return y


class Elementwise2(nn.Module):
    """Elementwise Operation, side 2 of the equation.

    Inputs, with any further axes in front:
        X: (... 4 3)

    Returns:
        Y: (... 4 3)
    """

    def forward(self, X: Tensor) -> Tensor:
        f_0 = torch.arange(1 * 1, dtype=X.dtype, device=X.device)
        f_0 = X.unsqueeze(-1) @ torch.sin(f_0 + 26).view(1, 1)
        Y = torch.sin(f_0).squeeze(-1)  # ... 4 3
        return Y

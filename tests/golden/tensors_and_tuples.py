# tensors_and_tuples (ee934ad288bc), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch tensors_and_tuples.yaml

import torch
from torch import Tensor, nn


class TensorsAndTuples(nn.Module):
    """Tensors and Tuples.

    A tuple of three tensors. The function f takes the lower two and makes a 3 by 3
    tensor; g takes that and the uppermost. Only the axes of f and g are known.

    Inputs, with any further axes in front:
        a: (... 3)
        b: (... 4 2)
        c: (... 6)

    Returns:
        e: (... 1 2)
    """

    def forward(self, a: Tensor, b: Tensor, c: Tensor) -> Tensor:
        f_0 = torch.arange(4 * 2 * 3 * 3, dtype=b.dtype, device=b.device)
        f_0 = b.flatten(-2) @ torch.sin(f_0 + 26).view(4 * 2, 3 * 3)
        f_1 = torch.arange(6 * 3 * 3, dtype=c.dtype, device=c.device)
        f_1 = c @ torch.sin(f_1 + 126).view(6, 3 * 3)
        d = torch.sin(f_0 + f_1).unflatten(-1, (3, 3))  # ... 3 3'
        g_0 = torch.arange(3 * 1 * 2, dtype=a.dtype, device=a.device)
        g_0 = a @ torch.sin(g_0 + 76).view(3, 1 * 2)
        g_1 = torch.arange(3 * 3 * 1 * 2, dtype=d.dtype, device=d.device)
        g_1 = d.flatten(-2) @ torch.sin(g_1 + 176).view(3 * 3, 1 * 2)
        e = torch.sin(g_0 + g_1).unflatten(-1, (1, 2))  # ... 1 2
        return e

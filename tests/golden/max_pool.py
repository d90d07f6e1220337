# max_pool (de150a5e7c01), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch max_pool.yaml

import torch.nn.functional as F
from torch import Tensor, nn


class MaxPool(nn.Module):
    """Max Pooling.

    The re-indexing is that of a convolution; the window goes to the maximum instead of
    a learned map, so channels are left to themselves and there is nothing to learn.

    Inputs, with any further axes in front:
        X: (... x c)

    Returns:
        Y: (... y c)
    """

    def forward(self, X: Tensor) -> Tensor:
        Y_in = X.movedim(-1, -3)
        Y_out = F.max_pool2d(Y_in.reshape(-1, *Y_in.shape[-2:]), 2)
        Y = Y_out.reshape(*Y_in.shape[:-2], *Y_out.shape[1:]).movedim(-3, -1)  # ... y c
        return Y

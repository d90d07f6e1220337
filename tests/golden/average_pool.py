# average_pool (51c6edce6393), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch average_pool.yaml

import torch.nn.functional as F
from torch import Tensor, nn


class AveragePool(nn.Module):
    """Average Pooling.

    The re-indexing is that of a convolution; the mean is taken of each window, channel
    by channel.

    Inputs, with any further axes in front:
        X: (... x c)

    Returns:
        Y: (... y c)
    """

    def forward(self, X: Tensor) -> Tensor:
        Y_in = X.movedim(-1, -3)
        Y_out = F.avg_pool2d(Y_in.reshape(-1, *Y_in.shape[-2:]), 2)
        Y = Y_out.reshape(*Y_in.shape[:-2], *Y_out.shape[1:]).movedim(-3, -1)  # ... y c
        return Y

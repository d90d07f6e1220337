# two_layer_residual_mlp (f45ab6c87a14), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch two_layer_residual_mlp.yaml

import torch.nn.functional as F
from torch import Tensor, nn


class TwoLayerResidualMlp(nn.Module):
    """Two Layer Residual MLP.

    The input is copied; one copy passes two learned linear maps with ReLU between them,
    the other is added to the result.

    Args:
        d_ff: width between the layers
        m: width of the model

    Inputs, with any further axes in front:
        X: (... x m)

    Returns:
        z: (... x m)

    State dict:
        a.weight: (d_ff, m)
        a.bias: (d_ff)
        b.weight: (m, d_ff)
        b.bias: (m)
    """

    def __init__(self, *, d_ff: int = 512, m: int = 128) -> None:
        super().__init__()
        self.a = nn.Linear(m, d_ff)
        self.b = nn.Linear(d_ff, m)

    def forward(self, X: Tensor) -> Tensor:
        a = self.a(X)  # ... x d_ff
        a = F.relu(a)  # ... x d_ff
        b = self.b(a)  # ... x m
        z = b + X  # ... x m
        return z

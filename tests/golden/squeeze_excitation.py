# squeeze_excitation (e4fbb6f473f3), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch squeeze_excitation.yaml

import torch.nn.functional as F
from torch import Tensor, nn


class SqueezeExcitation(nn.Module):
    """Squeeze and Excitation.

    The mean over the image leaves one number for each channel. Two learned linear maps
    make gates of these, and each channel of the image is multiplied by its gate.

    Args:
        r: how many times narrower the layer between is
        c: channels

    Inputs, with any further axes in front:
        X: (... x c)

    Returns:
        Y: (... x c)

    State dict:
        reduced.weight: (d, c)
        reduced.bias: (d)
        gate.weight: (c, d)
        gate.bias: (c)
    """

    def __init__(self, *, r: int = 16, c: int = 256) -> None:
        super().__init__()
        d = c // r
        self.reduced = nn.Linear(c, d)
        self.gate = nn.Linear(d, c)

    def forward(self, X: Tensor) -> Tensor:
        squeezed = X.mean((-3, -2))  # ... c
        reduced = self.reduced(squeezed)  # ... d
        reduced = F.relu(reduced)  # ... d
        gate = self.gate(reduced)  # ... c
        gate = gate.sigmoid()  # ... c
        Y = X * gate[..., None, None, :]  # ... x c
        return Y

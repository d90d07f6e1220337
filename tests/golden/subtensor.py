# subtensor (63db42fc8447), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch subtensor.yaml

from torch import Tensor, nn


class Subtensor(nn.Module):
    """Subtensor.

    An index ends the wire that it is applied to; the other axis goes on. Of a 4 by 3
    matrix the row with index 2 is left.

    Inputs, with any further axes in front:
        A: (... 4 3)

    Returns:
        row: (... 3)
    """

    def forward(self, A: Tensor) -> Tensor:
        row = A[..., 2, :]  # ... 3
        return row

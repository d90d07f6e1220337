# depthwise_separable_convolution (0a0c8378faf0), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch depthwise_separable_convolution.yaml

import torch.nn.functional as F
from torch import Tensor, nn


class DepthwiseSeparableConvolution(nn.Module):
    """Depthwise Separable Convolution.

    The first convolution has a window of three by three and leaves every channel to
    itself; the second has a window of one by one and mixes the channels. Each is
    followed by batch norm and ReLU.

    Args:
        c: channels taken
        d: channels made

    Inputs, with any further axes in front:
        X: (... x c b)

    Returns:
        norm_2: (... x d b)

    State dict:
        depth.weight: (c, 1, 3, 3)
        norm_1.weight: (c)
        norm_1.bias: (c)
        norm_1.running_mean: (c)
        norm_1.running_var: (c)
        norm_1.num_batches_tracked: ()
        point.weight: (d, c, 1, 1)
        norm_2.weight: (d)
        norm_2.bias: (d)
        norm_2.running_mean: (d)
        norm_2.running_var: (d)
        norm_2.num_batches_tracked: ()
    """

    def __init__(self, *, c: int = 64, d: int = 128) -> None:
        super().__init__()
        self.depth = nn.Conv2d(c, c, 3, padding="same", groups=c, bias=False)
        self.norm_1 = nn.BatchNorm1d(c)
        self.point = nn.Conv2d(c, d, 1, bias=False)
        self.norm_2 = nn.BatchNorm1d(d)

    def forward(self, X: Tensor) -> Tensor:
        depth_in = X.movedim((-2, -1), (-3, -4))
        depth_out = self.depth(depth_in.reshape(-1, *depth_in.shape[-3:]))
        # ... x c b
        depth = depth_out.reshape(*depth_in.shape[:-3], *depth_out.shape[1:]).movedim(
            (-4, -3), (-1, -2)
        )
        entries = depth.movedim((-2, -1), (-3, -4))
        # ... x c b
        norm_1 = (
            self.norm_1(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim((-4, -3), (-1, -2))
        )
        norm_1 = F.relu(norm_1)  # ... x c b
        point_in = norm_1.movedim((-2, -1), (-3, -4))
        point_out = self.point(point_in.reshape(-1, *point_in.shape[-3:]))
        # ... x d b
        point = point_out.reshape(*point_in.shape[:-3], *point_out.shape[1:]).movedim(
            (-4, -3), (-1, -2)
        )
        entries = point.movedim((-2, -1), (-3, -4))
        # ... x d b
        norm_2 = (
            self.norm_2(entries.reshape(-1, *entries.shape[-3:]).flatten(2))
            .reshape(entries.shape)
            .movedim((-4, -3), (-1, -2))
        )
        norm_2 = F.relu(norm_2)  # ... x d b
        return norm_2

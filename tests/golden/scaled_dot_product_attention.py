# scaled_dot_product_attention (3d19b503fd02), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch scaled_dot_product_attention.yaml

import torch
from torch import Tensor, nn


class ScaledDotProductAttention(nn.Module):
    """Scaled Dot-Product Attention.

    Each query is compared with all keys by an inner product, scaled by the root of
    their depth; softmax makes weights of the scores, and the values are averaged by
    these weights.

    Args:
        k: depth of queries and keys and values

    Inputs, with any further axes in front:
        Q: (... y k)
        K: (... x k)
        V: (... x k)

    Returns:
        z: (... y k)
    """

    def __init__(self, *, k: int = 16) -> None:
        super().__init__()
        self.k = k

    def forward(self, Q: Tensor, K: Tensor, V: Tensor) -> Tensor:
        s = torch.einsum("...yk,...xk->...yx", Q, K)  # ... y x
        s = s * self.k**-0.5  # ... y x
        s = s.softmax(-1)  # ... y x
        z = torch.einsum("...yx,...xk->...yk", s, V)  # ... y k
        return z

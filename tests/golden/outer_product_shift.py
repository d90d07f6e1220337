# outer_product_shift (92f84a77add7), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch outer_product_shift.yaml

import torch
from torch import Tensor, nn


class OuterProductShift(nn.Module):
    """Shifting an Outer Product.

    Two tensors become one by an outer product, where the dashed line stops. Linear maps
    G and H of the two may come after it or before it.

    Args:
        a: taken by G
        b: made by G, taken by H
        c: made by H
        d: made by K

    Inputs, with any further axes in front:
        x: (... a)
        y: (... b)

    Returns:
        z: (... d)
    """

    def __init__(self, *, a: int = 3, b: int = 4, c: int = 2, d: int = 5) -> None:
        super().__init__()
        self.a = a
        self.b = b
        self.c = c
        self.d = d

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        xy = torch.einsum("...a,...b->...ab", x, y)  # ... a b
        G_place = torch.arange(self.a * self.b, device=xy.device)
        G_entry = (37 * G_place**2 + 11 * G_place + 4) % 10007
        G_linear = (G_entry.to(xy.dtype) / 5003 - 1).view(self.a, self.b)
        # ... b' b
        g = torch.einsum("...a,ab->...b", xy.transpose(-2, -1), G_linear).transpose(
            -2, -1
        )
        H_place = torch.arange(self.b * self.c, device=g.device)
        H_entry = (37 * H_place**2 + 11 * H_place + 16) % 10007
        H_linear = (H_entry.to(g.dtype) / 5003 - 1).view(self.b, self.c)
        p = torch.einsum("...a,ab->...b", g, H_linear)  # ... b' c
        K_place = torch.arange(self.b * self.c * self.d, device=p.device)
        K_entry = (37 * K_place**2 + 11 * K_place + 60) % 10007
        K_linear = (K_entry.to(p.dtype) / 5003 - 1).view(self.b, self.c, self.d)
        z = torch.einsum("...ab,abc->...c", p, K_linear)  # ... d
        return z


class OuterProductShift2(nn.Module):
    """Shifting an Outer Product, side 2 of the equation.

    Args:
        a: taken by G
        b: made by G, taken by H
        c: made by H
        d: made by K

    Inputs, with any further axes in front:
        x: (... a)
        y: (... b)

    Returns:
        z: (... d)
    """

    def __init__(self, *, a: int = 3, b: int = 4, c: int = 2, d: int = 5) -> None:
        super().__init__()
        self.a = a
        self.b = b
        self.c = c
        self.d = d

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        G_place = torch.arange(self.a * self.b, device=x.device)
        G_entry = (37 * G_place**2 + 11 * G_place + 4) % 10007
        G_linear = (G_entry.to(x.dtype) / 5003 - 1).view(self.a, self.b)
        g = torch.einsum("...a,ab->...b", x, G_linear)  # ... b'
        H_place = torch.arange(self.b * self.c, device=y.device)
        H_entry = (37 * H_place**2 + 11 * H_place + 16) % 10007
        H_linear = (H_entry.to(y.dtype) / 5003 - 1).view(self.b, self.c)
        h = torch.einsum("...a,ab->...b", y, H_linear)  # ... c
        p = torch.einsum("...B,...c->...Bc", g, h)  # ... b' c
        K_place = torch.arange(self.b * self.c * self.d, device=p.device)
        K_entry = (37 * K_place**2 + 11 * K_place + 60) % 10007
        K_linear = (K_entry.to(p.dtype) / 5003 - 1).view(self.b, self.c, self.d)
        z = torch.einsum("...ab,abc->...c", p, K_linear)  # ... d
        return z

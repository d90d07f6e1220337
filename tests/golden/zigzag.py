# zigzag (3944f6051b0c), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch zigzag.yaml

import torch
from torch import Tensor, nn


class Zigzag(nn.Module):
    """Zigzag.

    Between G and H a unit and an inner product are put, which together are the
    identity. H then moves along the unit's wire, to before the inner product, and
    becomes its associated transpose.

    Args:
        a: taken by G
        b: made by G, taken by H
        c: made by H

    Inputs, with any further axes in front:
        x: (... a)

    Returns:
        z: (... c)
    """

    def __init__(self, *, a: int = 3, b: int = 4, c: int = 2) -> None:
        super().__init__()
        self.a = a
        self.b = b
        self.c = c

    def forward(self, x: Tensor) -> Tensor:
        G_place = torch.arange(self.a * self.b, device=x.device)
        G_entry = (37 * G_place**2 + 11 * G_place + 4) % 10007
        G_linear = (G_entry.to(x.dtype) / 5003 - 1).view(self.a, self.b)
        y = torch.einsum("...a,ab->...b", x, G_linear)  # ... b
        H_place = torch.arange(self.b * self.c, device=y.device)
        H_entry = (37 * H_place**2 + 11 * H_place + 16) % 10007
        H_linear = (H_entry.to(y.dtype) / 5003 - 1).view(self.b, self.c)
        z = torch.einsum("...a,ab->...b", y, H_linear)  # ... c
        return z


class Zigzag2(nn.Module):
    """Zigzag, side 2 of the equation.

    Args:
        a: taken by G
        b: made by G, taken by H
        c: made by H

    Inputs, with any further axes in front:
        x: (... a)

    Returns:
        z: (... c)
    """

    def __init__(self, *, a: int = 3, b: int = 4, c: int = 2) -> None:
        super().__init__()
        self.a = a
        self.b = b
        self.c = c

    def forward(self, x: Tensor) -> Tensor:
        G_place = torch.arange(self.a * self.b, device=x.device)
        G_entry = (37 * G_place**2 + 11 * G_place + 4) % 10007
        G_linear = (G_entry.to(x.dtype) / 5003 - 1).view(self.a, self.b)
        y = torch.einsum("...a,ab->...b", x, G_linear)  # ... b
        u = torch.eye(self.b, dtype=x.dtype, device=x.device)  # ... b b'
        w = torch.einsum("...b,...bB->...B", y, u)  # ... b'
        H_place = torch.arange(self.b * self.c, device=w.device)
        H_entry = (37 * H_place**2 + 11 * H_place + 16) % 10007
        H_linear = (H_entry.to(w.dtype) / 5003 - 1).view(self.b, self.c)
        z = torch.einsum("...a,ab->...b", w, H_linear)  # ... c
        return z


class Zigzag3(nn.Module):
    """Zigzag, side 3 of the equation.

    Args:
        a: taken by G
        b: made by G, taken by H
        c: made by H

    Inputs, with any further axes in front:
        x: (... a)

    Returns:
        z: (... c)
    """

    def __init__(self, *, a: int = 3, b: int = 4, c: int = 2) -> None:
        super().__init__()
        self.a = a
        self.b = b
        self.c = c

    def forward(self, x: Tensor) -> Tensor:
        G_place = torch.arange(self.a * self.b, device=x.device)
        G_entry = (37 * G_place**2 + 11 * G_place + 4) % 10007
        G_linear = (G_entry.to(x.dtype) / 5003 - 1).view(self.a, self.b)
        y = torch.einsum("...a,ab->...b", x, G_linear)  # ... b
        u = torch.eye(self.b, dtype=x.dtype, device=x.device)  # ... b b'
        H_place = torch.arange(self.b * self.c, device=u.device)
        H_entry = (37 * H_place**2 + 11 * H_place + 16) % 10007
        H_linear = (H_entry.to(u.dtype) / 5003 - 1).view(self.b, self.c)
        v = torch.einsum("...a,ab->...b", u, H_linear)  # ... b c
        z = torch.einsum("...b,...bc->...c", y, v)  # ... c
        return z


class Zigzag4(nn.Module):
    """Zigzag, side 4 of the equation.

    Args:
        a: taken by G
        b: made by G, taken by H
        c: made by H

    Inputs, with any further axes in front:
        x: (... a)

    Returns:
        z: (... c)
    """

    def __init__(self, *, a: int = 3, b: int = 4, c: int = 2) -> None:
        super().__init__()
        self.a = a
        self.b = b
        self.c = c

    def forward(self, x: Tensor) -> Tensor:
        G_place = torch.arange(self.a * self.b, device=x.device)
        G_entry = (37 * G_place**2 + 11 * G_place + 4) % 10007
        G_linear = (G_entry.to(x.dtype) / 5003 - 1).view(self.a, self.b)
        y = torch.einsum("...a,ab->...b", x, G_linear)  # ... b
        H_place = torch.arange(self.b * self.c, device=x.device)
        H_entry = (37 * H_place**2 + 11 * H_place + 16) % 10007
        H_linear = (H_entry.to(x.dtype) / 5003 - 1).view(self.b, self.c)
        v = H_linear  # ... b c
        z = torch.einsum("...b,...bc->...c", y, v)  # ... c
        return z

# gru (2661d785581c), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch gru.yaml

from torch import Tensor, nn


class GruCell(nn.Module):
    """GRU Cell.

    A reset gate r says how much of the state the candidate n sees, an update gate z how
    much of the state stays: the next state is n + z (H - n).

    Args:
        m: width of the input
        h: width of the state

    Inputs, with any further axes in front:
        X: (... m)
        H: (... h)

    Returns:
        state: (... h)

    State dict:
        X.weight: (g, m)
        X.bias: (g)
        H.weight: (g, h)
        H.bias: (g)
    """

    def __init__(self, *, m: int = 64, h: int = 128) -> None:
        super().__init__()
        g = 3 * h
        self.h = h
        self.X = nn.Linear(m, g)
        self.H = nn.Linear(h, g)

    def forward(self, X: Tensor, H: Tensor) -> Tensor:
        from_input = self.X(X)  # ... g
        from_state = self.H(H)  # ... g
        # ... h; ... h; ... h
        rx, zx, nx = from_input.split([self.h, self.h, self.h], -1)
        # ... h; ... h; ... h
        rh, zh, nh = from_state.split([self.h, self.h, self.h], -1)
        r = rx + rh  # ... h
        r = r.sigmoid()  # ... h
        z = zx + zh  # ... h
        z = z.sigmoid()  # ... h
        seen = r * nh  # ... h
        n = nx + seen  # ... h
        n = n.tanh()  # ... h
        d = H - n  # ... h
        kept = z * d  # ... h
        state = kept + n  # ... h
        return state


class ReadStep(nn.Module):
    """One step of `read` in Gated Recurrent Unit: i from 1 to t.

    Args:
        m: width of the input
        h: width of the state

    Inputs, with any further axes in front:
        H: (... h)
        X: (... t m)

    Returns:
        cell: (... h)

    State dict:
        cell.*: of gru_cell
    """

    def __init__(self, *, m: int = 64, h: int = 128) -> None:
        super().__init__()
        self.cell = GruCell(m=m, h=h)

    def forward(self, H: Tensor, X: Tensor, i: int) -> Tensor:
        now = X[..., i - 1, :]  # ... m
        cell = self.cell(now, H)  # ... h
        return cell


class Gru(nn.Module):
    """Gated Recurrent Unit.

    One cell, the same for all positions, reads a sequence from its first to its last
    vector; each state is made from the one before it.

    Args:
        t: positions
        m: width of the input
        h: width of the state

    Inputs, with any further axes in front:
        H: (... h)
        X: (... t m)

    Returns:
        Z: (... h)

    State dict:
        read.*: of every iteration
    """

    def __init__(self, *, t: int = 12, m: int = 64, h: int = 128) -> None:
        super().__init__()
        self.t = t
        self.read = ReadStep(m=m, h=h)

    def forward(self, H: Tensor, X: Tensor) -> Tensor:
        Z = H
        for i in range(1, self.t + 1):
            Z = self.read(Z, X, i)  # ... h
        return Z

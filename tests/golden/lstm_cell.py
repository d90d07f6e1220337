# lstm_cell (a62e90cd14ec), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch lstm_cell.yaml

from torch import Tensor, nn


class LstmCell(nn.Module):
    """LSTM Cell.

    Input and hidden state give, by two learned linear maps, an input gate i, a forget
    gate f, a candidate g and an output gate o. The cell state is scaled by f and i
    times g is added; o times the tanh of it is the next hidden state.

    Args:
        m: width of the input
        h: width of the state

    Inputs, with any further axes in front:
        X: (... m)
        H: (... h)
        C: (... h)

    Returns:
        state: (... h)
        cell: (... h)

    State dict:
        X.weight: (g, m)
        X.bias: (g)
        H.weight: (g, h)
        H.bias: (g)
    """

    def __init__(self, *, m: int = 64, h: int = 128) -> None:
        super().__init__()
        g = 4 * h
        self.h = h
        self.X = nn.Linear(m, g)
        self.H = nn.Linear(h, g)

    def forward(self, X: Tensor, H: Tensor, C: Tensor) -> tuple[Tensor, Tensor]:
        from_input = self.X(X)  # ... g
        from_state = self.H(H)  # ... g
        gates = from_input + from_state  # ... g
        # ... h; ... h; ... h; ... h
        i, f, c, o = gates.split([self.h, self.h, self.h, self.h], -1)
        i = i.sigmoid()  # ... h
        f = f.sigmoid()  # ... h
        c = c.tanh()  # ... h
        o = o.sigmoid()  # ... h
        kept = f * C  # ... h
        new = i * c  # ... h
        cell = kept + new  # ... h
        squashed = cell.tanh()  # ... h
        state = o * squashed  # ... h
        return state, cell

"""The recurrent cells are torch's own."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
torch.set_num_threads(1)

from torch import nn  # noqa: E402

from ncd_tikz.diagram import load  # noqa: E402
from ncd_tikz.pytorch import to_module  # noqa: E402
from tests.references.agreement import compare, count, normal  # noqa: E402

NAMES = {"X.weight": "weight_ih", "X.bias": "bias_ih", "H.weight": "weight_hh", "H.bias": "bias_hh"}
EVERY_BATCH = pytest.mark.parametrize("batch", [(), (2,)])


@EVERY_BATCH
def test_lstm_cell(batch: tuple[int, ...]) -> None:
    ours = to_module(load("@lstm_cell"), m=3, h=5)
    inputs = [normal(*batch, 3), normal(*batch, 5), normal(*batch, 5, seed=2)]
    compare(
        ours, nn.LSTMCell(3, 5), NAMES, inputs, lambda X, H, C: (X, (H, C)), from_theirs=lambda pair: pair
    )


@EVERY_BATCH
def test_gru_cell(batch: tuple[int, ...]) -> None:
    compare(
        to_module(load("@gru_cell"), m=3, h=5),
        nn.GRUCell(3, 5),
        NAMES,
        [normal(*batch, 3), normal(*batch, 5)],
    )


def test_counts() -> None:
    assert count(to_module(load("@lstm_cell"))) == count(nn.LSTMCell(64, 128))
    assert count(to_module(load("@gru_cell"))) == count(nn.GRUCell(64, 128))


def test_a_wrong_name_is_noticed() -> None:
    """The comparison can fail: with the biases' parts in another order the functions differ."""
    wrong = {**NAMES, "X.weight": "weight_hh", "H.weight": "weight_ih"}
    with pytest.raises(AssertionError):
        compare(
            to_module(load("@gru_cell"), m=5, h=5), nn.GRUCell(5, 5), wrong, [normal(5), normal(5, seed=2)]
        )

"""A sample of the generated faults: every one is caught, most are named, nothing harmless is reported."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

torch = pytest.importorskip("torch")
pytestmark = [pytest.mark.torch, pytest.mark.slow]

from ncd_tikz.operations import OPERATIONS  # noqa: E402
from tests.faults.generated import Subject, catalogue, operations  # noqa: E402
from tests.faults.report import tally  # noqa: E402
from tests.faults.trial import Result  # noqa: E402

SMALL = (
    "@causal_self_attention",
    "@gru_cell",
    "@lstm_cell",
    "@multi_head_attention",
    "@two_layer_residual_mlp",
)


def subjects() -> Iterator[Subject]:
    """One fault and one harmless change of each operation, a few of small specs."""
    yield from operations(faults=2, harmless=1)
    yield from (each for each in catalogue(faults=3, harmless=2) if each.group in SMALL)


@cache
def results() -> tuple[Result, ...]:
    torch.set_num_threads(1)
    return tuple(result for subject in subjects() for result in subject.results())


def test_every_fault_is_caught() -> None:
    assert [str(each.change) for each in results() if each.fault and not each.caught] == []


def test_nothing_harmless_is_reported() -> None:
    assert [str(each.change) for each in results() if not each.fault and each.caught] == []


def test_most_faults_are_named() -> None:
    found = tally(results())
    missed = [f"{each.change}: {each.named}" for each in results() if each.caught and not each.right]
    assert found.named >= 0.95 * found.faults, missed


def test_every_operation_is_changed() -> None:
    changed = {each.group for each in results() if each.fault}
    assert {operation.name for operation in OPERATIONS} <= changed
    assert tally(results()).faults >= 120

from __future__ import annotations

from math import inf, nan

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from ncd_tikz.equivalence.compare import compare  # noqa: E402
from ncd_tikz.equivalence.report import Comparison, Draw, Report, Verdict  # noqa: E402


def numbers(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def test_a_difference_tells_its_size() -> None:
    found = compare("output z", numbers(1, 2.5), numbers(1, 2))
    assert not found.ok
    assert found.error == 0.5
    assert found.relative == 0.25
    assert "output z" in str(found)
    assert "0.5" in str(found)


def test_rounding_is_no_difference() -> None:
    assert compare("", numbers(1 + 1e-15, 1e-17), numbers(1, 0)).ok


def test_a_millionth_is_a_difference() -> None:
    assert not compare("", numbers(1 + 1e-6), numbers(1)).ok


@pytest.mark.parametrize(
    ("found", "expected", "ok"),
    [
        ((inf, 1), (inf, 1), True),
        ((-inf, 1), (-inf, 1), True),
        ((inf, 1), (-inf, 1), False),
        ((1e300, 1), (inf, 1), False),
        ((nan, 1), (1, 1), False),
        ((1, 1), (nan, 1), False),
        ((nan, 1), (nan, 1), True),
        ((nan, 1), (inf, 1), False),
    ],
)
def test_what_is_not_finite(found: tuple[float, ...], expected: tuple[float, ...], ok: bool) -> None:
    assert compare("", numbers(*found), numbers(*expected)).ok is ok


def test_nan_on_both_sides_does_not_count_as_compared() -> None:
    assert compare("", numbers(nan, 1), numbers(nan, 1)).entries == 1
    assert compare("", numbers(nan), numbers(nan)).entries == 0


def test_a_missing_gradient_is_zero() -> None:
    assert compare("", None, numbers(0, 0)).ok
    assert not compare("", None, numbers(0, 1)).ok
    assert not compare("", numbers(1), None).ok
    assert compare("", None, None).entries == 0


def test_shapes_that_would_broadcast_are_a_difference() -> None:
    found = compare("output z", numbers(1), numbers(1, 1))
    assert not found.ok
    assert "(1,)" in found.words
    assert "(2,)" in found.words


def test_a_check_that_compared_nothing_is_a_failure() -> None:
    assert not Report("f", ()).ok
    assert not Verdict("module", ()).ok
    assert not Draw((), (), ()).ok
    assert not Draw((), (), (Comparison("output z", True, 0),)).ok
    assert "nothing was compared" in Verdict("module", (Draw((), (), ()),)).text()

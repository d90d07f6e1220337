"""Every fault of a table gives one mistake, at its place, in clear words."""

from __future__ import annotations

import pytest

from ncd_tikz.spec import read
from tests.spec.table import GOOD, TABLE, Fault


def test_the_table_is_long_enough() -> None:
    assert len(TABLE) >= 250
    assert len({fault.title for fault in TABLE}) == len(TABLE)


def test_the_good_spec_is_good() -> None:
    spec, mistakes = read(GOOD, "good.yaml")
    assert mistakes == ()
    assert spec is not None
    assert spec.name == "encoder_block"


@pytest.mark.parametrize("fault", TABLE, ids=[fault.title for fault in TABLE])
def test_a_fault_is_told_once_and_clearly(fault: Fault) -> None:
    _, mistakes = read(fault.text(), "broken.yaml")
    told = "\n".join(map(str, mistakes))
    assert len(mistakes) == 1, told
    assert told.startswith(f"broken.yaml:{fault.first}"), told
    for words in fault.others:
        assert words in told
    assert "Traceback" not in told
    assert len(told) < 800

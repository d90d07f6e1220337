"""Every fault of a table gives one mistake, at its place, in clear words."""

from __future__ import annotations

import pytest

from ncd_tikz.diagram import loads
from ncd_tikz.spec import read
from tests.spec.table import GOODS, HERE, TABLE, Fault, good_text


def test_the_table_is_long_enough() -> None:
    assert len(TABLE) >= 350
    assert len({fault.title for fault in TABLE}) == len(TABLE)


@pytest.mark.parametrize("name", GOODS)
def test_the_good_specs_are_good(name: str) -> None:
    spec, mistakes = read(good_text(name), str(HERE / name))
    assert mistakes == ()
    assert spec is not None
    loads(good_text(name), str(HERE / name))


@pytest.mark.parametrize("fault", TABLE, ids=[fault.title for fault in TABLE])
def test_a_fault_is_told_once_and_clearly(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)  # where the files are that some of them import
    _, mistakes = read(fault.text(), "broken.yaml")
    told = "\n".join(map(str, mistakes))
    assert len(mistakes) == 1, told
    file = "" if fault.first.partition(":")[0].endswith(".yaml") else "broken.yaml:"
    assert told.startswith(file + fault.first), told
    for words in fault.others:
        assert words in told
    assert "Traceback" not in told
    assert len(told) < 800

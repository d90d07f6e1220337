"""The table: aligned, within the terminal's width, with what to try."""

from __future__ import annotations

import click
import pytest

from ncd_tikz.cli.reports import table
from ncd_tikz.cli.reports.outcome import Checked, from_freshness
from ncd_tikz.project.freshness import Freshness, Path
from tests.cli.reports.samples import ALL, ATTENTION, EMPTY, FINE, ODD, STALE, thousands


def plain(checked: Checked, width: int = 100) -> list[str]:
    return [click.unstyle(line) for line in table.lines(checked, 9, width)]


def test_a_line_for_each_verdict_and_what_to_try() -> None:
    lines = plain(ATTENTION)
    assert lines[0] == "attention  same           generated module: same function: 100 numbers in 3 draws"
    assert lines[1] == "           DIFFERS        mypackage.attention:Attention: NOT the same function"
    assert "steps[5] (softmax), specs/attention.yaml:21:5: their softmax runs over h" in lines[2]
    assert any(line.strip() == "try: softmax(dim=-2) in attention.py:33" for line in lines)
    assert any("STALE" in line and "figures/attention.svg" in line for line in lines)
    run = "run: ncd-tikz draw specs/attention.yaml -o figures/attention.svg"
    assert [line.strip() for line in lines].count(run) == 1


@pytest.mark.parametrize("width", [40, 60, 79, 110])
@pytest.mark.parametrize("checked", ALL, ids=lambda each: each.name)
def test_it_fits_the_terminal(checked: Checked, width: int) -> None:
    for line in plain(checked, width):
        longest_word = max(map(len, line.split()), default=0)
        assert len(line) <= width or "run: " in line or longest_word > width - 40


def test_nobody_elses_escapes_reach_the_terminal() -> None:
    text = "\n".join(plain(ODD))
    assert "\x1b" not in text
    assert "\\x1b[31mred" in text
    assert "注意" in text


def test_the_total_counts_specs_and_files() -> None:
    assert click.unstyle(table.total(ALL)) == "3 of 4 specs do not agree: attention, odd, empty"
    assert click.unstyle(table.total([FINE])) == "the spec agrees, and its figure shows it"
    assert click.unstyle(table.total([])) == "nothing was checked"
    assert click.unstyle(table.total([FINE, FINE])) == "all 2 specs agree, and their figures show them"
    fresh = Checked("attention", "a", (from_freshness(Freshness(Path("a.svg"), "fresh", "a.yaml")),))
    assert click.unstyle(table.total([fresh])) == "1 generated file fresh"
    assert click.unstyle(table.total([FINE, fresh])).endswith("show them; 1 generated file fresh")
    orphan = Checked("(no spec)", "", (STALE, STALE))
    assert click.unstyle(table.total([fresh, orphan])) == "2 generated files without a spec"
    only = Checked("attention", "a", (STALE,))
    assert click.unstyle(table.total([only])) == "1 of 1 spec does not agree: attention"


def test_what_was_not_checked_is_no_success() -> None:
    assert "NOTHING CHECKED" in plain(EMPTY)[0]
    assert not EMPTY.ok


def test_of_thousands_of_findings_three_are_shown() -> None:
    (many,) = thousands()
    assert len(plain(many)) < 10

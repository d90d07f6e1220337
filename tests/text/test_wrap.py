"""Text broken into lines."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncd_tikz.text import measure, wrap
from tests.text.test_measure import PIECES

WORDS = st.lists(
    st.text("abcdefghijklmnop", min_size=1, max_size=12) | st.sampled_from(("$x + y$", "We.", r"\emph{a b}")),
    min_size=1,
    max_size=9,
)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(WORDS, st.floats(0.5, 20))
def test_lines_are_filled_and_fit(words: list[str], width: float) -> None:
    lines = wrap(" ".join(words), "serif", 1.0, width)
    assert " ".join(lines) == " ".join(words)
    for line in lines:
        assert line in words or measure(line, "serif").width <= width


@settings(max_examples=100, derandomize=True, deadline=None)
@given(WORDS, st.floats(3, 20))
@pytest.mark.slow
def test_no_other_breaks_give_fewer_or_more_even_lines(words: list[str], width: float) -> None:
    def raggedness(lines: tuple[str, ...]) -> tuple[int, float]:
        widths = [measure(line, "serif").width for line in lines]
        if any(w > width and line not in words for w, line in zip(widths, lines, strict=True)):
            return len(words) + 1, 0.0
        return len(lines), sum(max(0.0, width - w) ** 2 for w in widths)

    def all_ways() -> list[tuple[str, ...]]:
        inner = range(1, len(words))
        ways = [breaks for count in range(len(words)) for breaks in combinations(inner, count)]
        return [
            tuple(" ".join(words[a:b]) for a, b in zip((0, *breaks), (*breaks, len(words)), strict=True))
            for breaks in ways
        ]

    count, ragged = min(map(raggedness, all_ways()))
    own_count, own_ragged = raggedness(wrap(" ".join(words), "serif", 1.0, width))
    assert own_count == count
    assert own_ragged == pytest.approx(ragged, abs=0.1)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.floats(0.5, 20))
def test_any_text_breaks_into_lines_that_are_not_empty(text: str, width: float) -> None:
    lines = wrap(text, "serif", 1.0, width)
    assert all(line.strip() for line in lines)


@pytest.mark.parametrize("text", ["", " ", "\n\t", r"\\", r" \\ \\ "])
def test_nothing_has_no_lines(text: str) -> None:
    assert wrap(text, "serif", 1.0, 5.0) == ()


def test_a_word_too_long_stays_whole() -> None:
    assert wrap("a Donaudampfschifffahrt b", "serif", 1.0, 2.0) == ("a", "Donaudampfschifffahrt", "b")


def test_formulas_and_braces_stay_whole() -> None:
    text = r"aa $x = y + z$ \textbf{not here} bb"
    assert wrap(text, "serif", 1.0, 0.1) == ("aa", "$x = y + z$", r"\textbf{not here}", "bb")


def test_a_double_backslash_ends_a_line() -> None:
    assert wrap(r"one\\two three", "serif", 1.0, 50.0) == ("one", "two three")


def test_spaces_after_an_end_of_sentence_count_as_wide_as_they_are() -> None:
    text = "A b. C d. E f. G h."
    width = measure(text, "serif").width
    assert wrap(text, "serif", 1.0, width + 0.01) == (text,)
    assert len(wrap(text, "serif", 1.0, width - 0.01)) == 2


def test_long_text_takes_time_in_proportion() -> None:
    lines = wrap("word " * 5000, "serif", 1.0, 20.0)
    assert len(lines) == pytest.approx(5000 / (20 / measure("word ", "serif").width), rel=0.2)

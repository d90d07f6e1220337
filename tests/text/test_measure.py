"""Measured sizes against TeX's own, and what must hold for any text at all."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncd_tikz.scene import EM_PER_UNIT, TextFont
from ncd_tikz.text import Extent, measure
from tests.text.cases import cases
from tools.measure_with_tex import SNAPSHOT, measure_with_tex

POINTS = 10 * EM_PER_UNIT  # in a grid unit
FONTS: tuple[TextFont, ...] = ("math", "sans", "serif", "bold")

Row = tuple[str, str, float, float, float]  # font, text, width, height and depth in pt


def snapshot() -> list[Row]:
    return [tuple(row) for row in json.loads(SNAPSHOT.read_text(encoding="utf-8"))]


def report(rows: Sequence[Row], stretch: float = 1.0) -> tuple[list[str], list[str], list[str]]:
    """Labels whose width is far off, whose width is too small, whose height or depth is off."""
    far, small, high = [], [], []
    for font, text, width, height, depth in rows:
        measured = measure(text, font)  # type: ignore[arg-type]
        own = [length * POINTS * stretch for length in measured]
        line = f"{font} {text}: {own[0]:.2f} {own[1]:.2f} {own[2]:.2f}, TeX {width} {height} {depth}"
        if abs(own[0] - width) > max(0.02 * width, 0.3):
            far.append(line)
        if own[0] < width - max(0.03 * width, 0.1):
            small.append(line)
        if abs(own[1] - height) > 0.5 or abs(own[2] - depth) > 0.5:
            high.append(line)
    return far, small, high


def verdict(rows: Sequence[Row], stretch: float = 1.0) -> str:
    """Nothing if the sizes are near enough to TeX's; otherwise the statistics."""
    far, small, high = report(rows, stretch)
    allowed = len(rows) // 100
    if len(far) <= allowed and not small and len(high) <= allowed:
        return ""
    counts = f"{len(far)} widths far off, {len(small)} too small, {len(high)} heights or depths off"
    return "\n".join([f"of {len(rows)} labels: {counts}", *small, *far, *high])


def test_sizes_are_near_those_tex_once_gave() -> None:
    assert verdict(snapshot()) == ""


@pytest.mark.parametrize("stretch", [0.95, 1.04])
def test_sizes_a_little_off_are_noticed(stretch: float) -> None:
    assert verdict(snapshot(), stretch) != ""


def test_the_snapshot_has_every_case() -> None:
    assert [tuple(row[:2]) for row in snapshot()] == cases()


@pytest.mark.tex
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_sizes_are_near_those_tex_gives() -> None:
    labels = cases()
    told = [(*label, *sizes) for label, sizes in zip(labels, measure_with_tex(labels), strict=True)]
    assert verdict(told) == ""


@pytest.mark.tex
@pytest.mark.skipif(shutil.which("kpsewhich") is None, reason="needs TeX's fonts")
@pytest.mark.slow
def test_the_font_table_is_what_the_fonts_say() -> None:
    from tools.make_font_table import TABLE, make_table

    assert TABLE.read_text(encoding="utf-8") == make_table()


PIECES = [
    *"abxfi{}{}$$^^__\\ '\"~%&#<>|[]().,-é漢α∑ß\n\t\x00\x7f\u0301😀",
    *(
        r"\frac \sqrt \left \right \middle \hat \text{ \mathbf \begin{pmatrix} \end \textbf{ \emph \hspace "
        r"\mkern \big \over \limits \substack{ \( \c \" \textsc{ \Large \overbrace \operatorname* \not \sum "
        r"\displaystyle \boldsymbol{ \unknown \textsuperscript \bar \x"
    ).split(),
]


@settings(max_examples=400, derandomize=True, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=30), st.sampled_from(FONTS)
)
@pytest.mark.slow
def test_any_text_has_a_size(text: str, font: TextFont) -> None:
    assert all(0 <= length < 1000 for length in measure(text, font))


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize(
    "piece",
    [
        "{",
        "$",
        "^",
        "x'",
        r"\hat",
        r"\frac",
        r"\left(",
        r"\text{",
        r"\text{$",
        "${",
        r"\textbf{",
        r"\begin{cases}",
        "\\",
    ],
)
def test_text_nested_without_end_has_a_size(piece: str, font: TextFont) -> None:
    for times in (50, 300, 50_000):
        assert all(0 <= length < 1e6 for length in measure(piece * times, font))


def test_braces_that_match_deep_down_have_a_size() -> None:
    for opening, closing in (("{", "}"), (r"\sqrt{", "}"), (r"\text{$", "$}"), (r"\left(", r"\right)")):
        assert measure(f"{opening * 200}x{closing * 200}").width < 1e4


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.sampled_from(snapshot()), st.floats(0.3, 3), st.floats(0.3, 3))
def test_larger_text_is_larger(row: Row, first: float, second: float) -> None:
    low, high = sorted((first, second))
    smaller, larger = (measure(row[1], row[0], size) for size in (low, high))  # type: ignore[arg-type]
    assert all(a <= b for a, b in zip(smaller, larger, strict=True))


def test_size_is_a_factor() -> None:
    one, two = measure("x_i^2"), measure("x_i^2", "math", 2.0)
    assert tuple(two) == pytest.approx([2 * length for length in one], abs=2e-4)
    assert isinstance(two, Extent)


WORDS = st.text("abcdefghijklmnopqrstuvwxyzAEIOU0123456789", min_size=1, max_size=12)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.lists(WORDS, min_size=2, max_size=6), st.sampled_from(("sans", "serif", "bold")))
def test_words_side_by_side_add_up(words: list[str], font: TextFont) -> None:
    space = measure("a b", font).width - measure("a", font).width - measure("b", font).width
    expected = sum(measure(word, font).width for word in words) + space * (len(words) - 1)
    assert measure(" ".join(words), font).width == pytest.approx(expected, abs=2e-3)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(WORDS, WORDS, st.sampled_from(("sans", "serif", "bold")))
def test_letters_side_by_side_add_up_but_for_kerning(first: str, second: str, font: TextFont) -> None:
    apart = measure(first, font).width + measure(second, font).width
    assert measure(first + second, font).width == pytest.approx(apart, abs=0.1)


@pytest.mark.parametrize(
    ("text", "font", "like", "its_font"),
    [
        ("α", "math", r"\alpha", "math"),
        ("a×b", "math", r"a\times b", "math"),
        ("x ≤ y", "math", r"x\leq y", "math"),
        ("λ", "serif", r"$\lambda$", "serif"),
        ("é", "serif", r"\'e", "serif"),
        ("naïve", "sans", r"na\"ive", "sans"),
        (r"\(x^2\)", "serif", "$x^2$", "serif"),
        ("ﬁ", "serif", "fi", "serif"),
        (r"{\sffamily off}", "serif", "off", "sans"),
        (r"\textbf{off}", "serif", "off", "bold"),
        (r"\mathrm{off}", "math", "off", "serif"),
    ],
)
def test_other_ways_to_write_the_same(text: str, font: TextFont, like: str, its_font: TextFont) -> None:
    # A change of font may add an italic correction at its end.
    assert tuple(measure(text, font)) == pytest.approx(tuple(measure(like, its_font)), abs=0.09)


def test_size_commands_hold_until_their_brace_closes() -> None:
    assert measure(r"{\large x}y", "serif").width > measure("xy", "serif").width * 1.05
    assert measure(r"{\small x}y", "serif").width < measure("xy", "serif").width
    assert measure(r"{\small}xy", "serif") == measure("xy", "serif")


def test_what_is_not_understood_counts_for_more_than_it_takes() -> None:
    assert measure(r"\dmodel").width > measure(r"d_{\text{m}}").width
    assert measure("漢字", "serif").width == pytest.approx(2 / EM_PER_UNIT, abs=1e-3)
    assert measure("x" * 5000, "serif").width > 2500 * measure("xx", "serif").width


def test_measuring_needs_no_heavy_module() -> None:
    code = (
        "import sys; from ncd_tikz.text import measure; measure('x_i^2'); measure('Linear $x$', 'sans');"
        "print(*sorted({'re', 'json', 'unicodedata', 'numpy', 'inspect'} & set(sys.modules)))"
    )
    # `dataclasses` needs `re` and `inspect`; scene needs dataclasses.
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"re", "inspect"}

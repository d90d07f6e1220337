"""Text broken into lines of nearly the same length."""

from __future__ import annotations

from functools import lru_cache

from ncd_tikz.scene import TextFont
from ncd_tikz.text.measure import measure

_ROUNDING = 1e-4  # of each measured word


@lru_cache(maxsize=1024)
def wrap(text: str, font: TextFont, size: float, width: float) -> tuple[str, ...]:
    r"""The lines of a text, none wider than `width` grid units unless it is a single word.

    As few lines as will do, and among those the most even ones. A line ends at a space, never inside a
    formula or braces, or at `\\`.

    >>> wrap("Learned layers generate $Q$, $K$ and $V$.", "serif", 1.0, 8.0)
    ('Learned layers', 'generate $Q$, $K$ and $V$.')
    >>> wrap("", "serif", 1.0, 8.0)
    ()
    """
    lines: list[str] = []
    for words in split_words(text):
        widths = [measure(word, font, size).width + _ROUNDING for word in words]
        gaps = [measure(f"{word} x", font, size).width - measure("x", font, size).width for word in words]
        # A gap is what the word and the space after it take, which is wider at the end of a sentence.
        spaces = [max(0.0, gap + _ROUNDING - own) for gap, own in zip(gaps, widths, strict=True)]
        starts = _even(widths, spaces, width)
        ends = (*starts[1:], len(words))
        lines += [" ".join(words[start:end]) for start, end in zip(starts, ends, strict=True)]
    return tuple(lines)


def split_words(text: str) -> list[list[str]]:
    r"""The parts of a text between its spaces, by line; what is in dollars or braces stays whole.

    >>> split_words(r"a {b c} $d e$\ f \\ g")
    [['a', '{b c}', '$d e$\\ f'], ['g']]
    """
    lines: list[list[str]] = [[]]
    start, level, math, place = 0, 0, False, 0

    def end_word(end: int) -> None:
        if word := text[start:end].strip():
            lines[-1].append(word)

    while place < len(text):
        char = text[place]
        inside = math or level > 0
        if char == "\\":
            if text.startswith("\\\\", place) and not inside:
                end_word(place)
                lines.append([])
                start = place + 2
            place += 2
            continue
        if char.isspace() and not inside:
            end_word(place)
            start = place + 1
        elif char == "$":
            math = not math
        elif char in "{}":
            level = max(0, level + (1 if char == "{" else -1))
        place += 1
    end_word(len(text))
    return [line for line in lines if line]


def _even(widths: list[float], spaces: list[float], width: float) -> list[int]:
    """Where the lines start: as few lines as will do, then the least sum of squared shortfalls."""
    if sum(widths) + sum(spaces[:-1]) <= width:
        return [0]
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]  # lines, raggedness, start of the last line
    for end in range(1, len(widths) + 1):
        options: list[tuple[int, float, int]] = []
        line = 0.0
        for start in range(end - 1, -1, -1):
            line += widths[start] + (spaces[start] if start < end - 1 else 0.0)
            if line > width and options:
                break
            count, ragged, _ = best[start]
            options.append((count + 1, ragged + max(0.0, width - line) ** 2, start))
        best.append(min(options))
    starts, end = [], len(widths)
    while end:
        end = best[end][2]
        starts.append(end)
    return starts[::-1]

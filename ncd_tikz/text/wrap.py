"""Text broken into lines of nearly the same length."""

from __future__ import annotations

from functools import lru_cache

from ncd_tikz.scene import TextFont
from ncd_tikz.text.measure import measure


@lru_cache(maxsize=1024)
def wrap(text: str, font: TextFont, size: float, width: float) -> tuple[str, ...]:
    """The lines of a text, none wider than `width` grid units unless it is a single word.

    As few lines as will do, and among those the most even ones. It is broken at spaces only, never inside
    a formula or braces.

    >>> wrap("Learned layers generate $Q$, $K$ and $V$.", "serif", 1.0, 8.0)
    ('Learned layers', 'generate $Q$, $K$', 'and $V$.')
    >>> wrap("", "serif", 1.0, 8.0)
    ()
    """
    words = split_words(text)
    if not words:
        return ()
    widths = [measure(word, font, size).width for word in words]
    space = measure("a b", font, size).width - measure("ab", font, size).width
    starts = _even(widths, space, width)
    ends = (*starts[1:], len(words))
    return tuple(" ".join(words[start:end]) for start, end in zip(starts, ends, strict=True))


def split_words(text: str) -> list[str]:
    r"""The parts of a text between its spaces; what is in dollars or braces stays whole.

    >>> split_words(r"a {b c} $d e$\ f")
    ['a', '{b c}', '$d e$\\ f']
    """
    words, word, level, math, place = [], "", 0, False, 0
    while place < len(text):
        char = text[place]
        if char == "\\" and place + 1 < len(text):
            word += text[place : place + 2]
            place += 2
            continue
        place += 1
        if char.isspace() and level <= 0 and not math:
            if word:
                words.append(word)
            word = ""
            continue
        if char == "$":
            math = not math
        level += {"{": 1, "}": -1}.get(char, 0)
        word += char
    return [*words, word] if word else words


def _even(widths: list[float], space: float, width: float) -> list[int]:
    """Where the lines start: as few lines as will do, then the least sum of squared shortfalls."""
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]  # lines, raggedness, start of the last line
    for end in range(1, len(widths) + 1):
        options = []
        line = -space
        for start in range(end - 1, -1, -1):
            line += space + widths[start]
            if line > width and start < end - 1:
                break
            lines, ragged, _ = best[start]
            options.append((lines + 1, ragged + max(0.0, width - line) ** 2, start))
        best.append(min(options))
    starts, end = [], len(widths)
    while end:
        end = best[end][2]
        starts.append(end)
    return starts[::-1]

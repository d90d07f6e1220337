"""Fonts at a size: the advance, height, depth and italic correction of a character, in pt."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from ncd_tikz.text import table

_UNIT = 1e-4


class Metric(NamedTuple):
    """What TeX knows of a character, in pt."""

    width: float
    height: float
    depth: float
    italic: float


class Face:
    """A family of fonts at a size in pt.

    Between two design sizes the metrics are interpolated, beyond them scaled, so that everything grows
    smoothly with the size.

    >>> face("cmr", 10).metric(ord("a"))
    Metric(width=5.0, height=4.306, depth=0.0, italic=0.0)
    """

    __slots__ = (
        "_depths",
        "_heights",
        "_italics",
        "_metrics",
        "_weight",
        "_widths",
        "family",
        "kerns",
        "parameters",
        "size",
    )

    def __init__(self, family: str, size: float) -> None:
        self.family = family
        self.size = size
        designs = sorted(table.WIDTHS[family])
        smaller = max((d for d in designs if d <= size), default=designs[0])
        larger = min((d for d in designs if d >= size), default=designs[-1])
        self._weight = (size - smaller) / (larger - smaller) if larger > smaller else 0.0
        pair = (smaller, larger)
        self._widths = tuple(_numbers(table.WIDTHS[family][design]) for design in pair)
        self._heights = tuple(_numbers(table.HEIGHTS[family][design]) for design in pair)
        self._depths = tuple(_numbers(table.DEPTHS[family][design]) for design in pair)
        self._italics = tuple(_sparse(table.ITALICS[family][design]) for design in pair)
        low, high = (_numbers(table.PARAMETERS[family][design]) for design in pair)
        self.parameters = tuple(self._mixed(a, b) for a, b in zip(low, high, strict=True))
        self.kerns = _kerns(family)
        self._metrics: dict[int, Metric | None] = {}

    def _mixed(self, low: float, high: float) -> float:
        return round((low + (high - low) * self._weight) * _UNIT * self.size, 6)

    def metric(self, code: int) -> Metric | None:
        """The character's metric, or None where the font has no such character."""
        if code not in self._metrics:
            self._metrics[code] = self._read(code)
        return self._metrics[code]

    def _read(self, code: int) -> Metric | None:
        low, high = self._widths
        if not 0 <= code < len(low) or low[code] < 0:
            return None
        return Metric(
            self._mixed(low[code], high[code]),
            self._mixed(self._heights[0][code], self._heights[1][code]),
            self._mixed(self._depths[0][code], self._depths[1][code]),
            self._mixed(self._italics[0].get(code, 0), self._italics[1].get(code, 0)),
        )

    def kern(self, left: int, right: int) -> float:
        """The space between two neighbouring characters, in pt."""
        return self.kerns.get(left << 7 | right, 0.0) * self.size

    @property
    def space(self) -> float:
        """The space between words."""
        return self.parameters[1]

    @property
    def x_height(self) -> float:
        """The height of an x."""
        return self.parameters[4]

    @property
    def quad(self) -> float:
        """The width called 1em."""
        return self.parameters[5]


@lru_cache(maxsize=512)
def face(family: str, size: float) -> Face:
    """The family at the size in pt, decoded once."""
    return Face(family, size)


@lru_cache(maxsize=256)
def _numbers(text: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for word in text.split():
        if "*" in word:
            count, value = word.split("*")
            numbers += [-1 if value == "." else int(value)] * int(count)
        else:
            numbers.append(-1 if word == "." else int(word))
    return tuple(numbers)


@lru_cache(maxsize=128)
def _sparse(text: str) -> dict[int, int]:
    return {int(code): int(value) for code, _, value in (word.partition(":") for word in text.split())}


@lru_cache(maxsize=32)
def _kerns(family: str) -> dict[int, float]:
    kerns: dict[int, float] = {}
    amount = 0.0
    for word in table.KERNS.get(family, "").split():
        if word[0] == "=":
            amount = int(word[1:]) * _UNIT
        else:
            kerns[int(word[:2], 16) << 7 | int(word[2:], 16)] = amount
    return kerns


@lru_cache(maxsize=4)
def larger_characters(family: str) -> dict[int, int]:
    """The next larger form of a delimiter or operator."""
    return _sparse(table.LARGER.get(family, ""))


@lru_cache(maxsize=4)
def extensible_pieces(family: str) -> dict[int, tuple[int, ...]]:
    """The top, middle, bottom and repeated part of a delimiter that grows without end."""
    words = (word.partition(":") for word in table.PIECES.get(family, "").split())
    return {int(code): tuple(int(piece) for piece in pieces.split(",")) for code, _, pieces in words}

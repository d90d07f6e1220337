"""Names that differ in numbers only, and how the numbers of two such families go together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

MOST_HOLES = 2  # numbers in a name that vary together
_LETTERS = "ijk"


@dataclass(frozen=True, slots=True)
class Family:
    """A pattern, its holes marked by `{}`, and the numbers that stand there, in order."""

    pattern: str
    numbers: tuple[tuple[int, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All members."""
        return tuple(self.name(each) for each in self.numbers)

    def name(self, numbers: Sequence[int]) -> str:
        """One member.

        >>> Family("layers.{}.W", ((0,), (1,))).name((1,))
        'layers.1.W'
        """
        given = iter(map(str, numbers))
        return re.sub(r"\{\}", lambda _: next(given), self.pattern)

    @property
    def holes(self) -> int:
        """How many numbers a name has."""
        return self.pattern.count("{}")


def own_families(names: Iterable[str]) -> list[Family]:
    """Names grouped by what is left of them without numbers between dots.

    >>> [each.pattern for each in own_families(["a.0.w", "a.1.w", "b.w"])]
    ['a.{}.w', 'b.w']
    """
    groups: dict[str, list[tuple[int, ...]]] = {}
    for name in names:
        parts = name.split(".")
        pattern = ".".join("{}" if part.isdigit() else part for part in parts)
        groups.setdefault(pattern, []).append(tuple(int(part) for part in parts if part.isdigit()))
    return [Family(pattern, tuple(sorted(numbers))) for pattern, numbers in groups.items()]


def their_families(names: Sequence[str], holes: int, members: int) -> Iterator[Family]:
    """All families of theirs with so many holes and members; other numbers in their names are fixed."""
    groups: dict[str, set[tuple[int, ...]]] = {}
    for name in names:
        parts = re.split(r"(\d+)", name)
        places = [place for place, part in enumerate(parts) if part.isdigit()]
        for chosen in combinations(places, holes):
            pattern = "".join("{}" if place in chosen else part for place, part in enumerate(parts))
            groups.setdefault(pattern, set()).add(tuple(int(parts[place]) for place in chosen))
    for pattern, numbers in groups.items():
        if len(numbers) == members:
            yield Family(pattern, tuple(sorted(numbers)))


def together(ours: Family, theirs: Family) -> list[str] | None:
    """For each hole of theirs the expression over ours, `i` and `j`; None where there is no simple one.

    >>> together(Family("a.{}", ((1,), (2,))), Family("b.{}", ((0,), (2,))))
    ['2*i-2']
    """
    expressions: list[str] = []
    for hole in range(theirs.holes):
        letter = _LETTERS[hole]
        pairs = sorted({(a[hole], b[hole]) for a, b in zip(ours.numbers, theirs.numbers, strict=True)})
        if len({mine for mine, _ in pairs}) != len(pairs):
            return None
        slope = 1
        if len(pairs) > 1:
            (x, y), (x2, y2) = pairs[:2]
            if (y2 - y) % (x2 - x):
                return None
            slope = (y2 - y) // (x2 - x)
        offset = pairs[0][1] - slope * pairs[0][0]
        if slope < 1 or any(slope * mine + offset != his for mine, his in pairs):
            return None
        factor = letter if slope == 1 else f"{slope}*{letter}"
        expressions.append(factor + (f"{offset:+d}" if offset else ""))
    return expressions


def with_letters(pattern: str) -> str:
    """The pattern of ours with its holes named.

    >>> with_letters("a.{}.b.{}")
    'a.{i}.b.{j}'
    """
    letters = iter(_LETTERS)
    return re.sub(r"\{\}", lambda _: "{" + next(letters) + "}", pattern)


def filled(pattern: str, expressions: Sequence[str]) -> str:
    """The pattern of theirs with these expressions in its holes."""
    given = iter(expressions)
    return re.sub(r"\{\}", lambda _: "{" + next(given) + "}", pattern)

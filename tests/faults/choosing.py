"""In which order changes are tried: as many kinds as there are, the same order each time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator

from tests.faults.oracle import Outcome
from tests.faults.source import Change

BLUNT = ("fails", "shapes", "parameters")  # faults that anybody would notice: some, not most


def chosen(
    changes: Iterable[Change], outcome: Callable[[Change], Outcome | None], wanted: int
) -> Iterator[tuple[Change, Outcome]]:
    """As many faults as are wanted, a quarter of them blunt ones, and the harmless changes among them.

    More are blunt only where there are too few others. What is unsettled is left out.
    """
    left, blunt, later = wanted, wanted // 4, list[tuple[Change, Outcome]]()
    for change in changes:
        if not left:
            return
        found = outcome(change)
        if found is None or found == "rounding":
            continue
        if found in BLUNT and not blunt:
            later.append((change, found))
            continue
        blunt -= found in BLUNT
        left -= found != "same"
        yield change, found
    yield from later[:left]


def mixed(one: list[Change], two: list[Change], seed: str) -> Iterator[Change]:
    """Two of the first, one of the second, and so on; of each one of every kind first."""
    one, two = _ranked(one, seed), _ranked(two, seed)
    while one or two:
        yield from (*one[:2], *two[:1])
        one, two = one[2:], two[1:]


def _ranked(changes: list[Change], seed: str) -> list[Change]:
    """In an order that is drawn, the same each time, but one of each kind before a second of any."""
    random.Random(seed).shuffle(changes)
    rounds: dict[str, int] = {}
    ranked: list[tuple[int, Change]] = []
    for change in changes:
        rounds[change.kind] = rounds.get(change.kind, 0) + 1
        ranked.append((rounds[change.kind], change))
    return [change for _, change in sorted(ranked, key=lambda pair: pair[0])]

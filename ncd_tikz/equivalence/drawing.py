"""Sizes to check a diagram with: small, pairwise different primes where that is possible."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass

from ncd_tikz.axes import ExpressionError
from ncd_tikz.diagram import BlockCall, Diagram, Repeat
from ncd_tikz.equivalence.cost import Costing
from ncd_tikz.equivalence.dullness import dullness
from ncd_tikz.equivalence.fit import Fitting, Misfit
from ncd_tikz.equivalence.sizes import complete, free_symbols
from ncd_tikz.errors import NcdError

_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97)
_FACTORS = (1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 16, 20, 24, 32, 48, 64)
_COUNTS = (2, 3)  # how often something is repeated
_TRIES = 600
_ENOUGH = 12  # draws that fit but are large, before small sizes may recur
_WORTH = 3
_ROUNDS = 4  # of larger sizes
_WIDEST = 30_000  # applications that larger sizes may take
_POLISH = 7  # primes to try instead of other numbers
BUDGET = 10_000  # applications of base definitions that a draw may take; a larger one is the last resort
LIMIT = 3_000_000


class SizesError(NcdError):
    """No sizes fit the spec's expressions."""


def draw_sizes(diagram: Diagram, chance: random.Random, others: Sequence[Diagram] = ()) -> dict[str, int]:
    """Sizes of all declared symbols: small, pairwise different primes for the free ones.

    What is repeated is repeated two or three times. Where the spec's expressions allow no prime
    (`n/4`), multiples of primes are tried, and at last the spec's own number stays. Where different
    primes make evaluation too long, sizes recur.

    Args:
        diagram: whose free symbols get sizes.
        chance: of the draw.
        others: further sides of an equation, which the sizes must fit too.

    Raises:
        SizesError: even the spec's own numbers do not fit, or everything that fits is too large.
    """
    return _Draw((diagram, *others), chance).sizes()


class Drawing:
    """Sizes for many draws; which symbols must be rounder than primes is found out once for all of them.

    Args:
        sides: a diagram, and of an equation its further sides.
        seed: of the draws.
    """

    def __init__(self, sides: Sequence[Diagram], seed: int) -> None:
        self.sides, self.seed = tuple(sides), seed
        self._first: _Draw | None = None
        self._plain: _Draw | None = None  # has learned nothing
        self._found: dict[int, dict[str, int]] = {}

    def anew(self, chance: random.Random) -> dict[str, int]:
        """What `draw_sizes` gives, a little sooner.

        Raises:
            SizesError: even the spec's own numbers do not fit, or everything that fits is too large.
        """
        if self._plain is None:
            self._plain = _Draw(self.sides, chance)
        return self._plain.again(chance).sizes()

    def __call__(self, number: int) -> dict[str, int]:
        """The sizes of draw `number`, the same whatever was drawn before; as `draw_sizes` gives them.

        Raises:
            SizesError: even the spec's own numbers do not fit, or everything that fits is too large.
        """
        if number not in self._found:
            if self._first is None:
                self._first = _Draw(self.sides, random.Random(f"{self.seed} first"))
                self._first.sizes()
            drawn = self._first.again(random.Random(f"{self.seed} {number}"))
            self._found[number] = drawn.sizes()
        return self._found[number]


@dataclass
class _Found:
    cost: int
    given: dict[str, int]


class _Draw:
    def __init__(self, sides: Sequence[Diagram], chance: random.Random) -> None:
        self.sides, self.chance = tuple(sides), chance
        self.fittings = [Fitting(side) for side in sides]
        self.costings = [Costing(side) for side in sides]
        self.defaults: dict[str, int] = {}
        for side in sides:
            self.defaults |= complete(side, {})
        self.free = tuple(dict.fromkeys(name for side in sides for name in free_symbols(side)))
        counts = set().union(*(counts_of(side) for side in sides))
        self.counts = tuple(name for name in self.free if name in counts)
        self.others = tuple(name for name in self.free if name not in counts)
        self.factor: dict[str, int] = {}  # places in _FACTORS
        self.fixed: set[str] = set()
        self.blamed: dict[str, int] = {}

    def again(self, chance: random.Random) -> _Draw:
        """Another draw that begins with what this one has learned."""
        other = copy(self)
        other.chance = chance
        other.factor, other.fixed, other.blamed = dict(self.factor), set(self.fixed), dict(self.blamed)
        return other

    def sizes(self) -> dict[str, int]:
        best: _Found | None = None
        distinct: _Found | None = None
        fitting = 0
        for attempt in range(_TRIES):
            given = self._propose(attempt, recurring=fitting >= _ENOUGH)
            misfit = self._misfit(given)
            if misfit is None:
                found = _Found(self._cost(given), given)
                fitting += 1
                if best is None or found.cost < best.cost:
                    best = found
                if fitting == _ENOUGH:
                    distinct = best
                if best.cost <= BUDGET or fitting > 4 * _ENOUGH:
                    break
            elif not self._learn(misfit):
                break
        if best is None:
            given = {name: self.defaults[name] for name in self.free}
            misfit = self._misfit(given)
            if misfit is not None:
                name = self.sides[0].name
                raise SizesError(f"{name}: no sizes fit its expressions, not even its own numbers: {misfit}")
            best = _Found(self._cost(given), given)
        if distinct is not None and distinct.cost < _WORTH * best.cost:
            best = distinct  # sizes that recur would spare too little
        best = self._widened(self._primed(best))
        if best.cost > LIMIT:
            raise SizesError(self._too_large(best))
        return complete(self.sides[0], best.given)

    def _primed(self, best: _Found) -> _Found:
        """Primes in place of what became rounder than it need be."""
        for name in self.others:
            primes = () if _is_prime(best.given[name]) else _PRIMES[:_POLISH]
            for prime in primes:
                given = {**best.given, name: prime}
                if prime in best.given.values() or self._misfit(given) is not None:
                    continue
                found = _Found(self._cost(given), given)
                if found.cost <= max(BUDGET, best.cost):
                    best = found
                    break
        return best

    def _widened(self, best: _Found) -> _Found:
        """Larger sizes where axes that follow came out as one, or equal: they would hide faults."""
        dull = sum(dullness(side, complete(side, best.given)) for side in self.sides)
        free = [name for name in self.others if name not in self.fixed]
        for _ in range(_ROUNDS):
            before = dull
            for name in free if dull else ():
                size = best.given[name]
                larger = [_next_prime(2 * size, best.given.values())] if _is_prime(size) else []
                for extent in (*larger, 2 * size):  # the next prime may be too large
                    given = {**best.given, name: extent}
                    try:
                        left = sum(dullness(side, complete(side, given)) for side in self.sides)
                        most = self._cost(given)
                    except ExpressionError:
                        continue
                    if left < dull and most <= max(_WIDEST, best.cost) and self._misfit(given) is None:
                        best, dull = _Found(most, given), left
                        break
            if dull == before:
                break
        return best

    def _propose(self, attempt: int, recurring: bool) -> dict[str, int]:
        """Sizes to try, different ones where that is possible."""
        for _ in range(8):
            given = self._some(attempt, recurring)
            if recurring or len(set(given.values())) == len(given):
                break
        return given

    def _some(self, attempt: int, recurring: bool) -> dict[str, int]:
        given = {name: self.chance.choice(_COUNTS) for name in self.counts}
        if len(given) == len(_COUNTS):  # different where it can be
            given = dict(zip(given, self.chance.sample(_COUNTS, len(given)), strict=True))
        primes = self._primes(len(self.others), attempt, recurring, tuple(given.values()))
        given.update(zip(self.others, primes, strict=True))
        for name in given:
            if name in self.fixed:
                given[name] = self.defaults[name]
            elif self.factor.get(name, 0) and self.chance.random() < 0.7:  # one of two may stay prime
                given[name] = _FACTORS[self.factor[name]] * self.chance.choice((1, 2, 3))
        return given

    def _primes(self, count: int, attempt: int, recurring: bool, taken: Sequence[int]) -> list[int]:
        if recurring:  # each of a few as often as the others
            few = _PRIMES[: 3 + count // 6]
            return self.chance.sample(few * (count // len(few) + 1), count)
        choice = [prime for prime in _PRIMES if prime not in taken][: count + 1 + attempt // 100]
        if len(choice) < count:
            choice = [n for n in range(3, 40 * count) if _is_prime(n)]
        return self.chance.sample(choice, count)

    def _cost(self, given: Mapping[str, int]) -> int:
        return max(
            costing(complete(side, given)) for side, costing in zip(self.sides, self.costings, strict=True)
        )

    def _misfit(self, given: Mapping[str, int]) -> Misfit | None:
        for fitting in self.fittings:
            found = fitting(given)
            if found is not None:
                return found
        return None

    def _learn(self, misfit: Misfit) -> bool:
        """Let the blamed symbols grow or become rounder; False where nothing is left to change."""
        blamed = [name for name in self.free if name in misfit.symbols and name not in self.fixed]
        if not blamed:
            return False
        for name in blamed:
            self.blamed[name] = self.blamed.get(name, 0) + 1
            if self.blamed[name] % 15 == 0:
                self.factor[name] = self.factor.get(name, 0) + 1
                if self.factor[name] >= len(_FACTORS):
                    self.fixed.add(name)
        return True

    def _too_large(self, best: _Found) -> str:
        shown = ", ".join(f"{name}={size}" for name, size in best.given.items()) or "no free sizes"
        return (
            f"{self.sides[0].name}: too large to evaluate by its definitions ({shown}: some {best.cost:,} "
            "applications); declare numbers that stand in it as axes or params, so that a check may choose "
            "smaller ones"
        )


def counts_of(diagram: Diagram) -> set[str]:
    """The symbols that say how often something is repeated, inside blocks too."""
    found: set[str] = set()
    for step in diagram.steps:
        operation = step.operation
        if isinstance(operation, Repeat):
            found.update(operation.start.symbols, operation.stop.symbols)
            found.update(counts_of(operation.diagram) - {operation.index})
        elif isinstance(operation, BlockCall):
            for name in counts_of(operation.diagram):
                if name in operation.bindings:
                    found.update(operation.bindings[name].symbols)
    return found


def ascending(count: int, most: int) -> Iterator[tuple[int, ...]]:
    """All choices of `count` numbers from 1 to `most`, those with a small sum first.

    >>> list(ascending(2, 2))
    [(1, 1), (1, 2), (2, 1), (2, 2)]
    """
    for total in range(count, count * most + 1):
        yield from _with_sum(count, total, most)


def _with_sum(count: int, total: int, most: int) -> Iterator[tuple[int, ...]]:
    if count == 0:
        if total == 0:
            yield ()
        return
    for first in range(max(1, total - (count - 1) * most), min(most, total - count + 1) + 1):
        for rest in _with_sum(count - 1, total - first, most):
            yield (first, *rest)


def _next_prime(least: int, taken: Collection[int]) -> int:
    number = least
    while not _is_prime(number) or number in taken:
        number += 1
    return number


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))

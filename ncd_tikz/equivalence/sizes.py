"""Sizes to check a diagram with: pairwise different primes, derived sizes exact."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

from ncd_tikz.axes import Expression, ExpressionError
from ncd_tikz.diagram import BlockCall, Diagram
from ncd_tikz.errors import NcdError

_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97)
_TRIES = 400


class SizesError(NcdError):
    """No sizes fit the spec's expressions."""


def complete(diagram: Diagram, given: Mapping[str, int]) -> dict[str, int]:
    """All declared symbols' sizes: those given, the others as the spec derives or states them."""
    sizes: dict[str, int] = {}
    for entry in diagram.sizes:  # derived ones stand after those they are derived from
        name = entry.axis.name
        if entry.axis.rank == 1:
            sizes[name] = given[name] if name in given else entry.axis.sizes[0].evaluate(sizes)
    return sizes


def inner_sizes(call: BlockCall, sizes: Mapping[str, int]) -> dict[str, int]:
    """The sizes inside a block, from those around its call."""
    return complete(call.diagram, {name: size.evaluate(sizes) for name, size in call.bindings.items()})


def free_symbols(diagram: Diagram) -> tuple[str, ...]:
    """The declared symbols that a caller may choose."""
    return tuple(
        entry.axis.name
        for entry in diagram.sizes
        if entry.axis.rank == 1 and not entry.derived and not entry.axis.sizes[0].symbols
    )


def draw_sizes(diagram: Diagram, chance: random.Random) -> dict[str, int]:
    """Sizes of all declared symbols: small, pairwise different primes for the free ones.

    Where the spec's expressions allow no prime (`n/4`), multiples of primes are tried, and at last the
    spec's own number stays.

    Raises:
        SizesError: even the spec's own numbers do not fit.
    """
    free = free_symbols(diagram)
    defaults = complete(diagram, {})
    factor: dict[str, int] = {}
    fixed: set[str] = set()
    for attempt in range(_TRIES):
        primes = chance.sample(_PRIMES[: len(free) + 1 + attempt // 100], len(free)) if len(free) < 20 else []
        if not primes:
            primes = chance.sample([n for n in range(3, 40 * len(free)) if _is_prime(n)], len(free))
        given = {
            name: defaults[name] if name in fixed else prime * factor.get(name, 1)
            for name, prime in zip(free, primes, strict=True)
        }
        blamed = _blame(diagram, given)
        if blamed is None:
            return complete(diagram, given)
        if not blamed - fixed:
            break
        if attempt % 20 == 19:  # no prime fits: multiples of 2, 3, 4, ..., then the spec's number
            for name in sorted(blamed - fixed):
                factor[name] = factor.get(name, 1) + 1
                if factor[name] > 12:
                    fixed.add(name)
    if _blame(diagram, {name: defaults[name] for name in free}) is None:
        return defaults
    raise SizesError(f"{diagram.name}: no sizes fit its expressions, not even its own numbers")


def _blame(diagram: Diagram, given: Mapping[str, int]) -> set[str] | None:
    """The free symbols of an expression that does not come out; None where all do."""
    sizes = dict(given)
    for entry in diagram.sizes:
        if entry.axis.rank == 1 and entry.axis.name not in given:
            try:
                sizes[entry.axis.name] = entry.axis.sizes[0].evaluate(sizes)
            except ExpressionError:
                return _roots(diagram, entry.axis.sizes[0].symbols)
    for expression in _expressions(diagram):
        try:
            fits = expression.evaluate(sizes) > 0
        except ExpressionError:
            fits = False
        if not fits:
            return _roots(diagram, expression.symbols)
    return None


def _roots(diagram: Diagram, symbols: tuple[str, ...]) -> set[str]:
    definitions = {entry.axis.name: entry.axis.sizes[0].symbols for entry in diagram.sizes}
    free, met, waiting = set(free_symbols(diagram)), set[str](), list(symbols)
    while waiting:
        name = waiting.pop()
        if name not in met:
            met.add(name)
            waiting.extend(definitions.get(name, ()))
    return met & free


def _expressions(diagram: Diagram) -> Iterator[Expression]:
    """Every size inside a diagram, those of its blocks in terms of the diagram's own symbols."""
    for entry in diagram.sizes:
        yield from entry.axis.sizes
    for value in diagram.values:
        for axis in value.tensor.axes:
            yield from axis.sizes
        if value.tensor.below is not None:
            yield value.tensor.below
    for step in diagram.steps:
        if isinstance(step.operation, BlockCall):
            meaning = _meaning(step.operation)
            for expression in _expressions(step.operation.diagram):
                yield expression.substitute(meaning)


def _meaning(call: BlockCall) -> dict[str, Expression]:
    """Each of a block's symbols as an expression in the caller's symbols."""
    meaning = dict(call.bindings)
    for entry in call.diagram.sizes:
        if entry.axis.rank == 1 and entry.axis.name not in meaning:
            meaning[entry.axis.name] = entry.axis.sizes[0].substitute(meaning)
    return meaning


def _is_prime(number: int) -> bool:
    return all(number % divisor for divisor in range(2, int(number**0.5) + 1))

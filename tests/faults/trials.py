"""How a generated module is run for the oracle: sizes, inputs, batch axes, modes."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import torch
from torch import Tensor, nn

from ncd_tikz.axes import Tensor as TensorType
from ncd_tikz.diagram import Diagram
from ncd_tikz.equivalence.cases import BATCHES, trains
from ncd_tikz.equivalence.drawing import Drawing
from ncd_tikz.equivalence.evaluate import learned
from ncd_tikz.equivalence.fit import fit
from ncd_tikz.equivalence.sizes import complete, free_symbols
from ncd_tikz.pytorch import arguments, main_class, run_source
from tests.faults.oracle import Outcome, Trial, behave, compare

LARGE = 200_000  # entries of all values and parameters together


class Oracle:
    """The unchanged module's behaviour, to which that of changed ones is compared."""

    def __init__(self, diagram: Diagram, source: str, batches: Sequence[tuple[int, ...]] = BATCHES) -> None:
        self.diagram, self.name = diagram, main_class(diagram)
        ran = [
            (number, trial, behave(self._make(source), trial, number))
            for number, trial in _trials(diagram, batches)
        ]
        self.known = [entry for entry in ran if not entry[2].failed]
        assert self.known, f"{diagram.name} never runs"

    def _make(self, source: str) -> Callable[..., nn.Module]:
        made: Callable[..., nn.Module] = run_source(source, "<changed>")[self.name]
        return made

    def __call__(self, source: str) -> Outcome:
        """How the changed module differs, in the first run in which it does."""
        try:
            make = self._make(source)
        except Exception:
            return "fails"
        for number, trial, original in self.known:
            found: Outcome = compare(original, behave(make, trial, number))
            if found != "same":
                return found
        return "same"


def _trials(diagram: Diagram, batches: Sequence[tuple[int, ...]]) -> list[tuple[int, Trial]]:
    made: list[tuple[int, Trial]] = []
    modes = (False, True) if trains(diagram) else (False,)
    for number, sizes in enumerate(_sizes(diagram)):
        build = {symbol: sizes[symbol] for symbol in arguments(diagram)}
        for training in modes:
            batch = () if training else batches[number % len(batches)]
            made.append((number, Trial(build, _inputs(diagram, sizes, batch, number), training)))
    return made


def _sizes(diagram: Diagram) -> list[Mapping[str, int]]:
    """Sizes as a check draws them; small ones that fit, none of what is made of them 1; the spec's own."""
    drawing = Drawing((diagram,), 0)
    found = [complete(diagram, drawing(number)) for number in range(3)]
    chance = random.Random(diagram.name)
    symbols = free_symbols(diagram)
    for _ in range(400):
        drawn = {symbol: chance.randint(2, 9) for symbol in symbols}
        if fit(diagram, drawn) is not None:
            continue
        sizes = complete(diagram, drawn)
        if _least(diagram, sizes) > 1 and _entries(diagram, sizes) < 10 * LARGE:
            found.append(sizes)
        if len(found) == 5:
            break
    own = complete(diagram, {symbol: diagram.default_sizes()[symbol] for symbol in symbols})
    return [*found, own] if _entries(diagram, own) < LARGE else found


def _least(diagram: Diagram, sizes: Mapping[str, int]) -> int:
    extents = [
        extent for value in diagram.values if not value.family for extent in _shape(value.tensor, sizes)
    ]
    return min(extents, default=2)


def _entries(diagram: Diagram, sizes: Mapping[str, int]) -> int:
    made = sum(prod(_shape(value.tensor, sizes)) for value in diagram.values if not value.family)
    return made + sum(prod(entry.stored) for entry in learned(diagram, sizes))


def _shape(kind: TensorType, sizes: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(size.evaluate(sizes) for axis in kind.axes for size in axis.sizes)


def _inputs(
    diagram: Diagram, sizes: Mapping[str, int], batch: tuple[int, ...], number: int
) -> tuple[Any, ...]:
    generator = torch.Generator().manual_seed(100 + number)
    return tuple(
        _tensor(diagram.values[value].tensor, sizes, batch, generator, positive=number % 2 == 1)
        for value in diagram.inputs
    )


def _tensor(
    kind: TensorType,
    sizes: Mapping[str, int],
    batch: tuple[int, ...],
    generator: torch.Generator,
    positive: bool,
) -> Tensor:
    shape = (*batch, *_shape(kind, sizes))
    if kind.kind == "mask":
        return torch.rand(shape, generator=generator) < 0.7
    if kind.kind == "index":
        return torch.randint(kind.below.evaluate(sizes), shape, generator=generator)
    made = torch.randn(shape, generator=generator, dtype=torch.float64) * (1 + sum(shape) % 3)
    return (made.abs() + 0.05 if positive else made).requires_grad_()

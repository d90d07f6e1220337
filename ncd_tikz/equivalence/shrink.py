"""The smallest example of sides that differ: small sizes, then whole numbers as simple as possible."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

import torch
from torch import Tensor

from ncd_tikz.diagram import Diagram
from ncd_tikz.equivalence.cases import Cases
from ncd_tikz.equivalence.compare import compare
from ncd_tikz.equivalence.cost import Costing
from ncd_tikz.equivalence.drawing import ascending
from ncd_tikz.equivalence.evaluate import evaluate, learned
from ncd_tikz.equivalence.fit import Fitting
from ncd_tikz.equivalence.lift import LiftError
from ncd_tikz.equivalence.sides import arranged, input_names, inputs_of
from ncd_tikz.equivalence.sizes import complete, free_symbols
from ncd_tikz.equivalence.values import random_inputs, random_parameters

_SIZES = 400  # choices of sizes to look at
_LARGEST = 4
_COST = 3_000
_DRAWS = 4  # of values for each
_ENTRIES = 400  # numbers that are made simpler, at most
_WIDTH = 150


def smallest_example(left: Cases, right: Cases, names: tuple[str, str]) -> tuple[str, ...]:
    """An example in lines: sizes, inputs, and what both sides make of them; none where none is found.

    Args:
        left: the draws of one side.
        right: those of the side that should be equal.
        names: what to call the sides.
    """
    sides = (left.diagram, right.diagram)
    for sizes in _choices(left.sides):
        pair = _Pair(sides, [complete(side, sizes) for side in sides])
        for number in range(_DRAWS):
            values = pair.draw(number)
            if pair.differs(values):
                return pair.lines(sizes, _simpler(values, pair.differs), names)
    return ()


def _choices(sides: Sequence[Diagram]) -> list[dict[str, int]]:
    names = tuple(dict.fromkeys(name for side in sides for name in free_symbols(side)))
    fittings, costings = [Fitting(side) for side in sides], [Costing(side) for side in sides]
    found = []
    for numbers in islice(ascending(len(names), _LARGEST), _SIZES):
        given = dict(zip(names, numbers, strict=True))
        fits = all(fitting(given) is None for fitting in fittings)
        if fits and all(
            costing(complete(side, given)) <= _COST for side, costing in zip(sides, costings, strict=True)
        ):
            found.append(given)
    return found


class _Pair:
    """Two sides at one choice of sizes; values are inputs and parameters by name, without gradients."""

    def __init__(self, sides: Sequence[Diagram], sizes: Sequence[Mapping[str, int]]) -> None:
        self.sides, self.sizes = sides, sizes
        self.learned = [learned(side, each) for side, each in zip(sides, sizes, strict=True)]

    def draw(self, number: int) -> dict[str, Tensor]:
        """Small whole numbers of both signs, later others."""
        generator = torch.Generator().manual_seed(number)
        values = dict(
            zip(
                input_names(self.sides[0]),
                random_inputs(self.sides[0], self.sizes[0], generator, positive=number % 2 == 1),
                strict=True,
            )
        )
        for entries in self.learned:
            for name, tensor in random_parameters(entries, generator, number % 2 == 1).items():
                values.setdefault(name, tensor)
        whole = number < _DRAWS - 1
        return {
            name: _rounded(tensor.detach()) if whole and tensor.is_floating_point() else tensor.detach()
            for name, tensor in values.items()
        }

    def outputs(self, values: Mapping[str, Tensor]) -> list[tuple[Tensor, ...]]:
        known = {entry.name: entry for entry in self.learned[0]}
        made = []
        for side, sizes, entries in zip(self.sides, self.sizes, self.learned, strict=True):
            parameters = {
                entry.name: arranged(values[entry.name], known.get(entry.name, entry), entry, sizes)
                for entry in entries
            }
            taken = [inputs_of(side, values)[name] for name in input_names(side)]
            made.append(evaluate(side, taken, parameters, sizes).outputs)
        return made

    def differs(self, values: Mapping[str, Tensor]) -> bool:
        try:
            one, other = self.outputs(values)
        except LiftError:
            return False
        return any(
            not compare("", found, wanted).ok and bool(found.isfinite().all() and wanted.isfinite().all())
            for found, wanted in zip(other, one, strict=True)
        )

    def lines(
        self, sizes: Mapping[str, int], values: Mapping[str, Tensor], sides: tuple[str, str]
    ) -> tuple[str, ...]:
        shown = ", ".join(f"{name}={size}" for name, size in sizes.items())
        found = [f"smallest example found{f', with {shown}' if shown else ''}:"]
        found += [f"  {name} = {_show(tensor)}" for name, tensor in values.items()]
        names = [self.sides[0].values[number].name for number in self.sides[0].outputs]
        for side, outputs in zip(sides, self.outputs(values), strict=True):
            found += [
                f"  {name} is {_show(tensor)} on {side}" for name, tensor in zip(names, outputs, strict=True)
            ]
        return tuple(found)


def _simpler(values: dict[str, Tensor], differs: Callable[[Mapping[str, Tensor]], bool]) -> dict[str, Tensor]:
    """The same with every number as simple as it can be while the sides still differ."""
    values = {name: tensor.clone() for name, tensor in values.items()}
    places = [(name, at) for name, tensor in values.items() for at in range(tensor.numel())]
    random.Random(0).shuffle(places)
    for _ in range(2):
        for name, at in places[:_ENTRIES]:
            flat = values[name].view(-1)
            before = flat[at].clone()
            for simple in (0, 1, 2, -1):
                if before == simple:
                    break
                flat[at] = simple
                if differs(values):
                    break
                flat[at] = before
    return values


def _rounded(tensor: Tensor) -> Tensor:
    return (tensor * 2).round()


def _show(tensor: Tensor) -> str:
    text = _numbers(tensor.tolist())
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}... (shape {tuple(tensor.shape)})"


def _numbers(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_numbers, value))}]"
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)

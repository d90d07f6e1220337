"""How long evaluation by definition takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

from ncd_tikz.axes import Axis, Expression
from ncd_tikz.diagram import BlockCall, Diagram, Load, Repeat, Save, Step, expand
from ncd_tikz.equivalence.lift import broadcast_loops
from ncd_tikz.equivalence.sizes import body_sizes, inner_sizes, iterations

_ENTRIES = 500  # entries that take about as long as an application


def cost(diagram: Diagram, sizes: Mapping[str, int]) -> int:
    """How many base definitions are applied: see `Costing`, which is quicker for many sizes."""
    return Costing(diagram)(sizes)


class Costing:
    """A diagram whose evaluation costs what it costs; what does not depend on sizes is worked out once."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self._steps: dict[int, _Counted] = {}

    def __call__(self, sizes: Mapping[str, int]) -> int:
        """How many base definitions are applied, large tensors counted as several.

        Args:
            sizes: of every declared symbol.
        """
        return self._cost(self.diagram, sizes)

    def _cost(self, diagram: Diagram, sizes: Mapping[str, int]) -> int:
        total = 0
        for step in diagram.steps:
            operation = step.operation
            if isinstance(operation, (Save, Load)):
                continue
            if isinstance(operation, Repeat):
                total += sum(
                    self._cost(operation.diagram, body_sizes(operation, sizes, index))
                    for index in iterations(operation, sizes)
                )
                continue
            if id(step) not in self._steps:
                self._steps[id(step)] = _counted(step)
            counted = self._steps[id(step)]
            each = 1
            if isinstance(operation, BlockCall):
                each = self._cost(operation.diagram, inner_sizes(operation, sizes))
            else:
                each += sum(_product(entries, sizes) for entries in counted.made) // _ENTRIES
            total += _product(counted.loops, sizes) * each
        return total


@dataclass(frozen=True, slots=True)
class _Counted:
    loops: tuple[Expression, ...]  # how often the definition is applied: their product
    made: tuple[tuple[Expression, ...], ...]  # entries of what it makes and has learned: products


def _counted(step: Step) -> _Counted:
    application = expand(step.application)
    loops = tuple(
        size
        for (number, position), *_ in broadcast_loops(application)
        for size in application.inputs[number].axes[position].sizes
    )
    if isinstance(step.operation, BlockCall):
        return _Counted(loops, ())
    made = [_sizes(application.made_axes(number)) for number in range(len(application.outputs))]
    learned = [_sizes(entry.axes) for entry in step.operation.parameters(application)]
    return _Counted(loops, (*made, *learned))


def _sizes(axes: Iterable[Axis]) -> tuple[Expression, ...]:
    return tuple(size for axis in axes for size in axis.sizes)


def _product(sizes: Iterable[Expression], known: Mapping[str, int]) -> int:
    return prod(size.evaluate(known) for size in sizes)

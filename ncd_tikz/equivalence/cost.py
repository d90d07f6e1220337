"""How long evaluation by definition takes."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from ncd_tikz.axes import Axis
from ncd_tikz.diagram import BlockCall, Diagram, Load, Repeat, Save, expand
from ncd_tikz.equivalence.lift import broadcast_loops
from ncd_tikz.equivalence.sizes import body_sizes, inner_sizes, iterations

_ENTRIES = 500  # entries that take about as long as an application


def cost(diagram: Diagram, sizes: Mapping[str, int]) -> int:
    """How many base definitions are applied, large tensors counted as several."""
    total = 0
    for step in diagram.steps:
        operation = step.operation
        if isinstance(operation, (Save, Load)):
            continue
        if isinstance(operation, Repeat):
            total += sum(
                cost(operation.diagram, body_sizes(operation, sizes, index))
                for index in iterations(operation, sizes)
            )
            continue
        application = expand(step.application)
        each = 1
        if isinstance(operation, BlockCall):
            each = cost(operation.diagram, inner_sizes(operation, sizes))
        else:
            made = [
                _entries(application.made_axes(number), sizes) for number in range(len(application.outputs))
            ]
            learned = [_entries(entry.axes, sizes) for entry in operation.parameters(application)]
            each += (sum(made) + sum(learned)) // _ENTRIES
        loops = [
            prod(size.evaluate(sizes) for size in application.inputs[number].axes[position].sizes)
            for (number, position), *_ in broadcast_loops(application)
        ]
        total += prod(loops) * each
    return total


def _entries(axes: tuple[Axis, ...], sizes: Mapping[str, int]) -> int:
    return prod(size.evaluate(sizes) for axis in axes for size in axis.sizes)

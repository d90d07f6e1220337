"""The declared sizes that steps use: what the body of a repetition must know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from ncd_tikz.axes import Axis, Expression, Signature
from ncd_tikz.diagram.diagram import AxisSize, Diagram, Step, Value
from ncd_tikz.diagram.repeat import Repeat


def used(
    values: Iterable[Value], steps: Iterable[Step], declared: tuple[AxisSize, ...]
) -> tuple[AxisSize, ...]:
    """Those of the declared sizes that values and steps speak of, and all that these are derived from."""
    by_name = {entry.axis.name: entry for entry in declared}
    found: set[str] = set()
    waiting = [name for name in _names(values, steps) if name in by_name]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(
                other for size in by_name[name].axis.sizes for other in _of(size) if other in by_name
            )
    return tuple(entry for entry in declared if entry.axis.name in found)


def _names(values: Iterable[Value], steps: Iterable[Step]) -> Iterator[str]:
    for value in values:
        if value.family is None:  # its axes speak of an index that is none here
            yield from _of_axes(value.tensor.axes)
            yield from _of(value.tensor.below)
    for step in steps:
        operation: Any = step.operation
        if isinstance(operation, Repeat):  # its body speaks of these sizes by the same names
            yield from (
                each.axis.name for each in operation.diagram.sizes if each.axis.name != operation.index
            )
        for each in fields(operation):
            yield from _of(getattr(operation, each.name))
        for parameter in step.operation.parameters(step.application):
            yield from _of_axes(parameter.axes)


def _of_axes(axes: Iterable[Axis]) -> Iterator[str]:
    for axis in axes:
        yield from _of(axis.sizes)
        yield from _of(axis.name)


def _of(part: object) -> Iterator[str]:
    """Every name in a field of an operation."""
    if isinstance(part, Expression):
        yield from part.symbols
        yield from (name for name, _ in part.families)
    elif isinstance(part, Signature):
        yield from _of(part.inputs)
        yield from _of(part.outputs)
    elif isinstance(part, str):
        for member in part.strip("()").split():
            yield member.rstrip("'").partition("[")[0]
    elif isinstance(part, Diagram):
        yield from ()  # it has sizes of its own; what it is given stands beside it
    elif isinstance(part, Mapping):
        yield from _of(tuple(part.values()))
    elif isinstance(part, (tuple, frozenset)):
        for each in part:
            yield from _of(each)

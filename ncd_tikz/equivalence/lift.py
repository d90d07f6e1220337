"""The independent meaning of a diagram: base definitions lifted over broadcast axes by one rule.

The rule is the notation's definition of broadcasting: index every broadcast axis, apply the
operation's base definition on its own axes, stack the results. It is a plain loop on purpose and
uses nothing of the operations' PyTorch source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import torch
from torch import Tensor

from ncd_tikz.axes import Application, Axis
from ncd_tikz.diagram import BlockCall, Diagram, Step, expand
from ncd_tikz.equivalence.sizes import inner_sizes
from ncd_tikz.errors import NcdError
from ncd_tikz.operations import Parameter

Tensors = tuple[Tensor, ...]
# A base definition: its outputs, and tensors to keep from on the way to them.
Base = Callable[[Tensors], "tuple[Tensors, Tensors]"]


class LiftError(NcdError):
    """A base definition that does not give what its application promises."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A learned tensor of a diagram: its name in the state dict, the steps that lead to it, its shapes."""

    name: str
    steps: tuple[Step, ...]
    stored: tuple[int, ...]
    parameter: Parameter


@dataclass(frozen=True, slots=True)
class Moment:
    """A value just after it was assigned: by which step (inside which steps), under which name."""

    steps: tuple[Step, ...]
    output: int
    name: str
    tensor: Tensor


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a diagram computes: its outputs, and every value on the way, in the order of the steps."""

    outputs: Tensors
    moments: tuple[Moment, ...]


def learned(
    diagram: Diagram, sizes: Mapping[str, int], prefix: str = "", outer: tuple[Step, ...] = ()
) -> tuple[Learned, ...]:
    """All learned tensors, blocks included, in the order of the steps."""
    found: list[Learned] = []
    for step in diagram.steps:
        steps, name = (*outer, step), prefix + step.attribute
        if isinstance(step.operation, BlockCall):
            inside = inner_sizes(step.operation, sizes)
            found.extend(learned(step.operation.diagram, inside, name + ".", steps))
            continue
        for parameter in step.operation.parameters(expand(step.application)):
            extents = [_extent(axis, sizes) for axis in parameter.axes]
            stored = tuple(prod(group) for group in _split(extents, parameter.flatten))
            found.append(Learned(f"{name}.{parameter.name}", steps, stored, parameter))
    return tuple(found)


def evaluate(
    diagram: Diagram,
    inputs: Sequence[Tensor],
    parameters: Mapping[str, Tensor],
    sizes: Mapping[str, int],
    batch: int = 0,
) -> Evaluation:
    """Evaluate by lifting.

    Args:
        inputs: one tensor per input of the diagram.
        parameters: learned tensors as they are stored, by name (`Q.weight`).
        sizes: the size of every declared symbol, derived ones included.
        batch: how many further axes stand in front of every input.

    Raises:
        LiftError: a base definition and its application disagree.
    """
    plan = _Plan(diagram, parameters, sizes, "", ())
    if not batch:
        outputs, kept = plan(tuple(inputs))
    else:
        front = inputs[0].shape[:batch]
        rows = [tensor.reshape(-1, *tensor.shape[batch:]).unbind(0) for tensor in inputs]
        results = [plan(row) for row in zip(*rows, strict=True)]
        outputs, kept = (_stack_each([result[part] for result in results], front) for part in (0, 1))
    moments = (Moment(*place, tensor) for place, tensor in zip(plan.places, kept, strict=True))
    return Evaluation(outputs, tuple(moments))


def lift(
    base: Base, application: Application, inputs: Tensors, made: Sequence[tuple[int, ...]]
) -> tuple[Tensors, Tensors]:
    """Index every broadcast axis, apply `base`, stack.

    Args:
        base: the definition on own axes; what it keeps is stacked over all broadcast axes.
        application: with axis groups expanded.
        inputs: the whole tensors.
        made: the sizes of the axes that each output makes.
    """
    loops = _loops(application)
    which = {source: number for number, sources in enumerate(loops) for source in sources}
    extents = [_common(sources, inputs) for sources in loops]
    pieces: list[Tensors] = []
    carried: list[list[int]] = []
    for number, tensor in enumerate(inputs):
        own = application.own[number]
        over = [position for position in range(tensor.dim()) if position not in own]
        carried.append([which[number, position] for position in over])
        front = tensor.permute(*over, *own) if tensor.dim() else tensor
        own_shape = [tensor.shape[position] for position in own]
        pieces.append(front.reshape(-1, *own_shape).unbind(0) if over else (front,))

    results: dict[tuple[int, ...], Tensors] = {}
    kept: list[Tensors] = []
    for index in product(*map(range, extents)):
        arguments = tuple(
            piece[_flat([(index[loop], extents[loop]) for loop in over])]
            for piece, over in zip(pieces, carried, strict=True)
        )
        results[index], keep = base(arguments)
        kept.append(keep)

    outputs = []
    for number, output in enumerate(application.outputs):
        order = [which[out.sources[0]] for out in output if out.sources]
        chosen = [
            index for index in results if not any(index[i] for i in range(len(loops)) if i not in order)
        ]
        for index in chosen:
            if tuple(results[index][number].shape) != tuple(made[number]):
                found, expected = tuple(results[index][number].shape), tuple(made[number])
                raise LiftError(
                    f"the base definition gives output {number} of shape {found}, expected {expected}"
                )
        stacked = torch.stack([results[index][number] for index in chosen])
        present = sorted(order)
        stacked = stacked.reshape([*(extents[loop] for loop in present), *made[number]])
        dims = iter(range(len(present), stacked.dim()))
        places = [present.index(which[out.sources[0]]) if out.sources else next(dims) for out in output]
        outputs.append(stacked.permute(*places) if places else stacked.reshape(()))
    return tuple(outputs), _stack_each(kept, extents)


class _Plan:
    """One diagram, its learned tensors unflattened: calling it evaluates it."""

    def __init__(
        self,
        diagram: Diagram,
        parameters: Mapping[str, Tensor],
        sizes: Mapping[str, int],
        prefix: str,
        outer: tuple[Step, ...],
    ) -> None:
        self.diagram = diagram
        self.places: list[tuple[tuple[Step, ...], int, str]] = []  # what a call keeps, in order
        self.bases: list[Base] = []
        self.made: list[list[tuple[int, ...]]] = []
        self.applications = [expand(step.application) for step in diagram.steps]
        for step, application in zip(diagram.steps, self.applications, strict=True):
            steps, name = (*outer, step), prefix + step.attribute
            if isinstance(step.operation, BlockCall):
                inside = inner_sizes(step.operation, sizes)
                plan = _Plan(step.operation.diagram, parameters, inside, name + ".", steps)
                self.places.extend((steps, -1 - i, "") for i in range(len(step.inputs)))
                self.places.extend(plan.places)
                self.bases.append(lambda arguments, plan=plan: _with_inputs(arguments, plan(arguments)))  # type: ignore[misc]
            else:
                self.bases.append(_base(step, application, parameters, sizes, name))
            for number, value in enumerate(step.outputs):
                self.places.append((steps, number, diagram.values[value].name))
            self.made.append(
                [
                    tuple(_extent(axis, sizes) for axis in application.made_axes(number))
                    for number in range(len(application.outputs))
                ]
            )

    def __call__(self, inputs: Tensors) -> tuple[Tensors, Tensors]:
        values: dict[int, Tensor] = dict(zip(self.diagram.inputs, inputs, strict=True))
        kept: list[Tensor] = []
        for step, application, base, made in zip(
            self.diagram.steps, self.applications, self.bases, self.made, strict=True
        ):
            arguments = tuple(values[number] for number in step.inputs)
            try:
                outputs, inner = lift(base, application, arguments, made)
            except LiftError as error:
                raise LiftError(f"{step.path} ({step.operation.name}): {error}") from None
            values.update(zip(step.outputs, outputs, strict=True))
            kept.extend((*inner, *outputs))
        return tuple(values[number] for number in self.diagram.outputs), tuple(kept)


def _with_inputs(inputs: Tensors, result: tuple[Tensors, Tensors]) -> tuple[Tensors, Tensors]:
    return result[0], (*inputs, *result[1])


def _base(
    step: Step,
    application: Application,
    parameters: Mapping[str, Tensor],
    sizes: Mapping[str, int],
    name: str,
) -> Base:
    unflattened = {
        parameter.name: parameters[f"{name}.{parameter.name}"].reshape(
            [_extent(axis, sizes) for axis in parameter.axes]
        )
        for parameter in step.operation.parameters(application)
    }

    def base(arguments: Tensors) -> tuple[Tensors, Tensors]:
        return tuple(step.operation.base(arguments, unflattened, sizes, application)), ()

    return base


def _loops(application: Application) -> list[list[tuple[int, int]]]:
    """The broadcast axes: each a list of the (input, position) pairs that are indexed alike."""
    loops: list[set[tuple[int, int]]] = []
    for output in application.outputs:
        for out in output:
            if out.sources:
                joined = set(out.sources)
                for other in [loop for loop in loops if loop & joined]:
                    joined |= other
                    loops.remove(other)
                loops.append(joined)
    met = {source for loop in loops for source in loop}
    for number, tensor in enumerate(application.inputs):
        for position, axis in enumerate(tensor.axes):
            if position not in application.own[number] and (number, position) not in met:
                raise LiftError(f"axis {axis.name!r} of input {number} is neither taken nor broadcast")
    return [sorted(loop) for loop in loops]


def _common(sources: Sequence[tuple[int, int]], inputs: Tensors) -> int:
    sizes = {inputs[number].shape[position] for number, position in sources}
    if len(sizes) != 1:
        raise LiftError(f"axes that are broadcast together have different sizes {sorted(sizes)}")
    return int(sizes.pop())


def _flat(index: Sequence[tuple[int, int]]) -> int:
    """The place of an index, given as (index, size) pairs, in row-major order."""
    place = 0
    for at, size in index:
        place = place * size + at
    return place


def _stack_each(rows: Sequence[Tensors], front: Sequence[int]) -> Tensors:
    if not front:
        return rows[0]
    return tuple(
        torch.stack(column).reshape([*front, *column[0].shape]) for column in zip(*rows, strict=True)
    )


def _extent(axis: Axis, sizes: Mapping[str, int]) -> int:
    return prod(size.evaluate(sizes) for size in axis.sizes)


def _split(items: Sequence[int], counts: Sequence[int]) -> list[Sequence[int]]:
    ends = [sum(counts[: number + 1]) for number in range(len(counts))]
    return [items[end - count : end] for end, count in zip(ends, counts, strict=True)]

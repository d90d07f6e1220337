"""The independent meaning of a diagram: base definitions lifted, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Union

import torch
from torch import Tensor

from ncd_tikz.axes import Axis
from ncd_tikz.diagram import BlockCall, Diagram, Load, Repeat, Save, Step, expand
from ncd_tikz.diagram.saves import saved_at
from ncd_tikz.equivalence.at_once import Base, Mode, Tensors, applied
from ncd_tikz.equivalence.lift import Lift, LiftError, stack_each
from ncd_tikz.equivalence.sizes import body_sizes, inner_sizes, iterations
from ncd_tikz.operations import Operation, Parameter

Kept = Union[Tensor, "dict[int, Tensor]"]  # a value; or what a repetition saved, by index


@dataclass(frozen=True, slots=True)
class Link:
    """A step on the way inside: of a repetition also which iteration.

    `part` is the place among the repetition's parts, -1 where there is one for all (or no repetition).
    """

    step: Step
    part: int = -1
    index: int | None = None  # the value of the repetition's index


@dataclass(frozen=True, slots=True)
class Learned:
    """A learned tensor of a diagram: its name, the steps that lead to it, its shape as stored."""

    name: str
    links: tuple[Link, ...]
    stored: tuple[int, ...]
    parameter: Parameter

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that lead to it, its own last."""
        return tuple(link.step for link in self.links)


@dataclass(frozen=True, slots=True)
class Moment:
    """A value just after it was assigned: by which step (inside which steps), under which name."""

    links: tuple[Link, ...]
    output: int  # -1, -2, ...: an input of the block or body
    name: str
    tensor: Tensor

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that lead to it, its own last."""
        return tuple(link.step for link in self.links)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a diagram computes: its outputs, every value on the way, what its buffers become."""

    outputs: Tensors
    moments: tuple[Moment, ...]
    buffers: Mapping[str, Tensor]  # in training mode, by name, those that are told


def learned(
    diagram: Diagram, sizes: Mapping[str, int], prefix: str = "", outer: tuple[Link, ...] = ()
) -> tuple[Learned, ...]:
    """All learned tensors and buffers, blocks and iterations included, in the order of the steps."""
    found: list[Learned] = []
    for step in diagram.steps:
        operation, name = step.operation, prefix + step.attribute
        if isinstance(operation, BlockCall):
            inside = inner_sizes(operation, sizes)
            found.extend(learned(operation.diagram, inside, name + ".", (*outer, Link(step))))
        elif isinstance(operation, Repeat):
            for link in _links(step, operation, sizes)[: 1 if operation.share else None]:
                assert link.index is not None
                inside = body_sizes(operation, sizes, link.index)
                part = f"{name}." if operation.share else f"{name}.{link.part}."
                found.extend(learned(operation.diagram, inside, part, (*outer, link)))
        elif not isinstance(operation, (Save, Load)):
            for parameter in operation.parameters(expand(step.application)):
                extents = [_extent(axis, sizes) for axis in parameter.axes]
                stored = tuple(prod(group) for group in _split(extents, parameter.flatten))
                full = _joined(name, parameter)
                found.append(Learned(full, (*outer, Link(step)), stored, parameter))
    return tuple(found)


def sizes_at(links: Iterable[Link], sizes: Mapping[str, int]) -> Mapping[str, int]:
    """The sizes where the steps lead to: in blocks, and in iterations."""
    for link in links:
        operation = link.step.operation
        if isinstance(operation, BlockCall):
            sizes = inner_sizes(operation, sizes)
        elif isinstance(operation, Repeat) and link.index is not None:
            sizes = body_sizes(operation, sizes, link.index)
    return sizes


def evaluate(
    diagram: Diagram,
    inputs: Sequence[Tensor],
    parameters: Mapping[str, Tensor],
    sizes: Mapping[str, int],
    batch: int = 0,
    training: bool = False,
) -> Evaluation:
    """Evaluate by lifting.

    Args:
        inputs: one tensor per input of the diagram.
        parameters: learned tensors and buffers as they are stored, by name (`Q.weight`).
        sizes: the size of every declared symbol, derived ones included.
        batch: how many further axes stand in front of every input.
        training: whether the operations are in training mode.

    Raises:
        LiftError: a base definition and its application disagree.
    """
    buffers = _Buffers(parameters, training)
    plan = _Plan(diagram, buffers, sizes, "", ())
    if not batch:
        outputs, kept = plan(tuple(inputs))
        return Evaluation(_tensors(outputs), _moments(plan, kept), dict(buffers.now))
    front = inputs[0].shape[:batch]
    flat = [tensor.reshape(-1, *tensor.shape[batch:]) for tensor in inputs]
    every = [True] * len(flat)
    made = None if training else applied(plan.on_tensors, flat, every, prod(front), held_to=Mode.HELD)
    if made is not None:
        stacked = [tuple(each.reshape(*front, *each.shape[1:]) for each in part) for part in made]
        return Evaluation(stacked[0], _moments(plan, stacked[1]), dict(buffers.now))
    results = [plan(row) for row in zip(*(tensor.unbind(0) for tensor in flat), strict=True)]
    stacked = [stack_each([_tensors(result[part]) for result in results], front) for part in (0, 1)]
    return Evaluation(stacked[0], _moments(plan, stacked[1]), dict(buffers.now))


class _Buffers:
    """The learned tensors, and what the buffers have become so far."""

    def __init__(self, parameters: Mapping[str, Tensor], training: bool) -> None:
        self.parameters, self.training = parameters, training
        self.now: dict[str, Tensor] = {}
        self.unclear: set[str] = set()

    def get(self, name: str) -> Tensor:
        return self.now.get(name, self.parameters[name])

    def update(self, name: str, value: Tensor) -> None:
        if name not in self.unclear:
            self.now[name] = value.detach()

    def forget(self, names: Iterable[str]) -> None:
        """Buffers that independent applications would change each for itself: nothing says how."""
        for name in names:
            self.unclear.add(name)
            self.now.pop(name, None)


class _Plan:
    """One diagram, its learned tensors unflattened: calling it evaluates it."""

    def __init__(
        self,
        diagram: Diagram,
        buffers: _Buffers,
        sizes: Mapping[str, int],
        prefix: str,
        outer: tuple[Link, ...],
    ) -> None:
        self.diagram = diagram
        self.places: list[tuple[tuple[Link, ...], int, str]] = []  # what a call keeps, in order
        self.runs = [self._run(step, buffers, sizes, prefix, outer) for step in diagram.steps]

    def _run(
        self,
        step: Step,
        buffers: _Buffers,
        sizes: Mapping[str, int],
        prefix: str,
        outer: tuple[Link, ...],
    ) -> _Run:
        operation, name = step.operation, prefix + step.attribute
        made: _Run
        if isinstance(operation, Repeat):
            plans, places = [], []
            for link in _links(step, operation, sizes):
                assert link.index is not None
                inside = body_sizes(operation, sizes, link.index)
                part = f"{name}." if operation.share else f"{name}.{link.part}."
                plans.append(_Plan(operation.diagram, buffers, inside, part, (*outer, link)))
                places.append([at.evaluate(inside) for at in saved_at(operation)])
                self.places.extend(plans[-1].places)
            made = _Repeated(operation.carried, plans, places)
        elif isinstance(operation, (Save, Load)):
            at = operation.at.evaluate(sizes) if operation.at is not None else None
            made = _Memory(at)
        elif isinstance(operation, BlockCall):
            inside = inner_sizes(operation, sizes)
            plan = _Plan(operation.diagram, buffers, inside, name + ".", (*outer, Link(step)))
            self.places.extend(((*outer, Link(step)), -1 - i, "") for i in range(len(step.inputs)))
            self.places.extend(plan.places)
            made = _Lifted(step, sizes, lambda arguments: _through(plan, arguments), buffers, name)
        else:
            made = _Lifted(step, sizes, _base(step, buffers, sizes, name), buffers, name)
        for number, value in enumerate(step.outputs):
            if self._is_told(step, value):
                self.places.append(((*outer, Link(step)), number, self.diagram.values[value].name))
        return made

    def _is_told(self, step: Step, value: int) -> bool:
        """Whether a value is a moment: what is in memory, or comes from one place there, was told before."""
        if isinstance(step.operation, Load) and not self.diagram.values[step.inputs[0]].family:
            return False
        return not self.diagram.values[value].memory

    def __call__(self, inputs: Sequence[Kept]) -> tuple[tuple[Kept, ...], Tensors]:
        values: dict[int, Kept] = dict(zip(self.diagram.inputs, inputs, strict=True))
        kept: list[Tensor] = []
        for step, run in zip(self.diagram.steps, self.runs, strict=True):
            try:
                outputs, inner = run(tuple(values[number] for number in step.inputs))
            except LiftError as error:
                raise LiftError(f"{step.path} ({step.operation.name}): {error}") from None
            values.update(zip(step.outputs, outputs, strict=True))
            kept.extend(inner)
            for value, output in zip(step.outputs, outputs, strict=True):
                if self._is_told(step, value):
                    assert isinstance(output, Tensor)
                    kept.append(output)
        return tuple(values[number] for number in self.diagram.outputs), tuple(kept)

    def on_tensors(self, inputs: Tensors) -> tuple[Tensors, Tensors]:
        """The same as a base definition."""
        outputs, kept = self(inputs)
        return _tensors(outputs), kept


class _Run:
    """One step, ready to be applied."""

    def __call__(self, inputs: tuple[Kept, ...]) -> tuple[tuple[Kept, ...], Tensors]:
        raise NotImplementedError


class _Lifted(_Run):
    """An operation or block, by the rule."""

    def __init__(
        self, step: Step, sizes: Mapping[str, int], base: Base, buffers: _Buffers, name: str
    ) -> None:
        application = expand(step.application)
        self.base, self.buffers, self.name = base, buffers, name
        self.lift = Lift(application)
        self.made = [
            tuple(_extent(axis, sizes) for axis in application.made_axes(number))
            for number in range(len(application.outputs))
        ]

    def __call__(self, inputs: tuple[Kept, ...]) -> tuple[tuple[Kept, ...], Tensors]:
        tensors = _tensors(inputs)
        result = self.lift(self.base, tensors, self.made)
        if self.lift.count(tensors) > 1 and self.buffers.training:
            self.buffers.forget(name for name in self.buffers.parameters if name.startswith(self.name + "."))
        return result


class _Memory(_Run):
    """What is saved and loaded is the tensor itself."""

    def __init__(self, at: int | None) -> None:
        self.at = at

    def __call__(self, inputs: tuple[Kept, ...]) -> tuple[tuple[Kept, ...], Tensors]:
        (value,) = inputs
        if isinstance(value, dict):
            if self.at not in value:
                saved = ", ".join(map(str, value))
                raise LiftError(f"nothing was saved at index {self.at}, but at {saved}")
            return (value[self.at],), ()
        return (value,), ()


class _Repeated(_Run):
    """The iterations one after the other; what they save is kept by index."""

    def __init__(self, carried: int, plans: Sequence[_Plan], places: Sequence[Sequence[int]]) -> None:
        self.carried, self.plans, self.places = carried, plans, places

    def __call__(self, inputs: tuple[Kept, ...]) -> tuple[tuple[Kept, ...], Tensors]:
        state, constants = inputs[: self.carried], inputs[self.carried :]
        saved: list[dict[int, Tensor]] = [{} for _ in self.places[0]]
        kept: list[Tensor] = []
        for plan, places in zip(self.plans, self.places, strict=True):
            outputs, inner = plan((*state, *constants))
            state = outputs[: self.carried]
            tensors = _tensors(outputs[self.carried :])
            for memory, place, tensor in zip(saved, places, tensors, strict=True):
                memory[place] = tensor
            kept.extend(inner)
        return (*state, *saved), tuple(kept)


def _through(plan: _Plan, arguments: Tensors) -> tuple[Tensors, Tensors]:
    outputs, kept = plan.on_tensors(arguments)
    return outputs, (*arguments, *kept)


def _tensors(values: Sequence[Kept]) -> Tensors:
    found = tuple(value for value in values if isinstance(value, Tensor))
    assert len(found) == len(values)
    return found


def _moments(plan: _Plan, kept: Tensors) -> tuple[Moment, ...]:
    return tuple(Moment(*place, tensor) for place, tensor in zip(plan.places, kept, strict=True))


def _links(step: Step, repeat: Repeat, sizes: Mapping[str, int]) -> list[Link]:
    return [
        Link(step, -1 if repeat.share else number, index)
        for number, index in enumerate(iterations(repeat, sizes))
    ]


def _joined(name: str, parameter: Parameter) -> str:
    return f"{name}.{parameter.name}" if parameter.name else name


def _base(step: Step, buffers: _Buffers, sizes: Mapping[str, int], name: str) -> Base:
    operation, application = step.operation, expand(step.application)
    entries = operation.parameters(application)
    shapes = {entry.name: [_extent(axis, sizes) for axis in entry.axes] for entry in entries}
    fixed = {
        entry.name: buffers.parameters[_joined(name, entry)].reshape(shapes[entry.name]) for entry in entries
    }
    kept = [entry for entry in entries if entry.buffer]
    if not buffers.training or not trains_otherwise(operation):
        return lambda arguments: (tuple(operation.base(arguments, fixed, sizes, application)), ())

    def base(arguments: Tensors) -> tuple[Tensors, Tensors]:
        now = {entry.name: buffers.get(_joined(name, entry)).reshape(shapes[entry.name]) for entry in kept}
        made = tuple(operation.training_base(arguments, {**fixed, **now}, sizes, application))
        outputs, updates = made[: len(application.outputs)], made[len(application.outputs) :]
        if len(updates) != len(kept):
            raise LiftError(f"in training mode it gives {len(updates)} buffers, expected {len(kept)}")
        for entry, value in zip(kept, updates, strict=True):
            full = _joined(name, entry)
            buffers.update(full, torch.as_tensor(value).reshape(buffers.parameters[full].shape))
        return outputs, ()

    return base


def trains_otherwise(operation: Operation) -> bool:
    """Whether an operation has another definition in training mode."""
    return type(operation).training_base is not Operation.training_base


def _extent(axis: Axis, sizes: Mapping[str, int]) -> int:
    return prod(size.evaluate(sizes) for size in axis.sizes)


def _split(items: Sequence[int], counts: Sequence[int]) -> list[Sequence[int]]:
    ends = [sum(counts[: number + 1]) for number in range(len(counts))]
    return [items[end - count : end] for end, count in zip(ends, counts, strict=True)]


__all__ = ["Evaluation", "Learned", "Link", "Moment", "evaluate", "learned", "trains_otherwise"]

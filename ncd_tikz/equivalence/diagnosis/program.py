"""A diagram as one list of steps: blocks opened, iterations written out, each run by its PyTorch source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Union

import torch
from torch import Tensor

from ncd_tikz.axes import Application, Axis
from ncd_tikz.axes import Tensor as TensorType
from ncd_tikz.diagram import BlockCall, Diagram, Load, Repeat, Save, Step, expand
from ncd_tikz.diagram.saves import saved_at
from ncd_tikz.equivalence.diagnosis.compiled import Compiled, Writing, glue, write
from ncd_tikz.equivalence.evaluate import Link
from ncd_tikz.equivalence.sizes import body_sizes, inner_sizes, iterations
from ncd_tikz.operations import Operation
from ncd_tikz.operations.arranging import aligned

Kept = Union[int, "dict[int, int]"]  # a slot, or the slots that a repetition saved, by index
Room = tuple[tuple[int, int], ...]  # where values are visible together: the steps and iterations around


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A value: where it is made, its axes, their sizes; axes in front that it may have are not told."""

    number: int
    name: str
    tensor: TensorType
    shape: tuple[int, ...]
    room: Room
    node: int  # that makes it; -1: an input
    lacking: bool  # no input reaches it


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A step; without `operation` an input or output of a block, its axes brought in line."""

    number: int
    room: Room  # where its outputs are visible
    links: tuple[Link, ...]
    operation: Operation | None
    application: Application | None
    diagram: Diagram
    sizes: Mapping[str, int]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    parameters: tuple[str, ...]  # by their names in the lifted meaning
    writing: Writing
    end: str = ""  # of a block: "in 0" for its first input, "out 0" for its first output

    @property
    def name(self) -> str:
        """What its operation is called."""
        operation = self.step.operation
        return operation.diagram.name if isinstance(operation, BlockCall) else operation.name

    @property
    def step(self) -> Step:
        """The step itself."""
        return self.links[-1].step

    @property
    def path(self) -> tuple[int | str, ...]:
        """The same for all iterations of the repetitions around."""
        return (*(id(link.step) for link in self.links), self.end)

    @property
    def kind(self) -> tuple[int, str]:
        """The same for all calls of the block around, too."""
        return id(self.step), self.end


@dataclass(slots=True, eq=False)
class Loop:
    """A repetition: for each iteration its nodes, and the slots of the state before and after it."""

    links: tuple[Link, ...]
    repeat: Repeat
    nodes: list[range] = field(default_factory=list)
    states: list[tuple[int, ...]] = field(default_factory=list)  # one more than iterations
    prefixes: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Program:
    """All steps of a diagram in order, and the values between them."""

    training: bool
    slots: list[Slot] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    rooms: dict[Room, tuple[Diagram, dict[int, Kept]]] = field(default_factory=dict)
    inputs: tuple[int, ...] = ()
    outputs: tuple[int, ...] = ()
    compiled: dict[object, Compiled] = field(default_factory=dict)

    def runner(self, node: Node) -> Compiled:
        """The function of a step, made once."""
        if node.number not in self.compiled:
            self.compiled[node.number] = Compiled(node.writing, self.training)
        return self.compiled[node.number]

    def run(self, inputs: Sequence[Tensor], parameters: Mapping[str, Tensor]) -> list[Tensor]:
        """Every value, by its slot."""
        values: list[Tensor] = [torch.empty(0)] * len(self.slots)
        for slot, tensor in zip(self.inputs, inputs, strict=True):
            values[slot] = tensor
        like = like_of(inputs)
        for node in self.nodes:
            made = self.runner(node)(
                [values[slot] for slot in node.inputs], [parameters[name] for name in node.parameters], like
            )
            for slot, tensor in zip(node.outputs, made, strict=True):
                values[slot] = tensor
        return values


def flatten(diagram: Diagram, sizes: Mapping[str, int], training: bool = False) -> Program:
    """The program of a diagram with these sizes."""
    flat = _Flat(Program(training))
    given = [diagram.values[value] for value in diagram.inputs]
    taken = [flat.slot(value.name, value.tensor, sizes, (), -1, False) for value in given]
    flat.program.inputs = tuple(taken)
    made = flat.steps(diagram, sizes, taken, "", ())
    flat.program.outputs = tuple(slot for slot in made if isinstance(slot, int))
    return flat.program


class _Flat:
    def __init__(self, program: Program) -> None:
        self.program = program

    def slot(
        self,
        name: str,
        tensor: TensorType,
        sizes: Mapping[str, int],
        room: Room,
        node: int,
        lacking: bool,
    ) -> int:
        number = len(self.program.slots)
        shape = tuple(extent(axis, sizes) for axis in tensor.axes)
        self.program.slots.append(Slot(number, name, tensor, shape, room, node, lacking))
        return number

    def steps(
        self,
        diagram: Diagram,
        sizes: Mapping[str, int],
        inputs: Sequence[Kept],
        prefix: str,
        outer: tuple[Link, ...],
    ) -> list[Kept]:
        values: dict[int, Kept] = dict(zip(diagram.inputs, inputs, strict=True))
        self.program.rooms[room_of(outer)] = (diagram, values)
        for step in diagram.steps:
            taken = [values[value] for value in step.inputs]
            operation, name = step.operation, prefix + step.attribute
            made: Sequence[Kept]
            if isinstance(operation, Repeat):
                made = self.repeat(step, operation, sizes, taken, name, outer)
            elif isinstance(operation, Load) and isinstance(taken[0], dict):
                assert operation.at is not None
                made = [taken[0][operation.at.evaluate(sizes)]]
            elif isinstance(operation, (Save, Load)):
                made = taken
            elif isinstance(operation, BlockCall):
                made = self.block(step, operation, diagram, sizes, _slots(taken), name, outer)
            else:
                made = self.step(step, diagram, sizes, _slots(taken), name, outer)
            values.update(zip(step.outputs, made, strict=True))
        return [values[value] for value in diagram.outputs]

    def step(
        self,
        step: Step,
        diagram: Diagram,
        sizes: Mapping[str, int],
        taken: tuple[int, ...],
        name: str,
        outer: tuple[Link, ...],
    ) -> list[int]:
        operation = step.operation
        flags = tuple(self.program.slots[slot].lacking for slot in taken)
        writing = write(operation, step.application, sizes, flags)
        learned = tuple(f"{name}.{part}" if part else name for part, _ in writing.learned)
        number, room = len(self.program.nodes), room_of(outer)
        made = [
            self.slot(diagram.values[value].name, tensor, sizes, room, number, all(flags))
            for value, tensor in zip(step.outputs, step.application.results, strict=True)
        ]
        links = (*outer, Link(step))
        application = step.application
        self.program.nodes.append(
            Node(
                number,
                room,
                links,
                operation,
                application,
                diagram,
                sizes,
                taken,
                tuple(made),
                learned,
                writing,
            )
        )
        return made

    def block(
        self,
        step: Step,
        call: BlockCall,
        diagram: Diagram,
        sizes: Mapping[str, int],
        taken: tuple[int, ...],
        name: str,
        outer: tuple[Link, ...],
    ) -> list[int]:
        """A block's steps, axes in front that some inputs lack made first, and taken away after."""
        application = expand(step.application)
        own = [len(positions) for positions in application.own]
        fronts = [
            tensor.names[: len(tensor.axes) - count]
            for tensor, count in zip(application.inputs, own, strict=True)
        ]
        longest = max(fronts, key=len, default=())
        links, inside = (*outer, Link(step)), inner_sizes(call, sizes)
        room, given = room_of(links), list[Kept]()
        for place, (slot, front, count, value) in enumerate(
            zip(taken, fronts, own, call.diagram.inputs, strict=True)
        ):
            code = aligned("a0", [*front, *range(count)], [*longest, *range(count)])
            inner = call.diagram.values[value]
            made_here = self.slot_of_node(inner.name, inner.tensor, inside, room, slot)
            end = f"in {place}"
            self.bring(code, slot, made_here, room, links, call.diagram, inside, end)
            given.append(made_here)
        made = _slots(self.steps(call.diagram, inside, given, name + ".", links))
        found, room = [], room_of(outer)
        results = step.application.results
        for place, (slot, output, value, tensor) in enumerate(
            zip(made, application.outputs, step.outputs, results, strict=True)
        ):
            code, names = "a0", list(longest)
            present = {out.axis.name for out in output if out.sources}
            count = sum(1 for out in output if not out.sources)
            for axis in [each for each in longest if each not in present]:
                code += f".squeeze({names.index(axis) - len(names) - count})"
                names.remove(axis)
            here = self.slot_of_node(diagram.values[value].name, tensor, sizes, room, slot)
            self.bring(code, slot, here, room, links, diagram, sizes, f"out {place}")
            found.append(here)
        return found

    def slot_of_node(
        self, name: str, tensor: TensorType, sizes: Mapping[str, int], room: Room, source: int
    ) -> int:
        """A value that the next node makes."""
        lacking = self.program.slots[source].lacking
        return self.slot(name, tensor, sizes, room, len(self.program.nodes), lacking)

    def bring(
        self,
        code: str,
        slot: int,
        made: int,
        room: Room,
        links: tuple[Link, ...],
        diagram: Diagram,
        sizes: Mapping[str, int],
        end: str,
    ) -> None:
        """The value as another diagram wants it."""
        number, writing = len(self.program.nodes), glue(code, 1)
        self.program.nodes.append(
            Node(number, room, links, None, None, diagram, sizes, (slot,), (made,), (), writing, end)
        )

    def repeat(
        self,
        step: Step,
        repeat: Repeat,
        sizes: Mapping[str, int],
        taken: list[Kept],
        name: str,
        outer: tuple[Link, ...],
    ) -> list[Kept]:
        state, constants = taken[: repeat.carried], taken[repeat.carried :]
        saved: list[dict[int, int]] = [{} for _ in saved_at(repeat)]
        loop = Loop((*outer, Link(step)), repeat)
        self.program.loops.append(loop)
        loop.states.append(_slots(state))
        for number, index in enumerate(iterations(repeat, sizes)):
            inside = body_sizes(repeat, sizes, index)
            part = f"{name}." if repeat.share else f"{name}.{number}."
            link = Link(step, -1 if repeat.share else number, index)
            first = len(self.program.nodes)
            outputs = self.steps(repeat.diagram, inside, [*state, *constants], part, (*outer, link))
            state = outputs[: repeat.carried]
            for memory, at, slot in zip(saved, saved_at(repeat), outputs[repeat.carried :], strict=True):
                assert isinstance(slot, int)
                memory[at.evaluate(inside)] = slot
            loop.nodes.append(range(first, len(self.program.nodes)))
            loop.states.append(_slots(state))
            loop.prefixes.append(part)
        return [*state, *saved]


def like_of(inputs: Sequence[Tensor]) -> Tensor:
    """A real tensor at hand: what is made of nothing has its type."""
    return next((x for x in inputs if x.is_floating_point()), torch.zeros((), dtype=torch.float64))


def extent(axis: Axis, sizes: Mapping[str, int]) -> int:
    """How many entries a value has along an axis, groups flattened."""
    return prod(size.evaluate(sizes) for size in axis.sizes)


def _slots(values: Sequence[Kept]) -> tuple[int, ...]:
    found = tuple(value for value in values if isinstance(value, int))
    assert len(found) == len(values)
    return found


def room_of(links: Sequence[Link]) -> Room:
    """Where the last of the steps' own values are visible."""
    return tuple((id(link.step), link.index or 0) for link in links)

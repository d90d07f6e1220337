"""A single change of a program, and what it computes then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from torch import Tensor

from ncd_tikz.equivalence.diagnosis.compiled import Tensors
from ncd_tikz.equivalence.diagnosis.program import Node, Program, like_of
from ncd_tikz.equivalence.evaluate import Link

Run = Callable[[Sequence[Tensor], Sequence[Tensor], Tensor], Tensors]  # as a `Compiled` step
Of = Callable[[Mapping[str, Tensor]], Tensor]  # a parameter, made from all of them
After = Callable[[Tensor, Sequence[Tensor], "Runs"], Tensor]  # a value as it is made, and all values


@dataclass(frozen=True, slots=True)
class Edit:
    """What is changed: steps, what they read, parameters, values after they are made."""

    runs: Mapping[int, Run] = field(default_factory=dict)  # by the step's number
    reads: Mapping[tuple[int, int], int] = field(default_factory=dict)  # step and place -> slot
    takes: Mapping[int, int] = field(default_factory=dict)  # slot -> an earlier one whose value it has
    after: Mapping[int, After] = field(default_factory=dict)  # by slot
    parameters: Mapping[str, Of] = field(default_factory=dict)

    def __or__(self, other: Edit) -> Edit:
        return Edit(
            {**self.runs, **other.runs},
            {**self.reads, **other.reads},
            {**self.takes, **other.takes},
            {**self.after, **other.after},
            {**self.parameters, **other.parameters},
        )


@dataclass(frozen=True, slots=True)
class Change:
    """A way in which theirs may differ: what it is called, at which step, and its edit there.

    `at` gives the edit for this step, or for another one of the same step in the spec (a further
    iteration, a further call of its block); None where it does not apply.
    """

    rule: str
    words: str
    remedy: str
    node: Node
    at: Callable[[Node], Edit | None]
    weight: float = 1.0  # the smaller, the sooner it is tried
    axis: str = ""
    parameter: str = ""
    spreads: bool = True  # tried for all nodes of the same step at once, too
    links: tuple[Link, ...] = ()  # the step to be named, where it is not the node's

    def lighter(self, by: float) -> Change:
        """The same, tried sooner."""
        return replace(self, weight=self.weight - by)


class Runs:
    """A program on given inputs and parameters, its values known; changes are run from where they matter."""

    def __init__(
        self,
        program: Program,
        inputs: Sequence[Tensor],
        parameters: Mapping[str, Tensor],
        base: Edit | None = None,
    ) -> None:
        """
        Args:
            base: a change that is made to begin with; further ones come on top of it.
        """
        self.program, self.inputs, self.parameters = program, tuple(inputs), dict(parameters)
        self.like = like_of(inputs)
        self.base = Edit()
        self.values = program.run(inputs, parameters)
        if base is not None:
            self.values, self.base = self.changed(base), base

    @property
    def outputs(self) -> Tensors:
        """What the program computes as it is."""
        return tuple(self.values[slot] for slot in self.program.outputs)

    def apply(self, node: Node, inputs: Sequence[Tensor]) -> Tensors:
        """A step as it is, on other inputs."""
        return self.program.runner(node)(
            inputs, [self.parameters[name] for name in node.parameters], self.like
        )

    def step(self, edit: Edit, node: Node) -> Tensors:
        """What one step makes after a change of it, before anything else has changed."""
        edit = self.base | edit
        values = list(self.values)
        made = self._run(node, edit, values)
        for slot, tensor in zip(node.outputs, made, strict=True):
            values[slot] = tensor
        return tuple(self._finished(slot, edit, values) for slot in node.outputs)

    def changed(self, more: Edit) -> list[Tensor]:
        """All values after a change: what it does not reach is not run again."""
        edit, values, dirty = self.base | more, list(self.values), set[int]()
        touched = {number for number, _ in more.reads} | set(more.runs)
        for node in self.program.nodes:
            again = (
                node.number in touched
                or any(slot in dirty for slot in node.inputs)
                or any(name in more.parameters for name in node.parameters)
                or any(
                    slot in more.takes or slot in more.after or edit.takes.get(slot, -1) in dirty
                    for slot in node.outputs
                )
                or (bool(dirty) and any(slot in edit.after for slot in node.outputs))
            )
            if again:
                self._put(node, edit, values)
                dirty.update(node.outputs)
        return values

    def _put(self, node: Node, edit: Edit, values: list[Tensor]) -> None:
        made = self._run(node, edit, values)
        for slot, tensor in zip(node.outputs, made, strict=True):
            values[slot] = tensor
        for slot in node.outputs:
            values[slot] = self._finished(slot, edit, values)

    def anew(self, edit: Edit) -> list[Tensor]:
        """The same with everything run again: gradients flow through all of it."""
        values = list(self.values)
        for slot, tensor in zip(self.program.inputs, self.inputs, strict=True):
            values[slot] = tensor
        for node in self.program.nodes:
            self._put(node, self.base | edit, values)
        return values

    def results(self, values: Sequence[Tensor]) -> Tensors:
        """The outputs among all values."""
        return tuple(values[slot] for slot in self.program.outputs)

    def _finished(self, slot: int, edit: Edit, values: Sequence[Tensor]) -> Tensor:
        value = values[edit.takes[slot]] if slot in edit.takes else values[slot]
        return edit.after[slot](value, values, self) if slot in edit.after else value

    def _run(self, node: Node, edit: Edit, values: Sequence[Tensor]) -> Tensors:
        inputs = [
            values[edit.reads.get((node.number, place), slot)] for place, slot in enumerate(node.inputs)
        ]
        parameters = [
            edit.parameters[name](self.parameters) if name in edit.parameters else self.parameters[name]
            for name in node.parameters
        ]
        run = edit.runs.get(node.number)
        if run is not None:
            return run(inputs, parameters, self.like)
        return self.program.runner(node)(inputs, parameters, self.like)

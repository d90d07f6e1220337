"""Where gradients are lost or scaled although all values agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ncd_tikz.equivalence.case import Case, pull_back
from ncd_tikz.equivalence.diagnosis.change import Edit, Of, Run, Runs
from ncd_tikz.equivalence.diagnosis.clock import Clock
from ncd_tikz.equivalence.diagnosis.locate import Sightings
from ncd_tikz.equivalence.diagnosis.program import Node, Program

Gradients = tuple["Tensor | None", ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """Where a gradient is cut: at a step, at what it takes (`place`), or at one of its parameters."""

    node: Node
    what: str
    edit: Edit
    line: str = ""


class Cuts:
    """Where the graph of gradients may be cut so that they become theirs.

    Args:
        names: of the leaves: inputs, and our learned tensors.
        theirs: the gradients of theirs, leaf by leaf.
    """

    def __init__(
        self, case: Case, runs: Runs, sightings: Sightings, names: Sequence[str], theirs: Gradients
    ) -> None:
        self.case, self.runs, self.program, self.sightings = case, runs, runs.program, sightings
        self.names, self.theirs = names, theirs
        self.near = 1e-3 if sightings.watched.single else 1e-6
        self.ours = self._of(Edit())
        self.wrong = {
            name: how(one, two)
            for name, one, two in zip(names, self.ours, theirs, strict=True)
            if not same(one, two, self.near)
        }

    def find(self, clock: Clock) -> Lost | None:
        """The first cut that gives theirs: those that are seen in their code before others."""
        candidates = sorted(self._candidates(), key=lambda lost: not lost.line)
        for lost in candidates:
            if clock.is_out():
                return None
            gradients = self._of(lost.edit)
            if all(same(*pair, self.near) for pair in zip(gradients, self.theirs, strict=True)):
                return lost
        return None

    def held(self) -> Node | None:
        """The first step of those that have the tensors whose gradients differ, where no value is cut off.

        That is so where the gradients of all else agree, or of all that comes into that step.
        """
        wrong, above = set(self.wrong), _above(self.program, self.names, self.case)
        nodes = [node for node in self.program.nodes if wrong & set(node.parameters)]
        for node in nodes[:1]:
            known = set[str]().union(*(above[slot] for slot in node.inputs))
            if wrong <= set(node.parameters) or (known and not known & wrong):
                return node
        return None

    def _of(self, edit: Edit) -> Gradients:
        case = self.case
        leaves = [tensor for tensor in (*case.inputs, *case.parameters.values()) if tensor.requires_grad]
        with torch.enable_grad():
            values = self.runs.anew(edit)
            outputs = self.runs.results(values)
            expected = self.case.evaluation.outputs
            outputs = tuple(out.expand(y.shape) for out, y in zip(outputs, expected, strict=True))
            return pull_back(outputs, leaves, case.cotangents)

    def _candidates(self) -> Iterator[Lost]:
        """Every value, where it is made and taken, and every parameter.

        In all iterations alike first, then in one of them, then in all calls of a block.
        """
        wrong, above = set(self.wrong), _above(self.program, self.names, self.case)
        seen = self._seen()
        groups: dict[tuple[int | str, ...], list[Node]] = {}
        for node in self.program.nodes:
            groups.setdefault(node.path, []).append(node)
        for group in groups.values():
            for nodes in (group, *([[each] for each in group] if len(group) > 1 else ())):
                yield from self._cuts(nodes, wrong, above, seen)
        calls: dict[tuple[int, str], list[Node]] = {}
        for node in self.program.nodes:
            calls.setdefault(node.kind, []).append(node)
        for nodes in calls.values():
            if len({node.path for node in nodes}) > 1:
                yield from self._cuts(nodes, wrong, above, seen)

    def _seen(self) -> dict[int, str]:
        """The values that their code takes without a graph, and the lines where it does."""
        seen: dict[int, str] = {}
        for record in self.sightings.watched.cut_off:
            for slot in self.sightings.slots_of(record):
                seen.setdefault(slot, record.place)
        return seen

    def _cuts(
        self, nodes: Sequence[Node], wrong: set[str], above: Sequence[set[str]], seen: Mapping[int, str]
    ) -> Iterator[Lost]:
        first = nodes[0]
        for place, slot in enumerate(first.inputs):
            reached = set[str]().union(*(above[node.inputs[place]] for node in nodes))
            if reached >= wrong and self.program.slots[slot].tensor.kind == "real":
                name = self.program.slots[slot].name
                edit = Edit(runs={node.number: _cut(self.program, node, place) for node in nodes})
                line = next((seen[node.inputs[place]] for node in nodes if node.inputs[place] in seen), "")
                yield Lost(first, f"{name!r} is cut off where it is taken", edit, line)
        for place, name in enumerate(first.parameters):
            names = {node.parameters[place] for node in nodes}
            if names >= wrong:
                edit = Edit(parameters={each: _detached(each) for each in names})
                yield Lost(first, f"{name!r} is cut off", edit)
        for place, slot in enumerate(first.outputs):
            slots = [node.outputs[place] for node in nodes]
            reached = set[str]().union(*(above[each] for each in slots))
            if reached >= wrong and self.program.slots[slot].tensor.kind == "real":
                name = self.program.slots[slot].name
                edit = Edit(after={each: lambda value, *_: value.detach() for each in slots})
                line = next((seen[each] for each in slots if each in seen), "")
                yield Lost(first, f"{name!r} is cut off after it is made", edit, line)


def same(ours: Tensor | None, theirs: Tensor | None, near: float = 1e-6) -> bool:
    """Whether two gradients agree; none is zero."""
    if ours is None or theirs is None:
        known = theirs if ours is None else ours
        return known is None or not bool((known != 0).any())
    if not ours.numel():
        return True
    size = max(float(ours.abs().max()), 1e-6)
    return float((ours - theirs.reshape(ours.shape)).abs().max()) <= near * size


def how(ours: Tensor | None, theirs: Tensor | None) -> str:
    """How a gradient differs."""
    if theirs is None or not bool((theirs != 0).any()):
        return "none"
    if ours is None or not bool((ours != 0).any()):
        return "one, where the diagram has none,"
    one, two = ours.detach().reshape(-1), theirs.detach().reshape(-1)
    factor = float((one * two).sum() / (one * one).sum())
    return f"{factor:.6g} times its gradient" if same(ours * factor, theirs) else "another gradient"


def _above(program: Program, names: Sequence[str], case: Case) -> list[set[str]]:
    """For each value the leaves that it is made of."""
    known = set(names)
    above: list[set[str]] = [set() for _ in program.slots]
    for slot, value in zip(program.inputs, case.diagram.inputs, strict=True):
        above[slot] = {case.diagram.values[value].name} & known
    for node in program.nodes:
        whole = set(node.parameters) & known
        for slot in node.inputs:
            whole |= above[slot]
        for slot in node.outputs:
            above[slot] = whole
    return above


def _detached(name: str) -> Of:
    return lambda values: values[name].detach()


def _cut(program: Program, node: Node, place: int) -> Run:
    def run(inputs: Sequence[Tensor], parameters: Sequence[Tensor], like: Tensor) -> tuple[Tensor, ...]:
        given = [each.detach() if i == place else each for i, each in enumerate(inputs)]
        return program.runner(node)(given, parameters, like)

    return run

"""Blocks that are left out, used twice, or taken for another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from torch import Tensor

from ncd_tikz.equivalence.diagnosis.change import Change, Edit, Runs
from ncd_tikz.equivalence.diagnosis.program import Node, Program


def by_block(program: Program, node: Node) -> Iterator[Change]:
    """At an output of a block: the block left out, used twice, another block in its place."""
    if not node.end.startswith("out"):
        return
    inputs = _ends(program, node, "in")
    made = program.slots[node.outputs[0]]
    for end in inputs:
        taken = program.slots[end.inputs[0]]
        if taken.shape == made.shape and taken.tensor.kind == made.tensor.kind:
            yield _left_out(program, node, end)
            if len(inputs) == 1:
                yield _twice(program, node, end)
    shapes = [program.slots[end.inputs[0]].shape for end in inputs]
    seen = set()
    for other in program.nodes:
        if not other.end.startswith("out") or other.kind in seen or other.kind == node.kind:
            continue
        ends = _ends(program, other, "in")
        alike = program.slots[other.outputs[0]].shape == made.shape
        theirs = [program.slots[end.inputs[0]].shape for end in ends]
        if alike and theirs == shapes:
            seen.add(other.kind)
            yield _other(program, node, other, 0)
        elif alike and len({*theirs, *shapes}) == 1:
            seen.add(other.kind)
            yield _other(program, node, other, 1)


def _ends(program: Program, node: Node, end: str) -> list[Node]:
    """The inputs of the block that an output belongs to."""
    links = [(id(link.step), link.index) for link in node.links]
    return [
        each
        for each in program.nodes
        if each.end.startswith(end) and [(id(link.step), link.index) for link in each.links] == links
    ]


def _left_out(program: Program, node: Node, end: Node) -> Change:
    def at(each: Node) -> Edit | None:
        ends = [one for one in _ends(program, each, "in") if one.end == end.end]
        return Edit(takes={each.outputs[0]: ends[0].inputs[0]}) if ends else None

    words = f"their code leaves out the block {node.name}"
    return Change("skipped", words, f"call {node.name}", node, at, 0.9)


def _twice(program: Program, node: Node, end: Node) -> Change:
    def at(each: Node) -> Edit | None:
        ends = [one for one in _ends(program, each, "in") if one.end == end.end]

        def again(value: Tensor, values: Sequence[Tensor], runs: Runs) -> Tensor:
            given = runs.apply(ends[0], [value])
            return through(program, each, {ends[0].outputs[0]: given[0]}, values, runs)

        return Edit(after={each.outputs[0]: again}) if ends else None

    words = f"their code uses the block {node.name} twice"
    return Change("doubled", words, f"call {node.name} once", node, at, 1.2)


def _other(program: Program, node: Node, other: Node, rank: int) -> Change:
    def at(each: Node) -> Edit | None:
        mine, theirs = _ends(program, each, "in"), _ends(program, other, "in")

        def instead(value: Tensor, values: Sequence[Tensor], runs: Runs) -> Tensor:
            given = {
                end.outputs[0]: runs.apply(end, [values[mine[min(place, len(mine) - 1)].inputs[0]]])[0]
                for place, end in enumerate(theirs)
            }
            return through(program, other, given, values, runs)

        return Edit(after={each.outputs[0]: instead})

    name = other.links[-1].step.attribute
    words = f"their code uses {name!r} where the diagram uses {node.links[-1].step.attribute!r}"
    remedy = f"call {node.links[-1].step.attribute!r} there"
    return Change("replaced", words, remedy, node, at, 1.3 + 0.1 * rank)


def through(
    program: Program, node: Node, given: Mapping[int, Tensor], values: Sequence[Tensor], runs: Runs
) -> Tensor:
    """What the block of an output makes of other inputs."""
    made = dict(enumerate(values)) | dict(given)
    inside = [(id(link.step), link.index) for link in node.links]
    for each in program.nodes[: node.number]:
        links = [(id(link.step), link.index) for link in each.links]
        if len(links) > len(inside) and links[: len(inside)] == inside:
            outputs = runs.apply(each, [made[slot] for slot in each.inputs])
            made.update(zip(each.outputs, outputs, strict=True))
    return runs.apply(node, [made[slot] for slot in node.inputs])[0]

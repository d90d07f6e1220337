"""The steps of a spec, by what they are: independent of where they stand."""

from __future__ import annotations

from collections.abc import Iterator

from ncd_tikz.diagram import BlockCall, Diagram, Repeat, Step


def select(diagram: Diagram, words: str) -> frozenset[str]:
    """The paths of the steps that the words describe, each as its own last part.

    `attention: softmax, scale s` are, in the block called attention, the softmaxes and the scales that
    make s (or are labelled so); without a block's name, steps of the spec itself and of its repetitions.
    Several descriptions are parted by `;`.

    Raises:
        LookupError: a description fits no step.
    """
    found: set[str] = set()
    steps = list(_steps(diagram, ""))
    for part in words.split(";"):
        block, _, described = part.rpartition(":")
        for each in described.split(","):
            operation, _, name = each.strip().partition(" ")
            fits = [
                step.path
                for inside, around, step in steps
                if inside == block.strip()
                and _is_called(step, operation)
                and _makes(step, around, name.strip())
            ]
            if not fits:
                raise LookupError(f"{diagram.name} has no {each.strip()!r} in {block.strip() or 'itself'}")
            found.update(fits)
    return frozenset(found)


def _steps(diagram: Diagram, inside: str) -> Iterator[tuple[str, Diagram, Step]]:
    for step in diagram.steps:
        yield inside, diagram, step
        if isinstance(step.operation, BlockCall):
            yield from _steps(step.operation.diagram, step.operation.diagram.name)
        elif isinstance(step.operation, Repeat):
            yield from _steps(step.operation.diagram, inside)


def _is_called(step: Step, operation: str) -> bool:
    if isinstance(step.operation, BlockCall):
        return step.operation.diagram.name == operation
    return step.operation.name == operation


def _makes(step: Step, around: Diagram, name: str) -> bool:
    made = {around.values[number].name for number in step.outputs}
    return not name or name in made or name == step.label or name == step.attribute

"""Which values have the axes that may stand in front of a module's inputs: what an input reaches."""

from __future__ import annotations

from collections.abc import Sequence

from ncd_tikz.diagram import BlockCall, Diagram, Repeat, Step

Flags = tuple[bool, ...]


def unbatched(diagram: Diagram, inputs: Sequence[bool] = ()) -> Flags:
    """For each value whether it may lack the axes in front, since none of the inputs reaches it.

    Args:
        diagram: what the values belong to.
        inputs: which of its inputs may lack them; none where it is left out.
    """
    lacking = [False] * len(diagram.values)
    for place, value in enumerate(diagram.inputs):
        lacking[value] = bool(inputs) and inputs[place]
    for step in diagram.steps:
        for value, flag in zip(
            step.outputs, _made(step, tuple(lacking[v] for v in step.inputs)), strict=True
        ):
            lacking[value] = flag
    return tuple(lacking)


def body_inputs(repeat: Repeat, given: Flags) -> Flags:
    """Which inputs of a repetition's body may lack the axes in front, in some iteration."""
    while True:
        made = _outputs(repeat.diagram, given)
        later = tuple(flag or (place < repeat.carried and made[place]) for place, flag in enumerate(given))
        if later == given:
            return given
        given = later


def _made(step: Step, given: Flags) -> Flags:
    operation = step.operation
    if isinstance(operation, BlockCall):
        return _outputs(operation.diagram, given)
    if isinstance(operation, Repeat):
        return _outputs(operation.diagram, body_inputs(operation, given))
    return (all(given),) * len(step.outputs)


def _outputs(diagram: Diagram, given: Flags) -> Flags:
    lacking = unbatched(diagram, given)
    return tuple(lacking[value] for value in diagram.outputs)

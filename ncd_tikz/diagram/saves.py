"""What the iterations of a repetition leave in memory."""

from __future__ import annotations

from ncd_tikz.axes import Expression
from ncd_tikz.diagram.repeat import Repeat, Save


def saved_at(repeat: Repeat) -> tuple[Expression, ...]:
    """Under which index each of the families is saved, by an iteration."""
    body = repeat.diagram
    saves = {step.outputs[0]: step.operation for step in body.steps if isinstance(step.operation, Save)}
    found = (saves[value].at for value in body.outputs[repeat.carried :])
    return tuple(at for at in found if at is not None)

"""Where gradients part although all values agree."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from torch import Tensor

from ncd_tikz.diagram import Step
from ncd_tikz.equivalence.case import Case, pull_back, state_name
from ncd_tikz.equivalence.compare import compare
from ncd_tikz.equivalence.evaluate import Learned, Link
from ncd_tikz.equivalence.report import Comparison, Parting
from ncd_tikz.equivalence.trace import Event, link_parting, match

_WORDS = "the values agree, but it hands a wrong gradient to"


def find_gradient_parting(
    case: Case, outputs: Sequence[Tensor], events: Sequence[Event], wrong: Collection[str]
) -> Parting | None:
    """The last step whose outputs' gradients agree, while one that it hands on does not.

    Gradients run backwards, so this is where they part first. A value that several steps use says
    little about each of them, so those that only one step uses, and parameters, are asked first.

    Args:
        case: a draw without batch axes (with them, values are met before they are stacked).
        outputs: of the module.
        events: what its forward assigned.
        wrong: names of parameters whose gradients differ.
    """
    if case.batch:
        return None
    steps, compared = case.diagram.steps, _compare(case, outputs, events)
    sound = [
        step
        for step in reversed(steps)
        if all(compared[value].ok for value in step.outputs if value in compared)
    ]
    for step in sound:
        for entry in reversed(_learned(case, step)):
            if state_name(entry) in wrong:
                return link_parting(entry.links, state_name(entry), f"{_WORDS} {state_name(entry)!r}")
        found = _by_input(case, step, compared, shared=False)
        if found:
            return found
    partings = (_by_input(case, step, compared, shared=True) for step in sound)
    return next((parting for parting in partings if parting), None)


def _learned(case: Case, step: Step) -> list[Learned]:
    return [entry for entry in case.learned if entry.steps[0] is step]


def _by_input(case: Case, step: Step, compared: dict[int, Comparison], shared: bool) -> Parting | None:
    for value in step.inputs:
        users = sum(value in other.inputs for other in case.diagram.steps)
        if value in compared and not compared[value].ok and (users > 1) is shared:
            name = case.diagram.values[value].name
            more = f", which {users} steps use" if shared else ""
            what = f"{_WORDS} {name!r}{more}: {str(compared[value]).removeprefix(': ')}"
            return link_parting((Link(step),), name, what)
    return None


def _compare(case: Case, outputs: Sequence[Tensor], events: Sequence[Event]) -> dict[int, Comparison]:
    """The gradients of all values outside blocks; values without a gradient graph say nothing."""
    ours = dict(zip(case.diagram.inputs, case.inputs, strict=True))
    theirs = dict(ours)
    moments = case.evaluation.moments
    for moment, event in zip(moments, match(case.diagram, events, moments), strict=True):
        if len(moment.links) == 1 and moment.output >= 0 and event is not None:
            value = moment.steps[0].outputs[moment.output]
            ours[value], theirs[value] = moment.tensor, event.value
    return {
        value: compare(
            "",
            pull_back(outputs, [theirs[value]], case.cotangents)[0],
            pull_back(case.evaluation.outputs, [ours[value]], case.cotangents)[0],
        )
        for value in ours
        if ours[value].requires_grad and theirs[value].requires_grad
    }

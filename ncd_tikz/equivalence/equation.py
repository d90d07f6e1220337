"""Equations: sides joined by `=` compute the same from the same inputs and parameters."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from ncd_tikz.diagram import Diagram
from ncd_tikz.equivalence.case import Case, pull_back
from ncd_tikz.equivalence.cases import Cases
from ncd_tikz.equivalence.compare import compare
from ncd_tikz.equivalence.drawing import SizesError
from ncd_tikz.equivalence.evaluate import evaluate
from ncd_tikz.equivalence.generated import UNKNOWN
from ncd_tikz.equivalence.lift import LiftError
from ncd_tikz.equivalence.report import Comparison, Draw, Verdict
from ncd_tikz.equivalence.shrink import smallest_example
from ncd_tikz.equivalence.sides import Apart, arranged, input_names, inputs_of


def check_sides(diagram: Diagram, cases: Sequence[Cases], draws: int) -> list[Verdict]:
    """A verdict on every two neighbouring sides that are joined by `=`.

    Args:
        diagram: the first side, which holds the others.
        cases: of each side.
        draws: how many.
    """
    return [
        _check_pair(cases[number : number + 2], (f"side {number + 1}", f"side {number + 2}"), draws)
        for number, side in enumerate(diagram.equals)
        if side.relation.strip() == "="
    ]


def _check_pair(pair: Sequence[Cases], names: tuple[str, str], draws: int) -> Verdict:
    left, right = pair
    subject, done = " = ".join(names), list[Draw]()
    try:
        schedule = left.schedule(draws)
    except SizesError as error:
        return Verdict(subject, (), f"{UNKNOWN}: {error}", set_up=True)
    for number, batch, training in schedule:
        if training:
            continue
        try:
            one, other = left(number, batch), right(number, batch)
        except (LiftError, SizesError) as error:
            return Verdict(subject, tuple(done), f"{UNKNOWN}: {error}", set_up=True)
        try:
            done.append(Draw(one.shown, one.batch, compare_sides(one, other)))
        except Apart as error:
            return Verdict(subject, tuple(done), str(error))
        if not done[-1].ok:
            example = () if done[-1].undefined else smallest_example(left, right, names)
            return Verdict(subject, tuple(done), example=example)
    return Verdict(subject, tuple(done))


def compare_sides(one: Case, other: Case) -> tuple[Comparison, ...]:
    """Outputs, and gradients of the inputs and of the parameters that both have.

    The other side is evaluated anew, from the first one's inputs and parameters of the same names.
    """
    inputs = _by_name(one)
    parameters = share_parameters(one, other)
    taken = [inputs_of(other.diagram, inputs)[name] for name in input_names(other.diagram)]
    made = evaluate(other.diagram, taken, parameters, other.sizes, len(other.batch))
    outputs, expected = made.outputs, one.evaluation.outputs
    if len(outputs) != len(expected):
        raise Apart(f"one side has {len(expected)} outputs, the next one {len(outputs)}")
    names = [one.diagram.values[number].name for number in one.diagram.outputs]
    compared = [
        compare(f"output {name}", found, wanted)
        for name, found, wanted in zip(names, outputs, expected, strict=True)
    ]
    if any(comparison.words for comparison in compared):
        return tuple(compared)
    shared = {entry.name for entry in one.learned} & {entry.name for entry in other.learned}
    leaves = dict(one.leaves) | {
        name: tensor for name, tensor in one.parameters.items() if name in shared and tensor.requires_grad
    }
    pairs = zip(
        leaves,
        pull_back(outputs, list(leaves.values()), one.cotangents),
        pull_back(expected, list(leaves.values()), one.cotangents),
        strict=True,
    )
    return (*compared, *(compare(f"gradient of {name}", mine, wanted) for name, mine, wanted in pairs))


def share_parameters(one: Case, other: Case) -> dict[str, Tensor]:
    """The other side's parameters, those of the first side where it has them by the same name.

    Raises:
        Apart: two of one name have other axes.
    """
    known = {entry.name: entry for entry in one.learned}
    return {
        entry.name: arranged(one.parameters[entry.name], known[entry.name], entry, one.sizes)
        if entry.name in known
        else other.parameters[entry.name]
        for entry in other.learned
    }


def _by_name(case: Case) -> dict[str, Tensor]:
    return dict(zip(input_names(case.diagram), case.inputs, strict=True))

"""Where two specs part: the first step whose values differ, and the change that explains it."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from ncd_tikz.axes import Tensor as TensorType
from ncd_tikz.diagram import Diagram, Step
from ncd_tikz.diagram.alignment import Alignment
from ncd_tikz.diagram.changes import step_changes
from ncd_tikz.diagram.difference import Difference, StepDifference
from ncd_tikz.diagram.renaming import base, renamed_axes
from ncd_tikz.diagram.wording import learns, operation_of, said
from ncd_tikz.equivalence.compare import compare
from ncd_tikz.equivalence.counterparts import Counterparts, way_of
from ncd_tikz.equivalence.evaluate import Link, Moment
from ncd_tikz.equivalence.report import Parting


def parted(
    alignment: Alignment, counterparts: Counterparts, mine: Sequence[Moment], theirs: Sequence[Moment]
) -> Parting | None:
    """The first step, in the order of the right side, that gives other values than its counterpart."""
    known = {(way_of(moment.links), moment.output): moment for moment in mine if moment.output >= 0}
    for moment in theirs:
        if moment.output < 0:
            continue
        way = counterparts.of(moment.links)
        other = known.get((way, moment.output)) if way is not None else None
        place = counterparts.pair(moment.links)
        if other is None or place is None or place[1].left is None:
            continue
        around, pair = place
        types = [
            diagram.values[step.outputs[moment.output]].tensor
            for diagram, step in ((around.left, pair.left), (around.right, pair.right))
            if step is not None
        ]
        found = _placed(moment.tensor, types[1], types[0], renamed_axes(around))
        compared = compare(repr(moment.name), found, other.tensor)
        if compared.ok:
            continue
        size = compared.words or f"differs by {compared.error:.3g} (relative {compared.relative:.3g})"
        return _explained(counterparts, moment.links, f"{compared.what} {size}")
    return None


def _placed(tensor: Tensor, theirs: TensorType, mine: TensorType, words: dict[str, str]) -> Tensor:
    """The right value with its axes in the order of the left one, where they have the same ones."""
    names = [words.get(base(name), base(name)) + name[len(base(name)) :] for name in mine.names]
    if names == list(theirs.names) or sorted(names) != sorted(theirs.names):
        return tensor
    if any(axis.rank > 1 for axis in theirs.axes):
        return tensor
    front = tensor.dim() - len(names)
    return tensor.permute([*range(front), *(front + theirs.names.index(name) for name in names)])


def _explained(counterparts: Counterparts, links: Sequence[Link], words: str) -> Parting:
    """The step if it, or what it stands in, was changed; else what stands newly, or no longer, before it."""
    for depth in range(len(links), 0, -1):
        place = counterparts.pair(links[:depth])
        if place is None:
            continue
        around, pair = place
        step = links[depth - 1].step
        told = "; ".join(str(change) for change in step_changes(around, pair) if change.kind == "function")
        if told:
            return _parting(links[:depth], step, f"{told}; {words}")
        for which, diagram, at in (("B", around.right, pair.right), ("A", around.left, pair.left)):
            lone = {
                id(each.right if which == "B" else each.left)
                for each in around.pairs
                if each.left is None or each.right is None
            }
            found = _lone(diagram, at, lone) if at is not None else None
            if found is not None:
                text = f"only {which} has it: {said(diagram, found)}; behind it {words}"
                return _parting((*links[: depth - 1], Link(found)), found, text)
    return _parting(links, links[-1].step, words)


def _lone(diagram: Diagram, step: Step, lone: set[int]) -> Step | None:
    """The nearest step before this one that the other side has not."""
    makers = {value: each for each in diagram.steps for value in each.outputs}
    return next(
        (makers[value] for value in step.inputs if value in makers and id(makers[value]) in lone), None
    )


def changed_first(found: Difference) -> Parting | None:
    """The first step that is otherwise, where values cannot be compared."""
    for step in found.steps:
        if step.sign in "+-" or (step.sign == "~" and not step.only_names):
            return _told(step)
    return None


def _told(step: StepDifference) -> Parting:
    if step.right is not None and step.left is not None:
        words = "; ".join(str(change) for change in step.changes if change.kind == "function")
        return _parting((), step.right, words)
    if step.right is not None:
        return _parting((), step.right, f"only B has it: {said(step.right_home, step.right)}")
    assert step.left is not None
    return _parting((), step.left, f"only A has it: {said(step.left_home, step.left)}")


def _parting(links: Sequence[Link], step: Step, words: str) -> Parting:
    around = list(links[:-1])
    path = " > ".join([*(link.step.path for link in around), step.path])
    iterations = [str(link.index) for link in around if link.index is not None]
    where = f"iteration {', '.join(iterations)}" if iterations else ""
    label = step.label if learns(step) else ""
    return Parting(path, step.attribute, operation_of(step), label, step.at, words, where)

"""Where two specs part: the first step whose values differ, and the change that explains it."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from ncd_tikz.axes import Tensor as TensorType
from ncd_tikz.diagram import Diagram, Repeat, Step
from ncd_tikz.diagram.alignment import Alignment, Pair
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
        for which in ("B", "A"):
            found = _lone(around, pair, which, _carried(links, depth))
            if found:
                diagram, lone = found[-1]
                text = f"only {which} has it: {said(diagram, lone)}; behind it {words}"
                return _parting((*links[: depth - 1], *(Link(each) for _, each in found)), lone, text)
    return _parting(links, links[-1].step, words)


Made = list[tuple[Diagram, Step]]  # a step, its diagram, and what those stand in, outermost first


def _carried(links: Sequence[Link], depth: int) -> int:
    """How many inputs of the diagram at a depth come from its own outputs, an iteration before."""
    operation = links[depth - 2].step.operation if depth > 1 else None
    return operation.carried if isinstance(operation, Repeat) else 0


def _lone(around: Alignment, pair: Pair, which: str, carried: int) -> Made:
    """The nearest step before this one, or the last inside it, that the other side has not."""
    diagram, step = _side(around, which), _of(pair, which)
    if step is None:
        return []
    back = dict(zip(diagram.inputs[:carried], diagram.outputs, strict=False))
    for value in (*step.outputs, *step.inputs, *(back[value] for value in step.inputs if value in back)):
        found = _made(around, which, value)
        if found:
            return found
    return []


def _made(around: Alignment, which: str, value: int) -> Made:
    """The step that makes a value, where the other side has it not; inside a body, where it stands there."""
    diagram = _side(around, which)
    for pair in around.pairs:
        step = _of(pair, which)
        if step is None or value not in step.outputs:
            continue
        if pair.left is None or pair.right is None:
            return [(diagram, step)]
        if pair.inside is not None:
            last = _side(pair.inside, which).outputs[step.outputs.index(value)]
            inside = _made(pair.inside, which, last)
            return [(diagram, step), *inside] if inside else []
    return []


def _side(alignment: Alignment, which: str) -> Diagram:
    return alignment.left if which == "A" else alignment.right


def _of(pair: Pair, which: str) -> Step | None:
    return pair.left if which == "A" else pair.right


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

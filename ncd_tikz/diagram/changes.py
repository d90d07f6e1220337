"""How aligned diagrams differ, step by step and in what they declare: facts with a word for their kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from ncd_tikz.axes import Tensor
from ncd_tikz.diagram.alignment import Alignment, Pair
from ncd_tikz.diagram.block import BlockCall
from ncd_tikz.diagram.diagram import AxisSize, Diagram, Step
from ncd_tikz.diagram.renaming import renamed_axes, renamed_words, reworded
from ncd_tikz.diagram.wording import ONLY_DRAWN, fields_of, learns, operation_of
from ncd_tikz.frozen import frozen

# What a change may touch: the function, only what things are called, only the picture.
Kind = Literal["function", "name", "figure"]


@frozen
class Change:
    """One thing that is otherwise; one of the texts is empty where it is only there on one side."""

    kind: Kind
    what: str  # "kernel", "in", "axis m"
    before: str
    after: str

    def __str__(self) -> str:
        if not self.before and not self.after:
            return self.what
        if not self.before:
            return f"{self.what}: new, {self.after}"
        if not self.after:
            return f"{self.what}: gone, {self.before}"
        texts = [repr(text) if "->" in text else text for text in (self.before, self.after)]
        return f"{self.what}: {texts[0]} -> {texts[1]}"


def step_changes(alignment: Alignment, pair: Pair) -> tuple[Change, ...]:
    """In what a step differs from its counterpart; what is inside it is told with that."""
    left, right = pair.left, pair.right
    if left is None or right is None:
        return ()
    words = renamed_words(alignment)
    found = [*_of_operation(left, right, words), *_of_inputs(alignment, left, right)]
    if left.label != right.label and (learns(left) or not found):  # else it speaks of what is told already
        kind: Kind = "name" if learns(left) else "figure"
        found.append(Change(kind, "label", left.label, right.label))
    names = [
        [diagram.values[value].name for value in step.outputs]
        for diagram, step in ((alignment.left, left), (alignment.right, right))
    ]
    if names[0] != names[1]:
        found.append(Change("name", "out", ", ".join(names[0]), ", ".join(names[1])))
    return tuple(found)


def _of_operation(left: Step, right: Step, words: Mapping[str, str]) -> Iterator[Change]:
    mine, theirs = fields_of(left), fields_of(right)
    if operation_of(left) != operation_of(right):
        block = isinstance(left.operation, BlockCall) and isinstance(right.operation, BlockCall)
        yield Change("name" if block else "function", "op", operation_of(left), operation_of(right))
        if not block:
            mine = {name: value for name, value in mine.items() if name in theirs}
            theirs = {name: value for name, value in theirs.items() if name in mine}
    for name in dict.fromkeys((*mine, *theirs)):
        before, after = mine.get(name, ""), theirs.get(name, "")
        if before == after:
            continue
        only_words = reworded(before, words) == after
        kind: Kind = "figure" if name in ONLY_DRAWN else "name" if only_words else "function"
        yield Change(kind, name, before, after)


def _of_inputs(alignment: Alignment, left: Step, right: Step) -> Iterator[Change]:
    """Other inputs than the counterparts of those that it took; a step left out between is told there."""
    mine = [_root(alignment, value, left_side=True) for value in left.inputs]
    theirs = [_root(alignment, value, left_side=False) for value in right.inputs]
    if [alignment.values.get(value, -1) for value in mine] == theirs:
        return
    before, after = (
        ", ".join(diagram.values[value].name for value in step.inputs)
        for diagram, step in ((alignment.left, left), (alignment.right, right))
    )
    if before == after:
        before, after = (
            ", ".join(_told(diagram, value) for value in step.inputs)
            for diagram, step in ((alignment.left, left), (alignment.right, right))
        )
    if before != after:
        yield Change("function", "in", before, after)


def _root(alignment: Alignment, value: int, *, left_side: bool) -> int:
    """The value, or what comes before the steps that only one side has."""
    diagram = alignment.left if left_side else alignment.right
    known = set(alignment.values) if left_side else set(alignment.values.values())
    makers = {made: step for step in diagram.steps for made in step.outputs}
    while value not in known and value in makers and makers[value].inputs:
        value = makers[value].inputs[0]
    return value


def _told(diagram: Diagram, value: int) -> str:
    name = diagram.values[value].name
    maker = next((step for step in diagram.steps if value in step.outputs), None)
    return f"{name} of {maker.path}" if maker else name


def interface_changes(alignment: Alignment) -> tuple[Change, ...]:
    """Of inputs and outputs: which there are, their axes, and what they hold."""
    left, right = alignment.left, alignment.right
    axes = renamed_axes(alignment)
    found = []
    for what, mine, theirs in (
        ("input", left.inputs, right.inputs),
        ("output", left.outputs, right.outputs),
    ):
        partners = {one: alignment.values[one] for one in mine if alignment.values.get(one) in theirs}
        for one in mine:
            value = left.values[one]
            if one not in partners:
                found.append(Change("function", f"{what} {value.name}", tensor_text(value.tensor), ""))
                continue
            other = right.values[partners[one]]
            before, after = tensor_text(value.tensor), tensor_text(other.tensor)
            if value.name != other.name:
                found.append(Change("name", what, value.name, other.name))
            if before != after:
                kind: Kind = "name" if reworded(before, axes) == after else "function"
                found.append(Change(kind, f"{what} {other.name}", before, after))
        for other_number in theirs:
            if other_number not in partners.values():
                value = right.values[other_number]
                found.append(Change("function", f"{what} {value.name}", "", tensor_text(value.tensor)))
        kept = [partners[one] for one in mine if one in partners]
        if kept != [each for each in theirs if each in kept]:
            orders = (
                ", ".join(diagram.values[value].name for value in values)
                for diagram, values in ((left, mine), (right, theirs))
            )
            found.append(Change("function", f"order of {what}s", *orders))
    return tuple(found)


def tensor_text(tensor: Tensor) -> str:
    """`x m`, `y (index)`."""
    axes = " ".join(tensor.names) or "no axes"
    if tensor.kind == "real":
        return axes
    below = f" below {tensor.below}" if tensor.below is not None else ""
    return f"{axes} ({tensor.kind}{below})"


def size_changes(alignment: Alignment) -> tuple[Change, ...]:
    """Of declared axes and parameters: sizes, labels, what they are for."""
    mine = {entry.axis.name: entry for entry in alignment.left.sizes}
    theirs = {entry.axis.name: entry for entry in alignment.right.sizes}
    words = renamed_axes(alignment)
    found = []
    for name, entry in mine.items():
        other = theirs.get(words.get(name, name))
        if other is None:
            found.append(Change("function", f"{_sort(entry)} {name}", size_text(entry), ""))
            continue
        if other.axis.name != name:
            found.append(Change("name", _sort(entry), name, other.axis.name))
        what, before, after = f"{_sort(other)} {other.axis.name}", size_text(entry), size_text(other)
        if before != after:
            kind: Kind = "name" if reworded(before, words) == after else "function"
            found.append(Change(kind, what, before, after))
        if entry.axis.label != other.axis.label and other.axis.name == name:
            found.append(Change("figure", f"label of {what}", entry.axis.label, other.axis.label))
        if entry.about != other.about:
            found.append(Change("figure", f"about {what}", entry.about, other.about))
    for name, entry in theirs.items():
        if name not in mine and name not in words.values():
            found.append(Change("function", f"{_sort(entry)} {name}", "", size_text(entry)))
    return tuple(found)


def size_text(entry: AxisSize) -> str:
    """`128`, `4*m`, `28 x 28`."""
    text = " x ".join(str(size) for size in entry.axis.sizes)
    return f"{text} (for each {entry.index})" if entry.index else text


def _sort(entry: AxisSize) -> str:
    return "param" if entry.parameter else "axis"

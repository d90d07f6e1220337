"""Everything in which two specs differ as functions: what is declared, what is learned, every step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from ncd_tikz.diagram.alignment import Alignment, align
from ncd_tikz.diagram.block import BlockCall
from ncd_tikz.diagram.changes import Change, Kind, interface_changes, size_changes, step_changes
from ncd_tikz.diagram.diagram import Diagram, Step
from ncd_tikz.diagram.learned import Weight, weights
from ncd_tikz.diagram.repeat import Repeat
from ncd_tikz.frozen import frozen

Sign = Literal["=", "~", "+", "-", ">"]  # the same, changed, added, removed, moved


@frozen
class StepDifference:
    """A step of one or of both; steps inside blocks and repetitions follow the step that holds them.

    `left_places` and `right_places` are the paths under which it is drawn, several where its block is
    used several times: `steps[3].blocks.mlp.steps[0]`.
    """

    sign: Sign
    left: Step | None
    right: Step | None
    changes: tuple[Change, ...]
    depth: int
    left_home: Diagram
    right_home: Diagram
    left_places: tuple[str, ...]
    right_places: tuple[str, ...]

    @property
    def path(self) -> str:
        """Where it stands: in the right one, or in the left one if it was removed."""
        step = self.right or self.left
        assert step is not None
        return step.path

    @property
    def only_names(self) -> bool:
        """Whether nothing but names, or the picture, is otherwise."""
        return self.sign == "~" and all(change.kind != "function" for change in self.changes)


@frozen
class Difference:
    """Two diagrams, or one side of two equations: how they differ as functions."""

    alignment: Alignment
    interface: tuple[Change, ...]
    sizes: tuple[Change, ...]
    learned: tuple[Change, ...]
    steps: tuple[StepDifference, ...]
    weights: tuple[tuple[Weight, ...], tuple[Weight, ...]]

    @property
    def changed(self) -> tuple[StepDifference, ...]:
        """The steps that are not the same on both sides."""
        return tuple(step for step in self.steps if step.sign != "=")

    @property
    def only_names(self) -> bool:
        """Whether nothing differs but names and presentation."""
        declared = (*self.interface, *self.sizes, *self.learned)
        return all(change.kind != "function" for change in declared) and all(
            step.only_names or step.sign == ">" for step in self.changed
        )


def difference(left: Diagram, right: Diagram) -> Difference:
    """Compare two diagrams; of equations their first sides."""
    alignment = align(left, right)
    learned = (weights(left), weights(right))
    steps = tuple(_told(_steps(alignment, 0, ((), ()))))
    return Difference(
        alignment,
        interface_changes(alignment),
        _sizes(alignment),
        tuple(dict.fromkeys(_learned(alignment, *learned))),
        steps,
        learned,
    )


def sides(diagram: Diagram) -> tuple[Diagram, ...]:
    """The diagram, or all sides of the equation that it is."""
    return (diagram, *(side.diagram for side in diagram.equals))


def differences(left: Diagram, right: Diagram) -> tuple[Difference, ...]:
    """The same, side by side of equations, as far as both have them."""
    return tuple(difference(*pair) for pair in zip(sides(left), sides(right), strict=False))


def _sizes(alignment: Alignment) -> tuple[Change, ...]:
    """What both declare, and what their blocks do that no caller settles."""
    found = list(size_changes(alignment))
    for each in alignment.walk():
        for pair in each.pairs:
            if pair.inside is None or pair.left is None or pair.right is None:
                continue
            call = pair.right.operation
            if not isinstance(call, BlockCall):
                continue
            found.extend(
                Change(
                    change.kind, f"{change.what} of block {call.diagram.name}", change.before, change.after
                )
                for change in size_changes(pair.inside)
                if change.kind != "function" or change.what.split(" ", 1)[-1] not in call.bindings
            )
    return tuple(dict.fromkeys(found))


def _learned(alignment: Alignment, left: Sequence[Weight], right: Sequence[Weight]) -> Iterator[Change]:
    """Learned tensors follow the steps that hold them; what is only called otherwise is told once."""
    names = _part_names(alignment, "", "")
    theirs: dict[str, list[Weight]] = {}
    for weight in right:
        theirs.setdefault(weight.pattern, []).append(weight)
    for weight in left:
        waiting = theirs.get(_renamed(weight.pattern, names), [])
        other = waiting.pop(0) if waiting else None
        if other is None:
            yield Change("function", weight.name, str(weight), "")
            continue
        if weight.name != other.name:
            kind: Kind = "name" if weight.times == other.times else "function"
            yield Change(kind, "learned part", *_apart(weight.name, other.name))
        if (weight.shape, weight.axes) != (other.shape, other.axes):
            same = weight.shape == other.shape
            yield Change("name" if same else "function", other.name, str(weight), str(other))
    for waiting in theirs.values():
        for weight in waiting:
            yield Change("function", weight.name, "", str(weight))


def _part_names(alignment: Alignment, mine: str, theirs: str) -> dict[str, str]:
    """The names of learned parts on the left, and those of their counterparts."""
    found = {}
    for pair in alignment.pairs:
        if pair.left is None or pair.right is None:
            continue
        names = mine + pair.left.attribute, theirs + pair.right.attribute
        found[names[0]] = names[1]
        if pair.inside is not None:
            inner = [
                f"{name}.{{}}."
                if isinstance(step.operation, Repeat) and not step.operation.share
                else f"{name}."
                for name, step in zip(names, (pair.left, pair.right), strict=True)
            ]
            found.update(_part_names(pair.inside, *inner))
    return found


def _renamed(pattern: str, names: Mapping[str, str]) -> str:
    """The pattern with its longest part that has a counterpart under that one's name."""
    part, rest = pattern, ""
    while part not in names and "." in part:
        part, _, last = part.rpartition(".")
        rest = f".{last}{rest}"
    return names.get(part, part) + rest


def _apart(before: str, after: str) -> tuple[str, str]:
    """Two names without what both end in: `Q.weight` and `P.weight` are Q and P."""
    one, other = before.split("."), after.split(".")
    while len(one) > 1 and len(other) > 1 and one[-1] == other[-1]:
        one.pop()
        other.pop()
    return ".".join(one), ".".join(other)


Prefixes = tuple[tuple[str, ...], tuple[str, ...]]


def _steps(alignment: Alignment, depth: int, prefixes: Prefixes) -> Iterator[StepDifference]:
    for pair in alignment.pairs:
        changes = step_changes(alignment, pair)
        sign: Sign = "+" if pair.left is None else "-" if pair.right is None else "~" if changes else "="
        if pair.moved and sign == "=":
            sign = ">"
        places = [
            ".".join((*prefix, step.path)) if step else ""
            for prefix, step in zip(prefixes, (pair.left, pair.right), strict=True)
        ]
        yield StepDifference(
            sign, pair.left, pair.right, changes, depth, alignment.left, alignment.right,
            (places[0],) if pair.left else (), (places[1],) if pair.right else (),
        )  # fmt: skip
        if pair.inside is not None and pair.left is not None and pair.right is not None:
            inner = ((*prefixes[0], pair.left.path), (*prefixes[1], pair.right.path))
            yield from _steps(pair.inside, depth + 1, inner)


def _told(steps: Iterator[StepDifference]) -> Iterator[StepDifference]:
    """A step of a block that is used several times is told once, with all its places."""
    found: dict[tuple[int, int, str, str], StepDifference] = {}
    for step in steps:
        key = (
            id(step.left_home),
            id(step.right_home),
            step.left.path if step.left else "",
            step.right.path if step.right else "",
        )
        if key in found:
            known = found[key]
            step = StepDifference(
                known.sign, known.left, known.right, known.changes, known.depth, known.left_home,
                known.right_home, (*known.left_places, *step.left_places),
                (*known.right_places, *step.right_places),
            )  # fmt: skip
        found[key] = step
    yield from found.values()


__all__ = ["Difference", "StepDifference", "difference", "differences", "sides"]

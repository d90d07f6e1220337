"""Two specs as functions: the same inputs and parameters go through the meaning of both."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from ncd_tikz.axes import ExpressionError
from ncd_tikz.diagram import BlockCall, Diagram, Repeat
from ncd_tikz.diagram.alignment import Alignment
from ncd_tikz.diagram.changes import tensor_text
from ncd_tikz.diagram.difference import Difference
from ncd_tikz.diagram.renaming import base, renamed_axes
from ncd_tikz.equivalence.case import Case, make_case, pull_back
from ncd_tikz.equivalence.cases import trains
from ncd_tikz.equivalence.compare import compare
from ncd_tikz.equivalence.cost import cost
from ncd_tikz.equivalence.counterparts import Counterparts
from ncd_tikz.equivalence.drawing import LIMIT, Drawing, SizesError
from ncd_tikz.equivalence.evaluate import Evaluation, Learned, evaluate, learned
from ncd_tikz.equivalence.fit import fit
from ncd_tikz.equivalence.lift import LiftError
from ncd_tikz.equivalence.partings import changed_first, parted
from ncd_tikz.equivalence.report import Comparison, Draw, Parting, Verdict
from ncd_tikz.equivalence.sizes import body_sizes, complete, free_symbols, inner_sizes
from ncd_tikz.equivalence.values import random_parameters

_TRIES = 60
_TRAINING = 2  # draws in training mode
_SHOWN = 4  # names in a sentence


class Unlike(Exception):
    """The two cannot be given the same inputs and parameters; says why.

    `certain`: so they are not the same function either.
    """

    def __init__(self, words: str, certain: bool = False) -> None:
        super().__init__(words)
        self.certain = certain


def compare_functions(found: Difference, *, draws: int = 3, seed: int = 0, subject: str = "A = B") -> Verdict:
    """Evaluate both by their definitions, forward and backward, on several draws of prime sizes.

    Inputs, outputs and learned tensors that correspond get the same values; those that only one side
    has get values of their own, so that the first step that needs one is where the two part.

    Args:
        found: the two, aligned.
        draws: how many.
        seed: of the draws.
        subject: what the verdict is called.
    """
    two = _Two(found.alignment)
    done: list[Draw] = []
    schedule = [(number, False) for number in range(draws)]
    if trains(two.left) or trains(two.right):
        schedule += [(number, True) for number in range(min(draws, _TRAINING))]
    try:
        two.check_ends()
        for number, training in schedule:
            draw, parting = two.draw(seed, number, training)
            done.append(draw)
            if not draw.ok:
                return Verdict(subject, tuple(done), parting=parting or changed_first(found))
    except Unlike as error:
        parting = changed_first(found) if error.certain else None
        return Verdict(subject, tuple(done), str(error), parting, set_up=not error.certain)
    except (LiftError, SizesError, RuntimeError, IndexError) as error:
        return Verdict(subject, tuple(done), f"the specs cannot be evaluated: {error}", set_up=True)
    parting = changed_first(found) if two.lacking else None
    return Verdict(subject, tuple(done), two.lacking, parting, note=two.note)


@dataclass(slots=True)
class _Two:
    """Both sides of an alignment, and what they call differently."""

    alignment: Alignment
    lacking: str = ""  # learned tensors that only one side has
    note: str = ""
    drawing: Drawing | None = None  # of sizes for both at once, or for the left one

    @property
    def left(self) -> Diagram:
        return self.alignment.left

    @property
    def right(self) -> Diagram:
        return self.alignment.right

    def check_ends(self) -> None:
        """Every input and output has its counterpart.

        Raises:
            Unlike: one has none.
        """
        values = self.alignment.values
        for what, verb, mine, theirs in (
            ("input", "takes", self.left.inputs, self.right.inputs),
            ("output", "gives", self.left.outputs, self.right.outputs),
        ):
            lone = [self.left.values[one].name for one in mine if values.get(one) not in theirs]
            found = {values[one] for one in mine if one in values}
            new = [self.right.values[one].name for one in theirs if one not in found]
            if lone or new:
                sides = [
                    f"only {side} {verb} {', '.join(names)}"
                    for side, names in (("A", lone), ("B", new))
                    if names
                ]
                raise Unlike(" and ".join(sides), certain=len(mine) != len(theirs))
            for one in mine:
                kinds = self.left.values[one].tensor.kind, self.right.values[values[one]].tensor.kind
                if kinds[0] != kinds[1]:
                    name = self.right.values[values[one]].name
                    raise Unlike(f"the {what} {name} is {kinds[0]} in A and {kinds[1]} in B", certain=True)

    def draw(self, seed: int, number: int, training: bool) -> tuple[Draw, Parting | None]:
        """One draw of both; where they part."""
        sizes = self.sizes(seed, number)
        case = make_case(self.left, seed, number, (), sizes=sizes[0], training=training)
        counterparts = Counterparts(self.alignment)
        their_sizes = complete(self.right, sizes[1])
        theirs = learned(self.right, their_sizes)
        names = self.parameters(case, theirs, counterparts)
        own = random_parameters(theirs, _generator(seed, number))
        values = {
            entry.name: self.arranged(case, names[entry.name], entry)
            if entry.name in names
            else own[entry.name]
            for entry in theirs
        }
        inputs = [self.input(case, one, their_sizes) for one in self.right.inputs]
        made = evaluate(self.right, inputs, values, their_sizes, 0, training)
        comparisons = self.comparisons(case, made, names)
        draw = Draw(case.shown, case.batch, comparisons, training=training)
        parting = None
        if not draw.agrees:
            parting = parted(self.alignment, counterparts, case.evaluation.moments, made.moments)
        return draw, parting

    def sizes(self, seed: int, number: int) -> tuple[dict[str, int], dict[str, int]]:
        """Sizes for the free symbols of both, equal where they are the same.

        What is free on one side only keeps the spec's own number, or is what the other derives.

        Raises:
            SizesError: none fit both.
        """
        words = renamed_axes(self.alignment)
        free = [free_symbols(diagram) for diagram in (self.left, self.right)]
        alike = not words and set(free[0]) == set(free[1])
        if self.drawing is None:
            self.drawing = Drawing((self.left, self.right) if alike else (self.left,), seed)
        for attempt in range(_TRIES):
            chance = random.Random(f"{seed} {number} {attempt}")
            drawn = self.drawing.anew(chance)
            try:
                given = self._given(drawn, free, words)
            except ExpressionError:
                continue
            pairs = list(zip((self.left, self.right), given, strict=True))
            if all(fit(side, its) is None for side, its in pairs) and all(
                cost(side, complete(side, its)) <= LIMIT for side, its in pairs
            ):
                return given
        raise SizesError(f"no sizes fit both {self.left.name} and {self.right.name}")

    def _given(
        self, drawn: Mapping[str, int], free: list[tuple[str, ...]], words: Mapping[str, str]
    ) -> tuple[dict[str, int], dict[str, int]]:
        back = {new: old for old, new in words.items()}
        shared = {name for name in free[0] if words.get(name, name) in free[1]}
        defaults = self.left.default_sizes(), self.right.default_sizes()
        mine = {name: drawn[name] if name in shared else defaults[0][name] for name in free[0]}
        theirs: dict[str, int] = {}
        for _ in range(2):  # a second time where one side derives what is free on the other
            known = complete(self.left, mine)
            theirs = {name: known.get(back.get(name, name), defaults[1][name]) for name in free[1]}
            known = complete(self.right, theirs)
            mine |= {
                name: known[words.get(name, name)]
                for name in free[0]
                if name not in shared and words.get(name, name) in known
            }
        return mine, theirs

    def input(self, case: Case, theirs: int, sizes: Mapping[str, int]) -> Tensor:
        """What the right side takes: the left one's tensor, its axes in the right one's order.

        Raises:
            Unlike: it has another shape there.
        """
        back = {other: one for one, other in self.alignment.values.items()}
        mine = back[theirs]
        tensor = case.inputs[self.left.inputs.index(mine)]
        order = self.order(mine, theirs)
        tensor = tensor if order is None else tensor.permute(order)
        value = self.right.values[theirs]
        wanted = tuple(size.evaluate(sizes) for axis in value.tensor.axes for size in axis.sizes)
        belows = [each.tensor.below for each in (self.left.values[mine], value)]
        bounds = [
            below.evaluate(known) if below is not None else 0
            for below, known in zip(belows, (case.sizes, sizes), strict=True)
        ]
        if tuple(tensor.shape) != wanted or bounds[0] != bounds[1]:
            texts = tensor_text(self.left.values[mine].tensor), tensor_text(value.tensor)
            raise Unlike(f"the input {value.name} is {texts[0]} in A and {texts[1]} in B", certain=True)
        return tensor

    def order(self, mine: int, theirs: int) -> list[int] | None:
        """Where the dimensions of a right value stand in the left one; None where they stand alike."""
        words = renamed_axes(self.alignment)
        names = [
            [words.get(base(axis.name), base(axis.name)) + axis.name[len(base(axis.name)) :] for axis in axes]
            for axes in (self.left.values[mine].tensor.axes, self.right.values[theirs].tensor.axes)
        ]
        names[1] = list(self.right.values[theirs].tensor.names)
        if names[0] == names[1] or sorted(names[0]) != sorted(names[1]):
            return None
        places, start = [], 0
        for axis in self.left.values[mine].tensor.axes:
            places.append(range(start, start + axis.rank))
            start += axis.rank
        order = [place for name in names[1] for place in places[names[0].index(name)]]
        self.note = "up to the order of axes"
        return order

    def parameters(
        self, case: Case, theirs: tuple[Learned, ...], counterparts: Counterparts
    ) -> dict[str, str]:
        """Learned tensors of the right side -> those of the left one.

        Raises:
            Unlike: each side has some that the other has not, or two of a pair have other shapes.
        """
        found = counterparts.learned(case.learned, theirs)
        mine = [entry.name for entry in case.learned if entry.name not in found.values()]
        new = [entry.name for entry in theirs if entry.name not in found]
        if mine and new:
            raise Unlike(f"only A learns {_listed(mine)}, and only B {_listed(new)}")
        if mine or new:
            self.lacking = f"only {'A' if mine else 'B'} learns {_listed(mine or new)}"
        known = {entry.name: entry for entry in case.learned}
        for entry in theirs:
            if entry.name in found:
                self.arranged(case, found[entry.name], entry, known)
        return found

    def arranged(
        self, case: Case, name: str, wanted: Learned, known: Mapping[str, Learned] | None = None
    ) -> Tensor:
        """A learned tensor of the left side as the right one stores it.

        Raises:
            Unlike: it has other axes there.
        """
        held = (known or {entry.name: entry for entry in case.learned})[name]
        tensor = case.parameters[name]
        words = renamed_axes(self.alignment)
        names = [words.get(base(axis.name), base(axis.name)) for axis in held.parameter.axes]
        order = [base(axis.name) for axis in wanted.parameter.axes]
        alike = sorted(names) == sorted(order) and len(set(names)) == len(names)
        if names != order and alike and all(axis.rank == 1 for axis in held.parameter.axes):
            self.note = f"{wanted.name} is stored in another order"
            spread = tensor.reshape(_extents(case, held))
            return spread.permute([names.index(each) for each in order]).reshape(wanted.stored)
        if held.stored != wanted.stored:
            shapes = (" x ".join(map(str, each.stored)) for each in (held, wanted))
            one, other = shapes
            raise Unlike(f"{wanted.name} is {one} in A and {other} in B", certain=True)
        return tensor

    def comparisons(self, case: Case, made: Evaluation, names: Mapping[str, str]) -> tuple[Comparison, ...]:
        """Outputs, gradients of inputs and shared parameters, and buffers in training mode."""
        compared, outputs = [], []
        for mine, expected in zip(self.left.outputs, case.evaluation.outputs, strict=True):
            theirs = self.alignment.values[mine]
            tensor = made.outputs[self.right.outputs.index(theirs)]
            order = self.order(mine, theirs)
            if order is not None:
                tensor = tensor.permute([order.index(place) for place in range(len(order))])
            outputs.append(tensor)
            compared.append(compare(f"output {self.right.values[theirs].name}", tensor, expected))
        if any(comparison.words for comparison in compared):
            return tuple(compared)
        shared = dict.fromkeys(names.values())
        leaves = dict(case.leaves) | {
            name: case.parameters[name] for name in shared if case.parameters[name].requires_grad
        }
        tensors = list(leaves.values())
        pairs = zip(
            leaves,
            pull_back(outputs, tensors, case.cotangents),
            pull_back(case.evaluation.outputs, tensors, case.cotangents),
            strict=True,
        )
        compared += [compare(f"gradient of {name}", found, wanted) for name, found, wanted in pairs]
        compared += [
            compare(f"buffer {name}", made.buffers[name], case.evaluation.buffers[names[name]])
            for name in made.buffers
            if names.get(name) in case.evaluation.buffers
        ]
        return tuple(compared)


def _extents(case: Case, entry: Learned) -> list[int]:
    """The sizes of a learned tensor's axes, where its step stands."""
    sizes: Mapping[str, int] = case.sizes
    for link in entry.links[:-1]:
        operation = link.step.operation
        if isinstance(operation, BlockCall):
            sizes = inner_sizes(operation, sizes)
        elif isinstance(operation, Repeat) and link.index is not None:
            sizes = body_sizes(operation, sizes, link.index)
    return [size.evaluate(sizes) for axis in entry.parameter.axes for size in axis.sizes]


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _generator(seed: int, number: int) -> torch.Generator:
    return torch.Generator().manual_seed(random.Random(f"{seed} {number} right").randrange(2**31))

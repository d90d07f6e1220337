"""Which indexes of the inputs an output depends on: theirs beside the diagram's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ncd_tikz.diagram import Diagram

Run = Callable[[Sequence[Tensor]], Sequence[Tensor]]
Pattern = list[list[bool]]  # [index of the input][index of the output]: whether it depends on it

_SIZE = 12  # indexes along an axis that are tried
_NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class Mixing:
    """A difference in what depends on what."""

    rule: str  # "mixes", "causal", "batch" or "input"
    words: str
    remedy: str
    axis: str = ""


class Dependence:
    """Their function and the diagram's, run on changed inputs.

    Args:
        ours: the diagram.
        theirs: their function; both give outputs with the same axes.
        batch: how many axes stand in front.
    """

    def __init__(
        self, diagram: Diagram, inputs: Sequence[Tensor], ours: Run, theirs: Run, batch: int
    ) -> None:
        self.diagram, self.inputs, self.batch = diagram, list(inputs), batch
        self.ours, self.theirs = ours, theirs
        self.start = (list(ours(inputs)), list(theirs(inputs)))

    def differences(self) -> Iterator[Mixing]:
        """All that is met, inputs in order."""
        for number, value in enumerate(self.diagram.inputs):
            if not self.inputs[number].is_floating_point():
                continue
            name = self.diagram.values[value].name
            used = self._used(number)
            if used is not None:
                yield used
                continue
            if self.batch and self.inputs[number].shape[0] > 1:
                yield from self._batch(number, name)
            for place, axis in enumerate(self._axes(value)):
                for output, result in enumerate(self.diagram.outputs):
                    names = self._axes(result)
                    if axis in names:
                        yield from self._along(number, name, place, output, names.index(axis), axis)

    def _axes(self, value: int) -> list[str]:
        names = []
        for axis in self.diagram.values[value].tensor.axes:
            names += [axis.name] if axis.rank == 1 else [f"{axis.name}.{part}" for part in range(axis.rank)]
        return names

    def _changed(self, number: int, dimension: int | None, index: int) -> list[Tensor]:
        """The inputs with one of them changed, at one index along a dimension (everywhere: None)."""
        generator = torch.Generator().manual_seed(7 + index)
        given = self.inputs[number].detach().clone()
        part = given if dimension is None else given.select(dimension, index)
        part *= 1 + torch.rand(part.shape, generator=generator, dtype=part.dtype)
        return [given if place == number else tensor for place, tensor in enumerate(self.inputs)]

    def _used(self, number: int) -> Mixing | None:
        changed = self._changed(number, None, 0)
        ours, theirs = self.ours(changed), self.theirs(changed)
        depends = [any(map(differs, new, old)) for new, old in zip((ours, theirs), self.start, strict=True)]
        name = self.diagram.values[self.diagram.inputs[number]].name
        if depends == [True, False]:
            words = f"their output does not depend on the input {name!r}"
            return Mixing("input", words, f"use {name!r}")
        if depends == [False, True]:
            words = f"their output depends on the input {name!r}, the diagram's does not"
            return Mixing("input", words, f"do not use {name!r}")
        return None

    def _pattern(
        self, run: Run, start: Sequence[Tensor], number: int, one: int, output: int, two: int
    ) -> Pattern:
        rows = []
        for index in range(min(self.inputs[number].shape[one], _SIZE)):
            made = run(self._changed(number, one, index))[output]
            before = start[output]
            rows.append(
                [
                    differs(made.select(two, at), before.select(two, at))
                    for at in range(min(made.shape[two], _SIZE))
                ]
            )
        return rows

    def _both(self, number: int, one: int, output: int, two: int) -> tuple[Pattern, Pattern]:
        ours = self._pattern(self.ours, self.start[0], number, one, output, two)
        return ours, self._pattern(self.theirs, self.start[1], number, one, output, two)

    def _batch(self, number: int, name: str) -> Iterator[Mixing]:
        for output in range(len(self.diagram.outputs)):
            ours, theirs = self._both(number, 0, output, 0)
            found = _off_diagonal(theirs)
            if found and not _off_diagonal(ours):
                one, two = found
                words = f"their output mixes examples: example {two} depends on example {one} of {name!r}"
                yield Mixing("batch", words, "let no sum, norm or view run over the batch axis", "batch")

    def _along(
        self, number: int, name: str, place: int, output: int, two: int, axis: str
    ) -> Iterator[Mixing]:
        at = self.batch + place
        result = self.diagram.values[self.diagram.outputs[output]].name
        ours, theirs = self._both(number, at, output, self.batch + two)
        if ours == theirs:
            return
        extra, lacking = _first(theirs, ours), _first(ours, theirs)
        if not _off_diagonal(ours) and extra and extra[0] != extra[1]:
            words = (
                f"their {result!r} mixes along {axis}: index {extra[1]} depends on index {extra[0]} of "
                f"{name!r}, the diagram broadcasts {axis}"
            )
            yield Mixing("mixes", words, f"let nothing run over {axis}: apply it to each index alone", axis)
        elif _is_causal(ours) or _is_causal(theirs):
            yield Mixing("causal", _causal(name, result, axis, extra, lacking), _REMEDY, axis)
        elif extra:
            words = (
                f"index {extra[1]} of their {result!r} along {axis} depends on index {extra[0]} of {name!r}, "
                "in the diagram it does not"
            )
            yield Mixing("mixes", words, f"look at what runs over {axis}", axis)
        elif lacking:
            words = (
                f"index {lacking[1]} of their {result!r} along {axis} does not depend on index {lacking[0]} "
                f"of {name!r}, in the diagram it does"
            )
            yield Mixing("mixes", words, f"look at what should run over {axis}", axis)


_REMEDY = "move the diagonal of the mask: triu(1) hides the future and nothing else"


def _causal(
    name: str, result: str, axis: str, extra: tuple[int, int] | None, lacking: tuple[int, int] | None
) -> str:
    if extra:
        what = "the future" if extra[0] > extra[1] else "the past" if extra[0] < extra[1] else "itself"
        return (
            f"their {result!r} at {axis} = {extra[1]} sees {name!r} at {axis} = {extra[0]} ({what}), "
            "in the diagram it does not"
        )
    assert lacking
    what = "itself" if lacking[0] == lacking[1] else "the past" if lacking[0] < lacking[1] else "what follows"
    return (
        f"their {result!r} at {axis} = {lacking[1]} does not see {name!r} at {axis} = {lacking[0]} ({what}), "
        "in the diagram it does"
    )


def differs(one: Tensor, two: Tensor) -> bool:
    """Whether two tensors differ by more than rounding."""
    if one.shape != two.shape:
        return True
    if not one.is_floating_point():
        return not torch.equal(one, two)
    apart = ((one - two).abs() > _NEAR * (1 + two.abs())) & ~(one == two)
    return bool((apart | (one.isnan() != two.isnan())).any())


def _off_diagonal(pattern: Pattern) -> tuple[int, int] | None:
    cells = ((i, j) for i, row in enumerate(pattern) for j, depends in enumerate(row) if depends and i != j)
    return next(cells, None)


def _first(one: Pattern, other: Pattern) -> tuple[int, int] | None:
    """The first pair of indexes that depend in one and not in the other."""
    cells = (
        (i, j)
        for i, (row, against) in enumerate(zip(one, other, strict=True))
        for j, (here, there) in enumerate(zip(row, against, strict=True))
        if here and not there
    )
    return next(cells, None)


def _is_causal(pattern: Pattern) -> bool:
    """Whether nothing before an index depends on it, and something after does."""
    cells = [(i, j) for i, row in enumerate(pattern) for j, depends in enumerate(row) if depends]
    return all(i <= j for i, j in cells) and any(i < j for i, j in cells)

"""The one rule that gives a base definition its meaning on whole tensors.

It is the notation's definition of broadcasting: index every broadcast axis, apply the operation's
base definition on its own axes, stack the results. It is a plain loop on purpose and uses nothing
of the operations' PyTorch source. Where there are many applications, `at_once` takes its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor

from ncd_tikz.axes import Application
from ncd_tikz.equivalence.at_once import FEW, Base, Mode, Tensors, applied, evaluating
from ncd_tikz.errors import NcdError


class LiftError(NcdError):
    """A base definition that does not give what its application promises."""


class Lift:
    """The rule for one application, its axis groups expanded."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.loops = broadcast_loops(application)
        self._which = {source: number for number, sources in enumerate(self.loops) for source in sources}
        self._over = [
            [position for position in range(len(tensor.axes)) if position not in own]
            for tensor, own in zip(application.inputs, application.own, strict=True)
        ]

    def __call__(
        self, base: Base, inputs: Tensors, made: Sequence[tuple[int, ...]]
    ) -> tuple[Tensors, Tensors]:
        """Index every broadcast axis, apply `base`, stack.

        Args:
            base: the definition on own axes; what it keeps is stacked over all broadcast axes.
            inputs: the whole tensors.
            made: the sizes of the axes that each output makes.

        Raises:
            LiftError: `base` gives other shapes.
        """
        if not self.application.outputs:
            return (), ()
        extents = [_common(sources, inputs) for sources in self.loops]
        at_once = self._at_once(base, inputs, extents, made)
        if at_once is not None:
            return at_once
        results: list[Tensors] = []
        kept: list[Tensors] = []
        for arguments in zip(*self._pieces(inputs, extents), strict=True) if inputs else [()]:
            result, keep = base(arguments)
            results.append(result)
            kept.append(keep)
        outputs = tuple(
            self._stacked(number, results, extents, made[number])
            for number in range(len(self.application.outputs))
        )
        return outputs, stack_each(kept, extents)

    def count(self, inputs: Tensors) -> int:
        """How often the base definition is applied."""
        if not self.application.outputs:
            return 0
        return prod(_common(sources, inputs) for sources in self.loops)

    def _at_once(
        self, base: Base, inputs: Tensors, extents: Sequence[int], made: Sequence[tuple[int, ...]]
    ) -> tuple[Tensors, Tensors] | None:
        """The same without a loop, where that can be."""
        count = prod(extents)
        if count < FEW:
            return None
        rows = [self._row(number, tensor, extents) for number, tensor in enumerate(inputs)]
        found = applied(base, rows, [bool(over) for over in self._over], count)
        if found is None:
            return None
        outputs, kept = found
        for output, sizes in zip(outputs, made, strict=True):
            if tuple(output.shape[1:]) != sizes:
                return None  # the loop says what is wrong
        return (
            tuple(self._arranged(number, output, extents) for number, output in enumerate(outputs)),
            tuple(each.reshape([*extents, *each.shape[1:]]) for each in kept),
        )

    def _row(self, number: int, tensor: Tensor, extents: Sequence[int]) -> Tensor:
        """The input at every index along its first axis, or as it is where it is the same at all."""
        own, over = self.application.own[number], self._over[number]
        if not over:
            return tensor.permute(*own) if own else tensor
        flat = tensor.permute(*over, *own).reshape(-1, *(tensor.shape[position] for position in own))
        places = _places(self._strides(number, tensor), extents)
        return flat if places == list(range(len(flat))) else flat[torch.tensor(places)]

    def _strides(self, number: int, tensor: Tensor) -> dict[int, int]:
        strides: dict[int, int] = {}
        stride = 1
        for position in reversed(self._over[number]):  # two axes may be indexed alike: the diagonal
            loop = self._which[number, position]
            strides[loop] = strides.get(loop, 0) + stride
            stride *= tensor.shape[position]
        return strides

    def _pieces(self, inputs: Tensors, extents: Sequence[int]) -> list[list[Tensor]]:
        """For each input its piece at every index, in row-major order."""
        pieces = []
        for number, tensor in enumerate(inputs):
            own, over = self.application.own[number], self._over[number]
            if not over:
                places = _places({}, extents)
                parts: Sequence[Tensor] = (tensor.permute(*own) if own else tensor,)
            else:
                own_shape = [tensor.shape[position] for position in own]
                parts = tensor.permute(*over, *own).reshape(-1, *own_shape).unbind(0)
                places = _places(self._strides(number, tensor), extents)
            pieces.append([parts[place] for place in places])
        return pieces

    def _stacked(
        self, number: int, results: Sequence[Tensors], extents: Sequence[int], made: tuple[int, ...]
    ) -> Tensor:
        present = self._present(number)
        first = [extent if loop in present else 1 for loop, extent in enumerate(extents)]
        strides = _row_major(extents)
        chosen = [results[place][number] for place in _places(dict(enumerate(strides)), first)]
        for result in chosen:
            if tuple(result.shape) != made:
                fact = f"the base definition gives output {number} of shape {tuple(result.shape)}"
                raise LiftError(f"{fact}, expected {made}")
        return self._placed(
            number, torch.stack(chosen).reshape([*(extents[loop] for loop in present), *made]), present
        )

    def _present(self, number: int) -> list[int]:
        """The loops that an output depends on."""
        output = self.application.outputs[number]
        return sorted({self._which[out.sources[0]] for out in output if out.sources})

    def _arranged(self, number: int, stacked: Tensor, extents: Sequence[int]) -> Tensor:
        """An output that is stacked over all loops, without those that it does not depend on."""
        present = self._present(number)
        full = stacked.reshape([*extents, *stacked.shape[1:]])
        chosen = full[tuple(slice(None) if loop in present else 0 for loop in range(len(extents)))]
        return self._placed(number, chosen, present)

    def _placed(self, number: int, stacked: Tensor, present: Sequence[int]) -> Tensor:
        """The axes of an output in their order; the loops come first, then what the definition makes."""
        output = self.application.outputs[number]
        dims = iter(range(len(present), stacked.dim()))
        places = [present.index(self._which[out.sources[0]]) if out.sources else next(dims) for out in output]
        return stacked.permute(*places) if places else stacked.reshape(())


def lift(
    base: Base, application: Application, inputs: Tensors, made: Sequence[tuple[int, ...]]
) -> tuple[Tensors, Tensors]:
    """The rule, once, by the plain loop: see `Lift`."""
    with evaluating(Mode.LOOP):
        return Lift(application)(base, inputs, [tuple(sizes) for sizes in made])


def broadcast_loops(application: Application) -> list[list[tuple[int, int]]]:
    """The broadcast axes: each a list of the (input, position) pairs that are indexed alike.

    Raises:
        LiftError: an axis is neither taken nor broadcast.
    """
    loops: list[set[tuple[int, int]]] = []
    for output in application.outputs:
        for out in output:
            if out.sources:
                joined = set(out.sources)
                for other in [loop for loop in loops if loop & joined]:
                    joined |= other
                    loops.remove(other)
                loops.append(joined)
    met = {source for loop in loops for source in loop}
    for number, tensor in enumerate(application.inputs):
        for position, axis in enumerate(tensor.axes):
            taken = position in application.own[number] or (number, position) in met
            if not taken and application.outputs:
                raise LiftError(f"axis {axis.name!r} of input {number} is neither taken nor broadcast")
    return [sorted(loop) for loop in loops]


def stack_each(rows: Sequence[Tensors], front: Sequence[int]) -> Tensors:
    """Each column stacked, its first axes those of `front`."""
    if not front:
        return rows[0]
    return tuple(
        torch.stack(column).reshape([*front, *column[0].shape]) for column in zip(*rows, strict=True)
    )


def _common(sources: Sequence[tuple[int, int]], inputs: Tensors) -> int:
    sizes = {inputs[number].shape[position] for number, position in sources}
    if len(sizes) != 1:
        raise LiftError(f"axes that are broadcast together have different sizes {sorted(sizes)}")
    return int(sizes.pop())


def _row_major(extents: Sequence[int]) -> list[int]:
    strides, stride = [], 1
    for extent in reversed(extents):
        strides.append(stride)
        stride *= extent
    return strides[::-1]


def _places(strides: dict[int, int], extents: Sequence[int]) -> list[int]:
    """For every index, in row-major order, the sum of index times stride."""
    places = [0]
    for loop, extent in enumerate(extents):
        stride = strides.get(loop, 0)
        places = [place + stride * at for place in places for at in range(extent)]
    return places

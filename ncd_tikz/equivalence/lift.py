"""The one rule that gives a base definition its meaning on whole tensors.

It is the notation's definition of broadcasting: index every broadcast axis, apply the operation's
base definition on its own axes, stack the results. It is a plain loop on purpose and uses nothing
of the operations' PyTorch source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from ncd_tikz.axes import Application
from ncd_tikz.errors import NcdError

Tensors = tuple[Tensor, ...]
# A base definition: its outputs, and tensors to keep from on the way to them.
Base = Callable[[Tensors], "tuple[Tensors, Tensors]"]


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
                strides: dict[int, int] = {}
                stride = 1
                for position in reversed(over):  # two axes may be indexed alike: the diagonal
                    loop = self._which[number, position]
                    strides[loop] = strides.get(loop, 0) + stride
                    stride *= tensor.shape[position]
                places = _places(strides, extents)
            pieces.append([parts[place] for place in places])
        return pieces

    def _stacked(
        self, number: int, results: Sequence[Tensors], extents: Sequence[int], made: tuple[int, ...]
    ) -> Tensor:
        output = self.application.outputs[number]
        order = [self._which[out.sources[0]] for out in output if out.sources]
        present = sorted(set(order))
        first = [extent if loop in present else 1 for loop, extent in enumerate(extents)]
        strides = _row_major(extents)
        chosen = [results[place][number] for place in _places(dict(enumerate(strides)), first)]
        for result in chosen:
            if tuple(result.shape) != made:
                fact = f"the base definition gives output {number} of shape {tuple(result.shape)}"
                raise LiftError(f"{fact}, expected {made}")
        stacked = torch.stack(chosen).reshape([*(extents[loop] for loop in present), *made])
        dims = iter(range(len(present), stacked.dim()))
        places = [present.index(self._which[out.sources[0]]) if out.sources else next(dims) for out in output]
        return stacked.permute(*places) if places else stacked.reshape(())


def lift(
    base: Base, application: Application, inputs: Tensors, made: Sequence[tuple[int, ...]]
) -> tuple[Tensors, Tensors]:
    """The rule, once: see `Lift`."""
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

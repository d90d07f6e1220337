"""How one operation meets the axes of its inputs: which it takes, which pass over it."""

from __future__ import annotations

from ncd_tikz.axes.axis import Axis, Kind, Tensor
from ncd_tikz.axes.expression import Expression
from ncd_tikz.frozen import frozen


@frozen
class OutputAxis:
    """An axis of an output.

    `sources` are the (input, position) pairs that the axis broadcasts: the operation is applied
    once for each of its indexes, and every source is indexed alike (several sources meet in a
    dot). Without sources the operation itself makes the axis.
    """

    axis: Axis
    sources: tuple[tuple[int, int], ...] = ()


@frozen
class Application:
    """An operation applied: its typed inputs, the axes it takes, its typed outputs.

    `own[i]` are the positions, in base order, of the axes of input i that the base operation
    takes; all other axes are broadcast and appear among the sources of the outputs. `made` axes
    of an output stand in base order. `kinds` say what the outputs' entries are, where one is not
    of numbers.
    """

    inputs: tuple[Tensor, ...]
    own: tuple[tuple[int, ...], ...]
    outputs: tuple[tuple[OutputAxis, ...], ...]
    kinds: tuple[tuple[Kind, Expression | None], ...] = ()

    @property
    def results(self) -> tuple[Tensor, ...]:
        """The outputs' types."""
        kinds = self.kinds or (("real", None),) * len(self.outputs)
        return tuple(
            Tensor(tuple(out.axis for out in output), kind, below)
            for output, (kind, below) in zip(self.outputs, kinds, strict=True)
        )

    def own_axes(self, index: int) -> tuple[Axis, ...]:
        """The axes that the base operation takes of input `index`, in base order."""
        return tuple(self.inputs[index].axes[position] for position in self.own[index])

    def made_axes(self, index: int) -> tuple[Axis, ...]:
        """The axes that the base operation makes of output `index`, in base order."""
        return tuple(out.axis for out in self.outputs[index] if not out.sources)

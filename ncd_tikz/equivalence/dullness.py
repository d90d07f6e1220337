"""Sizes that hide faults: axes of one entry or as long as another of their tensor, norms of two entries."""

from __future__ import annotations

from collections.abc import Mapping

from ncd_tikz.axes import ExpressionError
from ncd_tikz.diagram import BlockCall, Diagram, Repeat, Step
from ncd_tikz.equivalence.sizes import body_sizes, complete, inner_sizes, iterations


def dullness(diagram: Diagram, sizes: Mapping[str, int]) -> int:
    """How many axes that follow are one, though the spec's are not, or as long as another in their tensor.

    A fault along an axis of one entry cannot show, nor one that exchanges axes of the same length. Norms of
    two entries count too where the spec's have more: they give 1 and -1, whatever they are given, and the
    gradient of that is rounding alone.
    """
    return _Count().of(diagram, sizes)


class _Count:
    def __init__(self) -> None:
        self.met: dict[tuple[int, tuple[int, ...]], int] = {}
        self.defaults: dict[int, dict[str, int]] = {}

    def of(self, diagram: Diagram, sizes: Mapping[str, int]) -> int:
        key = (id(diagram), tuple(sizes.values()))
        if key not in self.met:
            self.met[key] = self._own(diagram, sizes) + sum(
                self._inside(step.operation, sizes)
                for step in diagram.steps
                if isinstance(step.operation, (BlockCall, Repeat))
            )
        return self.met[key]

    def _inside(self, operation: BlockCall | Repeat, sizes: Mapping[str, int]) -> int:
        if isinstance(operation, BlockCall):
            return self.of(operation.diagram, inner_sizes(operation, sizes))
        return sum(
            self.of(operation.diagram, body_sizes(operation, sizes, index))
            for index in iterations(operation, sizes)
        )

    def _own(self, diagram: Diagram, sizes: Mapping[str, int]) -> int:
        if id(diagram) not in self.defaults:
            self.defaults[id(diagram)] = complete(diagram, {})
        defaults, count = self.defaults[id(diagram)], 0
        known = {**defaults, **sizes}
        for tensor in {value.tensor for value in diagram.values if not value.family and not value.memory}:
            extents = {}
            for size in {size for axis in tensor.axes for size in axis.sizes if size.symbols}:
                extents[size] = size.evaluate(known)
                count += extents[size] == 1 and size.evaluate({**known, **defaults}) > 1
            larger = [extent for extent in extents.values() if extent > 1]
            count += len(larger) - len(set(larger))
        return count + sum(_is_narrow(step, known, defaults) for step in diagram.steps)


def _is_narrow(step: Step, known: Mapping[str, int], defaults: Mapping[str, int]) -> bool:
    """Whether it is a norm of two entries, of more by the spec's own numbers."""
    entries = step.operation.centred(step.application)
    if entries is None:
        return False
    try:
        return entries.evaluate(known) <= 2 < entries.evaluate({**known, **defaults})
    except ExpressionError:  # the sizes of a family are known inside its repetition only
        return False

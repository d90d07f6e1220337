"""The steps before and after a step, through blocks and repetitions."""

from __future__ import annotations

from ncd_tikz.diagram import BlockCall, Diagram, Repeat
from tests.faults.operators import ARGUMENTS, RESULTS


class Edges:
    """Which steps hand a value to which; blocks count as the steps inside them, too."""

    def __init__(self, diagram: Diagram) -> None:
        self.before: dict[str, set[str]] = {}
        self.after: dict[str, set[str]] = {}
        self._walk(diagram, [set() for _ in diagram.inputs])

    def _walk(self, diagram: Diagram, given: list[set[str]]) -> list[set[str]]:
        """The makers of the outputs, from the makers of the inputs."""
        makers = dict(zip(diagram.inputs, given, strict=True))
        for step in diagram.steps:
            taken = [makers.get(value, set()) for value in step.inputs]
            for maker in set().union(*taken):
                self.before.setdefault(step.path, set()).add(maker)
                self.after.setdefault(maker, set()).add(step.path)
            operation = step.operation
            made: list[set[str]] = [set() for _ in step.outputs]
            if isinstance(operation, BlockCall):
                made = self._walk(operation.diagram, taken)
            elif isinstance(operation, Repeat):
                made = self._walk(operation.diagram, taken)
                again = [*made[: operation.carried], *taken[operation.carried :]]
                merged = [one | two for one, two in zip(taken, again, strict=True)]
                made = self._walk(operation.diagram, merged)
            for value, inner in zip(step.outputs, made, strict=True):
                makers[value] = inner | {step.path}
        return [makers.get(value, set()) for value in diagram.outputs]

    def widened(self, kind: str, steps: frozenset[str]) -> frozenset[str]:
        """The steps that a kind of change may be seen at from outside.

        What is changed on its way from one step to the next is changed after the one or before the other.
        """
        if kind in RESULTS:
            return steps | frozenset().union(*(self.after.get(path, set()) for path in steps))
        if kind in ARGUMENTS:
            return steps | frozenset().union(*(self.before.get(path, set()) for path in steps))
        return steps

"""The draws of one check, each made once."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from ncd_tikz.diagram import BlockCall, Diagram, Repeat
from ncd_tikz.equivalence.case import Case, make_case
from ncd_tikz.equivalence.cost import cost
from ncd_tikz.equivalence.drawing import BUDGET, draw_sizes
from ncd_tikz.equivalence.evaluate import trains_otherwise
from ncd_tikz.equivalence.sizes import complete

BATCHES: tuple[tuple[int, ...], ...] = ((), (2,), (1, 2))
_TRAINING = 2  # draws in training mode
_FEW = 2  # draws where one takes long


class Cases:
    """The draws of a diagram; of an equation's side, with sizes that fit all its sides."""

    def __init__(self, diagram: Diagram, seed: int, sides: Sequence[Diagram] = ()) -> None:
        self.diagram, self.seed, self.sides = diagram, seed, tuple(sides) or (diagram,)
        self.made: dict[tuple[int, tuple[int, ...], bool], Case] = {}

    def __call__(self, number: int, batch: tuple[int, ...], training: bool = False) -> Case:
        """Draw `number`, with these batch axes.

        Raises:
            SizesError: no sizes fit.
            LiftError: a base definition and its application disagree.
        """
        key = (number, batch, training)
        if key not in self.made:
            sizes = self.sizes(number) if len(self.sides) > 1 else None
            self.made[key] = make_case(self.diagram, self.seed, number, batch, sizes=sizes, training=training)
        return self.made[key]

    def sizes(self, number: int) -> Mapping[str, int]:
        """Sizes for all sides."""
        chance = random.Random(f"{self.seed} {number}")
        return draw_sizes(self.sides[0], chance, self.sides[1:])

    def schedule(self, draws: int) -> list[tuple[int, tuple[int, ...], bool]]:
        """Number, batch axes and mode of every draw: without batch axes first, training mode last.

        Where evaluation by definition takes long, there are fewer.

        Raises:
            SizesError: no sizes fit.
        """
        if draws > _FEW and cost(self.diagram, complete(self.diagram, self.sizes(0))) > BUDGET:
            draws = _FEW
        plain = [(number, BATCHES[number % len(BATCHES)], False) for number in range(draws)]
        if not trains(self.diagram):
            return plain
        return [*plain, *((number, (), True) for number in range(min(draws, _TRAINING)))]


def trains(diagram: Diagram) -> bool:
    """Whether the function is another one in training mode."""
    for step in diagram.steps:
        operation = step.operation
        inside = operation.diagram if isinstance(operation, (BlockCall, Repeat)) else None
        if trains(inside) if inside else trains_otherwise(operation):
            return True
    return False

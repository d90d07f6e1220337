"""The draws of one check, each made once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ncd_tikz.diagram import BlockCall, Diagram, Repeat
from ncd_tikz.equivalence.case import Case, make_case, special_case
from ncd_tikz.equivalence.cost import cost
from ncd_tikz.equivalence.drawing import BUDGET, Drawing
from ncd_tikz.equivalence.evaluate import trains_otherwise
from ncd_tikz.equivalence.sizes import complete
from ncd_tikz.equivalence.undisturbed import undisturbed

BATCHES: tuple[tuple[int, ...], ...] = ((), (2,), (1, 2))
Tied = tuple[tuple[str, ...], ...]
_TRAINING = 2  # draws in training mode
_FEW = 2  # draws where one takes long
OWN = -1  # the draw with the spec's own numbers
_SMALL = 2_000  # applications of base definitions that it may take


class Cases:
    """The draws of a diagram; of an equation's side, with sizes that fit all its sides."""

    def __init__(self, diagram: Diagram, seed: int, sides: Sequence[Diagram] = ()) -> None:
        self.diagram, self.seed, self.sides = diagram, seed, tuple(sides) or (diagram,)
        self._drawing = Drawing(self.sides, seed)
        self.made: dict[tuple[int, tuple[int, ...], bool, Tied], Case] = {}
        self.edges: dict[Tied, Case | None] = {}

    def __call__(self, number: int, batch: tuple[int, ...], training: bool = False, tied: Tied = ()) -> Case:
        """Draw `number`, with these batch axes.

        Raises:
            SizesError: no sizes fit.
            LiftError: a base definition and its application disagree.
        """
        key = (number, batch, training, tied)
        if key not in self.made:
            sizes = self.sizes(number)
            with undisturbed():
                self.made[key] = make_case(
                    self.diagram, self.seed, number, batch, sizes=sizes, training=training, tied=tied
                )
        return self.made[key]

    def special(self, tied: Tied = ()) -> Case | None:
        """The first draw on special inputs, along a batch axis; None where nothing comes in.

        Raises:
            SizesError: no sizes fit.
            LiftError: a base definition and its application disagree.
        """
        if tied not in self.edges:
            first = self(0, (), tied=tied)
            with undisturbed():
                self.edges[tied] = special_case(first) if self.diagram.inputs else None
        return self.edges[tied]

    def draws(self, count: int) -> Iterator[Case]:
        """All draws of the diagram's own module: without batch axes first, special inputs, training mode.

        Raises:
            SizesError: no sizes fit.
            LiftError: a base definition and its application disagree.
        """
        schedule = self.schedule(count)
        yield from (self(*each) for each in schedule if not each[2])
        special = self.special() if count else None
        if special is not None:
            yield special
        yield from (self(*each) for each in schedule if each[2])

    def sizes(self, number: int) -> Mapping[str, int]:
        """Sizes for all sides."""
        if number != OWN:
            return self._drawing(number)
        return {name: size for side in self.sides for name, size in complete(side, {}).items()}

    def schedule(self, draws: int) -> list[tuple[int, tuple[int, ...], bool]]:
        """Number, batch axes and mode of every draw: without batch axes first, training mode last.

        Where evaluation by definition takes long, there are fewer; where the spec's own numbers are
        small, there is one with them: primes are often too small for tables and for what must be even.

        Raises:
            SizesError: no sizes fit.
        """
        if draws > _FEW and cost(self.diagram, complete(self.diagram, self.sizes(0))) > BUDGET:
            draws = _FEW
        plain = [(number, BATCHES[number % len(BATCHES)], False) for number in range(draws)]
        if draws and cost(self.diagram, complete(self.diagram, self.sizes(OWN))) <= _SMALL:
            plain.append((OWN, (), False))
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

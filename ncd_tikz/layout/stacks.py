"""Stacks of wires: how far apart neighbours stand, and the program that places them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from ncd_tikz.layout.simplex import DifferenceProgram

NEIGHBOURS = 2  # half rows between wires of one tensor
TENSORS = 3  # half rows between tensors, the dashed line between them
PAIR = 3  # half rows a half circle spans at least
MARGIN = 0.3  # rows kept free around a dashed line that passes between glyphs
HANGING = 0.5  # ink that reaches farther below a tensor pushes the dashed line down
TIGHT = 0.07  # between a label and the wire above it
DASHES = 0.62  # between the top of a label and the tensor above it, for the dashed line
INSIDE = 0.3  # rows between parentheses' ends and what stands in them
OUTSIDE = 1.15  # and what stands outside: the range of the index, a dashed line
BESIDE = 1.7  # between parentheses below each other: their ends, a dashed line
LABELLED = 1.1  # rows for a dashed line and the label of the wire below it


@dataclass(slots=True)
class Entry:
    """A wire in a stack: its variable, the tensor it belongs to, and how far ink reaches beyond.

    `around` are the parentheses that it stands between, outermost first.
    """

    variable: int
    tensor: object
    above: float = 0.0
    below: float = 0.0
    rise: float = 0.0  # how far its label reaches up
    around: tuple[int, ...] = ()


class StackedRows:
    """Rows in halves, solved part by part: what a closed part holds, the next one builds on."""

    def __init__(self) -> None:
        self.rows: list[int] = []  # solved so far
        self._count = 0
        self._apart: dict[tuple[int, int], int] = {}
        self._terms: dict[tuple[int, int], int] = {}
        self.keeps_apart = True  # parentheses keep away what stands outside
        self.sides: dict[int, tuple[int, int]] = {}  # parentheses -> variables of their highest, lowest row

    def variable(self) -> int:
        """A new row."""
        self._count += 1
        return self._count - 1

    def near(self, first: int, second: int, weight: int) -> None:
        """Charge weight for each half row between two rows."""
        if first != second:
            key = (first, second) if first < second else (second, first)
            self._terms[key] = self._terms.get(key, 0) + weight

    def keep_apart(self, upper: int, lower: int, distance: int) -> None:
        """Ask for so many half rows from one row down to another."""
        key = (upper, lower)
        if distance > self._apart.get(key, 0):
            self._apart[key] = distance

    @property
    def open(self) -> int:
        """How many rows are not solved yet."""
        return self._count - len(self.rows)

    def solved(self, variable: int) -> bool:
        """Whether a row is held already."""
        return variable < len(self.rows)

    def stack(self, entries: list[Entry], closing: int = 0) -> None:
        """Keep neighbours as far apart as their ink, labels and dashed lines ask.

        `closing` draws the first and the last together.
        """
        for upper, lower in pairwise(entries):
            if upper.variable == lower.variable:
                continue
            if upper.tensor == lower.tensor:
                reach = max(upper.below + 0.2, lower.above + 0.2, lower.rise + TIGHT)
                distance = max(NEIGHBOURS, ceil(2 * reach))
            else:
                room = upper.below + lower.above + MARGIN
                if upper.below > HANGING and lower.above < HANGING:
                    room = upper.below + LABELLED
                distance = max(TENSORS, ceil(2 * max(room, lower.rise + DASHES)))
            self.keep_apart(upper.variable, lower.variable, distance)
        self._enclose(entries)
        if closing and len(entries) > 1:
            self.near(entries[0].variable, entries[-1].variable, closing)

    def _enclose(self, entries: list[Entry]) -> None:
        """Keep what stands between parentheses there, and everything else away from them."""
        for around in dict.fromkeys(each for entry in entries for each in entry.around):
            places = [place for place, entry in enumerate(entries) if around in entry.around]
            first, last = entries[places[0]], entries[places[-1]]
            high, low = self.sides[around]
            self.keep_apart(high, first.variable, ceil(2 * (max(first.above, first.rise) + INSIDE)))
            self.keep_apart(last.variable, low, ceil(2 * (last.below + INSIDE)))
            if not self.keeps_apart:
                continue
            if places[0]:
                other = entries[places[0] - 1]
                if other.variable not in (first.variable, high):
                    self.keep_apart(other.variable, high, ceil(2 * (other.below + OUTSIDE)))
                for each in set(other.around) - set(first.around):
                    self.keep_apart(self.sides[each][1], high, ceil(2 * BESIDE))
            if places[-1] + 1 < len(entries):
                other = entries[places[-1] + 1]
                if other.variable not in (last.variable, low):
                    reach = max(other.above, other.rise) + OUTSIDE
                    self.keep_apart(low, other.variable, ceil(2 * reach))

    def close(self) -> None:
        """Solve the part that is open, and hold its rows."""
        solved = len(self.rows)
        program = DifferenceProgram()
        local: dict[int, int] = {}

        def there(variable: int) -> int:
            if variable not in local:
                local[variable] = program.variable()
                if variable < solved:
                    program.fix(local[variable], self.rows[variable])
            return local[variable]

        for variable in range(solved, self._count):
            there(variable)
        for (low, high), distance in self._apart.items():
            if low >= solved or high >= solved:
                program.at_least(there(low), there(high), distance)
        for (first, second), weight in self._terms.items():
            if first >= solved or second >= solved:
                program.near(there(first), there(second), weight)
        found = program.solve()
        self.rows.extend(found[local[variable]] for variable in range(solved, self._count))
        self._apart.clear()
        self._terms.clear()


def least_extent(tensors: list[int]) -> float:
    """The least extent, in rows, of wires that belong to these tensors, from top to bottom."""
    steps = (1.0 if upper == lower else 1.5 for upper, lower in pairwise(tensors))
    return sum(steps)

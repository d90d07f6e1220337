"""Which of the diagram's values are met in their code, and where they are met no more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from torch import Tensor

from ncd_tikz.equivalence.diagnosis.prints import Print, print_of
from ncd_tikz.equivalence.diagnosis.program import Node, Program
from ncd_tikz.equivalence.diagnosis.watching import Record, Watched

_UNSEEN = 3  # steps one after the other whose values theirs need not have, as where scores are scaled early


@dataclass(frozen=True, slots=True)
class Sighting:
    """A value met in their code, `factor` times."""

    record: Record
    factor: float
    alike: bool = False  # its entries even stand in the same order


class Sightings:
    """The values of a program that were met in a run of theirs."""

    def __init__(
        self, program: Program, watched: Watched, values: Sequence[Tensor], agreeing: Collection[int]
    ) -> None:
        """
        Args:
            agreeing: the slots of outputs that are the same in both.
        """
        self.program, self.watched, self.agreeing = program, watched, agreeing
        self.exact: dict[int, Sighting] = {}
        self.scaled: dict[int, list[Sighting]] = {}
        self.prints: dict[int, Print] = {}
        self.ours: set[int] = set()  # records that are values of the diagram
        self.ordered: set[int] = set()  # those whose entries even stand in the same order
        self.unsure: set[int] = set()  # too plain to be recognised
        for slot in program.slots:
            if slot.node >= 0:
                self._look(slot.number, values[slot.number])
        self.users: dict[int, list[Node]] = {}
        for node in program.nodes:
            for taken in node.inputs:
                self.users.setdefault(taken, []).append(node)
        self.good = self._good(agreeing)

    def factors(self, slot: int) -> list[float]:
        """The numbers that a value is met times, in what is none of the diagram's values."""
        found = [each.factor for each in self.scaled.get(slot, ()) if each.record.number not in self.ours]
        return list(dict.fromkeys(round(factor, 12) for factor in found))[:4]

    def find(self, tensor: Tensor) -> Sighting | None:
        """Where a value is met as it is."""
        sightings = self._all(tensor)
        return next((each for each in sightings if self._is_one(each.factor)), None)

    def slots_of(self, record: Record) -> list[int]:
        """The values of the diagram that a record is."""
        near = self.watched.tolerance
        return [
            slot
            for slot, found in self.prints.items()
            if found.entries == record.print.entries
            and (factor := record.print.factor(found, near)) is not None
            and abs(factor - 1) <= near
        ]

    def met(self, tensor: Tensor) -> int:
        """1 where a value is met as it is, 2 where what it is met in is none of the diagram's values."""
        found = 0
        for each in self._all(tensor):
            if self._is_one(each.factor):
                known = self.ordered if each.alike else self.ours
                if each.record.number not in known:
                    return 2
                found = 1
        return found

    def _is_one(self, factor: float) -> bool:
        return abs(factor - 1) < (self.watched.tolerance if self.watched.single else 1e-10)

    def _all(self, tensor: Tensor) -> list[Sighting]:
        found = print_of(tensor)
        if found is None or not found.telling:
            return []
        catalogue = self.watched.catalogue
        near = self.watched.tolerance
        sightings = [
            Sighting(record, factor, found.alike(record.print, near))
            for record, factor, _ in catalogue.find(found, near)
            if factor
        ]
        return sorted(sightings, key=lambda each: each.record.number)

    def _look(self, slot: int, tensor: Tensor) -> None:
        found = print_of(tensor)
        if found is None:
            self.unsure.add(slot)
            return
        if not found.telling:
            near = self.watched.catalogue.find(found, self.watched.tolerance)
            if not found.size or any(same and self._is_one(factor) for _, factor, same in near):
                self.unsure.add(slot)
            return
        self.prints[slot] = found
        for each in self._all(tensor):
            if self._is_one(each.factor):
                self.ours.add(each.record.number)
                if each.alike:
                    self.ordered.add(each.record.number)
                if slot not in self.exact or (each.alike and not self.exact[slot].alike):
                    self.exact[slot] = each
            else:
                self.scaled.setdefault(slot, []).append(each)

    def _good(self, agreeing: Collection[int]) -> list[bool]:
        """Whether a value is met, or all that is made of it."""
        good, unseen = [False] * len(self.program.slots), [0] * len(self.program.slots)
        outputs = set(self.program.outputs)
        for slot in reversed(self.program.slots):
            number = slot.number
            if number in outputs:
                good[number] = number in agreeing
            elif slot.node < 0 or number in self.exact or number in self.unsure:
                good[number] = True
            elif users := self.users.get(number):
                made = [(each, node) for node in users for each in node.outputs]
                unseen[number] = max((unseen[each] + (not node.end) for each, node in made), default=0)
                excused = bool(made) and all(good[each] for each, _ in made)
                good[number] = excused and unseen[number] <= _UNSEEN
        return good

    def count(self, values: Sequence[Tensor]) -> int:
        """How many of these values are met as they are."""
        return sum(self.met(values[slot.number]) > 0 for slot in self.program.slots if slot.node >= 0)

    def partings(self) -> list[Node]:
        """The steps that make of good values one that is not, in order."""
        return [
            node
            for node in self.program.nodes
            if any(not self.good[slot] for slot in node.outputs)
            and all(self.good[slot] for slot in node.inputs)
        ]

    def reordered(self) -> list[Node]:
        """The steps that make a value in another order of entries than the diagram, of values in the same."""
        alike = {slot for slot, seen in self.exact.items() if seen.alike} | set(self.program.inputs)
        return [
            node
            for node in self.program.nodes
            if any(slot in self.exact and slot not in alike for slot in node.outputs)
            and all(slot in alike for slot in node.inputs)
        ]

    def rival(self, node: Node) -> Record | None:
        """What their code makes, after it has met what a step takes, of as many entries as the step makes."""
        start = max(
            (self.exact[slot].record.number for slot in node.inputs if slot in self.exact), default=-1
        )
        counts = {self._entries(slot) for slot in node.outputs}
        for record in self.watched.records[start + 1 :]:
            if record.print.entries in counts and record.number not in self.ours and record.place:
                return record
        return None

    def _entries(self, slot: int) -> int:
        return self._counts.get(slot, 0)

    @property
    def _counts(self) -> dict[int, int]:
        counts = {}
        for slot in self.program.slots:
            count = 1
            for size in slot.shape:
                count *= size
            counts[slot.number] = count
        return counts

"""The choice among candidates that makes their values ours, on the way and at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ncd_tikz.equivalence.case import Case
from ncd_tikz.equivalence.diagnosis.prints import Print, print_of
from ncd_tikz.equivalence.diagnosis.watching import watch
from ncd_tikz.equivalence.foreign.errors import Theirs
from ncd_tikz.equivalence.foreign.subject import Subject
from ncd_tikz.equivalence.proposal.candidates import Candidate
from ncd_tikz.equivalence.report import Draw
from ncd_tikz.spec.nodes import CheckNode

_MOST_RUNS = 400
_MOST_EACH = 12  # candidates of one family that are tried


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for each family, and how well it went."""

    chosen: tuple[Candidate, ...]
    met: int  # values of ours that are met in a run of theirs
    draw: Draw | None  # the comparison, where it came to one
    tried: int = 0

    @property
    def crowded(self) -> tuple[str, ...]:
        """Those of ours for which no tensor of theirs was left."""
        taken: set[tuple[str, str]] = set()
        left: list[str] = []
        for each in sorted(self.chosen, key=lambda one: -one.score):
            if _clash(taken, each):
                left.extend(entry for entry, _ in each.entries)
            taken.update(each.taken)
        return tuple(left)

    @property
    def ok(self) -> bool:
        """Everything agrees."""
        return self.draw is not None and self.draw.ok

    @property
    def rank(self) -> tuple[bool, int, float]:
        """Larger is better."""
        return self.ok, self.met, sum(each.score for each in self.chosen)


class Search:
    """From the likeliest choice by names, one family at a time to what is met more."""

    def __init__(
        self, node: CheckNode, target: Any, case: Case, families: Sequence[Sequence[Candidate]]
    ) -> None:
        self.node, self.target, self.case = node, target, case
        self.families = [each[:_MOST_EACH] for each in families]
        self.prints = [
            found
            for moment in case.evaluation.moments
            if (found := print_of(moment.tensor)) is not None and found.telling
        ]
        self.runs = 0
        self.known: dict[tuple[Candidate, ...], Choice] = {}

    def best(self) -> Choice:
        """The best choice found."""
        current = self.run(self._likeliest())
        improved = True
        while improved and not current.ok and self.runs < _MOST_RUNS:
            improved = False
            for other in self._neighbours(current.chosen):
                found = self.run(other)
                if found.ok or found.met > current.met:
                    current, improved = found, True
                    break
                if self.runs >= _MOST_RUNS:
                    break
        return replace(current, tried=self.runs)

    def _likeliest(self) -> tuple[Candidate, ...]:
        """Best scores first, each tensor used once."""
        pairs = sorted(
            ((each.score, -place, each) for place, family in enumerate(self.families) for each in family),
            key=lambda pair: (-pair[0], -pair[1]),
        )
        chosen: dict[int, Candidate] = {}
        taken: set[tuple[str, str]] = set()
        for _, place, each in pairs:
            if -place not in chosen and not _clash(taken, each):
                chosen[-place] = each
                taken.update(each.taken)
        return tuple(chosen.get(place, family[0]) for place, family in enumerate(self.families))

    def _neighbours(self, chosen: tuple[Candidate, ...]) -> Iterator[tuple[Candidate, ...]]:
        """One family otherwise; who had what it takes, takes what it had."""
        for place, family in enumerate(self.families):
            for each in family:
                if each == chosen[place]:
                    continue
                changed = [*chosen]
                changed[place] = each
                others = [
                    other
                    for other in range(len(chosen))
                    if other != place and _clash(set(each.taken), chosen[other])
                ]
                for other in others:
                    free = {use for n, one in enumerate(changed) if n != other for use in one.taken}
                    fitting = [one for one in self.families[other] if not _clash(free, one)]
                    if fitting:
                        changed[other] = fitting[0]
                yield tuple(changed)

    def run(self, chosen: tuple[Candidate, ...]) -> Choice:
        """Their module with this choice."""
        if chosen in self.known:
            return self.known[chosen]
        self.runs += 1
        mapping = {**self.node.parameters, **dict(entry for each in chosen for entry in each.entries)}
        found = Choice(chosen, -1, None)
        try:
            subject = Subject(
                replace(self.node, parameters=mapping), self.target, self.case, bool(self.case.batch)
            )
            watched = watch(lambda: subject.run(self.case.inputs, self.case.parameters))
            met = sum(self._is_met(each, watched) for each in self.prints)
            draw = Draw(self.case.shown, self.case.batch, subject.compare())
            found = Choice(chosen, met, draw)
        except Theirs as error:
            found = Choice(chosen, -1, Draw(self.case.shown, self.case.batch, (), error.words, True))
        self.known[chosen] = found
        return found

    def _is_met(self, wanted: Print, watched: Any) -> bool:
        return any(
            abs(factor - 1) < 100 * watched.tolerance
            for _, factor, _ in watched.catalogue.find(wanted, watched.tolerance)
        )


def _clash(taken: set[tuple[str, str]], candidate: Candidate) -> bool:
    """Whether a tensor, or the same part of it, is used twice."""
    for name, part in candidate.taken:
        for other, its in taken:
            if name == other and (part == its or not part or not its or part[-1] != its[-1]):
                return True
    return False

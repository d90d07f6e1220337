"""The verdict on one entry under `check:`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ncd_tikz.equivalence.case import Case
from ncd_tikz.equivalence.cases import Cases, trains
from ncd_tikz.equivalence.diagnosis import diagnose
from ncd_tikz.equivalence.drawing import SizesError
from ncd_tikz.equivalence.evaluate import Learned
from ncd_tikz.equivalence.foreign.constructed import step_of
from ncd_tikz.equivalence.foreign.errors import Theirs
from ncd_tikz.equivalence.foreign.find import Missing, find, importable
from ncd_tikz.equivalence.foreign.patterns import tied_names
from ncd_tikz.equivalence.foreign.subject import Subject
from ncd_tikz.equivalence.lift import LiftError
from ncd_tikz.equivalence.report import Draw, Finding, Verdict
from ncd_tikz.equivalence.stages import diagnosing
from ncd_tikz.equivalence.structure import place_of_learned
from ncd_tikz.spec.nodes import CheckNode

_ONE, _NONE = (2,), ()
_BATCHES = {0: (), 1: (2,)}
_TRAINING = 2  # draws in training mode


def check_foreign(node: CheckNode, draws: int, cases: Cases) -> Verdict:
    """Compare with the module of one entry.

    Where the entry does not say how many batch axes it takes, it is given one first; where that cannot
    be called, none. A module that can be called with one but then computes something else differs.
    """
    with importable():
        try:
            target = find(node.against)
        except Missing as error:
            finding = Finding(error.rule, error.words, error.remedy, at=node.at, place=error.place)
            return Verdict(node.against, (), f"{node.at}: {error.words}", missing=True, findings=(finding,))
        if node.batch is not None:
            return _Entry(node, target, cases, _BATCHES.get(node.batch, (2,) * node.batch)).verdict(draws)
        first = _Entry(node, target, cases, _ONE).verdict(draws)
        if first.ok or not cases.diagram.inputs:
            return first
        second = _Entry(node, target, cases, _NONE).verdict(draws)
    if not second.ok:
        return second if any(draw.comparisons for draw in second.draws) else first
    if not any(draw.comparisons for draw in first.draws) or any(
        comparison.words for draw in first.draws for comparison in draw.comparisons
    ):
        note = "without batch axes: it cannot be called with one"
        return Verdict(second.subject, second.draws, note=note)
    words = "with a batch axis in front it computes something else: it mixes examples, or takes none"
    remedy = "if it is not meant to take one, say batch: 0 in the check"
    finding = Finding("batch", words, remedy, at=node.at, axis="batch")
    return Verdict(first.subject, first.draws, findings=(finding, *first.findings))


class _Entry:
    """An entry with this many batch axes."""

    def __init__(self, node: CheckNode, target: Any, cases: Cases, batch: tuple[int, ...]) -> None:
        self.node, self.target, self.cases, self.batch = node, target, cases, batch

    def verdict(self, draws: int) -> Verdict:
        done: list[Draw] = []
        try:
            for case in self._cases(draws):
                draw, findings = self._draw(case)
                done.append(draw)
                if not draw.ok:
                    return Verdict(self.node.against, tuple(done), findings=findings)
        except (LiftError, SizesError) as error:
            words = f"the spec itself cannot be evaluated: {error}"
            return Verdict(self.node.against, tuple(done), words, set_up=True)
        return Verdict(self.node.against, tuple(done))

    def _cases(self, draws: int) -> Iterator[Case]:
        """Draws in evaluation mode, with special inputs, and in training mode, as the entry asks."""
        tied = tied_names(self.node)
        mode = self.node.mode
        schedule = [each for each in self.cases.schedule(draws) if not each[2]]
        if mode != "train":
            for number, _, _ in schedule:
                yield self.cases(number, self.batch, tied=tied)
            special = self.cases.special(tied) if draws else None
            if special is not None:
                yield special
        otherwise = trains(self.cases.diagram)
        if mode in ("train", "both") or (not mode and otherwise):
            for number in range(min(draws, _TRAINING)):
                yield self.cases(number, () if otherwise else self.batch, training=True, tied=tied)

    def _draw(self, case: Case) -> tuple[Draw, tuple[Finding, ...]]:
        subject: Subject | None = None
        try:
            subject = Subject(self.node, self.target, case, bool(self.batch))
            compared = subject.compare()
        except Theirs as error:
            draw = Draw(
                case.shown, case.batch, (), error.words, not error.differs, case.training, case.special
            )
            return draw, self._findings(error, subject, draw, case)
        draw = Draw(case.shown, case.batch, compared, training=case.training, special=case.special)
        return draw, () if draw.ok or draw.undefined else self._explained(subject, draw)

    def _findings(
        self, error: Theirs, subject: Subject | None, draw: Draw, case: Case
    ) -> tuple[Finding, ...]:
        told = _finding(error, self.node, case)
        found = diagnose(subject, draw) if subject else ()
        if found and not told.step and error.rule != "not-compared":
            at = found[0]  # as far as their code comes
            told = replace(
                told, step=at.step, operation=at.operation, label=at.label, at=at.at, iteration=at.iteration
            )
        return (told, *found)

    def _explained(self, subject: Subject, draw: Draw) -> tuple[Finding, ...]:
        """Why they differ; where nothing explains it, in what."""
        diagnosing(Verdict(self.node.against, (draw,)))
        return diagnose(subject, draw) or tuple(
            Finding(comparison.what.partition(" ")[0], str(comparison), "", at=self.node.at)
            for comparison in [each for each in draw.comparisons if not each.ok][:1]
        )


def _finding(error: Theirs, node: CheckNode, case: Case) -> Finding:
    """What went wrong, at the step whose learned part it is about, else at the entry."""
    entry: Learned | None = next(
        (each for each in case.learned if case.names[each.name] == error.parameter), None
    )
    made = step_of(error.made, case.diagram) if error.made else None
    if made is not None:
        path, step = made
        return Finding(
            error.rule, error.words, error.remedy, path, step.operation.name, step.label, step.at,
            place=error.place,
        )  # fmt: skip
    if entry is None:
        return Finding(
            error.rule,
            error.words,
            error.remedy,
            at=node.places.get(error.parameter, node.at),
            their_parameter=error.their_parameter,
            place=error.place,
        )
    return place_of_learned(
        entry,
        Finding(
            error.rule,
            error.words,
            error.remedy,
            parameter=error.parameter,
            their_parameter=error.their_parameter,
            place=error.place,
        ),
    )

"""Why a module differs from its diagram: findings, the best first."""

from __future__ import annotations

from time import monotonic

import torch

from ncd_tikz.equivalence.diagnosis.change import Runs
from ncd_tikz.equivalence.diagnosis.locate import Sightings
from ncd_tikz.equivalence.diagnosis.probe import Probe
from ncd_tikz.equivalence.diagnosis.program import Node, flatten
from ncd_tikz.equivalence.diagnosis.search import Explanation, Search, Target, allowance
from ncd_tikz.equivalence.diagnosis.watching import watch
from ncd_tikz.equivalence.report import Draw, Finding
from ncd_tikz.equivalence.trace import link_parting

SECONDS = 20.0


def diagnose(probe: Probe, found: Draw | None, seconds: float = SECONDS) -> tuple[Finding, ...]:
    """What is wrong with theirs, and where, the most certain first.

    Args:
        probe: their function, ready to be run.
        found: what comparing it has given.
        seconds: for how long explanations are tried.
    """
    return _Diagnosis(probe, found, monotonic() + seconds).findings()


class _Diagnosis:
    def __init__(self, probe: Probe, found: Draw | None, deadline: float) -> None:
        self.probe, self.case, self.found, self.deadline = probe, probe.case, found, deadline

    def findings(self) -> tuple[Finding, ...]:
        case = self.case
        watched = watch(lambda: self.probe.run(case.inputs, case.parameters), _is_torch(self.probe))
        program = flatten(case.diagram, case.sizes, case.training)
        with torch.no_grad():
            runs = Runs(program, case.inputs, case.parameters)
        wanted = watched.outputs
        if watched.error is not None or len(wanted) != len(program.outputs):
            return ()
        allowed = [allowance(tensor, watched.single) for tensor in case.evaluation.outputs]
        target = Target(wanted, allowed, runs.outputs)
        agreeing = {
            slot
            for slot, far, near in zip(program.outputs, target.start, allowed, strict=True)
            if far <= near
        }
        if len(agreeing) == len(wanted):
            return ()
        sightings = Sightings(program, watched, runs.values, agreeing)
        search = Search(runs, target, sightings, self.deadline)
        found = [self._explained(each, sightings) for each in search.explain()]
        if not found:
            found = [self._parts(node, sightings) for node in sightings.partings()[:1]]
        return tuple(found)

    def _explained(self, explanation: Explanation, sightings: Sightings) -> Finding:
        change, node = explanation.change, explanation.change.node
        place = ""
        for slot in node.outputs:
            seen = sightings.find(explanation.values[slot])
            place = place or (seen.record.place if seen else "")
        if not place:
            rival = sightings.rival(node)
            place = rival.place if rival else ""
        single = change.spreads and explanation.nodes < explanation.of
        found = _at(node, change.rule, change.words, change.remedy, place, single)
        return _with(found, axis=change.axis, parameter=change.parameter)

    def _parts(self, node: Node, sightings: Sightings) -> Finding:
        rival = sightings.rival(node)
        place = rival.place if rival else ""
        names = " and ".join(repr(sightings.program.slots[slot].name) for slot in node.outputs)
        words = f"the values part here: what it takes is met in their code, {names} is not"
        remedy = f"compare this step with {place}" if place else "compare this step with their code"
        return _at(node, "parts-at", words, remedy, place, True)


def _at(node: Node, rule: str, words: str, remedy: str, place: str, single: bool) -> Finding:
    parting = link_parting(node.links, "", words)
    return Finding(
        rule,
        words,
        remedy,
        parting.path,
        parting.operation,
        parting.label,
        parting.at,
        place=place,
        iteration=parting.iteration if single else "",
    )


def _with(finding: Finding, **changes: str) -> Finding:
    from dataclasses import replace

    return replace(finding, **changes)  # type: ignore[arg-type]


def _is_torch(probe: Probe) -> bool:
    return probe.model is not None and type(probe.model).__module__.split(".")[0] == "torch"

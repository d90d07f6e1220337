"""Why a module differs from its diagram: findings, the best first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from ncd_tikz.equivalence.case import pull_back
from ncd_tikz.equivalence.diagnosis.change import Runs
from ncd_tikz.equivalence.diagnosis.clock import Clock
from ncd_tikz.equivalence.diagnosis.gradients import Cuts
from ncd_tikz.equivalence.diagnosis.locate import Sightings
from ncd_tikz.equivalence.diagnosis.mixing import Dependence, Mixing
from ncd_tikz.equivalence.diagnosis.probe import Probe
from ncd_tikz.equivalence.diagnosis.program import Node, Program, flatten
from ncd_tikz.equivalence.diagnosis.search import Explanation, Search, Target, allowance, distance
from ncd_tikz.equivalence.diagnosis.watching import Watched, watch
from ncd_tikz.equivalence.evaluate import Link
from ncd_tikz.equivalence.report import Draw, Finding
from ncd_tikz.equivalence.trace import link_parting

SECONDS = 20.0
_SEVERAL = 4  # differences that are looked for one after the other


def diagnose(probe: Probe, found: Draw | None, seconds: float = SECONDS) -> tuple[Finding, ...]:
    """What is wrong with theirs, and where, the most certain first.

    Args:
        probe: their function, ready to be run.
        found: what comparing it has given.
        seconds: for how long explanations are tried.
    """
    try:
        return _Diagnosis(probe, found, Clock(seconds)).findings()
    except Exception:  # a diagnosis is a help: without one, the verdict stands
        return ()


class _Diagnosis:
    def __init__(self, probe: Probe, found: Draw | None, clock: Clock) -> None:
        self.probe, self.case, self.found, self.clock = probe, probe.case, found, clock
        self.inputs = _inputs(probe, found)

    def findings(self) -> tuple[Finding, ...]:
        case = self.case
        watched = watch(lambda: self.probe.run(self.inputs, case.parameters), _is_torch(self.probe))
        program = flatten(case.diagram, case.sizes, case.training)
        with torch.no_grad():
            runs = Runs(program, self.inputs, case.parameters)
        wanted = watched.outputs
        if watched.error is not None or len(wanted) != len(program.outputs):
            return self._unfinished(runs, watched)
        allowed = [allowance(tensor, watched.single) for tensor in runs.outputs]
        target = Target(wanted, allowed, runs.outputs)
        sightings = self._sightings(runs, watched, allowed)
        if all(slot in sightings.agreeing for slot in program.outputs):
            return self._gradients(runs, sightings, watched)
        found = self._explained_by(runs, target, sightings) if target.is_told else []
        mixing = self._mixing(program)
        if found:
            return tuple(_with_mixing(found, mixing))
        parting = next(iter(sightings.partings()), None)
        if parting is None:
            return tuple(Finding(each.rule, each.words, each.remedy, axis=each.axis) for each in mixing)
        parts = self._parts(parting, sightings)
        if not target.is_told or any(record.print.nan for record in watched.records):
            parts = _not_a_number(parts, watched) or parts
        found = [replace(parts, rule=m.rule, words=m.words, remedy=m.remedy, axis=m.axis) for m in mixing]
        return (*found, parts)

    def _unfinished(self, runs: Runs, watched: Watched) -> tuple[Finding, ...]:
        """Where their code comes to before it fails, or gives something else."""
        sightings = Sightings(runs.program, watched, runs.values, ())
        if not watched.records:
            return ()
        search = Search(runs, Target((), (), ()), sightings, self.clock)
        begun = search.begin()
        found = [self._explained(begun, sightings)] if begun else []
        parting = next(iter(sightings.partings()), None)
        held = self._called(runs.program, watched)
        if held is not None and (parting is None or held[0].number < parting.number):
            node, theirs = held
            words = f"all that is met of their code agrees, up to a call of {theirs}"
            return (*found, _at(node, "call-fails", words, f"compare what {theirs} is given", "", True))
        return (*found, *([self._parts(parting, sightings)] if parting else ()))

    def _called(self, program: Program, watched: Watched) -> tuple[Node, str] | None:
        """The step whose learned tensors the innermost call that did not end holds, and its name there."""
        if self.probe.model is None:
            return None
        names = {module: name for name, module in self.probe.model.named_modules()}
        ours = {theirs: name for name, held in self.probe.names.items() for theirs in held}
        for module in reversed(watched.inside):
            inner = names.get(module, "")
            if not inner or not type(module).__module__.startswith("torch.nn"):
                continue  # a module of their own does more than one step
            tensors = [f"{inner}.{name}" for name, _ in module.named_parameters(recurse=False)]
            held = {ours[name] for name in tensors if name in ours}
            node = next((node for node in program.nodes if held & set(node.parameters)), None)
            if node is not None:
                return node, inner
        return None

    def _sightings(self, runs: Runs, watched: Watched, allowed: Sequence[float]) -> Sightings:
        apart = Target(watched.outputs, allowed, runs.outputs).start
        slots = runs.program.outputs
        agreeing = {slot for slot, far, near in zip(slots, apart, allowed, strict=True) if far <= near}
        return Sightings(runs.program, watched, runs.values, agreeing)

    def _explained_by(self, runs: Runs, target: Target, sightings: Sightings) -> list[Finding]:
        """One change that explains all; else the first of several, as far as they are seen."""
        first = search = Search(runs, target, sightings, self.clock)
        found: list[Finding] = []
        for _ in range(_SEVERAL):
            explained = [each for each in search.near() if self._confirmed(each, runs)]
            if explained:
                return [*found, *(self._explained(each, sightings) for each in explained)]
            begun = search.begin()
            if begun is None:
                break
            finding = self._explained(begun, sightings)
            found.append(replace(finding, words=f"{finding.words} (and more than that differs)"))
            with torch.no_grad():
                runs = Runs(runs.program, runs.inputs, runs.parameters, runs.base | begun.edit)
            target = Target(target.wanted, target.allowed, runs.outputs)
            sightings = self._sightings(runs, sightings.watched, target.allowed)
            search = Search(runs, target, sightings, self.clock)
        explained = [each for each in first.far() if self._confirmed(each, first.runs)]
        return [self._explained(each, first.sightings) for each in explained] or found

    def _confirmed(self, explanation: Explanation, known: Runs) -> bool:
        """Whether an explanation holds for other inputs, too."""
        generator = torch.Generator().manual_seed(1)
        inputs = [
            tensor.detach() * (1 + 0.5 * torch.rand(tensor.shape, generator=generator, dtype=tensor.dtype))
            if tensor.is_floating_point()
            else tensor
            for tensor in self.inputs
        ]
        try:
            with torch.no_grad():
                theirs = self.probe.run(inputs, self.case.parameters)
                runs = Runs(known.program, inputs, self.case.parameters, known.base)
                ours = runs.results(runs.changed(explanation.edit))
        except Exception:
            return True
        single = any(tensor.dtype == torch.float32 for tensor in theirs)
        allowed = [100 * allowance(tensor, single) for tensor in ours]
        return all(distance(*pair) <= near for *pair, near in zip(ours, theirs, allowed, strict=True))

    def _mixing(self, program: Program) -> list[Mixing]:
        """What their outputs depend on beside what ours do."""

        def theirs(inputs: Sequence[Tensor]) -> Sequence[Tensor]:
            if self.clock.is_out():
                raise TimeoutError
            with torch.no_grad():
                return self.probe.run(inputs, self.case.parameters)

        def ours(inputs: Sequence[Tensor]) -> Sequence[Tensor]:
            with torch.no_grad():
                values = program.run(inputs, self.case.parameters)
            return [values[slot] for slot in program.outputs]

        batch = len(self.case.batch) if len(self.inputs) and self.inputs is self.case.inputs else 0
        found: list[Mixing] = []
        try:
            for each in Dependence(self.case.diagram, self.inputs, ours, theirs, batch).differences():
                found.append(each)
                if len(found) == 3:
                    break
        except Exception:
            return found
        return found

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
        found = _at(node, change.rule, change.words, change.remedy, place, single, change.links)
        theirs = " and ".join(self.probe.names.get(change.parameter, ()))
        return replace(found, axis=change.axis, parameter=change.parameter, their_parameter=theirs)

    def _parts(self, node: Node, sightings: Sightings) -> Finding:
        rival = sightings.rival(node)
        place = rival.place if rival else ""
        names = " and ".join(repr(sightings.program.slots[slot].name) for slot in node.outputs)
        words = f"the values part here: what it takes is met in their code, {names} is not"
        remedy = f"compare this step with {place}" if place else "compare this step with their code"
        return _at(node, "parts-at", words, remedy, place, True)

    def _gradients(self, runs: Runs, sightings: Sightings, watched: Watched) -> tuple[Finding, ...]:
        """Where a gradient is lost although the values agree."""
        case = self.case
        if not case.cotangents:
            return self._buffers(runs.program)
        outputs = self.probe.run(case.inputs, case.parameters)
        held = self.probe.gradients(outputs)
        leaves = [tensor for tensor in case.inputs if tensor.requires_grad]
        names = [*(name for name, _ in case.leaves), *case.parameters_with_gradients]
        theirs = (
            *pull_back(outputs, leaves, case.cotangents),
            *(held.get(name) for name in case.parameters_with_gradients),
        )
        cuts = Cuts(case, runs, sightings, names, theirs)
        if not cuts.wrong:
            return self._buffers(runs.program) or self._narrowed(sightings)
        shown = _listed(cuts.wrong)
        lost = cuts.find(self.clock)
        if lost is None:
            words = f"the values agree, but {shown}"
            remedy = "look for detach, no_grad or a function with its own backward"
            node = cuts.held()
            if node is not None:
                return (_at(node, "gradient", words, remedy, "", True),)
            return (Finding("gradient", words, remedy),)
        words = f"the values agree, but {lost.what}: {shown}"
        remedy = "let gradients through: no detach, no_grad or .data there"
        place = lost.line or next((record.place for record in watched.cut_off if record.place), "")
        return (_at(lost.node, "gradient", words, remedy, place, True),)

    def _narrowed(self, sightings: Sightings) -> tuple[Finding, ...]:
        """Where their code becomes single precision although it is given double."""
        bad = self.found and any(not each.ok for each in self.found.comparisons)
        for record in sightings.watched.narrowed if bad else ():
            for slot in map(sightings.program.slots.__getitem__, sightings.slots_of(record)):
                words = f"from {slot.name!r} on their code computes in single precision"
                remedy = "leave the cast out, or say dtype: float32 in the check"
                node = sightings.program.nodes[slot.node]
                return (_at(node, "dtype", words, remedy, record.place, True),)
        return ()

    def _buffers(self, program: Program) -> tuple[Finding, ...]:
        """A buffer that a step of training makes another one."""
        names = {theirs: ours for ours, held in self.probe.names.items() for theirs in held}
        for each in self.found.comparisons if self.found else ():
            name = names.get(each.what.removeprefix("buffer "), "")
            node = next((node for node in program.nodes if name in node.parameters), None)
            if each.ok or not each.what.startswith("buffer ") or node is None:
                continue
            words = f"the values agree, but after a step of training their buffer {name!r} is another one"
            remedy = "compare momentum, and whether the variance is over n - 1"
            found = _at(node, "buffer", words, remedy, "", True)
            theirs = self.probe.names.get(name, ("",))[0]
            return (replace(found, parameter=name, their_parameter=theirs),)
        return ()


def _with_mixing(found: Sequence[Finding], mixing: Sequence[Mixing]) -> list[Finding]:
    """A mask that hides something else: what is seen says it best."""
    best, *others = found
    for each in mixing if best.operation == "mask" else ():
        if each.rule == "causal":
            best = replace(best, rule="causal", words=f"{each.words}: {best.words}", axis=each.axis)
            break
    return [best, *others]


def _not_a_number(parts: Finding, watched: Watched) -> Finding | None:
    """Where theirs first makes something that is no number."""
    record = next((each for each in watched.records if each.print.nan), None)
    if record is None:
        return None
    words = f"their code makes what is not a number, first by {record.operation}"
    remedy = "look for a softmax over nothing but hidden scores, a logarithm or a division by zero"
    return replace(parts, rule="output", words=words, remedy=remedy, place=record.place or parts.place)


def _listed(wrong: Mapping[str, str]) -> str:
    """`'k' gets none, 'Q.weight' another gradient`."""
    parts = [f"{name!r} gets {how}" for name, how in list(wrong.items())[:3]]
    more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return ", ".join(parts) + more


def _inputs(probe: Probe, found: Draw | None) -> Sequence[Tensor]:
    """The inputs of the draw; of special ones, those that differ first where they cannot be stacked."""
    case = probe.case
    if not case.special or getattr(probe, "batched", True):
        return case.inputs
    words = [each.what for each in found.comparisons if not each.ok] if found else []
    bad = (place for place, name in enumerate(case.special) if any(name in each for each in words))
    place = next(bad, 0)
    return [tensor[place] for tensor in case.inputs]


def _at(
    node: Node,
    rule: str,
    words: str,
    remedy: str,
    place: str,
    single: bool,
    links: Sequence[Link] = (),
) -> Finding:
    parting = link_parting(links or node.links, "", words)
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


def _is_torch(probe: Probe) -> bool:
    return probe.model is not None and type(probe.model).__module__.split(".")[0] == "torch"

"""The proposal for one entry under `check:`, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ncd_tikz.equivalence.case import Case, state_name
from ncd_tikz.equivalence.cases import Cases
from ncd_tikz.equivalence.drawing import SizesError
from ncd_tikz.equivalence.evaluate import Learned
from ncd_tikz.equivalence.foreign.build import build
from ncd_tikz.equivalence.foreign.errors import Theirs
from ncd_tikz.equivalence.foreign.find import find, importable
from ncd_tikz.equivalence.foreign.parameters import named_tensors
from ncd_tikz.equivalence.foreign.patterns import spell_out
from ncd_tikz.equivalence.lift import LiftError
from ncd_tikz.equivalence.proposal.candidates import Candidate, candidates
from ncd_tikz.equivalence.proposal.families import MOST_HOLES, Family, own_families
from ncd_tikz.equivalence.proposal.search import Choice, Search
from ncd_tikz.equivalence.proposal.writing import mapping_text
from ncd_tikz.equivalence.report import Verdict
from ncd_tikz.spec.nodes import CheckNode


@dataclass(frozen=True, slots=True)
class Open:
    """A family of ours that the entry says nothing of, and what it may be."""

    family: Family
    candidates: tuple[Candidate, ...]


def propose(node: CheckNode, cases: Cases) -> Verdict:
    """What `parameters:` might say, as YAML in the verdict's `proposal`.

    What the entry says already is kept. Families of ours are given those of theirs whose shapes fit and
    whose names are nearest; where several fit, the choice with which the values agree on the way is
    taken, and the whole is run: the verdict is `same` where all outputs and gradients then agree.
    """
    with importable():
        try:
            target = find(node.against)
        except Theirs as error:
            return Verdict(node.against, (), f"{node.at}: {error.words}", missing=True)
        batches = [(2,), ()] if node.batch is None else [(2,) * node.batch]
        best: Verdict | None = None
        for batch in batches:
            found = _propose(node, target, cases, batch)
            if best is None or (found.ok and not best.ok):
                best = found
            if found.ok:
                break
    assert best is not None
    return best


def _propose(node: CheckNode, target: Any, cases: Cases, batch: tuple[int, ...]) -> Verdict:
    try:
        case = cases(0, batch)
        model = build(node, target, case)
        named = named_tensors(model) if hasattr(model, "named_parameters") else {}
        entries = {state_name(entry): entry for entry in case.learned}
        told = spell_out(node.parameters, list(entries), case.sizes)
    except Theirs as error:
        return Verdict(node.against, (), error.words, set_up=True)
    except (LiftError, SizesError) as error:
        return Verdict(node.against, (), f"the spec itself cannot be evaluated: {error}", set_up=True)
    rest = [name for name in entries if name not in told]
    if not rest:
        return Verdict(node.against, (), "'parameters' says what is theirs for all of ours", set_up=True)
    opened = [_open(family, entries, named) for family in _families(rest)]
    lacking = [each.family.pattern for each in opened if not each.candidates]
    choice = Search(node, target, case, opened_families=[each.candidates for each in opened if each.candidates])
    best = choice.best()
    mapping = {**node.parameters, **{each.entry: each.theirs for each in best.chosen}}
    text = mapping_text(mapping, entries, node.parameters)
    notes = [f"nothing of theirs has the shape of {name}" for name in lacking]
    if not choice.settled and not lacking:
        notes.append("the values do not agree with any choice tried: this is the likeliest by names and shapes")
    how = f"{best.tried} {'choice' if best.tried == 1 else 'choices'} run"
    verdict = _verdict(node, best, case, how)
    return replace(verdict, proposal=text, failure="; ".join(notes), set_up=bool(notes))


def _families(names: list[str]) -> list[Family]:
    found: list[Family] = []
    for family in own_families(names):
        if family.holes <= MOST_HOLES:
            found.append(family)
        else:
            found.extend(Family(name, ((),)) for name in family.names)
    return found


def _open(family: Family, entries: dict[str, Learned], named: dict[str, Any]) -> Open:
    return Open(family, tuple(candidates(family, entries, named)))


def _verdict(node: CheckNode, best: Choice, case: Case, how: str) -> Verdict:
    return Verdict(node.against, (best.draw,) if best.draw is not None else (), note=how)

"""The proposal for one entry under `check:`, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn

from ncd_tikz.equivalence.case import state_name
from ncd_tikz.equivalence.cases import Cases
from ncd_tikz.equivalence.drawing import SizesError
from ncd_tikz.equivalence.foreign.build import build
from ncd_tikz.equivalence.foreign.errors import Theirs
from ncd_tikz.equivalence.foreign.find import find, importable
from ncd_tikz.equivalence.foreign.parameters import named_tensors
from ncd_tikz.equivalence.foreign.patterns import spell_out, tied_names
from ncd_tikz.equivalence.lift import LiftError
from ncd_tikz.equivalence.proposal.candidates import Candidate, candidates, joined
from ncd_tikz.equivalence.proposal.families import MOST_HOLES, Family, own_families
from ncd_tikz.equivalence.proposal.search import Search
from ncd_tikz.equivalence.proposal.writing import mapping_text
from ncd_tikz.equivalence.report import Verdict
from ncd_tikz.spec.nodes import CheckNode


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
        case = cases(0, batch, tied=tied_names(node))
        model = build(node, target, case)
        named = named_tensors(model) if isinstance(model, nn.Module) else {}
        entries = {state_name(entry): entry for entry in case.learned}
        told = spell_out(node.parameters, list(entries), case.sizes)
    except Theirs as error:
        return Verdict(node.against, (), error.words, set_up=True)
    except (LiftError, SizesError) as error:
        return Verdict(node.against, (), f"the spec itself cannot be evaluated: {error}", set_up=True)
    rest = [name for name in entries if name not in told]
    if not rest:
        return Verdict(node.against, (), "'parameters' says what is theirs for all of ours", set_up=True)
    opened = {family: candidates(family, entries, named) for family in _families(rest)}
    lacking = [family.pattern for family, found in opened.items() if not found]
    best = Search(node, target, case, _parts(opened)).best()
    mapping = {**node.parameters, **dict(entry for each in best.chosen for entry in each.entries)}
    text = mapping_text(mapping, node.parameters)
    notes = [f"nothing of theirs has the shape of {name}" for name in lacking]
    if not best.ok and best.crowded:
        notes.append(f"nothing of theirs is left for {', '.join(best.crowded)}")
    if not best.ok and not notes:
        notes.append("with no choice tried do the values agree: this one is the likeliest")
    how = f"{best.tried} {'choice' if best.tried == 1 else 'choices'} run"
    draws = (best.draw,) if best.draw is not None else ()
    return Verdict(node.against, draws, failure="; ".join(notes), note=how, set_up=bool(notes), proposal=text)


def _families(names: list[str]) -> list[Family]:
    found: list[Family] = []
    for family in own_families(names):
        if family.holes <= MOST_HOLES:
            found.append(family)
        else:
            found.extend(Family(name, ((),)) for name in family.names)
    return found


def _parts(opened: Mapping[Family, list[Candidate]]) -> list[list[Candidate]]:
    """Weight and bias of a part together, where they can be; else each for itself."""
    groups: dict[str, list[list[Candidate]]] = {}
    for family, found in opened.items():
        if found:
            groups.setdefault(family.pattern.rpartition(".")[0] or family.pattern, []).append(found)
    parts: list[list[Candidate]] = []
    for group in groups.values():
        together = joined(group) if len(group) > 1 else []
        parts.extend([together] if together else group)
    return parts

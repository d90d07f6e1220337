"""The changes that may explain theirs, tried one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite
from typing import NamedTuple

import torch
from torch import Tensor

from ncd_tikz.equivalence.compare import SMALL, spread
from ncd_tikz.equivalence.diagnosis.blocks import by_block
from ncd_tikz.equivalence.diagnosis.change import Change, Edit, Runs
from ncd_tikz.equivalence.diagnosis.clock import Clock
from ncd_tikz.equivalence.diagnosis.fields import by_fields, by_two_fields
from ncd_tikz.equivalence.diagnosis.layouts import by_factor, by_layout, named_factor, scaled
from ncd_tikz.equivalence.diagnosis.locate import Sightings
from ncd_tikz.equivalence.diagnosis.loops import by_loops
from ncd_tikz.equivalence.diagnosis.parameters import by_parameters
from ncd_tikz.equivalence.diagnosis.program import Node, Program
from ncd_tikz.equivalence.diagnosis.replacing import by_operation, one_more
from ncd_tikz.equivalence.diagnosis.wiring import added, by_inputs, left_out, moved
from ncd_tikz.equivalence.diagnosis.writing import by_source

Rule = Callable[[Program, Node], Iterator[Change]]
RULES: tuple[Rule, ...] = (
    left_out, by_fields, by_inputs, by_parameters, by_layout, by_operation, by_block, moved, added, one_more,
)  # fmt: skip
_MORE = 40  # changes tried after one that explains theirs
_BEGIN = 12  # changes that one of several differences may be
LAST: tuple[Rule, ...] = (by_two_fields, by_source, by_factor)


class Weighed(NamedTuple):
    """A change, and how unlikely it is."""

    weight: float
    change: Change
    wide: bool = False  # tried at all steps of the same operation at once, too
    doubt: float = 0.0  # by what is seen in their code; negative where that speaks for it


@dataclass(frozen=True, slots=True)
class Explanation:
    """A change that makes ours theirs."""

    change: Change
    edit: Edit
    nodes: int  # how many steps it was made at
    of: int  # how many there are
    values: Sequence[Tensor]  # of the program so changed


class Target:
    """What theirs gives, and how near a guess comes to it."""

    def __init__(self, wanted: Sequence[Tensor], allowed: Sequence[float], ours: Sequence[Tensor]) -> None:
        self.wanted, self.allowed = wanted, allowed
        self.start = self.distances(ours)

    def distances(self, outputs: Sequence[Tensor]) -> list[float]:
        """The largest differences, output by output."""
        return [distance(one, two) for one, two in zip(outputs, self.wanted, strict=True)]

    @property
    def is_told(self) -> bool:
        """Whether there are numbers that a guess can be held against."""
        return any(
            not t.is_floating_point() or float(t.isfinite().double().mean()) > 0.5 for t in self.wanted
        )

    def met(self, outputs: Sequence[Tensor]) -> bool:
        """Whether it is theirs: all agree, and much better than before."""
        for found, allowed, before in zip(self.distances(outputs), self.allowed, self.start, strict=True):
            if found > allowed or (before > allowed and found > 0.05 * before):
                return False
        return True


def distance(ours: Tensor, theirs: Tensor) -> float:
    """The largest difference; infinite where shapes or what is no number differ."""
    ours = spread(ours, theirs.shape)
    if ours.shape != theirs.shape:
        return inf
    if not theirs.is_floating_point() or not ours.is_floating_point():
        return 0.0 if torch.equal(ours.to(theirs.dtype), theirs) else inf
    one, two = ours.detach().double(), theirs.detach().double()
    same = (one == two) | (one.isnan() & two.isnan())
    apart = torch.where(same, 0.0, (one - two).abs())
    if not apart.numel():
        return 0.0
    found = float(apart.max())
    return found if isfinite(found) else inf


def allowance(expected: Tensor, single: bool) -> float:
    """How much may differ."""
    values = expected.detach().double()
    finite = values[values.isfinite()].abs()
    scale = max(float(finite.max()), SMALL) if finite.numel() else SMALL
    return scale * (1e-5 if single else 1e-9)


class Search:
    """The candidates and the time for them."""

    def __init__(self, runs: Runs, target: Target, sightings: Sightings, clock: Clock) -> None:
        self.runs, self.program, self.target = runs, runs.program, target
        self.sightings, self.clock = sightings, clock
        self.tried = 0
        self.groups: dict[tuple[int, str], list[Node]] = {}
        for node in self.program.nodes:
            self.groups.setdefault(node.kind, []).append(node)

    def near(self) -> list[Explanation]:
        """What explains theirs by a change near where the values part, the best first."""
        nodes, _ = self._candidates()
        for rules in (RULES, LAST):
            found = self._all(self._pooled(nodes, rules))
            if found or self._out():
                return found
        return []

    def far(self) -> list[Explanation]:
        """What explains theirs by a change anywhere else."""
        _, nodes = self._candidates()
        for rules in (RULES, LAST):
            found = self._one_by_one(nodes, rules)
            if found or self._out():
                return found
        return []

    def begin(self) -> Explanation | None:
        """Where more than one thing differs: the likeliest change of the first step that parts.

        What the step then makes is met in their code, in a place that is none of the diagram's values;
        of several such changes the one after which the most values are met.
        """
        partings = {node.number for node in self.sightings.partings()[:2]}
        near = [node for node in self._candidates()[0] if node.number in partings]
        best: tuple[float, Explanation] | None = None
        tried = [each for each in self._pooled(near, (*RULES, *LAST)) if each.doubt < 0][:_BEGIN]
        for weight, change, _, _ in tried:
            for nodes in self._levels(change, True):
                edit = self._edit(change, nodes)
                if edit is None or self._out():
                    continue
                try:
                    with torch.no_grad():
                        values = self.runs.changed(edit)
                except Exception:
                    continue
                score = self.sightings.count(values) - 0.1 * weight
                if best is None or score > best[0]:
                    alike = len(self._alike(change.node))
                    best = score, Explanation(change, edit, len(nodes), alike, values)
        if best is None or best[0] <= self.sightings.count(self.runs.values):
            return None
        return best[1]

    def _candidates(self) -> tuple[list[Node], list[Node]]:
        """Steps near where the values part, and the others behind."""
        partings = self.sightings.partings()
        near: dict[int, Node] = {}
        for node in partings[:6]:
            near.setdefault(node.number, node)
        for node in self.sightings.reordered()[:2]:
            near.setdefault(node.number, node)
            for slot in node.inputs:
                self._makers(slot, near)
        for node in partings[:3]:
            for slot in node.outputs:
                for user in self.sightings.users.get(slot, ()):
                    near.setdefault(user.number, user)
            for slot in node.inputs:
                self._makers(slot, near)
        bad = [
            node
            for node in self.program.nodes
            if any(not self.sightings.good[slot] for slot in node.outputs) or not partings
        ]
        seen = set[tuple[int | str, ...]]()
        far = []
        for node in (*bad, *self.program.nodes):
            if node.number not in near and node.path not in seen:
                seen.add(node.path)
                far.append(node)
        return list(near.values()), far

    def _makers(self, slot: int, near: dict[int, Node]) -> None:
        """The step that makes a value, and inputs and outputs of blocks on the way."""
        number = self.program.slots[slot].node
        while number >= 0:
            node = self.program.nodes[number]
            near.setdefault(number, node)
            if node.operation is not None:
                return
            number = self.program.slots[node.inputs[0]].node

    def _pooled(self, nodes: Sequence[Node], rules: Sequence[Rule]) -> list[Weighed]:
        """All changes of some steps, and of repetitions, the likeliest first."""
        pool: list[Weighed] = []
        if rules is RULES:
            pool += [Weighed(change.weight + 0.3, change) for change in by_loops(self.program, nodes)]
        for rank, node in enumerate(sorted(nodes, key=lambda each: each.number)):
            changes = (change for rule in rules for change in rule(self.program, node))
            for change in (*self._by_sighting(node), *changes):
                if self._out():
                    break
                doubt = self._doubt(change)
                if doubt is not None:
                    wide = doubt <= 0 and node.operation is not None
                    pool.append(Weighed(change.weight + 0.25 * rank + doubt, change, wide, doubt))
        return sorted(pool, key=lambda each: each.weight)

    def _doubt(self, change: Change) -> float | None:
        """How unlikely a change is by what is seen in their code; None where it changes nothing."""
        node = change.node
        met = self._meets(change)
        if met is None:
            return None
        if met == 2:
            return -0.3
        exact = self.sightings.exact
        doubt = 0.0 if met else 0.5
        if node.end.startswith("in") or any(slot not in exact for slot in node.outputs):
            return doubt
        kept = change.rule != "order" or all(exact[slot].alike for slot in node.outputs)
        return doubt + 10 * kept  # their code has what the step makes in the diagram

    def _by_sighting(self, node: Node) -> Iterator[Change]:
        """A factor that is seen."""
        for slot in node.outputs:
            for factor in self.sightings.factors(slot):
                yield scaled(node, factor, named_factor(node, factor), 1.05)

    def _one_by_one(self, nodes: Iterable[Node], rules: Sequence[Rule]) -> list[Explanation]:
        for node in nodes:
            changes = (
                Weighed(change.weight, change) for rule in rules for change in rule(self.program, node)
            )
            found = self._all(sorted(changes, key=lambda each: each.weight))
            if found or self._out():
                return found
        return []

    def _all(self, changes: Iterable[Weighed]) -> list[Explanation]:
        """The explanations: the first one met, and others that are as good."""
        found: list[Explanation] = []
        best, after = inf, 0
        for weight, change, wide, _ in changes:
            if self._out() or len(found) == 4 or after > _MORE or weight > best + 0.5:
                break
            after += bool(found)
            explanation = self._try(change, wide)
            if explanation is not None:
                found.append(explanation)
                best = min(best, weight)
        return found

    def _meets(self, change: Change) -> int | None:
        """Whether theirs has what the changed step makes: 2 where it is none of ours; None for no change."""
        node = change.node
        try:
            edit = change.at(node)
            if edit is None:
                return None
            with torch.no_grad():
                made = self.runs.step(edit, node)
        except Exception:
            return None
        before = [self.runs.values[slot] for slot in node.outputs]
        if edit.after and not any(slot in edit.after for slot in node.outputs):
            return 0
        if all(_same(one, two) for one, two in zip(made, before, strict=True)):
            return None
        return max((self.sightings.met(tensor) for tensor in made), default=0)

    def _alike(self, node: Node) -> list[Node]:
        """The same step in all iterations."""
        return [each for each in self.groups[node.kind] if each.path == node.path]

    def _levels(self, change: Change, wide: bool) -> Iterable[tuple[Node, ...]]:
        """Where a change is made: in all iterations, in all calls, once, wherever its operation stands."""
        node = change.node
        if not change.spreads:
            return [(node,)]
        choices = dict.fromkeys((tuple(self._alike(node)), tuple(self.groups[node.kind]), (node,)))
        if wide and node.operation is not None:
            kind = type(node.operation)
            choices[tuple(each for each in self.program.nodes if type(each.operation) is kind)] = None
        return choices

    def _edit(self, change: Change, nodes: Iterable[Node]) -> Edit | None:
        edit = None
        for each in nodes:
            try:
                more = change.at(each)
            except Exception:
                more = None
            if more is not None:
                edit = more if edit is None else edit | more
        return edit

    def _try(self, change: Change, wide: bool = False) -> Explanation | None:
        node = change.node
        for nodes in self._levels(change, wide):
            edit = self._edit(change, nodes)
            if edit is None:
                continue
            self.tried += 1
            try:
                with torch.no_grad():
                    values = self.runs.changed(edit)
                    outputs = self.runs.results(values)
            except Exception:
                continue
            if self.target.met(outputs):
                if len(nodes) > len(self.groups[node.kind]):
                    change = replace(change, words=f"{change.words}, everywhere it stands")
                return Explanation(change, edit, len(nodes), len(self._alike(node)), values)
        return None

    def _out(self) -> bool:
        return self.clock.is_out()


def _same(one: Tensor, two: Tensor) -> bool:
    return one.shape == two.shape and one.dtype == two.dtype and torch.equal(one, two)

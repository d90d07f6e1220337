"""The row of every wire: order kept, room kept, least weighted movement.

Rows are counted in halves. A column has three sets of rows: those of the level before it, those
inside it (where glyphs stand and nothing moves), and those of the level after it. Wires that run
straight by construction share one variable, so a chain of a thousand simple steps is a program
of a few variables; where a level holds a single tensor the program is cut, and its parts are
solved one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from enum import Enum
from itertools import pairwise
from math import ceil

from ncd_tikz.diagram import Diagram
from ncd_tikz.frozen import frozen
from ncd_tikz.layout.columns import Act, Plan
from ncd_tikz.layout.enclosures import enclosures
from ncd_tikz.layout.inside import Inside
from ncd_tikz.layout.labels import rise_of
from ncd_tikz.layout.order import Levels
from ncd_tikz.layout.simplex import Contradiction
from ncd_tikz.layout.stacks import NEIGHBOURS, PAIR, Entry, StackedRows, least_extent

PART = 150  # variables in a part before a cut is worth it

Wire = tuple[int, int]
"""A member and a place among its wires."""

PASS = 300_000  # a wire that passes or rides across
LAST = 100_000  # the same after the last operation, where the outputs close up
STAYS = 10_000
OWN = 400_000  # an axis taken to the axis that comes out in its place
TOGETHER = 100_000  # the wires of one glyph to each other
CLOSE = 500_000  # the same where a window's wire runs between them
CLOSED = 75_000  # a contracted wire to its end of the half circle
CIRCLE = 150_000  # the ends of a half circle to each other
MERGED = 15_000  # a wire to the dot where it meets others
STRAIGHT = 300_000  # the one of them that keeps its row, and the strand that goes on from a copy
COPIED = 15_000  # any other strand to its copy's dot
CLOSING = 400_000  # first to last row of the outputs


@frozen
class ActRows:
    """Rows inside an operation: of its nodes, and of the axes that it makes."""

    nodes: tuple[int, ...]
    made: Mapping[tuple[int, int], int]


@frozen
class Rows:
    """Half rows: of each level's wires, of the wires that pass each column, inside each act."""

    levels: tuple[Mapping[Wire, int], ...]
    passing: tuple[Mapping[Wire, int], ...]
    acts: tuple[tuple[ActRows, ...], ...]
    start: Mapping[Wire, int]
    entries: Mapping[int, Mapping[Wire, int]]  # levels at which a row of the figure begins anew
    sides: Mapping[int, tuple[tuple[int, int, int], ...]]
    """Of the step that opens parentheses: from which column on they reach from which row to which."""

    def before(self, column: int) -> Mapping[Wire, int]:
        """The rows from which wires come into a column."""
        return self.entries.get(column, self.levels[column])

    def side(self, opening: int, column: int) -> tuple[int, int]:
        """The highest and the lowest row of parentheses in a column between them."""
        return [(high, low) for first, high, low in self.sides[opening] if first <= column][-1]


def assign_rows(
    diagram: Diagram,
    plan: Plan,
    levels: Levels,
    insides: tuple[tuple[Inside | None, ...], ...],
    lifts: Mapping[tuple[int, int], float],
    breaks: frozenset[int] = frozenset(),
) -> Rows:
    """Solve for all rows. `lifts` ask for free rows above a tensor: (column, member) -> rows.

    Parentheses keep one height, unless a wire has to change sides between them: then every column
    has its own, and where even that cannot be, they keep nothing away.
    """
    arguments = diagram, plan, levels, insides, lifts, breaks
    for heights in (Heights.ONE, Heights.EACH):
        with suppress(Contradiction):
            return _Assignment(*arguments, heights).solve()
    return _Assignment(*arguments, Heights.FREE).solve()


class Heights(Enum):
    """How high parentheses are: the same all along, as each column asks, or whatever comes."""

    ONE = 1
    EACH = 2
    FREE = 3


@frozen
class _Part:
    """A member that passes a column, or an operation in it: its rows as wires come, and as they leave."""

    outs: tuple[int, ...]
    coming: list[Entry]
    going: list[Entry]


class _Assignment(StackedRows):
    def __init__(
        self,
        diagram: Diagram,
        plan: Plan,
        levels: Levels,
        insides: tuple[tuple[Inside | None, ...], ...],
        lifts: Mapping[tuple[int, int], float],
        breaks: frozenset[int],
        heights: Heights,
    ) -> None:
        super().__init__()
        self.heights = heights
        self.keeps_apart = heights is not Heights.FREE
        self.diagram, self.plan, self.levels, self.insides, self.lifts = diagram, plan, levels, insides, lifts
        self.breaks = breaks
        self.highlight = frozenset(diagram.figure.highlight)
        self.enclosed = enclosures(plan)
        self.drawn_sides: dict[int, list[tuple[int, int, int]]] = {}

    def solve(self) -> Rows:
        plan, levels = self.plan, self.levels
        level = {
            (member, place): self.variable()
            for member in plan.first
            for place in range(len(plan.members[member].wires))
        }
        start = level
        self.stack(self._plain(plan.first, level, -1 if levels.shuffled else 0))
        if levels.shuffled:
            fresh = {wire: self.variable() for wire in level}
            for wire, variable in level.items():
                self.near(variable, fresh[wire], PASS)
            level = fresh
            self.stack(self._plain(levels.before[0], level, 0))
        level_variables = [level]
        entries: dict[int, dict[Wire, int]] = {}
        passing_variables: list[dict[Wire, int]] = []
        act_variables: list[tuple[tuple[tuple[int, ...], dict[tuple[int, int], int]], ...]] = []
        for column in range(len(plan.columns)):
            self._parentheses(column)
            if column in self.breaks:
                level = {wire: self.variable() for wire in level}
                entries[column] = level
                self.stack(self._plain(levels.before[column], level, column))
            alone = len(levels.before[column]) == 1 and not self.enclosed.open_at(column)
            if alone and self.open > PART:
                self.close()
            passing, acts, level = self._column(column, level)
            passing_variables.append(passing)
            act_variables.append(acts)
            level_variables.append(level)
        self.stack(self._plain(plan.last, level), CLOSING)
        self.close()
        rows = self.rows
        return Rows(
            tuple({wire: rows[variable] for wire, variable in level.items()} for level in level_variables),
            tuple({wire: rows[variable] for wire, variable in level.items()} for level in passing_variables),
            tuple(
                tuple(
                    ActRows(
                        tuple(rows[variable] for variable in nodes),
                        {slot: rows[variable] for slot, variable in made.items()},
                    )
                    for nodes, made in acts
                )
                for acts in act_variables
            ),
            {wire: rows[variable] for wire, variable in start.items()},
            {
                column: {wire: rows[variable] for wire, variable in level.items()}
                for column, level in entries.items()
            },
            {
                step: tuple((column, rows[high], rows[low]) for column, high, low in sides)
                for step, sides in self.drawn_sides.items()
            },
        )

    def _parentheses(self, column: int) -> None:
        """Rows for the parentheses that open in a column, and anew where the figure goes on in a row."""
        for step, (first, last) in self.enclosed.spans.items():
            anew = column in self.breaks or self.heights is Heights.EACH
            if column == first or (first < column <= last and anew):
                high, low = self.variable(), self.variable()
                self.sides[step] = (high, low)
                self.drawn_sides.setdefault(step, []).append((column, high, low))
                self.near(high, low, TOGETHER)
                outer = [each for each in self.enclosed.acts.values() if step in each]
                for around in outer[0][: outer[0].index(step)]:
                    self.keep_apart(self.sides[around][0], high, NEIGHBOURS)
                    self.keep_apart(low, self.sides[around][1], NEIGHBOURS)

    def _plain(self, order: tuple[int, ...], level: Mapping[Wire, int], column: int = -1) -> list[Entry]:
        """A level's wires; where titles stand in the column after it, they do above the level as well."""
        return [
            Entry(
                level[member, place],
                member,
                0.0 if place else self.lifts.get((column, member), 0.0),
                rise=rise_of(axis, axis.name.rstrip("'") in self.highlight),
                around=self.enclosed.members.get(member, ()),
            )
            for member in order
            for place, axis in enumerate(self.plan.members[member].wires)
        ]

    def _column(
        self, column: int, level: dict[Wire, int]
    ) -> tuple[
        dict[Wire, int], tuple[tuple[tuple[int, ...], dict[tuple[int, int], int]], ...], dict[Wire, int]
    ]:
        plan, levels = self.plan, self.levels
        acts = plan.columns[column]
        inner: list[tuple[tuple[int, ...], dict[tuple[int, int], int]]] = []
        taking: dict[int, int] = {}
        loose = False  # rows may change after the column
        for number, act in enumerate(acts):
            for member in act.ins:
                taking[member] = number
            inside = self.insides[column][number]
            if inside is None:
                inner.append(((), {}))
                loose = True
                continue
            inner.append(self._inside(act, inside, level))
            loose = loose or not inside.straight or bool(self._apart_of(act))
        passing = {
            (member, place): level[member, place]
            for member in levels.before[column]
            if member not in taking or acts[taking[member]].step is None
            for place in range(len(plan.members[member].wires))
        }
        self._stack_column(column, level, passing, inner, taking)
        following = levels.before[column + 1]
        loose = loose or following != levels.after[column]
        after: dict[Wire, int] = {}
        second: set[Wire] = set()  # wires of an operation's further operands: the first one's come to them
        last = column == len(plan.columns) - 1
        strands = frozenset(strand for act in acts if act.step is None for strand in act.outs)
        for number, act in enumerate(acts):
            inside = self.insides[column][number]
            if inside is None:
                upper = next(member for member in following if member in act.outs)
                for strand in act.outs:
                    for place in range(len(plan.members[strand].wires)):
                        after[strand, place] = self.variable()
                        weight = STRAIGHT if strand == upper else COPIED
                        self.near(level[act.ins[0], place], after[strand, place], weight)
                continue
            nodes, made = inner[number]
            for entry in inside.leaving:
                if isinstance(entry, int):
                    for output, position in inside.nodes[entry].results:
                        after[act.outs[output], position] = nodes[entry]
                        if inside.nodes[entry].sources[-1][0]:
                            second.add((act.outs[output], position))
                else:
                    after[act.outs[entry[0]], entry[1]] = made[entry]
        for member in following:
            for place in range(len(plan.members[member].wires)):
                wire = (member, place)
                if member in strands:
                    continue
                here = after[wire] if wire in after else passing[wire]
                after[wire] = self.variable() if loose else here
                self.near(here, after[wire], (LAST if last else PASS) + (STAYS if wire in second else 0))
        level = {
            (member, place): after[member, place]
            for member in following
            for place in range(len(plan.members[member].wires))
        }
        self.stack(self._plain(following, level, column + 1))
        return passing, tuple(inner), level

    def _apart_of(self, act: Act) -> float:
        return self.plan.needs[act.step].apart if act.step is not None else 0.0

    def _inside(
        self, act: Act, inside: Inside, level: Mapping[Wire, int]
    ) -> tuple[tuple[int, ...], dict[tuple[int, int], int]]:
        """Variables of the rows inside an operation, and how they are drawn to those outside."""

        def outside(slot: tuple[int, int]) -> int:
            return level[act.ins[slot[0]], slot[1]]

        if act.step is None:
            raise ValueError("a copy has no rows inside")
        needs = self.plan.needs[act.step]
        held = any(self.solved(outside(slot)) for node in inside.nodes for slot in node.sources)
        tall = needs.span or max(needs.reach, needs.below) > NEIGHBOURS / 2 - 0.2
        straight = inside.straight and not needs.apart and not (held and tall)
        paired = {node for pair in inside.pairs for node in pair}
        nodes: list[int] = []
        for number, node in enumerate(inside.nodes):
            if straight:
                nodes.append(outside(node.sources[0]))
                continue
            nodes.append(self.variable())
            for source in node.sources:
                if number in paired:
                    weight = CLOSED
                elif not node.results:
                    weight = OWN
                elif len(node.sources) == 1:
                    weight = PASS
                else:
                    kept = node.sources[-1 if inside.pairs else 0]
                    weight = (
                        STRAIGHT if source == kept and not inside.pairs else MERGED * (1 + (source == kept))
                    )
                self.near(outside(source), nodes[-1], weight)
        for upper, lower in inside.pairs:
            self.near(nodes[upper], nodes[lower], CIRCLE)
        taken = [nodes[number] for number, node in enumerate(inside.nodes)
                 if not node.results and number not in paired]  # fmt: skip
        slots = [entry for entry in inside.leaving if not isinstance(entry, int)]
        for upper_node, lower_node in pairwise(taken):
            self.near(upper_node, lower_node, CLOSE if needs.leading else TOGETHER)
        made: dict[tuple[int, int], int] = {}
        if inside.keeps_order:
            made = dict(zip(slots, taken, strict=True))
        else:
            for number, slot in enumerate(slots):
                made[slot] = self.variable()
                if number < len(taken):
                    self.near(taken[number], made[slot], OWN)
                if number:
                    self.near(made[slots[number - 1]], made[slot], TOGETHER)
        return tuple(nodes), made

    def _stack_column(
        self,
        column: int,
        level: Mapping[Wire, int],
        passing: Mapping[Wire, int],
        inner: list[tuple[tuple[int, ...], dict[tuple[int, int], int]]],
        taking: Mapping[int, int],
    ) -> None:
        """Keep the rows inside a column apart, where wires enter and where they leave."""
        acts = self.plan.columns[column]
        parts: list[_Part] = []
        done: set[int] = set()
        for member in self.levels.before[column]:
            number = taking.get(member)
            if number is None or acts[number].step is None:
                plain = [
                    Entry(passing[member, place], member, around=self.enclosed.members.get(member, ()))
                    for place in range(len(self.plan.members[member].wires))
                ]
                plain[0].above += self.lifts.get((column, member), 0.0)
                parts.append(_Part((member,), plain, plain))
            elif number not in done:
                done.add(number)
                parts.append(_Part(acts[number].outs, *self._stack_act(column, number, inner[number])))
        after = self.levels.after[column]
        for number, act in enumerate(acts):
            if act.step is not None and not act.ins:  # behind what it follows once it is there
                ahead = set(after[: after.index(act.outs[0])])
                place = max((i + 1 for i, part in enumerate(parts) if ahead & set(part.outs)), default=0)
                parts.insert(place, _Part(act.outs, *self._stack_act(column, number, inner[number])))
        for upper, lower in pairwise(parts):  # a glyph's wires that come, clear of those that go above it
            self.stack([(upper.coming or upper.going)[-1], (lower.going or lower.coming)[0]])
            self.stack([(upper.going or upper.coming)[-1], (lower.coming or lower.going)[0]])
        entering = [entry for part in parts for entry in part.coming]
        leaving = [entry for part in parts for entry in part.going]
        self.stack(entering)
        if [entry.variable for entry in entering] != [entry.variable for entry in leaving]:
            self.stack(leaving)

    def _stack_act(
        self,
        column: int,
        number: int,
        variables: tuple[tuple[int, ...], dict[tuple[int, int], int]],
    ) -> tuple[list[Entry], list[Entry]]:
        """The rows of an operation as wires come into it, and as they leave it."""
        act = self.plan.columns[column][number]
        inside = self.insides[column][number]
        if inside is None or act.step is None:
            raise ValueError("a copy has no rows inside")
        needs = self.plan.needs[act.step]
        nodes, made = variables
        pairs = set(inside.pairs)
        several = len(act.ins) > 1 and not any(len(node.sources) > 1 for node in inside.nodes) and not pairs
        own = {index for index, node in enumerate(inside.nodes) if not node.results}
        extent = max(least_extent([inside.nodes[i].sources[0][0] for i in inside.entering if i in own]),
                     least_extent([slot[0] for slot in made]))  # fmt: skip
        reach = needs.reach + max(0.0, needs.span - extent) / 2
        inner = [
            Entry(nodes[index], (number, inside.nodes[index].sources[0][0] if several else 0))
            for index in inside.entering
        ]
        below = max(reach, needs.below)
        for place, index in enumerate(inside.entering):
            if index in own:
                inner[place].above, inner[place].below = reach, below
        for place, (upper, lower) in enumerate(pairwise(inside.entering)):
            if upper in own and lower in own:
                inner[place].below = inner[place + 1].above = 0.0
                if (upper, lower) in pairs:
                    self.keep_apart(nodes[upper], nodes[lower], PAIR)
        outer = []
        for entry in inside.leaving:
            if isinstance(entry, int):
                outer.append(Entry(nodes[entry], (number, 0)))
            else:
                outer.append(Entry(made[entry], (number, entry[0]), reach, below))
        for upper_out, lower_out in pairwise(outer):
            if upper_out.above and lower_out.above:
                upper_out.below = lower_out.above = 0.0
        if needs.apart:
            first = inside.nodes[next(index for index in inside.entering if index in own)].sources[0]
            ahead, leading = first in needs.leading, len(needs.leading)
            for rows in (
                [nodes[index] for index in inside.entering if index in own],
                [made[entry] for entry in inside.leaving if not isinstance(entry, int)],
            ):
                if len(rows) > leading:
                    cut = leading if ahead else len(rows) - leading
                    self.keep_apart(rows[cut - 1], rows[cut], ceil(2 * needs.apart))
        for stack in (inner, outer):
            if stack:
                lift = max((self.lifts.get((column, member), 0.0) for member in act.ins), default=0.0)
                stack[0].above = max(stack[0].above, needs.headroom) + lift
        for row in (*inner, *outer):
            row.around = self.enclosed.acts[column, number]
        return inner, outer

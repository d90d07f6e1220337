"""Which operation stands in which column, and where a value used twice is copied.

Steps stand as early as they can; a step with slack moves to a later column where its like
stands (the three learned maps of attention form one column). A value with several uses is copied
just before the first of them: one strand for each use there, and one for all later uses.
"""

from __future__ import annotations

from ncd_tikz.axes import Axis, Expression
from ncd_tikz.diagram import Diagram
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, MemoryCard, Needs, Parenthesis

UNIT = Axis("1", (Expression.number(1),), "1")
"""The wire that stands for a tensor without axes."""


@frozen
class Member:
    """A strand of a value: one member of the tuple, from where it is made to its one use."""

    value: int
    wires: tuple[Axis, ...]


@frozen
class Act:
    """What happens to members in a column: a step, or a copy (`step` is None)."""

    step: int | None
    ins: tuple[int, ...]
    outs: tuple[int, ...]
    riders: tuple[int, ...] = ()

    def does(self, steps: frozenset[int]) -> bool:
        """Whether one of these steps happens here."""
        return self.step in steps or not steps.isdisjoint(self.riders)


@frozen
class Plan:
    """Members and the acts of each column; all indexes are places in these tuples."""

    members: tuple[Member, ...]
    columns: tuple[tuple[Act, ...], ...]
    first: tuple[int, ...]
    last: tuple[int, ...]
    glyphs: tuple[Glyph, ...]
    needs: tuple[Needs, ...]


def plan(diagram: Diagram) -> Plan:
    """Columns and members of a diagram."""
    glyphs = tuple(step.glyph() for step in diagram.steps)
    needs = tuple(glyph.needs() for glyph in glyphs)
    uses: list[list[int]] = [[] for _ in diagram.values]
    for number, step in enumerate(diagram.steps):
        for value in step.inputs:
            uses[value].append(number)
    for value in diagram.outputs:
        uses[value].append(len(diagram.steps))
    riders = _riders(diagram, needs, uses)
    columns, end = _schedule(diagram, uses, riders, glyphs)
    return _weave(diagram, columns, end, riders, glyphs, needs)


def _riders(diagram: Diagram, needs: tuple[Needs, ...], uses: list[list[int]]) -> dict[int, int]:
    """Scales that sit on the arrow of the contraction just before: step -> step."""
    maker = {value: number for number, step in enumerate(diagram.steps) for value in step.outputs}
    riders: dict[int, int] = {}
    taken: set[int] = set()
    for number, step in enumerate(diagram.steps):
        source = maker.get(step.inputs[0]) if len(step.inputs) == 1 else None
        if (
            source is not None
            and needs[number].rides
            and needs[source].carries
            and source not in taken
            and len(uses[step.inputs[0]]) == 1
        ):
            riders[number] = source
            taken.add(source)
    return riders


def _floors(glyphs: tuple[Glyph, ...]) -> tuple[tuple[int, int], ...]:
    """For every step the parentheses around it: the steps that open and close them, or -1."""
    closing: dict[int, int] = {}
    open_steps: list[int] = []
    around: list[int] = []
    for number, glyph in enumerate(glyphs):
        if isinstance(glyph, Parenthesis) and not glyph.opening:
            closing[open_steps.pop()] = number
        around.append(open_steps[-1] if open_steps else -1)
        if isinstance(glyph, Parenthesis) and glyph.opening:
            open_steps.append(number)
    return tuple((opened, closing.get(opened, -1)) for opened in around)


def _schedule(
    diagram: Diagram,
    uses: list[list[int]],
    riders: dict[int, int],
    glyphs: tuple[Glyph, ...],
) -> tuple[list[int], int]:
    """The column of every step (a rider shares that of its contraction), and their number."""
    steps = diagram.steps
    around = _floors(glyphs)
    saved: dict[str, int] = {}  # the column behind which a memory may be loaded
    ready = [0] * len(diagram.values)
    columns = [0] * len(steps)
    maker: dict[int, int] = {}
    enclosed: dict[int, int] = {}  # what opens parentheses -> the last column of what is in them
    for value in diagram.inputs:
        ready[value] = int(len(uses[value]) > 1)
    closes = {closed: opened for opened, closed in around if closed >= 0}
    fresh: dict[int, int] = {}  # values just out of parentheses: the column that closed them
    for number, step in enumerate(steps):
        opened = around[number][0]
        column = max((ready[value] for value in step.inputs), default=0)
        if opened >= 0:
            column = max(column, columns[opened] + 1)
        beside = [fresh[value] for value in step.inputs if value in fresh]
        if beside and any(not steps[maker[value]].inputs for value in step.inputs if value in maker):
            column = max(column, max(beside) + 2)  # what comes from nothing stands behind the parenthesis
        if number in closes:
            fresh.update(dict.fromkeys(step.outputs, 0))
            column = max(column, enclosed.get(closes[number], columns[closes[number]]) + 1)
        if number in riders:
            column = columns[riders[number]]
        glyph = glyphs[number]
        if isinstance(glyph, MemoryCard):
            if glyph.saves:
                saved[glyph.memory] = column
            else:
                column = max(column, saved.get(glyph.memory, -1) + 1)
        if number in closes:
            within = range(closes[number], number)
            kept = {
                g.memory for g in map(glyphs.__getitem__, within) if isinstance(g, MemoryCard) and g.saves
            }
            saved.update(dict.fromkeys(kept, column))
        columns[number] = column
        fresh.update({value: column for value in step.outputs if value in fresh})
        maker.update(dict.fromkeys(step.outputs, number))
        while opened >= 0:
            enclosed[opened] = max(enclosed.get(opened, 0), column)
            opened = around[opened][0]
        for value in step.outputs:
            # several results may have to change places, which takes a column of its own
            ready[value] = column + 1 + int(len(uses[value]) > 1) + int(len(step.outputs) > 1)
    kinds: dict[tuple[str, int], int] = {}
    for number, step in enumerate(steps):
        key = (step.operation.name, columns[number])
        kinds[key] = kinds.get(key, 0) + 1
    end = max([column + 1 for column in columns] + [ready[value] for value in diagram.outputs], default=0)
    rootless = _rootless(diagram, glyphs)
    for number in reversed(range(len(steps))):
        step = steps[number]
        if number in riders or number in riders.values() or isinstance(glyphs[number], Parenthesis):
            continue
        latest = columns[around[number][1]] - 1 if around[number][1] >= 0 else end - 1
        for value in step.outputs:
            copied = int(len(uses[value]) > 1) + int(len(step.outputs) > 1)
            for use in uses[value]:
                latest = min(latest, (columns[use] if use < len(steps) else end) - 1 - copied)
        here = columns[number]
        name = step.operation.name
        if number in rootless:  # what comes from nowhere stands where it is needed
            columns[number] = max(here, latest)
            continue
        if latest <= here or kinds[name, here] > 1 or not step.application.own_axes(0) or not step.outputs:
            continue
        for column in range(here + 1, latest + 1):
            if kinds.get((name, column)):
                kinds[name, here] -= 1
                kinds[name, column] += 1
                columns[number] = column
                break
    return columns, end


def _rootless(diagram: Diagram, glyphs: tuple[Glyph, ...]) -> set[int]:
    """Steps that take nothing, or only what such steps make."""
    found: set[int] = set()
    values: set[int] = set()
    for number, step in enumerate(diagram.steps):
        plain = bool(step.outputs) and not isinstance(glyphs[number], (MemoryCard, Parenthesis))
        if not step.inputs or (plain and values.issuperset(step.inputs)):
            found.add(number)
            if plain:
                values.update(step.outputs)
    return found


def _wires(axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    return axes or (UNIT,)


def _weave(
    diagram: Diagram,
    columns: list[int],
    width: int,
    riders: dict[int, int],
    glyphs: tuple[Glyph, ...],
    needs: tuple[Needs, ...],
) -> Plan:
    """Make the members: one for each stretch from a maker or a copy to a use or a copy."""
    steps = diagram.steps
    members: list[Member] = []
    acts: list[list[Act]] = [[] for _ in range(width)]
    consumers: dict[tuple[int, int], int] = {}  # (step, operand) -> member
    finals: dict[int, int] = {}  # place among the outputs -> member
    uses: list[list[tuple[int, int, int]]] = [[] for _ in diagram.values]
    for number, step in enumerate(steps):
        for operand, value in enumerate(step.inputs):
            uses[value].append((columns[number], number, operand))
    for place, value in enumerate(diagram.outputs):
        uses[value].append((width, len(steps), place))

    def strand(value: int) -> int:
        members.append(Member(value, _wires(diagram.values[value].tensor.axes)))
        return len(members) - 1

    def deliver(member: int, use: tuple[int, int, int]) -> None:
        if use[1] == len(steps):
            finals[use[2]] = member
        else:
            consumers[use[1], use[2]] = member

    copies: list[tuple[int, Act]] = []

    def spread(value: int, member: int) -> None:
        """Give a value's member to its uses, by copies where there are several."""
        rest = sorted(uses[value])
        while len(rest) > 1:
            first = rest[0][0]
            now = [use for use in rest if use[0] == first]
            rest = rest[len(now) :]
            outs = []
            for use in now:
                outs.append(strand(value))
                deliver(outs[-1], use)
            if rest:
                outs.append(strand(value))
            copies.append((first - 1, Act(None, (member,), tuple(outs))))
            member = outs[-1]
        if rest:
            deliver(member, rest[0])

    inputs = []
    for value in diagram.inputs:
        inputs.append(strand(value))
        spread(value, inputs[-1])
    carried = {source: rider for rider, source in riders.items()}
    for number, step in enumerate(steps):
        if number in riders:
            continue
        rider = carried.get(number)
        made = steps[rider].outputs if rider is not None else step.outputs
        outs = []
        for value in made:
            outs.append(strand(value))
            spread(value, outs[-1])
        ins = tuple(consumers[number, operand] for operand in range(len(step.inputs)))
        riding = (rider,) if rider is not None else ()
        acts[columns[number]].append(Act(number, ins, tuple(outs), riding))
    for column, act in copies:
        acts[column].append(act)
    return Plan(
        tuple(members),
        tuple(tuple(column) for column in acts),
        tuple(inputs),
        tuple(finals[place] for place in range(len(diagram.outputs))),
        glyphs,
        needs,
    )

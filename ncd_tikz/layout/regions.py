"""Which part of the picture a name in `figure:` speaks of."""

from __future__ import annotations

from ncd_tikz.diagram import Diagram, Load, Save, Step
from ncd_tikz.frozen import frozen
from ncd_tikz.layout.enclosures import enclosures
from ncd_tikz.layout.paint import Drawing, row
from ncd_tikz.layout.repetition import Bracket

SIDE = 0.2  # a region ends so far beside its glyphs
LABEL = 0.85  # a label on the uppermost wire
PARENTHESIS = 0.65  # from the rows of parentheses to beyond their ends
COPY = 0.3  # around the dots of a copy


@frozen
class Region:
    """A box around glyphs and their wires, and the columns that it spans."""

    left: float
    top: float
    right: float
    bottom: float
    first: int
    last: int


def steps_named(diagram: Diagram, names: tuple[str, ...]) -> tuple[int, ...]:
    """The steps that make a value of one of the names, or that carry it as their label.

    Saving and loading go by `C` or `C[i]`; the parentheses of a repetition are no steps of its body.
    """
    return tuple(
        number
        for number, step in enumerate(diagram.steps)
        if not isinstance(step.operation, Bracket)
        and (
            not names_of_parts(step).isdisjoint(names)
            or step.label in names
            or not names_of_memory(step).isdisjoint(names)
            or any(diagram.values[value].name in names for value in step.outputs)
        )
    )


def steps_within(diagram: Diagram, names: tuple[str, ...]) -> tuple[int, ...]:
    """For a group: the steps named, all that lie on a way from one of them to another, and what hangs there.

    What is saved or discarded while it goes on to one of them belongs to them, and what comes from
    nothing for them alone.
    """
    named = set(steps_named(diagram, names))
    if not named:
        return ()
    maker = {value: number for number, step in enumerate(diagram.steps) for value in step.outputs}
    behind, ahead = set(named), set(named)
    for number, step in enumerate(diagram.steps):
        if any(maker.get(value) in behind for value in step.inputs):
            behind.add(number)
    for number in range(len(diagram.steps) - 1, -1, -1):
        if number in ahead:
            ahead.update(maker[value] for value in diagram.steps[number].inputs if value in maker)
    within = {number for number in behind & ahead if not isinstance(diagram.steps[number].operation, Bracket)}
    uses: dict[int, set[int]] = {}
    for number, step in enumerate(diagram.steps):
        for value in step.inputs:
            uses.setdefault(value, set()).add(number)
    for number, step in enumerate(diagram.steps):
        if not step.outputs and any(uses[value] & within for value in step.inputs):
            within.add(number)
    for number, step in enumerate(diagram.steps):
        taken = {use for value in step.outputs for use in uses.get(value, ())}
        if not step.inputs and taken and taken <= within and not set(step.outputs) & set(diagram.outputs):
            within.add(number)
    return tuple(sorted(within))


def names_of_parts(step: Step) -> frozenset[str]:
    """The attribute and the label of a step, those behind what it stands in, and what it stands in."""
    *around, own = step.attribute.split(".")
    last = (own, step.label) if step.label else (own,)
    ends = (".".join((*around[depth:], name)) for depth in range(len(around) + 1) for name in last)
    return frozenset((*around, *ends))


def names_of_memory(step: Step) -> frozenset[str]:
    """What a step that saves or loads may be called; behind a block's prefix if it is in one."""
    operation = step.operation
    if not isinstance(operation, (Save, Load)):
        return frozenset()
    prefix = step.attribute.rpartition(".")[0]
    prefix = f"{prefix}." if prefix else ""
    index = "" if operation.at is None else f"[{str(operation.at).replace(' ', '')}]"
    names = {operation.memory, operation.memory + index}
    return frozenset(names | {prefix + name for name in names})


def steps_pointed_at(diagram: Diagram, names: tuple[str, ...]) -> tuple[int, ...]:
    """For a note: not every step that renames a value in place, but the one that first made it."""
    named = set(steps_named(diagram, names))
    first = {
        number
        for number in named
        if not (
            {diagram.values[value].name for value in diagram.steps[number].inputs}
            & {diagram.values[value].name for value in diagram.steps[number].outputs}
        )
    }
    return tuple(sorted(first or named))


def acts_of(drawing: Drawing, steps: tuple[int, ...]) -> list[tuple[int, int]]:
    """The (column, act) of steps; a scale on an arrow is where its contraction is."""
    wanted = frozenset(steps)
    return [
        (column, number)
        for column, acts in enumerate(drawing.plan.columns)
        for number, act in enumerate(acts)
        if act.does(wanted)
    ]


def group_region(drawing: Drawing, steps: tuple[int, ...], columns: range) -> Region | None:
    """Around steps, as far as they stand in these columns, with all wires of their tensors."""
    acts = [(column, number) for column, number in acts_of(drawing, steps) if column in columns]
    if not acts:
        return None
    first, last = acts[0][0], acts[-1][0]
    heights: list[float] = []
    inside = {(column, number) for column, number in acts}
    consumed = {member for column, number in acts for member in drawing.plan.columns[column][number].ins}
    wires: list[float] = []
    for column in range(first, last + 1):
        for number in range(len(drawing.plan.columns[column])):
            if (column, number) in inside:
                heights += _act_heights(drawing, column, number)
                wires += _tensor_rows(drawing, column, number, within=column < last)
        passing = drawing.rows.passing[column]
        wires += [row(half) for (member, _), half in passing.items() if member in consumed]
    for opening, (left, right) in enclosures(drawing.plan).spans.items():
        if first <= left and right <= last and any(left < column < right for column, _ in acts):
            high, low = drawing.rows.side(opening, left)
            heights += [row(high) - PARENTHESIS, row(low) + PARENTHESIS]
    places = drawing.places
    return Region(
        places.approaches[first].left - SIDE,
        min(min(heights), min(wires, default=0.0) - LABEL),
        places.glyphs[last].right + SIDE,
        max(*heights, *wires),
        first,
        last,
    )


def glyph_regions(drawing: Drawing, names: tuple[str, ...], columns: range) -> list[Region]:
    """Tight around the glyphs of steps, one region for each run of columns among these.

    The copy of an input counts as what its name points at.
    """
    wanted = acts_of(drawing, steps_pointed_at(drawing.diagram, names))
    for column, acts in enumerate(drawing.plan.columns):
        for number, act in enumerate(acts):
            if act.step is None:
                value = drawing.plan.members[act.ins[0]].value
                if value in drawing.diagram.inputs and drawing.diagram.values[value].name in names:
                    wanted.append((column, number))
    regions = _input_regions(drawing, names) if 0 in columns and not wanted else []
    before = -2
    for column in sorted({column for column, _ in wanted if column in columns}):
        heights = [y for c, number in wanted if c == column for y in _act_heights(drawing, c, number)]
        zone = drawing.places.glyphs[column]
        here = Region(zone.left - 0.08, min(heights), zone.right + 0.08, max(heights), column, column)
        if column == before + 1:
            last = regions.pop()
            here = Region(
                last.left,
                min(last.top, here.top),
                here.right,
                max(last.bottom, here.bottom),
                last.first,
                column,
            )
        regions.append(here)
        before = column
    return regions


def _input_regions(drawing: Drawing, names: tuple[str, ...]) -> list[Region]:
    """Around the labels of inputs that a note speaks of."""
    plan, diagram = drawing.plan, drawing.diagram
    zone = drawing.places.shapes[0]
    heights = [
        row(half)
        for (member, _), half in drawing.rows.start.items()
        if diagram.values[plan.members[member].value].name in names
    ]
    if not heights:
        return []
    return [Region(zone.left, min(heights) - LABEL, zone.right, max(heights) + 0.15, 0, 0)]


def _tensor_rows(drawing: Drawing, column: int, number: int, *, within: bool) -> list[float]:
    """Rows of all wires of the tensors that an act takes and makes; `within`, also where they go."""
    act = drawing.plan.columns[column][number]
    inner = drawing.rows.acts[column][number]
    level, following = drawing.rows.before(column), drawing.rows.levels[column + 1]
    rows = [row(half) for half in (*inner.nodes, *inner.made.values())]
    for member in act.ins:
        rows += [row(level[member, place]) for place in range(len(drawing.plan.members[member].wires))]
    if within:
        rows += [row(half) for (member, _), half in following.items() if member in act.outs]
    return rows


def _act_heights(drawing: Drawing, column: int, number: int) -> list[float]:
    """How far the ink of an act's glyph reaches."""
    act = drawing.plan.columns[column][number]
    inside = drawing.insides[column][number]
    if act.step is None or inside is None:
        wires = range(len(drawing.plan.members[act.ins[0]].wires))
        rows = [row(drawing.rows.before(column)[act.ins[0], place]) for place in wires]
        return [min(rows) - COPY, max(rows) + COPY]
    needs = drawing.plan.needs[act.step]
    inner = drawing.rows.acts[column][number]
    own = [
        row(inner.nodes[i])
        for i, node in enumerate(inside.nodes)
        if not node.results or len(node.sources) > 1
    ]
    own += [row(half) for half in inner.made.values()]
    every = [row(half) for half in (*inner.nodes, *inner.made.values())]
    if needs.floats:
        return [min(every) - needs.headroom, min(every)]
    mine = own or every
    spread = needs.reach + max(0.0, needs.span - (max(mine) - min(mine))) / 2
    return [min(mine) - spread, max(mine) + spread]

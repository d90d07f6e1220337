"""Which part of the picture a name in `figure:` speaks of."""

from __future__ import annotations

from dataclasses import dataclass

from ncd_tikz.diagram import Diagram
from ncd_tikz.layout.paint import Drawing, row

SIDE = 0.2  # a region ends so far beside its glyphs


@dataclass(frozen=True, slots=True)
class Region:
    """A box around glyphs and their wires, and the columns that it spans."""

    left: float
    top: float
    right: float
    bottom: float
    first: int
    last: int


def steps_named(diagram: Diagram, names: tuple[str, ...]) -> tuple[int, ...]:
    """The steps that make a value of one of the names, or that carry it as their label."""
    return tuple(
        number
        for number, step in enumerate(diagram.steps)
        if step.attribute in names
        or step.label in names
        or any(diagram.values[value].name in names for value in step.outputs)
    )


def acts_of(drawing: Drawing, steps: tuple[int, ...]) -> list[tuple[int, int]]:
    """The (column, act) of steps; a scale on an arrow is where its contraction is."""
    wanted = set(steps)
    return [
        (column, number)
        for column, acts in enumerate(drawing.plan.columns)
        for number, act in enumerate(acts)
        if act.step is not None and (act.step in wanted or any(rider in wanted for rider in act.riders))
    ]


def group_region(drawing: Drawing, steps: tuple[int, ...]) -> Region | None:
    """Around steps with all wires of the tensors that they take and make."""
    acts = acts_of(drawing, steps)
    if not acts:
        return None
    first, last = acts[0][0], acts[-1][0]
    heights: list[float] = []
    inside = {(column, number) for column, number in acts}
    consumed = {member for column, number in acts for member in drawing.plan.columns[column][number].ins}
    for column in range(first, last + 1):
        for number in range(len(drawing.plan.columns[column])):
            if (column, number) in inside:
                heights += _act_heights(drawing, column, number, whole=True)
        passing = drawing.rows.passing[column]
        heights += [
            row(half) for (member, _), half in passing.items() if member in consumed and column >= first
        ]
    places = drawing.places
    return Region(
        places.approaches[first].left - SIDE,
        min(heights),
        places.glyphs[last].right + SIDE,
        max(heights),
        first,
        last,
    )


def glyph_region(drawing: Drawing, steps: tuple[int, ...]) -> Region | None:
    """Tight around the glyphs of steps."""
    acts = acts_of(drawing, steps)
    if not acts:
        return None
    heights = [y for column, number in acts for y in _act_heights(drawing, column, number, whole=False)]
    first, last = acts[0][0], acts[-1][0]
    zones = drawing.places.glyphs
    return Region(zones[first].left - 0.08, min(heights), zones[last].right + 0.08, max(heights), first, last)


def _act_heights(drawing: Drawing, column: int, number: int, *, whole: bool) -> list[float]:
    """Rows of an act's ink: of its own wires, or of all wires of its tensors."""
    act = drawing.plan.columns[column][number]
    inside = drawing.insides[column][number]
    if act.step is None or inside is None:
        return []
    needs = drawing.plan.needs[act.step]
    inner = drawing.rows.acts[column][number]
    own = [row(inner.nodes[i]) for i, node in enumerate(inside.nodes) if not node.results]
    own += [row(half) for half in inner.made.values()]
    every = [row(half) for half in (*inner.nodes, *inner.made.values())]
    if whole:
        for member in act.ins:
            for place in range(len(drawing.plan.members[member].wires)):
                every.append(row(drawing.rows.levels[column][member, place]))
    if needs.floats:
        return [min(every) - needs.headroom] + (every if whole else [min(every)])
    mine = own or every
    spread = max(needs.reach, (needs.span - (max(mine) - min(mine))) / 2 + needs.reach)
    return [min(mine) - spread, max(mine) + spread, *(every if whole else ())]

"""The horizontal places: shape columns as wide as their labels, operation columns as their glyphs.

```
| shape c | approach | glyphs | leaving | shape c+1 | ...
  labels    wires      still    wires
  stand     meet       rows     move on
```
"""

from __future__ import annotations

from collections.abc import Mapping

from ncd_tikz.diagram import Diagram
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Floating
from ncd_tikz.glyphs.inner_products import ARROW, rider_width
from ncd_tikz.layout.columns import Act, Plan
from ncd_tikz.layout.inside import Inside
from ncd_tikz.layout.labels import label_of, rise_of
from ncd_tikz.layout.order import Levels
from ncd_tikz.layout.rows import Rows, Wire
from ncd_tikz.text import measure

GAP = 0.4  # a shape column without labels
PADDING = 0.32  # beside a label
ARROW_OUT = 0.7  # where wires leave a row, and where they come into the next
ARROW_IN = 0.7
SHAPE = 1.7  # least width of a tinted shape column
TINT = 0.25  # more room beside the glyphs of a tinted operation column
USUAL = 0.9  # height of a label that fits under a floating glyph
STILL = 0.25  # an operation column without glyphs


@frozen
class Zone:
    """A stretch of the horizontal axis."""

    left: float
    right: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def width(self) -> float:
        return self.right - self.left


@frozen
class Places:
    """Zones, and the wires labelled in each: in a shape column, or under floating glyphs."""

    shapes: tuple[Zone, ...]
    approaches: tuple[Zone, ...]
    glyphs: tuple[Zone, ...]
    leavings: tuple[Zone, ...]
    labels: tuple[frozenset[Wire], ...]  # of each level
    under: tuple[bool, ...]  # the level's labels stand under the floating glyphs of its column
    shuffle: Zone  # before the first level, where the inputs change places
    start: float  # where the wires start
    entries: Mapping[int, Zone]  # levels at which the diagram goes on in the next row: its first stretch


def rider_text(plan: Plan, act: Act) -> str:
    """The text of the scale that sits on an act's arrow."""
    for rider in act.riders:
        glyph = plan.glyphs[rider]
        if isinstance(glyph, Floating):
            return glyph.text if glyph.text.startswith("*") else "*" + glyph.text
    return ""


def glyph_width(plan: Plan, act: Act) -> float:
    """Width of an act's glyph, with what sits on its arrow."""
    if act.step is None:
        return STILL
    extra = rider_width(rider_text(plan, act)) - ARROW if act.riders else 0.0
    return plan.needs[act.step].width + max(0.0, extra)


def glyph_place(plan: Plan, act: Act, inside: Inside | None, zone: Zone) -> Zone:
    """Where in its column a glyph stands: at the left where wires meet in it, else in the middle."""
    width = glyph_width(plan, act)
    if act.step is None or inside is None:
        return Zone(zone.right - width, zone.right)
    if not act.ins:
        return Zone(zone.right - width, zone.right)
    if not act.outs:
        return Zone(zone.left, zone.left + width)
    if len(act.outs) > 1:  # what passes into several results parts right behind the glyph
        return zone
    if inside.merges or len(act.ins) > 1:
        return Zone(zone.left, zone.left + width)
    return Zone(zone.middle - width / 2, zone.middle + width / 2)


def travel(moves: list[int]) -> float:
    """Width in which wires change rows, by the farthest move in half rows."""
    farthest = max((abs(move) for move in moves), default=0)
    return 0.0 if farthest == 0 else min(0.75 + 0.16 * farthest, 2.6)


def assign_places(
    diagram: Diagram,
    plan: Plan,
    levels: Levels,
    insides: tuple[tuple[Inside | None, ...], ...],
    rows: Rows,
    breaks: frozenset[int],
    spare: Mapping[int, float],
) -> Places:
    """Zones from left to right, all rows of a broken diagram end to end.

    `spare` asks for more room in shape columns: level -> units.
    """
    columns = len(plan.columns)
    moved = [_moves(plan, insides, rows, column) for column in range(columns)]
    labels = _labels(diagram, plan, levels, insides, rows)
    under = tuple(
        bool(plan.columns[column])
        and not diagram.figure.columns
        and all(act.step is not None and plan.needs[act.step].floats for act in plan.columns[column])
        and not moved[column][0]
        and all(rise_of(plan.members[member].wires[place]) < USUAL for member, place in labels[column])
        and column not in breaks
        for column in range(columns)
    )
    x = 0.0
    shapes: list[Zone] = []
    approaches: list[Zone] = []
    glyphs: list[Zone] = []
    leavings: list[Zone] = []
    entries: dict[int, Zone] = {}

    def zone(width: float) -> Zone:
        nonlocal x
        x = round(x + width, 3)
        return Zone(round(x - width, 3), x)

    shuffle = zone(0.0)
    if levels.shuffled:
        widest = max(
            measure(label_of(axis)).width for member in plan.first for axis in plan.members[member].wires
        )
        zone(widest + 2 * PADDING)
        shuffle = zone(travel([rows.start[wire] - half for wire, half in rows.levels[0].items()]))
    for level in range(columns + 1):
        widest = max(
            (measure(label_of(plan.members[member].wires[place])).width for member, place in labels[level]),
            default=0.0,
        )
        below = level < columns and under[level]
        width = widest + 2 * PADDING if widest and not below else GAP
        if level in (0, columns):
            width = max(width, 0.8)
        if diagram.figure.columns:
            width = max(width, SHAPE)
        shapes.append(zone(width + spare.get(level, 0.0) + (ARROW_OUT if level in breaks else 0.0)))
        if level in breaks:
            every = (axis for member in levels.before[level] for axis in plan.members[member].wires)
            entries[level] = zone(
                spare.get(level, 0.0)
                + ARROW_IN
                + max((measure(label_of(axis)).width for axis in every), default=0.0)
                + 2 * PADDING
            )
        if level == columns:
            break
        zone(TINT if diagram.figure.columns else 0.0)
        approaches.append(zone(travel(moved[level][0])))
        glyph = max((glyph_width(plan, act) for act in plan.columns[level]), default=0.0)
        if below:
            glyph = max(glyph, widest + 0.2)
        glyphs.append(zone(glyph))
        leavings.append(zone(travel(moved[level][1])))
        zone(TINT if diagram.figure.columns else 0.0)
    return Places(
        tuple(shapes), tuple(approaches), tuple(glyphs), tuple(leavings), labels, under, shuffle, 0.0, entries
    )


def _moves(
    plan: Plan, insides: tuple[tuple[Inside | None, ...], ...], rows: Rows, column: int
) -> tuple[list[int], list[int]]:
    """By how much wires move before and after the glyphs of a column; zero moves left out."""
    before, after = rows.before(column), rows.levels[column + 1]
    approach = [row - before[wire] for wire, row in rows.passing[column].items()]
    leaving = [after[wire] - row for wire, row in rows.passing[column].items() if wire in after]
    for number, act in enumerate(plan.columns[column]):
        inside = insides[column][number]
        if inside is None:
            leaving += [
                after[strand, place] - before[act.ins[0], place]
                for strand in act.outs
                for place in range(len(plan.members[strand].wires))
            ]
            continue
        inner = rows.acts[column][number]
        for index, node in enumerate(inside.nodes):
            approach += [inner.nodes[index] - before[act.ins[i], place] for i, place in node.sources]
            leaving += [after[act.outs[j], place] - inner.nodes[index] for j, place in node.results]
        leaving += [after[act.outs[j], place] - row for (j, place), row in inner.made.items()]
    return [move for move in approach if move], [move for move in leaving if move]


def _labels(
    diagram: Diagram,
    plan: Plan,
    levels: Levels,
    insides: tuple[tuple[Inside | None, ...], ...],
    rows: Rows,
) -> tuple[frozenset[Wire], ...]:
    """Which wires wear a label: where an axis is made, where a wire has changed its row, at the ends."""
    first = {(member, place) for member in plan.first for place in range(len(plan.members[member].wires))}
    labels = [set() if levels.shuffled else first]
    for column, acts in enumerate(plan.columns):
        after = rows.levels[column + 1]
        fresh: set[Wire] = set()
        for number, act in enumerate(acts):
            inside = insides[column][number]
            if inside is None:
                fresh |= {
                    (strand, place)
                    for strand in act.outs
                    for place in range(len(plan.members[strand].wires))
                    if after[strand, place] != rows.before(column)[act.ins[0], place]
                }
                continue
            fresh |= _fresh(diagram, plan, act, inside, rows, column)
        labels.append(fresh)
    labels[-1] |= {
        (member, place) for member in plan.last for place in range(len(plan.members[member].wires))
    }
    return tuple(frozenset(level) for level in labels)


def _fresh(diagram: Diagram, plan: Plan, act: Act, inside: Inside, rows: Rows, column: int) -> set[Wire]:
    """Wires of an operation's results that need a label."""
    after, before = rows.levels[column + 1], rows.before(column)
    if act.step is None:
        return set()
    application = diagram.steps[act.step].application
    taken = {(a.name, a.label) for number in range(len(act.ins)) for a in application.own_axes(number)}
    fresh: set[Wire] = set()
    for entry in inside.leaving:
        if isinstance(entry, int):
            node = inside.nodes[entry]
            came = [before[act.ins[i], place] for i, place in node.sources]
            for output, place in node.results:
                wire = (act.outs[output], place)
                if len(came) > 1 and all(abs(after[wire] - row) >= 2 for row in came):
                    fresh.add(wire)
        else:
            wire = (act.outs[entry[0]], entry[1])
            axis = plan.members[wire[0]].wires[wire[1]]
            if (axis.name, axis.label) not in taken:
                fresh.add(wire)
    return fresh

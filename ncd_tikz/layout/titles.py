"""Rows kept free for the titles of groups that have other tensors above them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ncd_tikz.diagram import Diagram
from ncd_tikz.layout.columns import Plan
from ncd_tikz.layout.order import Levels
from ncd_tikz.text import wrap

LINE = 1.0
ABOVE = 1.4  # rows between the uppermost wire and the title's last line, and above the first
COLUMN = 2.6  # a usual column's width, before widths are known


def guessed_heights(diagram: Diagram, plan: Plan, held: tuple[tuple[int, ...], ...]) -> tuple[float, ...]:
    """Rows that each group's title may take, before widths are known; `held` are the groups' steps."""
    heights = []
    for group, steps in zip(diagram.figure.groups, held, strict=True):
        wanted = frozenset(steps)
        columns = [c for c, acts in enumerate(plan.columns) if any(act.does(wanted) for act in acts)]
        width = (columns[-1] - columns[0] + 1) * COLUMN if columns else COLUMN
        heights.append(LINE * len(wrap(group.title, "sans", 1.0, width)) if group.title else 0.0)
    return tuple(heights)


def title_room(
    held: tuple[tuple[int, ...], ...],
    plan: Plan,
    levels: Levels,
    heights: Sequence[float],
    breaks: frozenset[int],
) -> Mapping[tuple[int, int], float]:
    """Rows to keep free above tensors for the titles of groups: (column, member) -> rows."""
    room: dict[tuple[int, int], float] = {}
    for steps, height in zip(held, heights, strict=True):
        if not height:
            continue
        wanted = frozenset(steps)
        edges = [0, *sorted(breaks), len(plan.columns)]
        for row in map(range, edges, edges[1:]):
            _raise(room, plan, levels, wanted, row, height + ABOVE)
    return room


def _raise(
    room: dict[tuple[int, int], float],
    plan: Plan,
    levels: Levels,
    wanted: frozenset[int],
    row: range,
    height: float,
) -> None:
    """Ask for room above what a group holds, as far as it stands in one row of the figure."""
    acts = [
        (column, number)
        for column in row
        for number, act in enumerate(plan.columns[column])
        if act.does(wanted)
    ]
    taken = {member for column, number in acts for member in plan.columns[column][number].ins}
    for column in range(acts[0][0], acts[-1][0] + 1) if acts else ():
        here = set(taken)
        if column > row.start:
            here |= {out for c, number in acts if c == column - 1 for out in plan.columns[c][number].outs}
        order = levels.before[column]
        first = next((place for place, member in enumerate(order) if member in here), 0)
        if first:
            key = (column, order[first])
            room[key] = room.get(key, 0.0) + height

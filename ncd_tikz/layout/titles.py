"""Rows kept free for the titles of groups that have other tensors above them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ncd_tikz.diagram import Diagram
from ncd_tikz.layout.columns import Plan
from ncd_tikz.layout.order import Levels
from ncd_tikz.layout.regions import steps_named
from ncd_tikz.text import wrap

LINE = 1.0
ABOVE = 1.4  # rows between the uppermost wire and the title's last line, and above the first
COLUMN = 2.6  # a usual column's width, before widths are known


def guessed_lines(diagram: Diagram, plan: Plan) -> tuple[int, ...]:
    """How many lines each group's title may take, before widths are known."""
    lines = []
    for group in diagram.figure.groups:
        wanted = set(steps_named(diagram, group.over))
        columns = [c for c, acts in enumerate(plan.columns) if any(act.step in wanted for act in acts)]
        width = (columns[-1] - columns[0] + 1) * COLUMN if columns else COLUMN
        lines.append(len(wrap(group.title, "sans", 1.0, width)) if group.title else 0)
    return tuple(lines)


def title_room(
    diagram: Diagram, plan: Plan, levels: Levels, lines: Sequence[int]
) -> Mapping[tuple[int, int], float]:
    """Rows to keep free above tensors: (column, member) -> rows. `lines` are those of each title."""
    room: dict[tuple[int, int], float] = {}
    for group, count in zip(diagram.figure.groups, lines, strict=True):
        if not count:
            continue
        wanted = set(steps_named(diagram, group.over))
        acts = [
            (column, number)
            for column, acts in enumerate(plan.columns)
            for number, act in enumerate(acts)
            if act.step in wanted
        ]
        members = {member for column, number in acts for member in plan.columns[column][number].ins}
        members |= {member for column, number in acts for member in plan.columns[column][number].outs}
        for column in range(acts[0][0], acts[-1][0] + 1) if acts else ():
            order = levels.before[column]
            first = next((place for place, member in enumerate(order) if member in members), 0)
            if first:
                key = (column, order[first])
                room[key] = room.get(key, 0.0) + count * LINE + ABOVE
    return room

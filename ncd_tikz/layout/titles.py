"""Rows kept free for the titles of groups that have other tensors above them."""

from __future__ import annotations

from collections.abc import Mapping

from ncd_tikz.diagram import Diagram
from ncd_tikz.layout.columns import Plan
from ncd_tikz.layout.order import Levels
from ncd_tikz.layout.regions import steps_named
from ncd_tikz.text import measure

LINE = 1.0
COLUMN = 2.6  # a usual column's width, before widths are known


def title_room(diagram: Diagram, plan: Plan, levels: Levels) -> Mapping[tuple[int, int], float]:
    """Rows to keep free above acts: (column, act) -> rows."""
    room: dict[tuple[int, int], float] = {}
    for group in diagram.figure.groups:
        if not group.title:
            continue
        wanted = set(steps_named(diagram, group.over))
        acts = [
            (column, number)
            for column, acts in enumerate(plan.columns)
            for number, act in enumerate(acts)
            if act.step in wanted
        ]
        if not acts:
            continue
        width = (acts[-1][0] - acts[0][0] + 1) * COLUMN
        lines = 1 if measure(group.title, "sans").width <= width else 2
        members = {member for column, number in acts for member in plan.columns[column][number].ins}
        for column in sorted({column for column, _ in acts}):
            order = levels.before[column]
            first = next((place for place, member in enumerate(order) if member in members), 0)
            if first == 0:
                continue
            for number, act in enumerate(plan.columns[column]):
                if (column, number) in acts and order[first] in act.ins:
                    room[column, number] = room.get((column, number), 0.0) + lines * LINE + 1.0
    return room

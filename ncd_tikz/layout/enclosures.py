"""What stands between parentheses: the members and operations of every repetition."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Parenthesis
from ncd_tikz.layout.columns import Plan


@frozen
class Enclosures:
    """The parentheses around each member and each act, by the step that opens them, outermost first.

    `spans` are the columns of the two parentheses.
    """

    members: dict[int, tuple[int, ...]]
    acts: dict[tuple[int, int], tuple[int, ...]]
    spans: dict[int, tuple[int, int]]
    sides: dict[int, int]  # the step of either parenthesis -> the step that opens it

    def open_at(self, level: int) -> bool:
        """Whether a level lies between parentheses."""
        return any(first < level <= last for first, last in self.spans.values())


def enclosures(plan: Plan) -> Enclosures:
    """Find them from left to right: what a left parenthesis makes is inside, and all that comes of it."""
    members: dict[int, tuple[int, ...]] = {}
    acts: dict[tuple[int, int], tuple[int, ...]] = {}
    spans: dict[int, tuple[int, int]] = {}
    sides: dict[int, int] = {}
    opened: dict[str, int] = {}
    between = _between(plan)
    for column, column_acts in enumerate(plan.columns):
        for number, act in enumerate(column_acts):
            around = max((members.get(member, ()) for member in act.ins), key=len, default=())
            if act.step is not None and not act.ins:
                around = between.get(act.step, ())
            glyph = plan.glyphs[act.step] if act.step is not None else None
            after = around
            if isinstance(glyph, Parenthesis) and act.step is not None:
                if glyph.opening:
                    opened[glyph.key] = act.step
                    around = after = (*around, act.step)
                    spans[act.step] = (column, column)
                else:
                    first = opened[glyph.key]
                    around = (*around[: around.index(first)], first) if first in around else (first,)
                    after = around[:-1]
                    spans[first] = (spans[first][0], column)
                sides[act.step] = opened[glyph.key]
            acts[column, number] = around
            members.update(dict.fromkeys(act.outs, after))
    return Enclosures(members, acts, spans, sides)


def _between(plan: Plan) -> dict[int, tuple[int, ...]]:
    """The parentheses around every step, as steps follow each other."""
    around: dict[int, tuple[int, ...]] = {}
    open_steps: list[int] = []
    for step, glyph in enumerate(plan.glyphs):
        if isinstance(glyph, Parenthesis) and not glyph.opening:
            open_steps.pop()
        around[step] = tuple(open_steps)
        if isinstance(glyph, Parenthesis) and glyph.opening:
            open_steps.append(step)
    return around

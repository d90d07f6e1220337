"""Where a long diagram goes on in the next row, as text does."""

from __future__ import annotations

from itertools import pairwise

from ncd_tikz.diagram import Diagram
from ncd_tikz.glyphs import Parenthesis
from ncd_tikz.layout.columns import Plan
from ncd_tikz.layout.enclosures import enclosures
from ncd_tikz.layout.order import Levels
from ncd_tikz.layout.places import ARROW_IN, ARROW_OUT, Places
from ncd_tikz.scene import EM_PER_UNIT
from ncd_tikz.spec import width_of

# An em, in points, of the size commands of a 10 pt document: the quad of cmr10, cmr9, cmr8, cmr7.
EM = {"": 10.0, "small": 9.25, "footnotesize": 8.5, "scriptsize": 8.08}
LABELS = 1.2  # a re-entering row labels its wires anew
FENCE_PARTED = 0.8  # rows that a break within a fence counts for
WIRE_PARTED = 0.05  # each wire of it
PARENTHESES_PARTED = 0.4  # and one between parentheses
SHADOW = 0.4  # room for cards' margins and shadows


def units(width: str) -> float | None:
    """A width of the spec in grid units, for the size of type that goes with it.

    >>> round(units("icml-column"), 1), units("")
    (20.1, None)
    """
    if not width:
        return None
    asked = width_of(width)
    return asked.points / (EM[asked.font] * EM_PER_UNIT) - SHADOW


def choose_breaks(
    places: Places, widest: float, forced: frozenset[int], parted: tuple[float, ...]
) -> frozenset[int]:
    """Levels to break at: those `forced`, then few rows, filled evenly, that part little.

    The cost of a row is one, and the square of the part of it that it leaves free, as in Knuth and
    Plass 1981; `parted` is that of a break at each level. A column that is wider than the width
    stands in a row of its own and juts out.
    """
    edges = [0, *sorted(forced), len(places.shapes) - 1]
    parts = (_breaks_between(places, widest, first, last, parted) for first, last in pairwise(edges))
    return forced.union(*parts)


def _breaks_between(
    places: Places, widest: float, first: int, last: int, parted: tuple[float, ...]
) -> frozenset[int]:
    """Breaks of the stretch from one level to another."""
    levels = len(places.shapes)
    lefts = [places.start, *(zone.left for zone in places.shapes[1:])]
    total = places.shapes[last].right - lefts[first] + (ARROW_IN + LABELS if first else 0.0)
    if total <= widest or last - first < 2:
        return frozenset()
    # best[j]: (cost, start) of the best way to set everything from the first level to level j
    best: dict[int, tuple[float, int]] = {first: (0.0, first)}
    for end in range(first + 1, last + 1):
        options = []
        for start in range(end - 1, first - 1, -1):
            width = places.shapes[end].right - lefts[start]
            width += (ARROW_IN + LABELS if start else 0.0) + (ARROW_OUT if end < levels - 1 else 0.0)
            over = width > widest
            if over and start < end - 1:
                break
            free = 1 - width / widest
            cost = best[start][0] + 1 + free * free + (parted[start] if start > first else 0.0)
            options.append((round(cost, 6), start))
        best[end] = min(options)
    breaks: list[int] = []
    at = last
    while best[at][1] > first:
        at = best[at][1]
        breaks.append(at)
    return frozenset(breaks)


def widest_row(places: Places) -> float:
    """The width of the widest row."""
    ends = sorted(places.entries)
    lefts = [places.start, *(places.entries[level].left for level in ends)]
    rights = [*(places.shapes[level].right for level in ends), places.shapes[-1].right]
    return max(right - left for left, right in zip(lefts, rights, strict=True))


def costs_of_breaks(held: tuple[tuple[int, ...], ...], plan: Plan, levels: Levels) -> tuple[float, ...]:
    """What a break at each level parts: wires, the fences of what groups hold, and parentheses."""
    costs = [
        WIRE_PARTED * sum(len(plan.members[member].wires) for member in level) for level in levels.before
    ]
    for steps in held:
        wanted = frozenset(steps)
        columns = [c for c, acts in enumerate(plan.columns) if any(act.does(wanted) for act in acts)]
        for level in range(min(columns, default=0) + 1, max(columns, default=0) + 1):
            costs[level] += FENCE_PARTED
    for first, last in enclosures(plan).spans.values():
        for level in range(first + 1, last + 1):
            costs[level] += PARENTHESES_PARTED
    return tuple(costs)


def forced_breaks(diagram: Diagram, plan: Plan) -> frozenset[int]:
    """Levels at which `figure: break:` begins a new row: right behind what makes the value."""
    names = set(diagram.figure.breaks)
    if not names:
        return frozenset()
    levels = set()
    for column, acts in enumerate(plan.columns):
        for act in acts:
            if act.step is None:
                continue
            glyph = plan.glyphs[act.step]
            if isinstance(glyph, Parenthesis) and glyph.opening:
                continue  # what it names goes on under its own name
            step = diagram.steps[act.step]
            made = {diagram.values[value].name for value in step.outputs}
            if isinstance(glyph, Parenthesis):
                made.add(glyph.key.rpartition(".")[2])
            if names & {*made, step.label} and column + 1 < len(plan.columns):
                levels.add(column + 1)
    return frozenset(levels)

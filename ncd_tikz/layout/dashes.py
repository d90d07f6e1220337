"""The dashed lines between members of a tuple.

A line lies half a row below the upper tensor, lower where a glyph hangs over it. It starts where
a copy parts, and ends where its two tensors become one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ncd_tikz.layout.paint import Drawing, Picture, row
from ncd_tikz.layout.rows import ActRows
from ncd_tikz.layout.strokes import Stroke
from ncd_tikz.scene import Dashes, Item

BELOW = 0.5  # rows below the upper tensor's last wire
CLEAR = 0.12  # free of glyphs
START = 0.35  # after the dot of a copy
SLANT = 0.6  # run over rise of a slant

Key = tuple[str, int, int]
"""A tensor in a section: ("member", member, 0) or ("act", act, tensor)."""


@dataclass(slots=True)
class _Tensor:
    key: Key
    top: float
    bottom: float
    above: float = 0.0  # how far ink goes above the top wire
    below: float = 0.0


@dataclass(slots=True)
class _Section:
    """A stretch where nothing moves, with its tensors from top to bottom."""

    left: float
    right: float
    tensors: list[_Tensor]
    successors: dict[Key, tuple[Key, Key]]  # this section's tensor -> first and last of the next


def draw_dashes(drawing: Drawing, picture: Picture) -> None:
    """Add all dashed lines to the picture."""
    sections = _sections(drawing)
    open_lines: dict[tuple[Key, Key], Stroke] = {}
    for number, section in enumerate(sections):
        following = sections[number + 1] if number + 1 < len(sections) else None
        coming: dict[tuple[Key, Key], Stroke] = {}
        for upper, lower in zip(section.tensors, section.tensors[1:], strict=False):
            y = _height(upper, lower)
            line = open_lines.pop((upper.key, lower.key), None)
            if line is None:
                left = section.left if number == 0 else section.left - START
                line = Stroke((max(left, sections[0].left), y))
            else:
                _bend(line, section.left, y)
            line.to((section.right, y))
            ahead = section.successors.get(upper.key), section.successors.get(lower.key)
            if following is not None and ahead[0] and ahead[1] and ahead[0][1] != ahead[1][0]:
                coming[ahead[0][1], ahead[1][0]] = line
            else:
                _finish(line, picture)
        open_lines = coming
    for line in open_lines.values():
        _finish(line, picture)


def _bend(line: Stroke, x: float, y: float) -> None:
    """Reach row y at x: on a curve where there is room, else by a short slant just before x."""
    here = line.at
    if x - here[0] > 0.5:
        line.to((x, y))
    elif abs(here[1] - y) > 1e-9:
        line.shorten(x - abs(y - here[1]) * SLANT)
        line.straight((x, y))


def _finish(line: Stroke, picture: Picture) -> None:
    if len(line.segments) > 1:
        picture.dashes.append(Item("tuple", Dashes(tuple(line.segments))))


def _height(upper: _Tensor, lower: _Tensor) -> float:
    """Half a row below the upper tensor, out of the way of glyphs."""
    low = upper.bottom + upper.below + CLEAR
    high = lower.top - lower.above - CLEAR
    preferred = upper.bottom + BELOW
    if low > high:
        return (low + high) / 2
    return min(max(preferred, low), high)


def _sections(drawing: Drawing) -> list[_Section]:
    sections: list[_Section] = []
    places = drawing.places
    for level in range(len(drawing.plan.columns) + 1):
        sections.append(_shape_section(drawing, level))
        if level < len(drawing.plan.columns):
            zone = places.glyphs[level]
            section = _glyph_section(drawing, level)
            section.left, section.right = zone.left, zone.right
            sections.append(section)
    return sections


def _shape_section(drawing: Drawing, level: int) -> _Section:
    rows = drawing.rows.levels[level]
    zone = drawing.places.shapes[level]
    tensors = [
        _Tensor(("member", member, 0), *_extent(rows, member, len(drawing.plan.members[member].wires)))
        for member in drawing.levels.before[level]
    ]
    successors: dict[Key, tuple[Key, Key]] = {}
    for member in drawing.levels.before[level]:
        successors[("member", member, 0)] = (("member", member, 0), ("member", member, 0))
    if level < len(drawing.plan.columns):
        for number, act in enumerate(drawing.plan.columns[level]):
            if act.step is None:
                continue
            inside = drawing.insides[level][number]
            merged = inside is not None and (
                bool(inside.pairs) or any(len(node.sources) > 1 for node in inside.nodes)
            )
            for operand, member in enumerate(act.ins):
                key = ("act", number, 0 if merged else operand)
                successors[("member", member, 0)] = (key, key)
    return _Section(zone.left, zone.right, tensors, successors)


def _extent(rows: Mapping[tuple[int, int], int], member: int, wires: int) -> tuple[float, float]:
    return row(rows[member, 0]), row(rows[member, wires - 1])


def _glyph_section(drawing: Drawing, column: int) -> _Section:
    """Inside a column: members that pass, and the operands of each operation."""
    tensors: list[_Tensor] = []
    successors: dict[Key, tuple[Key, Key]] = {}
    acts = drawing.plan.columns[column]
    taking = {member: number for number, act in enumerate(acts) for member in act.ins}
    done: set[int] = set()
    for member in drawing.levels.before[column]:
        number = taking.get(member)
        key: Key = ("member", member, 0)
        if number is None or acts[number].step is None:
            rows = drawing.rows.passing[column]
            tensors.append(_Tensor(key, *_extent(rows, member, len(drawing.plan.members[member].wires))))
            if number is None:
                successors[key] = (key, key)
            else:
                strands = [m for m in drawing.levels.before[column + 1] if m in acts[number].outs]
                successors[key] = (("member", strands[0], 0), ("member", strands[-1], 0))
            continue
        if number in done:
            continue
        done.add(number)
        made = [out for out in acts[number].outs if out in drawing.levels.before[column + 1]]
        operands = _operands(drawing, column, number, drawing.rows.acts[column][number])
        tensors += operands
        for operand in operands:
            if made and (len(operands) == 1 or True):
                first, last = (operand is operands[0]), (operand is operands[-1])
                head: Key = ("member", made[0], 0) if first or last else ("none", number, 0)
                tail: Key = ("member", made[-1], 0) if first or last else ("none", number, 0)
                successors[operand.key] = (head, tail)
    return _Section(0.0, 0.0, tensors, successors)


def _operands(drawing: Drawing, column: int, number: int, inner: ActRows) -> list[_Tensor]:
    """The tensors of an operation where its glyph stands: its inputs, or one where they have met."""
    act = drawing.plan.columns[column][number]
    inside = drawing.insides[column][number]
    if inside is None or act.step is None:
        return []
    needs = drawing.plan.needs[act.step]
    own = {index for index, node in enumerate(inside.nodes) if not node.results}
    merged = bool(inside.pairs) or any(len(node.sources) > 1 for node in inside.nodes)
    by_input: dict[int, list[int]] = {}
    for index in inside.entering:
        operand = 0 if merged else inside.nodes[index].sources[0][0]
        by_input.setdefault(operand, []).append(index)
    made = [row(half) for half in inner.made.values()]
    reach = needs.reach + (needs.span / 2 if len(own) < 2 and not inside.pairs else 0.0)
    own_rows = [row(inner.nodes[index]) for index in own] + made
    tensors: list[_Tensor] = []
    for place, (operand, indexes) in enumerate(by_input.items()):
        rows = [row(inner.nodes[index]) for index in indexes]
        if place == 0:
            rows += [y for y in made if y < min(rows)]
        if place == len(by_input) - 1:
            rows += [y for y in made if y > max(rows)]
        tensor = _Tensor(
            ("act", number, operand), min(rows), max(rows), needs.headroom if place == 0 else 0.0
        )
        if own_rows and place == 0:
            tensor.above = max(tensor.above, reach - (min(own_rows) - tensor.top))
        if own_rows and place == len(by_input) - 1:
            tensor.below = max(0.0, reach - (tensor.bottom - max(own_rows)))
        tensors.append(tensor)
    return tensors

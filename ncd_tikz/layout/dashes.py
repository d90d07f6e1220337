"""The dashed lines between members of a tuple.

A line lies half a row below the upper tensor, lower where a glyph hangs over it. It starts where
a copy parts, and ends where its two tensors become one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from ncd_tikz.glyphs import Parenthesis
from ncd_tikz.layout.enclosures import Enclosures, enclosures
from ncd_tikz.layout.labels import rise_of
from ncd_tikz.layout.paint import Drawing, Picture, row
from ncd_tikz.layout.rows import ActRows
from ncd_tikz.layout.strokes import Stroke
from ncd_tikz.scene import Dashes, Item

BELOW = 0.54  # rows below the upper tensor's last wire
CLEAR = 0.08  # free of glyphs
TITLE = 0.35  # part of the room for a title that is there for the dashed line
PARENTHESIS = 0.66  # from the rows that parentheses are for to their ends
DOT = 0.2  # room for a dot on the lower tensor's first wire
INK = 0.3  # glyphs that hang farther below a tensor keep the line
AWAY = 0.25  # so far away, or in the middle of what is free
START = 0.35  # after the dot of a copy
SLANT = 0.6  # run over rise of a slant
LONGEST = 0.28  # run of a slant: it must fit between a label and the end of its column

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
    new_row: bool = False
    open: frozenset[int] = frozenset()  # acts whose operands stay apart: parentheses


@dataclass(slots=True)
class _Stop:
    """A stretch of a dashed line: where it lies, and between which rows it is free."""

    left: float
    right: float
    preferred: float
    low: float
    high: float
    inked: bool = False  # a glyph hangs over it: it keeps to the middle of what is free


def draw_dashes(drawing: Drawing, pictures: list[Picture]) -> None:
    """Add all dashed lines to the pictures of the rows."""
    sections = _sections(drawing)
    lines: list[tuple[int, list[_Stop]]] = []
    row_number = 0
    copied = _copied(drawing)
    going: dict[tuple[Key, Key], list[_Stop]] = {}
    for number, section in enumerate(sections):
        coming: dict[tuple[Key, Key], list[_Stop]] = {}
        if section.new_row:
            row_number += 1
            going = {}
        for upper, lower in pairwise(section.tensors):
            line = going.pop((upper.key, lower.key), None)
            together = upper.key[:2] == lower.key[:2] and upper.key[0] == "act"
            if together and upper.key[1] not in section.open:
                continue
            left = section.left
            if line is None:
                line = []
                lines.append((row_number, line))
                first = number == 0 or section.new_row
                parted = not first and upper.key[0] == "member" and (upper.key, lower.key) in copied
                left = section.left - START if parted else section.left
            line.append(_stop(left, section.right, upper, lower))
            ahead, behind = section.successors.get(upper.key), section.successors.get(lower.key)
            if ahead and behind and ahead[1] != behind[0]:
                coming[ahead[1], behind[0]] = line
        going = coming
    for place, line in lines:
        _draw(line, pictures[place])


def _rise(drawing: Drawing, member: int) -> float:
    """How far the label of a tensor's first wire reaches up."""
    axis = drawing.plan.members[member].wires[0]
    return rise_of(axis, axis.name.rstrip("'") in drawing.diagram.figure.highlight)


def _copied(drawing: Drawing) -> set[tuple[Key, Key]]:
    """Neighbours that come from one copy: their line starts close to its dots."""
    pairs: set[tuple[Key, Key]] = set()
    for column, acts in enumerate(drawing.plan.columns):
        order = drawing.levels.before[column + 1]
        for act in acts:
            if act.step is None:
                pairs |= {
                    (("member", upper, 0), ("member", lower, 0))
                    for upper, lower in pairwise(order)
                    if upper in act.outs and lower in act.outs
                }
    return pairs


def _stop(left: float, right: float, upper: _Tensor, lower: _Tensor) -> _Stop:
    low = upper.bottom + max(upper.below, DOT) + CLEAR
    high = lower.top - max(lower.above, DOT) - CLEAR
    if low > high:
        low = high = min(max((low + high) / 2, upper.bottom + DOT), lower.top - DOT)
    return _Stop(left, right, upper.bottom + BELOW, low, high, upper.below > INK)


def _draw(line: list[_Stop], picture: Picture) -> None:
    """Level for as long as one row is free, then on to the next by a curve or a short slant."""
    runs: list[list[_Stop]] = []
    for stop in line:
        if runs:
            run = runs[-1]
            if max(stop.low, *(s.low for s in run)) <= min(stop.high, *(s.high for s in run)):
                run.append(stop)
                continue
        runs.append([stop])
    stroke: Stroke | None = None
    for run in runs:
        low, high = max(stop.low for stop in run), min(stop.high for stop in run)
        preferred = max(stop.preferred for stop in run)
        if any(stop.inked for stop in run):
            preferred = max(preferred, min((low + high) / 2, low + AWAY))
        y = min(max(preferred, low), high)
        if stroke is None:
            stroke = Stroke((run[0].left, y))
        else:
            _bend(stroke, run[0].left, y)
        stroke.to((run[-1].right, y))
    if stroke is not None and len(stroke.segments) > 1:
        picture.dashes.append(Item("tuple", Dashes(tuple(stroke.segments))))


def _bend(line: Stroke, x: float, y: float) -> None:
    """Reach row y at x: on a curve where there is room, else by a short slant just before x."""
    here = line.at
    if x - here[0] > 0.5:
        line.to((x, y))
    elif abs(here[1] - y) > 1e-9:
        line.shorten(x - min(abs(y - here[1]) * SLANT, LONGEST))
        line.straight((x, y))


def _sections(drawing: Drawing) -> list[_Section]:
    sections: list[_Section] = []
    places = drawing.places
    enclosed = enclosures(drawing.plan)
    if drawing.levels.shuffled:
        sections.append(_start_section(drawing))
    for level in range(len(drawing.plan.columns) + 1):
        section = _shape_section(drawing, level, drawing.rows.levels[level], every=False)
        _enclose(drawing, enclosed, section, level - 1)
        sections.append(section)
        if level in places.entries:
            entry = places.entries[level]
            fresh = _shape_section(drawing, level, drawing.rows.before(level), every=True)
            _enclose(drawing, enclosed, fresh, level)
            sections.append(replace(fresh, left=entry.left, right=entry.right, new_row=True))
        if level < len(drawing.plan.columns):
            zone = places.glyphs[level]
            section = _glyph_section(drawing, level)
            section.left, section.right = zone.left, zone.right
            _enclose(drawing, enclosed, section, level)
            sections.append(section)
    return sections


def _enclose(drawing: Drawing, enclosed: Enclosures, section: _Section, column: int) -> None:
    """Parentheses reach beyond what stands between them: so does the tensor next to their ends."""

    def around(tensor: _Tensor) -> tuple[int, ...]:
        kind, number, _ = tensor.key
        return enclosed.members.get(number, ()) if kind == "member" else enclosed.acts[column, number]

    for opening in dict.fromkeys(each for tensor in section.tensors for each in around(tensor)):
        inner = [tensor for tensor in section.tensors if opening in around(tensor)]
        high, low = drawing.rows.side(opening, column)
        ends = PARENTHESIS if column in enclosed.spans[opening] else BELOW
        inner[0].above = max(inner[0].above, inner[0].top - row(high) + ends)
        inner[-1].below = max(inner[-1].below, row(low) + ends - inner[-1].bottom)


def _start_section(drawing: Drawing) -> _Section:
    """The inputs as the spec has them, where they are yet to change places."""
    members = drawing.plan.members
    tensors = [
        _Tensor(
            ("member", member, 0),
            *_extent(drawing.rows.start, member, len(members[member].wires)),
            above=_rise(drawing, member),
        )
        for member in drawing.plan.first
    ]
    same = {tensor.key: (tensor.key, tensor.key) for tensor in tensors}
    return _Section(drawing.places.start, drawing.places.shuffle.left, tensors, same)


def _shape_section(
    drawing: Drawing, level: int, rows: Mapping[tuple[int, int], int], *, every: bool
) -> _Section:
    """A level at its rows, with room for labels: those it wears, or `every` one."""
    zone = drawing.places.shapes[level]
    labels = drawing.places.labels[level]
    tensors = [
        _Tensor(
            ("member", member, 0),
            *_extent(rows, member, len(drawing.plan.members[member].wires)),
            above=max(
                _rise(drawing, member) if every or (member, 0) in labels else 0.0,
                drawing.room.get((level, member), 0.0) - TITLE,
            ),
        )
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
            merged = inside is not None and inside.joins
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
    labels = drawing.places.labels[column] if drawing.places.under[column] else frozenset()
    taking = {member: number for number, act in enumerate(acts) for member in act.ins}
    opens: set[int] = set()
    done: set[int] = set()
    for member in drawing.levels.before[column]:
        number = taking.get(member)
        key: Key = ("member", member, 0)
        if number is None or acts[number].step is None:
            rows = drawing.rows.passing[column]
            extent = _extent(rows, member, len(drawing.plan.members[member].wires))
            rise = _rise(drawing, member) if (member, 0) in labels else 0.0
            rise = max(rise, drawing.room.get((column, member), 0.0) - TITLE)
            tensors.append(_Tensor(key, *extent, above=rise))
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
        if isinstance(drawing.plan.glyphs[acts[number].step or 0], Parenthesis):
            opens.add(number)
            for operand, out in zip(operands, acts[number].outs, strict=True):
                successors[operand.key] = (("member", out, 0), ("member", out, 0))
            continue
        for operand in operands:
            if made:
                first, last = (operand is operands[0]), (operand is operands[-1])
                head: Key = ("member", made[0], 0) if first or last else ("none", number, 0)
                tail: Key = ("member", made[-1], 0) if first or last else ("none", number, 0)
                successors[operand.key] = (head, tail)
    for number, act in enumerate(acts):
        if act.step is not None and not act.ins:
            tensor = _source(drawing, column, number)
            tensors.insert(sum(other.top < tensor.top for other in tensors), tensor)
            successors[tensor.key] = (("member", act.outs[0], 0), ("member", act.outs[-1], 0))
    return _Section(0.0, 0.0, tensors, successors, open=frozenset(opens))


def _source(drawing: Drawing, column: int, number: int) -> _Tensor:
    """A glyph that takes nothing, where it stands."""
    act = drawing.plan.columns[column][number]
    needs = drawing.plan.needs[act.step or 0]
    rows = [row(half) for half in drawing.rows.acts[column][number].made.values()]
    top, bottom = min(rows), max(rows)
    reach = needs.reach + max(0.0, needs.span - (bottom - top)) / 2
    return _Tensor(("act", number, 0), top, bottom, reach, max(reach, needs.below))


def _operands(drawing: Drawing, column: int, number: int, inner: ActRows) -> list[_Tensor]:
    """The tensors of an operation where its glyph stands: its inputs, or one where they have met."""
    act = drawing.plan.columns[column][number]
    inside = drawing.insides[column][number]
    if inside is None or act.step is None:
        return []
    needs = drawing.plan.needs[act.step]
    own = {index for index, node in enumerate(inside.nodes) if not node.results}
    merged = inside.joins
    by_input: dict[int, list[int]] = {}
    for index in inside.entering:
        operand = 0 if merged else inside.nodes[index].sources[0][0]
        by_input.setdefault(operand, []).append(index)
    made = [row(half) for half in inner.made.values()]
    own_rows = [row(inner.nodes[index]) for index in own] + made
    spread = max(own_rows, default=0.0) - min(own_rows, default=0.0)
    reach = needs.reach + max(0.0, needs.span - spread) / 2
    tensors: list[_Tensor] = []
    for place, (operand, indexes) in enumerate(by_input.items()):
        rows = [row(inner.nodes[index]) for index in indexes]
        if place == 0:
            rows += [y for y in made if y < min(rows)]
        if place == len(by_input) - 1:
            rows += [y for y in made if y > max(rows)]
        above = needs.headroom if place == 0 else 0.0
        if drawing.places.under[column] and (act.ins[operand], 0) in drawing.places.labels[column]:
            above = max(above, _rise(drawing, act.ins[operand]))
        tensor = _Tensor(("act", number, operand), min(rows), max(rows), above)
        if own_rows and place == 0:
            tensor.above = max(tensor.above, reach - (min(own_rows) - tensor.top))
        tensor.above += max(0.0, drawing.room.get((column, act.ins[operand]), 0.0) - TITLE)
        if own_rows and place == len(by_input) - 1:
            tensor.below = max(0.0, max(reach, needs.below) - (tensor.bottom - max(own_rows)))
        tensors.append(tensor)
    return tensors

"""Read a picture back: from lines, dots, half circles and anchors alone to its wiring.

The reader knows the notation and nothing of how the picture was made. It cuts the picture where
all wires run level; between two cuts something happens to the tensors: wires meet or part in
dots, end in a glyph's anchors or start from them. What it finds is a `Wiring`: a value for every
tensor, described by what made it. Equal wirings have equal descriptions, whatever the layout.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import pairwise
from typing import TypeVar

from ncd_tikz.scene.primitives import (
    Anchor,
    Circle,
    CurveTo,
    Dashes,
    Dot,
    Item,
    LineTo,
    Point,
    Scene,
    Shape,
    Text,
    Wire,
)
from ncd_tikz.scene.wiring import (
    NEAR,
    GlyphInk,
    Groups,
    Line,
    ReadingError,
    Wiring,
    ink,
    is_half_circle,
    line_along,
)

_T = TypeVar("_T")

Places = list[tuple[int, int]]
"""Wires by their tensor and their place in it."""

End = tuple[tuple[int, int], ...]
"""The wires that end together at one point of a glyph."""

Seen = tuple[int, tuple[int, ...]]
"""A value as it stands at a cut: its number, and its wires from top to bottom."""

CLOSE = 0.1  # events nearer to each other are one
LABEL_REACH = 0.45  # how far the foot of a label may be above its wire


def read(scene: Scene, wiring: Wiring | None = None) -> Wiring:
    """The wiring that a scene shows; numbers are shared with `wiring` where one is given.

    Raises:
        ReadingError: a loose end, a wire through two tensors, an operation without place.
    """
    return _Reader(scene, wiring if wiring is not None else Wiring()).read()


def _elsewhere(item: Item, here: Callable[[Point], bool]) -> bool:
    """Whether an anchor stands in another row."""
    return isinstance(item.primitive, Anchor) and not here(item.primitive.at)


def _same_point(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) < NEAR and abs(one[1] - other[1]) < NEAR


def _sums(glyph: GlyphInk) -> bool:
    """Whether it sums over single axes, so that the order of its ends says nothing."""
    return any(isinstance(part, Text) and part.text == r"\Sigma" for part in glyph.ink)


def _downwards(points: list[Point], ends: list[_T]) -> list[_T]:
    """Ends in the order of their points, from top to bottom."""
    order = sorted(range(len(points)), key=lambda number: points[number][1])
    return [ends[number] for number in order]


class _Reader:
    """Reads one row after the other; what leaves a row comes into the next."""

    def __init__(self, scene: Scene, wiring: Wiring) -> None:
        self.wiring = wiring
        self.items = [item for item in scene.items if item.part != "definition"]
        self.glyph_names = {
            item.primitive.name.split(".")[0] for item in self.items if isinstance(item.primitive, Anchor)
        }
        marks = [item.primitive for item in self.items if isinstance(item.primitive, Anchor)]
        self.tops = sorted(mark.at[1] - NEAR for mark in marks if mark.name.startswith("row"))
        self._look(0)
        if not self.wires:
            raise ReadingError("the picture has no wires")

    def _look(self, number: int) -> None:
        """Turn to a row of a broken diagram."""
        low = self.tops[number] if number else float("-inf")
        high = self.tops[number + 1] if number + 1 < len(self.tops) else float("inf")

        def here(point: Point) -> bool:
            return low <= point[1] < high

        items = self.items
        primitives = [item.primitive for item in items]
        self.wires = [
            line_along(item.primitive.segments)
            for item in items
            if isinstance(item.primitive, Wire)
            and item.part not in self.glyph_names
            and here(item.primitive.segments[0].to)
        ]
        self.dashes = [
            line_along(p.segments) for p in primitives if isinstance(p, Dashes) and here(p.segments[0].to)
        ]
        self.dots = [p for p in primitives if isinstance(p, Dot) and here(p.center)]
        self.labels = [p for p in primitives if isinstance(p, Text) and p.of == "wire" and here(p.at)]
        self.glyphs = self._glyphs([item for item in items if not _elsewhere(item, here)])

    def _glyphs(self, items: list[Item]) -> list[GlyphInk]:
        glyphs: dict[str, GlyphInk] = {}
        for item in items:
            primitive = item.primitive
            if isinstance(primitive, Anchor) and not primitive.name.startswith("row"):
                name, role, *_ = primitive.name.split(".")
                glyph = glyphs.setdefault(name, GlyphInk(name))
                if role == "in":
                    glyph.ends.append(primitive.at)
                elif role == "out":
                    glyph.starts.append(primitive.at)
                else:
                    glyph.places.append(primitive.at)
        for item in items:
            if item.part in glyphs and isinstance(item.primitive, Text | Shape | Circle | Wire):
                glyphs[item.part].ink.append(item.primitive)
        return list(glyphs.values())

    def read(self) -> Wiring:
        values: list[Seen] = []
        leaving: list[int] = []
        for number in range(max(1, len(self.tops))):
            self._look(number)
            cuts = self._cuts()
            tensors = self._tensors(cuts[0])
            if number == 0:
                values = [self._input(place, len(tensor)) for place, tensor in enumerate(tensors)]
                self.wiring.inputs = [value for value, _ in values]
            elif [len(tensor) for tensor in tensors] != leaving:
                raise ReadingError("other wires come into a row than have left the one before")
            self._read_labels(cuts[0], tensors, values)
            for left, right in pairwise(cuts):
                following = self._tensors(right)
                values = self._between(left, right, tensors, values, following)
                tensors = following
                self._read_labels(right, tensors, values)
            leaving = [len(tensor) for tensor in tensors]
        self.wiring.outputs = [value for value, _ in values]
        self.wiring.orders = [wires for _, wires in values]
        return self.wiring

    def _input(self, place: int, wires: int) -> Seen:
        value = self.wiring.taken_in(place, wires)
        return value, self.wiring.wires[value]

    # Cutting ---------------------------------------------------------------------------------

    def _cuts(self) -> list[float]:
        """Places between events; an event is a stretch where a wire moves, starts or ends."""
        left = min(wire.start[0] for wire in self.wires)
        right = max(wire.end[0] for wire in self.wires)
        busy: list[tuple[float, float]] = []
        for wire in self.wires:
            here = wire.start
            for segment in wire.segments[1:]:
                if isinstance(segment, CurveTo) or abs(segment.to[1] - here[1]) > NEAR:
                    busy.append((here[0], segment.to[0]))
                here = segment.to
            busy += [(x, x) for x in (wire.start[0], wire.end[0]) if left + NEAR < x < right - NEAR]
        busy += [(dot.center[0] - dot.radius, dot.center[0] + dot.radius) for dot in self.dots]
        for glyph in self.glyphs:
            xs = [point[0] for point in (*glyph.ends, *glyph.starts)]
            xs += [place[0] for place in glyph.places]
            busy.append((min(xs), max(xs)))
        merged: list[list[float]] = []
        for start, end in sorted(busy):
            if merged and start <= merged[-1][1] + CLOSE:
                merged[-1][1] = max(merged[-1][1], end)
            else:
                merged.append([start, end])
        edges = [left, *(edge for stretch in merged for edge in stretch), right]
        return [(edges[i] + edges[i + 1]) / 2 for i in range(0, len(edges), 2)]

    def _tensors(self, x: float) -> list[list[int]]:
        """Wires at a cut, grouped by the dashed lines between them, from top to bottom."""
        heights: list[tuple[float, int]] = []
        for number, wire in enumerate(self.wires):
            y = wire.height(x)
            if y is not None:
                heights.append((y, number))
            elif wire.covers(x):
                raise ReadingError(f"a wire is not level at {x:.3f}")
        heights.sort()
        bars = sorted(y for y in (line.row(x) for line in self.dashes) if y is not None)
        tensors: list[list[int]] = []
        previous: float | None = None
        for y, number in heights:
            if previous is not None and y - previous < NEAR:
                raise ReadingError(f"two wires lie on each other at ({x:.3f}, {y:.3f})")
            between = [bar for bar in bars if previous is not None and previous < bar < y]
            if previous is None or between:
                tensors.append([])
            tensors[-1].append(number)
            previous = y
        return tensors

    # Between two cuts --------------------------------------------------------------------------

    def _between(
        self,
        left: float,
        right: float,
        tensors: list[list[int]],
        values: list[Seen],
        following: list[list[int]],
    ) -> list[Seen]:
        before = {wire: (t, p) for t, tensor in enumerate(tensors) for p, wire in enumerate(tensor)}
        after = {wire: (t, p) for t, tensor in enumerate(following) for p, wire in enumerate(tensor)}
        links: list[tuple[list[tuple[int, int]], list[tuple[int, int]]]] = []
        links += [([place], [after[wire]]) for wire, place in before.items() if wire in after]
        loose_ends = {wire: self.wires[wire].end for wire in before if wire not in after}
        loose_starts = {wire: self.wires[wire].start for wire in after if wire not in before}
        joined: dict[int, Places] = {}  # a wire from a dot to a glyph -> what meets in the dot
        for dot in self.dots:
            if left < dot.center[0] < right:
                sources = [before[wire] for wire in self._take(loose_ends, dot.center)]
                targets = [after[wire] for wire in self._take(loose_starts, dot.center)]
                short = [w for w, line in enumerate(self.wires) if _same_point(line.start, dot.center)]
                short = [w for w in short if w not in after and self.wires[w].end[0] < right]
                for wire in short:
                    joined[wire] = sources
                    loose_ends[wire] = self.wires[wire].end
                if not short:
                    links.append((sources, targets))
        here = [glyph for glyph in self.glyphs if self._inside(glyph, left, right)]
        taken: dict[str, list[Places]] = {}
        made: dict[str, Places] = {}
        for glyph in here:
            taken[glyph.name] = [
                joined[wire] if wire in joined else [before[wire]]
                for point in glyph.ends
                for wire in self._take(loose_ends, point)
            ]
            made[glyph.name] = [after[w] for point in glyph.starts for w in self._take(loose_starts, point)]
            if len(taken[glyph.name]) != len(glyph.ends) or len(made[glyph.name]) != len(glyph.starts):
                raise ReadingError(f"{glyph.name} has an end without a wire")
        if loose_starts or any(self.wires[wire].end[0] > right for wire in loose_ends):
            raise ReadingError(f"a wire starts from nothing between {left:.3f} and {right:.3f}")
        if loose_ends:
            raise ReadingError(f"a wire ends in nothing between {left:.3f} and {right:.3f}")
        return self._apply(values, (before, after), following, links, here, taken, made, len(tensors))

    def _take(self, loose: dict[int, Point], at: Point) -> list[int]:
        found = [wire for wire, point in loose.items() if _same_point(point, at)]
        for wire in found:
            del loose[wire]
        return found

    def _inside(self, glyph: GlyphInk, left: float, right: float) -> bool:
        points = [*glyph.ends, *glyph.starts, *glyph.places]
        return left < points[0][0] < right

    def _apply(
        self,
        values: list[Seen],
        cuts: tuple[dict[int, tuple[int, int]], dict[int, tuple[int, int]]],
        following: list[list[int]],
        links: list[tuple[list[tuple[int, int]], list[tuple[int, int]]]],
        glyphs: list[GlyphInk],
        taken: dict[str, list[Places]],
        made: dict[str, Places],
        count: int,
    ) -> list[Seen]:
        """Join tensors that are wired together, and name what comes out of each join."""
        before, after = cuts
        group = Groups(count, len(following))
        for sources, targets in links:
            group.join([*(("a", t) for t, _ in sources), *(("b", t) for t, _ in targets)])
        owner: dict[str, tuple[str, int]] = {}
        for glyph in glyphs:
            ends = [("a", t) for end in taken[glyph.name] for t, _ in end]
            ends += [("b", t) for t, _ in made[glyph.name]]
            ends += self._tensors_at(glyph, before, after)
            if not ends:
                raise ReadingError(f"{glyph.name} stands on no wire")
            owner[glyph.name] = ends[0]
            group.join(ends)
        result: list[Seen] = [(-1, ())] * len(following)
        for members in group.groups():
            operands = sorted(t for side, t in members if side == "a")
            outputs = sorted(t for side, t in members if side == "b")
            mine = [glyph for glyph in glyphs if owner[glyph.name] in members]
            links_here = [link for link in links if any(("a", t) in members for t, _ in link[0])]
            self._name(operands, outputs, mine, links_here, taken, made, values, following, result)
        return result

    def _tensors_at(
        self, glyph: GlyphInk, before: dict[int, tuple[int, int]], after: dict[int, tuple[int, int]]
    ) -> list[tuple[str, int]]:
        """The tensors that have a wire at one of a glyph's places."""
        found = []
        for place in glyph.places:
            x, y = place[0] + NEAR, place[1]
            for wire in sorted({*before, *after}):
                height = self.wires[wire].height(x)
                if height is not None and abs(height - y) < NEAR:
                    found.append(("a", before[wire][0]) if wire in before else ("b", after[wire][0]))
        return found

    def _name(
        self,
        operands: list[int],
        outputs: list[int],
        glyphs: list[GlyphInk],
        links: list[tuple[list[tuple[int, int]], list[tuple[int, int]]]],
        taken: dict[str, list[Places]],
        made: dict[str, Places],
        values: list[Seen],
        following: list[list[int]],
        result: list[Seen],
    ) -> None:
        place = {tensor: number for number, tensor in enumerate(operands)}

        def came(tensor: int, wire: int) -> tuple[int, int]:
            return place[tensor], values[tensor][1][wire]

        joins = [(tuple(sorted(came(*slot) for slot in sources)), targets) for sources, targets in links]
        if not glyphs:
            self._plain(operands, outputs, joins, values, following, result)
            return
        if len(glyphs) > 1:
            names = ", ".join(sorted(glyph.name for glyph in glyphs))
            raise ReadingError(f"two operations on one tensor in one column: {names}")
        glyph = glyphs[0]
        ends = [tuple(sorted(came(*slot) for slot in end)) for end in taken[glyph.name]]
        pairs = self._pairs(glyph, ends)
        origin: dict[tuple[int, int], Hashable] = {}
        for sources, targets in joins:
            origin.update(dict.fromkeys(targets, ("passed", sources)))
        for number, slot in enumerate(_downwards(glyph.starts, made[glyph.name])):
            origin[slot] = ("made", number)
        connections = (
            tuple(sorted(ends) if pairs or _sums(glyph) else _downwards(glyph.ends, ends)),
            pairs,
            tuple(sorted(sources for sources, _ in joins)),
        )
        if any((output, p) not in origin for output in outputs for p in range(len(following[output]))):
            raise ReadingError(f"a wire comes from nothing beside {glyph.name}")
        wires = tuple(tuple(origin[output, p] for p in range(len(following[output]))) for output in outputs)
        operand_values = tuple(values[operand][0] for operand in operands)
        found = self.wiring.applied(ink(glyph.ink), operand_values, connections, wires)
        for output, value in zip(outputs, found, strict=True):
            result[output] = value, self.wiring.wires[value]

    def _pairs(self, glyph: GlyphInk, ends: list[End]) -> tuple[Hashable, ...]:
        """Which of the ends a half circle closes together."""
        at = dict(zip(glyph.ends, ends, strict=True))
        pairs = []
        for shape in glyph.ink:
            if is_half_circle(shape):
                curve = shape.segments
                ends_here = [self._closest(at, point.to) for point in (curve[0], curve[2])]
                pairs.append(tuple(sorted(ends_here)))
        return tuple(sorted(pairs))

    def _closest(self, at: dict[Point, End], point: Point) -> End:
        for known, end in at.items():
            if _same_point(known, point):
                return end
        raise ReadingError(f"a half circle closes nothing at ({point[0]:.3f}, {point[1]:.3f})")

    def _plain(
        self,
        operands: list[int],
        outputs: list[int],
        joins: list[tuple[End, Places]],
        values: list[Seen],
        following: list[list[int]],
        result: list[Seen],
    ) -> None:
        """Tensors that pass, are copied, or whose wires change places: their values stay."""
        if len(operands) != 1:
            raise ReadingError("tensors become one without an operation")
        value, wires = values[operands[0]]
        came: dict[tuple[int, int], int] = {}
        for sources, targets in joins:
            if len(sources) != 1:
                raise ReadingError("wires meet without an operation")
            came.update(dict.fromkeys(targets, sources[0][1]))
        for output in outputs:
            order = tuple(came.get((output, p), -1) for p in range(len(following[output])))
            if sorted(order) != sorted(wires):
                raise ReadingError("a wire is lost or gained without an operation")
            result[output] = value, order

    # Labels ----------------------------------------------------------------------------------

    def _read_labels(self, x: float, tensors: list[list[int]], values: list[Seen]) -> None:
        """Labels whose wire is level at this cut, and whose foot is just above it."""
        for tensor, (_, wires) in zip(tensors, values, strict=True):
            for place, number in enumerate(tensor):
                wire = self.wires[number]
                level = wire.height(x)
                if level is None:
                    continue
                for label in self.labels:
                    at, foot = label.at
                    if not -NEAR < level - foot < LABEL_REACH + NEAR:
                        continue
                    y = wire.height(at)
                    if y is None or abs(y - level) > NEAR or not self._same(wire, x, at):
                        continue
                    if 0 < y - foot < LABEL_REACH:
                        self.wiring.labels.add((wires[place], label.text))

    def _same(self, wire: Line, one: float, other: float) -> bool:
        """Whether nothing happens to the wire between two places of the same level stretch."""
        low, high = min(one, other), max(one, other)
        here = wire.start
        for segment in wire.segments[1:]:
            if here[0] - NEAR <= low and high <= segment.to[0] + NEAR:
                return isinstance(segment, LineTo)
            here = segment.to
        return False


__all__ = ["ReadingError", "Wiring", "ink", "read"]

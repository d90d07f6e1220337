"""Wires, dots, glyphs and labels at their rows and places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ncd_tikz.diagram import Diagram
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Drawn, Site
from ncd_tikz.glyphs.strokes import DOT_RADIUS, arrow_head
from ncd_tikz.layout.columns import Act, Plan
from ncd_tikz.layout.enclosures import enclosures
from ncd_tikz.layout.inside import Inside, Node
from ncd_tikz.layout.labels import gap_of, label_of
from ncd_tikz.layout.order import Levels
from ncd_tikz.layout.places import ARROW_IN, ARROW_OUT, Places, Zone, glyph_place, rider_text
from ncd_tikz.layout.rows import ActRows, Rows, Wire
from ncd_tikz.layout.strokes import Stroke
from ncd_tikz.scene import Anchor, Dot, Item, Point, Text
from ncd_tikz.scene import Wire as WireStroke
from ncd_tikz.scene.moving import moved
from ncd_tikz.text import measure


@dataclass(slots=True)
class Picture:
    """Items by layer, in painting order; joined into a scene at the end."""

    backdrop: list[Item] = field(default_factory=list)
    cards: list[Item] = field(default_factory=list)
    dashes: list[Item] = field(default_factory=list)
    wires: list[Item] = field(default_factory=list)
    glyphs: list[Item] = field(default_factory=list)
    labels: list[Item] = field(default_factory=list)

    def layers(self) -> tuple[list[Item], ...]:
        """The layers, the backmost first."""
        return (self.backdrop, self.cards, self.dashes, self.wires, self.glyphs, self.labels)

    def items(self) -> tuple[Item, ...]:
        """All items, the backmost first."""
        return tuple(item for layer in self.layers() for item in layer)

    def extend(self, other: Picture, dx: float, dy: float) -> None:
        """Take over all items of another picture, shifted."""
        for mine, theirs in zip(self.layers(), other.layers(), strict=True):
            mine.extend(moved(item, dx, dy) if dx or dy else item for item in theirs)


@frozen
class Drawing:
    """Everything the layout has decided about a diagram."""

    diagram: Diagram
    plan: Plan
    levels: Levels
    insides: tuple[tuple[Inside | None, ...], ...]
    rows: Rows
    places: Places
    room: Mapping[tuple[int, int], float]  # kept free for titles above tensors: (column, member) -> rows
    held: tuple[tuple[int, ...], ...]  # the steps of each group


def row(half_rows: int) -> float:
    """Grid units of a row counted in halves."""
    return half_rows / 2


def glyph_name(step: int) -> str:
    """The part of the picture that a step's glyph is."""
    return f"g{step}"


class Painter:
    """Walks the columns from left to right with a stroke for each wire."""

    def __init__(self, drawing: Drawing, pictures: list[Picture]) -> None:
        self.drawing = drawing
        self.pictures = pictures
        self.picture = pictures[0]
        self.live: dict[Wire, Stroke] = {}
        self.highlight = frozenset(drawing.diagram.figure.highlight)
        self.enclosed = enclosures(drawing.plan)

    def paint(self) -> None:
        """Fill the picture."""
        drawing = self.drawing
        plan, rows, places = drawing.plan, drawing.rows, drawing.places
        for wire, half in rows.start.items():
            self.live[wire] = Stroke((places.start, row(half)))
            if drawing.levels.shuffled:
                self._label(wire, ((places.start + places.shuffle.left) / 2, row(half)), -1)
        if drawing.levels.shuffled:
            for wire, half in rows.levels[0].items():
                self.live[wire].to((places.shuffle.left, row(rows.start[wire])))
                self.live[wire].to((places.shuffle.right, row(half)))
        for column in range(len(plan.columns)):
            self._level(column)
            self._column(column)
        self._level(len(plan.columns))
        for wire, stroke in self.live.items():
            self._finish(wire, stroke)
        self.live.clear()

    def _level(self, level: int) -> None:
        """Wires straight through a shape column, with its labels."""
        places, rows = self.drawing.places, self.drawing.rows.levels[level]
        zone = places.shapes[level]
        for wire, half in rows.items():
            self.live[wire].to((zone.right, row(half)))
        under = level < len(places.under) and places.under[level]
        if under:
            zone = places.glyphs[level]
        middle = zone.middle - (ARROW_OUT / 2 if level in places.entries else 0.0)
        for wire in sorted(places.labels[level]):
            if wire in rows:
                self._label(wire, (middle, row(rows[wire])), level)
        if level in places.entries:
            self._break(level)

    def _break(self, level: int) -> None:
        """Arrows leave this row; arrows enter the next, where every wire is labelled anew."""
        entry = self.drawing.places.entries[level]
        leaving = {wire: self.live.pop(wire) for wire in self.drawing.rows.levels[level]}
        for wire, stroke in leaving.items():
            self.picture.glyphs.append(Item("break", arrow_head(stroke.at)))
            self._finish(wire, stroke)
        self.picture = self.pictures[self.pictures.index(self.picture) + 1]
        for wire, half in self.drawing.rows.before(level).items():
            y = row(half)
            self.live[wire] = Stroke((entry.left, y))
            self.live[wire].to((entry.right, y))
            self.picture.glyphs.append(Item("break", arrow_head((entry.left + 0.55, y))))
            self._label(wire, ((entry.left + ARROW_IN + entry.right) / 2, y), level)

    def _label(self, wire: Wire, at: Point, level: int) -> None:
        axis = self.drawing.plan.members[wire[0]].wires[wire[1]]
        label = label_of(axis)
        extent = measure(label)
        gap = gap_of(axis, axis.name.rstrip("'") in self.highlight)
        text = Text(
            (at[0], at[1] - gap - extent.depth), label, "middle", "math", 1.0, "wire",
            extent.width, extent.height, extent.depth,
        )  # fmt: skip
        self.picture.labels.append(Item(f"column {level}", text))

    def _column(self, column: int) -> None:
        drawing = self.drawing
        places, rows = drawing.places, drawing.rows
        approach, zone, leaving = places.approaches[column], places.glyphs[column], places.leavings[column]
        after = rows.levels[column + 1]
        fresh: dict[Wire, Stroke] = {}
        part = f"column {column}"
        for number, act in enumerate(drawing.plan.columns[column]):
            inside = drawing.insides[column][number]
            if inside is None:
                self._copy(act, zone, part, fresh)
            else:
                self._act(act, inside, rows.acts[column][number], (approach, zone), column, fresh)
        for wire, half in rows.passing[column].items():
            if wire in self.live:
                self.live[wire].to((approach.right, row(half)))
                self.live[wire].to((zone.right, row(half)))
        self.live.update(fresh)
        for wire, half in after.items():
            stroke = self.live[wire]
            stroke.to((max(leaving.left, stroke.at[0]), stroke.at[1]))
            stroke.to((leaving.right, row(half)))
        for wire in [wire for wire in self.live if wire not in after]:
            self._finish(wire, self.live.pop(wire))

    def _copy(self, act: Act, zone: Zone, part: str, fresh: dict[Wire, Stroke]) -> None:
        members = self.drawing.plan.members
        x = zone.right - DOT_RADIUS
        for place in range(len(members[act.ins[0]].wires)):
            stroke = self.live.pop((act.ins[0], place))
            stroke.to((x, stroke.at[1]))
            self._finish((act.ins[0], place), stroke)
            self.picture.glyphs.append(Item(part, Dot(stroke.at, DOT_RADIUS)))
            for strand in act.outs:
                fresh[strand, place] = Stroke(stroke.at)

    def _act(
        self,
        act: Act,
        inside: Inside,
        inner: ActRows,
        zones: tuple[Zone, Zone],
        column: int,
        fresh: dict[Wire, Stroke],
    ) -> None:
        """Wires enter, meet or end; the glyph is drawn; wires leave."""
        if act.step is None:
            return
        approach, zone = zones
        name, part = glyph_name(act.step), f"column {column}"
        entering = {
            slot: self.live.pop((act.ins[slot[0]], slot[1])) for node in inside.nodes for slot in node.sources
        }
        for number, node in enumerate(inside.nodes):
            for slot in node.sources:
                entering[slot].to((approach.right, row(inner.nodes[number])))
        drawn = self._glyph(act, inside, inner, zone, name, column)
        for number, node in enumerate(inside.nodes):
            y = row(inner.nodes[number])
            if not node.results:
                slot = node.sources[0]
                end = drawn.ends.get(slot, (zone.left, y))
                stroke = entering[slot]
                if len(node.sources) > 1:
                    stroke = self._meet(act, node, entering, (zone.left + DOT_RADIUS, y), part)
                stroke.straight(end)
                self.picture.glyphs.append(Item(name, Anchor(f"{name}.in.{slot[0]}.{slot[1]}", end)))
                self._finish((act.ins[slot[0]], slot[1]), stroke)
            elif len(node.sources) == 1 and len(node.results) == 1:
                slot, result = node.sources[0], node.results[0]
                stroke = entering[slot]
                stroke.to((zone.right, y))
                fresh[act.outs[result[0]], result[1]] = stroke
            else:
                alone = len(node.sources) == 1
                at = (zone.right - DOT_RADIUS if alone else zone.left + DOT_RADIUS, y)
                self._meet(act, node, entering, at, part)
                for result in node.results:
                    fresh[act.outs[result[0]], result[1]] = Stroke(at)
        for slot, half in inner.made.items():
            start = drawn.starts[slot]
            self.picture.glyphs.append(Item(name, Anchor(f"{name}.out.{slot[0]}.{slot[1]}", start)))
            stroke = Stroke(start)
            if abs(start[1] - row(half)) < 1e-9 or zone.right > start[0]:
                stroke.to((max(zone.right, start[0]), row(half)))
            fresh[act.outs[slot[0]], slot[1]] = stroke

    def _meet(
        self, act: Act, node: Node, entering: dict[tuple[int, int], Stroke], at: Point, part: str
    ) -> Stroke:
        """Wires end in a dot; the stroke that starts there."""
        for slot in node.sources:
            entering[slot].to(at)
            self._finish((act.ins[slot[0]], slot[1]), entering[slot])
        self.picture.glyphs.append(Item(part, Dot(at, DOT_RADIUS)))
        return Stroke(at)

    def _sides(self, step: int, column: int) -> tuple[float, float]:
        """The rows between which a parenthesis stands."""
        if step not in self.enclosed.sides:
            return 0.0, 0.0
        high, low = self.drawing.rows.side(self.enclosed.sides[step], column)
        return row(high), row(low)

    def _glyph(self, act: Act, inside: Inside, inner: ActRows, zone: Zone, name: str, column: int) -> Drawn:
        plan = self.drawing.plan
        if act.step is None:
            raise ValueError("a copy has no glyph")
        needs = plan.needs[act.step]
        place = glyph_place(plan, act, inside, zone)
        nodes = [row(half) for half in inner.nodes]
        everything = nodes + [row(half) for half in inner.made.values()]
        site = Site(
            place.left,
            place.right,
            {node.sources[0]: nodes[i] for i, node in enumerate(inside.nodes) if not node.results},
            {slot: row(half) for slot, half in inner.made.items()},
            min(everything, default=0.0),
            max(everything, default=0.0),
            tuple(sorted(nodes[i] for i, node in enumerate(inside.nodes) if len(node.sources) > 1)),
            rider_text(plan, act),
            *self._sides(act.step, column),
            tuple(sorted(nodes[i] for i, node in enumerate(inside.nodes) if node.results)),
        )
        drawn = plan.glyphs[act.step].draw(site)
        self.picture.cards.extend(Item(name, primitive) for primitive in drawn.behind)
        self.picture.glyphs.extend(Item(name, primitive) for primitive in drawn.front)
        x = site.middle if needs.floats else site.left
        for operand in range(len(act.ins)):
            rows = [nodes[i] for i, node in enumerate(inside.nodes) if operand in dict(node.sources)]
            self.picture.glyphs.append(Item(name, Anchor(f"{name}.at.{operand}", (x, min(rows)))))
        return drawn

    def _finish(self, wire: Wire, stroke: Stroke) -> None:
        if len(stroke.segments) < 2:
            return
        axis = self.drawing.plan.members[wire[0]].wires[wire[1]]
        primitive = WireStroke(
            tuple(stroke.segments),
            "double" if axis.rank > 1 else "wire",
            axis.label,
            axis.name.rstrip("'") in self.highlight,
        )
        self.picture.wires.append(Item("wire", primitive))

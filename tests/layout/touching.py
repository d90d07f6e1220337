"""Finds ink that touches ink it should not, on a scene: measured boxes and finely sampled curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from ncd_tikz.layout.extent import Box, box_of, points_box, text_box
from ncd_tikz.scene import (
    Anchor,
    Card,
    Circle,
    CurveTo,
    Dashes,
    Dot,
    Point,
    Scene,
    Segment,
    Shape,
    Text,
    Wire,
)
from ncd_tikz.scene.sides import side_of

SAMPLES = 32  # of each curve
SLACK = 0.01  # grid units that two things may share: less than a hair
HALF_WIRE, HALF_DOUBLE, HALF_DASHES = 0.025, 0.07, 0.05


@dataclass(slots=True)
class Path:
    """A stroke as a chain of short lines, `half` of its width to each side."""

    name: str
    points: list[Point]
    half: float
    box: Box = field(init=False)

    def __post_init__(self) -> None:
        box = points_box(self.points)
        self.box = Box(
            box.left - self.half, box.top - self.half, box.right + self.half, box.bottom + self.half
        )

    def lines(self) -> Iterator[tuple[Point, Point]]:
        yield from pairwise(self.points)

    def enters(self, box: Box) -> bool:
        """Whether its ink comes into the box."""
        if not self.box.overlaps(box):
            return False
        grown = Box(box.left - self.half, box.top - self.half, box.right + self.half, box.bottom + self.half)
        return any(line_meets(grown, one, other) for one, other in self.lines())


@dataclass(slots=True)
class Body:
    """A part of a glyph: an outline with what is inside, or a text."""

    glyph: str
    box: Box
    corners: list[Point] = field(default_factory=list)  # of a closed outline; empty: the box itself
    line: Path | None = None  # an open stroke
    text: str = ""
    disc: tuple[Point, float] | None = None

    def touches(self, box: Box) -> bool:
        if not self.box.overlaps(box, -SLACK):
            return False
        if self.line is not None:
            return self.line.enters(shrunk(box))
        if self.disc is not None:
            (x, y), radius = self.disc
            dx = max(box.left - x, 0.0, x - box.right)
            dy = max(box.top - y, 0.0, y - box.bottom)
            return (dx * dx + dy * dy) ** 0.5 < radius - SLACK
        if self.corners:
            return polygon_meets(self.corners, shrunk(box))
        return True

    def holds(self, point: Point) -> bool:
        """Whether a point is inside, not at the edge."""
        if self.line is not None:
            return False
        box = self.box
        if not (
            box.left + 0.03 < point[0] < box.right - 0.03 and box.top + 0.03 < point[1] < box.bottom - 0.03
        ):
            return False
        if self.disc is not None:
            (x, y), radius = self.disc
            return ((point[0] - x) ** 2 + (point[1] - y) ** 2) ** 0.5 < radius - 0.05
        return inside(self.corners, point) if self.corners else True


def shrunk(box: Box) -> Box:
    return Box(box.left + SLACK, box.top + SLACK, box.right - SLACK, box.bottom - SLACK)


def line_meets(box: Box, one: Point, other: Point) -> bool:
    """Whether a line comes into a box (Liang and Barsky)."""
    (x, y), (dx, dy) = one, (other[0] - one[0], other[1] - one[1])
    enter, leave = 0.0, 1.0
    for step, low, high in ((dx, box.left - x, box.right - x), (dy, box.top - y, box.bottom - y)):
        if abs(step) < 1e-12:
            if low >= 0 or high <= 0:
                return False
            continue
        near, far = sorted((low / step, high / step))
        enter, leave = max(enter, near), min(leave, far)
        if enter >= leave:
            return False
    return True


def inside(corners: Sequence[Point], point: Point) -> bool:
    x, y = point
    odd = False
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            odd = not odd
    return odd


def polygon_meets(corners: list[Point], box: Box) -> bool:
    closed = [*corners, corners[0]]
    if any(line_meets(box, one, other) for one, other in pairwise(closed)):
        return True
    return inside(corners, (box.left, box.top))


def sampled(segments: tuple[Segment, ...]) -> list[Point]:
    """Points along a path, close together on its curves."""
    points = [segments[0].to]
    for segment in segments[1:]:
        if isinstance(segment, CurveTo):
            (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points[-1], segment.first, segment.second, segment.to
            for number in range(1, SAMPLES + 1):
                t = number / SAMPLES
                a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
                points.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
        else:
            points.append(segment.to)
    return points


@dataclass(slots=True)
class Ink:
    """A scene's ink by what may touch what."""

    labels: list[tuple[Text, Box]] = field(default_factory=list)
    wires: list[Path] = field(default_factory=list)
    dashes: list[Path] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)
    covers: list[tuple[str, Box]] = field(default_factory=list)  # of glyphs, painted over the wires


def ink_of(scene: Scene) -> Ink:
    """Everything but the cards in the background and the anchors."""
    ink = Ink()
    wires = [number for number, item in enumerate(scene.items) if side_of(item.part)[1] == "wire"]
    for number, item in enumerate(scene.items):
        p = item.primitive
        if isinstance(p, Shape) and p.closed and p.fill and number > max(wires, default=0):
            ink.covers.append((item.part, points_box(sampled(p.segments))))
        if isinstance(p, Anchor):
            continue
        if isinstance(p, Wire):
            half = HALF_DOUBLE if p.stroke == "double" else HALF_WIRE
            ink.wires.append(Path(f"wire {p.label}", sampled(p.segments), half))
        elif isinstance(p, Dashes):
            ink.dashes.append(Path("dashed line", sampled(p.segments), HALF_DASHES))
        elif isinstance(p, Text) and p.of != "glyph":
            ink.labels.append((p, text_box(p)))
        elif is_glyph(item.part, p):
            ink.bodies.append(body(item.part, p))
    return ink


def is_glyph(part: str, primitive: object) -> bool:
    """Glyphs have a part each; dots stand in columns; tags are cards at the ends of the wires."""
    part = side_of(part)[1]
    if isinstance(primitive, Card):
        return (part.startswith("g") and part[1:].isdigit()) or part == "tag"
    return part not in ("legend", "note", "group", "title")


def body(part: str, primitive: object) -> Body:
    assert isinstance(primitive, (Shape, Card, Dot, Circle, Text))
    box = box_of(primitive)
    assert box is not None
    if isinstance(primitive, Card):
        return Body(part, box, list(primitive.corners))
    if isinstance(primitive, (Dot, Circle)):
        return Body(part, box, disc=(primitive.center, primitive.radius))
    if isinstance(primitive, Text):
        return Body(part, box, text=primitive.text)
    points = sampled(primitive.segments)
    if primitive.closed:
        return Body(part, points_box(points), points)
    return Body(part, points_box(points), line=Path(part, points, HALF_WIRE))


def touching(scene: Scene) -> list[str]:
    """Everything that touches what it should not, in words."""
    ink = ink_of(scene)
    found = [*_labels(ink), *_glyphs(ink)]
    return list(dict.fromkeys(found))


def _labels(ink: Ink) -> Iterator[str]:
    for (one, box), (other, other_box) in combinations(ink.labels, 2):
        if box.overlaps(other_box, -SLACK):
            yield f"{what(one)} touches {what(other)} at {at(box)}"
    for label, box in ink.labels:
        for path in (*ink.wires, *ink.dashes):
            if path.enters(shrunk(box)):
                yield f"{what(label)} touches a {path.name} at {at(box)}"
        for part in ink.bodies:
            own = label.of == side_of(part.glyph)[1] == "tag" and box.joined(part.box) == part.box
            if not own and part.touches(box):
                yield f"{what(label)} touches {part.text or 'ink'} of {part.glyph} at {at(box)}"


def _glyphs(ink: Ink) -> Iterator[str]:
    for part in ink.bodies:
        for path in ink.wires:
            if not path.box.overlaps(part.box):
                continue
            if part.text:
                covered = any(
                    glyph == part.glyph and cover.joined(part.box) == cover for glyph, cover in ink.covers
                )
                if not covered and path.enters(shrunk(part.box)):
                    yield f"{part.text} of {part.glyph} is crossed by a {path.name} at {at(part.box)}"
            elif part.disc is None or part.disc[1] > 0.2:
                for one, other in path.lines():
                    slanted = abs(one[1] - other[1]) > 1e-6
                    if slanted and (part.holds(one) or part.holds(other)):
                        yield f"a {path.name} runs through {part.glyph} at {at(part.box)}"
                        break
        for path in ink.dashes:
            if _dashed(part, path):
                yield f"a dashed line runs through {part.text or 'ink'} of {part.glyph} at {at(part.box)}"
    for one, other in combinations(ink.bodies, 2):
        if one.glyph == other.glyph or not (_apart(one) and _apart(other)):
            continue
        if one.touches(other.box) and other.touches(one.box):
            mine, theirs = f"{one.text or 'ink'} of {one.glyph}", f"{other.text or 'ink'} of {other.glyph}"
            yield f"{mine} touches {theirs} at {at(one.box)}"


def _dashed(part: Body, path: Path) -> bool:
    if part.line is not None or not path.box.overlaps(part.box):
        return False
    if part.text:
        return path.enters(shrunk(part.box))
    return any(part.holds(point) for one, other in path.lines() for point in _along(one, other))


def _along(one: Point, other: Point) -> list[Point]:
    steps = max(1, int(abs(other[0] - one[0]) / 0.1))
    return [
        (one[0] + (other[0] - one[0]) * n / steps, one[1] + (other[1] - one[1]) * n / steps)
        for n in range(steps + 1)
    ]


def _apart(part: Body) -> bool:
    """Dots belong to the operation whose wires meet in them."""
    name = side_of(part.glyph)[1]
    return name.startswith("g") or name == "tag"


def what(text: Text) -> str:
    return f"{text.of} label {text.text!r}"


def at(box: Box) -> str:
    return f"({(box.left + box.right) / 2:.2f}, {(box.top + box.bottom) / 2:.2f})"

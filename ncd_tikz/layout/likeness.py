"""How alike two pictures are: the same, the same but for what is laid over it, or laid out otherwise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from math import ceil
from typing import Literal

from ncd_tikz.frozen import frozen
from ncd_tikz.layout.labels import GAP
from ncd_tikz.scene import Anchor, Card, Item, Point, Scene, Shape, Text, Wire
from ncd_tikz.scene.moving import moved
from ncd_tikz.scene.sides import side_of

_DRESS = {
    "note": "notes",
    "group": "groups",
    "title": "titles",
    "legend": "legend",
    "tag": "tags",
    "columns": "tinted columns",
    "grid": "cells",
}  # parts that stand around the wires -> what to call them
_NEAR = 0.02  # grid units that nobody sees
_COLUMN = re.compile(r"column (\d+)")
_GLYPH = re.compile(r"g\d+")


@frozen
class Likeness:
    """What two pictures have in common.

    "same": every line and letter, so that their files differ in the header alone; "dress": the same
    wires and glyphs at the same places, `what` says which colours, notes and titles differ; "layout":
    other wires, glyphs or places.
    """

    state: Literal["same", "dress", "layout"]
    what: tuple[str, ...]
    counts: tuple[tuple[str, int, int], ...]  # rows, columns, lines, labels: before and after
    moved: int  # labels that stand elsewhere
    labels: int  # that both have
    wires: int = 0  # strokes of the right one that run otherwise than any of the left one

    def __str__(self) -> str:
        if self.state == "same":
            return "the same picture, byte for byte"
        if self.state == "dress":
            return f"the same wires and glyphs at the same places; only {_listed(self.what)} differ"
        told = [f"{name} {one} -> {other}" for name, one, other in self.counts if one != other]
        if self.wires:
            told.append(f"{self.wires} wire{'s' if self.wires > 1 else ''} run otherwise")
        if self.moved:
            told.append(f"{self.moved} of {self.labels} labels moved")
        return f"the layout differs: {', '.join(told) or 'other glyphs or labels at the same places'}"


def likeness(left: Scene, right: Scene) -> Likeness:
    """Compare two pictures; what the file says of itself (name, title, alternative text) is left aside."""
    counts = tuple(
        (name, one, other) for (name, one), (_, other) in zip(_counts(left), _counts(right), strict=True)
    )
    shared, shifted = _labels(left, right)
    if left.items == right.items and _frame(left) == _frame(right):
        return Likeness("same", (), counts, 0, shared)
    what = tuple(_otherwise(left, right))
    if _keys(_core(left)) == _keys(_core(right)):
        return Likeness("dress", what or ("size of the page",), counts, 0, shared)
    if _keys(map(_wordless, _core(left))) == _keys(map(_wordless, _core(right))):
        return Likeness("dress", ("letters", *what), counts, 0, shared)
    return Likeness("layout", what, counts, shifted, shared, _rerouted(left, right))


def _wordless(item: Item) -> Item:
    text = item.primitive
    if not isinstance(text, Text):
        return item
    return replace(item, primitive=replace(text, text="", width=0.0, height=0.0, depth=0.0))


def _rerouted(left: Scene, right: Scene) -> int:
    mine, theirs = (
        _keys(item for item in _core(scene) if isinstance(item.primitive, Wire)) for scene in (left, right)
    )
    return sum((Counter(theirs) - Counter(mine)).values())


def _frame(scene: Scene) -> tuple[object, ...]:
    return scene.bounds, scene.width, scene.font


def _dress(item: Item) -> str:
    """What of the dress an item belongs to; empty for wires, glyphs and labels."""
    return _DRESS.get(side_of(item.part)[1], "")


def _core(scene: Scene) -> list[Item]:
    """Wires, glyphs and labels, without their colours, from where the first wire starts."""
    kept = [_plain(item) for item in scene.items if not _dress(item)]
    return [_on_its_row(item) for item in _from(kept, _origin(scene))]


def _on_its_row(item: Item) -> Item:
    """A wire's label at the height of the wire: it stands higher over one with a halo."""
    text = item.primitive
    if not isinstance(text, Text) or text.of != "wire":
        return item
    row = ceil(2 * (text.at[1] + text.depth + GAP - 1e-6)) / 2
    return replace(item, primitive=replace(text, at=(text.at[0], row)))


def _plain(item: Item) -> Item:
    primitive = item.primitive
    if isinstance(primitive, Card):
        return replace(item, primitive=replace(primitive, fill=""))
    if isinstance(primitive, Shape):
        return replace(item, primitive=replace(primitive, fill="", color="black"))
    if isinstance(primitive, Wire):
        return replace(item, primitive=replace(primitive, highlight=False))
    return item


def _origin(scene: Scene) -> Point:
    """Where the first wire starts: titles and tags may shift all of a picture."""
    starts = (item.primitive.segments[0].to for item in scene.items if isinstance(item.primitive, Wire))
    return next(starts, (0.0, 0.0))


def _from(items: Iterable[Item], origin: Point) -> list[Item]:
    return [moved(item, -origin[0], -origin[1]) for item in items]


def _keys(items: Iterable[Item]) -> list[str]:
    """Items with rounded numbers, in their order."""
    return [_NUMBER.sub(_rounded, repr(item)) for item in items]


_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def _rounded(found: re.Match[str]) -> str:
    return f"{float(found[0]):.3f}".replace("-0.000", "0.000")


def _otherwise(left: Scene, right: Scene) -> Iterable[str]:
    """What of the dress differs."""
    colors = [_colors(scene) for scene in (left, right)]
    if any(colors[1].get(key, fills) != fills for key, fills in colors[0].items()):
        yield "colours"
    halos = [
        [item.primitive.highlight for item in scene.items if isinstance(item.primitive, Wire)]
        for scene in (left, right)
    ]
    if halos[0] != halos[1]:
        yield "highlighted wires"
    for part, name in _DRESS.items():
        shown = [
            _keys(
                _from((_plain(item) for item in scene.items if side_of(item.part)[1] == part), _origin(scene))
            )
            for scene in (left, right)
        ]
        if shown[0] != shown[1]:
            yield name


def _colors(scene: Scene) -> dict[str, list[tuple[str, str]]]:
    """The colours of cards and shapes by their place."""
    found: dict[str, list[tuple[str, str]]] = {}
    for item in scene.items:
        primitive = item.primitive
        if isinstance(primitive, Card | Shape):
            (key,) = _keys(_from([_plain(item)], _origin(scene)))
            found.setdefault(key, []).append((primitive.fill, getattr(primitive, "color", "")))
    return found


def _counts(scene: Scene) -> tuple[tuple[str, int], ...]:
    """How many rows, columns, lines and glyphs a picture has; of an equation, of all its sides."""
    columns: dict[int, int] = {}
    rows: set[tuple[int, float]] = set()
    lines: set[tuple[int, str]] = set()
    glyphs: set[str] = set()
    for item in scene.items:
        number, part = side_of(item.part)
        if found := _COLUMN.fullmatch(part):
            columns[number] = max(columns.get(number, 0), int(found[1]))
        if _GLYPH.fullmatch(part):
            glyphs.add(item.part)
        primitive = item.primitive
        if isinstance(primitive, Wire):
            rows.update((number, round(segment.to[1], 2)) for segment in primitive.segments)
        elif isinstance(primitive, Anchor) and part == "break":
            lines.add((number, primitive.name))
    return (
        ("glyphs", len(glyphs)),
        ("columns", sum(columns.values())),
        ("rows", len(rows)),
        ("lines", len(lines)),
    )


def _labels(left: Scene, right: Scene) -> tuple[int, int]:
    """How many labels both have, and how many of them stand elsewhere."""
    places = [_places(left), _places(right)]
    shared = shifted = 0
    for key, mine in places[0].items():
        for one, other in zip(mine, places[1].get(key, ()), strict=False):
            shared += 1
            shifted += abs(one[0] - other[0]) > _NEAR or abs(one[1] - other[1]) > _NEAR
    return shared, shifted


def _places(scene: Scene) -> dict[tuple[str, str], list[Point]]:
    found: dict[tuple[str, str], list[Point]] = {}
    origin = _origin(scene)
    for item in scene.items:
        text = item.primitive
        if isinstance(text, Text) and not _dress(item):
            at = (text.at[0] - origin[0], text.at[1] - origin[1])
            found.setdefault((text.of, text.text), []).append(at)
    return found


def _listed(words: tuple[str, ...]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)

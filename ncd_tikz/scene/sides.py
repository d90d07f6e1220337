"""The sides of an equation in one picture: every part and anchor says which side it belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ncd_tikz.scene.primitives import Anchor, Card, Item, Point, Scene, Shape, Text, Wire
from ncd_tikz.scene.wiring import ReadingError

_SIDE = "side"
RELATION = "relation"
"""The part of a picture that its signs are, and the words over them."""

_Box = tuple[float, float, float, float]
_NEAR_SIGN = 0.6  # how far above or below a side's wires the sign beside it may stand


def on_side(number: int, item: Item) -> Item:
    """The same item as a part of a side of an equation.

    >>> on_side(2, Item("g0", Anchor("g0.in.0.0", (1.0, 0.0)))).primitive.name
    'side2.g0.in.0.0'
    """
    prefix = f"{_SIDE}{number}."
    primitive = item.primitive
    if isinstance(primitive, Anchor):
        primitive = replace(primitive, name=prefix + primitive.name)
    return Item(prefix + item.part, primitive)


def side_of(part: str) -> tuple[int, str]:
    """The side that a part belongs to, and what it is there; 0 where it is of none.

    >>> side_of("side2.column 0"), side_of("relation")
    ((2, 'column 0'), (0, 'relation'))
    """
    head, dot, rest = part.partition(".")
    number = head.removeprefix(_SIDE)
    if dot and number != head and number.isdigit():
        return int(number), rest
    return 0, part


def sides_of(scene: Scene) -> tuple[Scene, ...]:
    """The picture of every side of an equation, in order; of any other scene, the scene itself."""
    found: dict[int, list[Item]] = {}
    for item in scene.items:
        number, part = side_of(item.part)
        if number:
            primitive = item.primitive
            if isinstance(primitive, Anchor):
                primitive = replace(primitive, name=side_of(primitive.name)[1])
            found.setdefault(number, []).append(Item(part, primitive))
    if not found:
        return (scene,)
    return tuple(replace(scene, items=tuple(found[number])) for number in sorted(found))


def said(items: Iterable[Item]) -> tuple[str, ...]:
    """What a sign says: its own text or arrow first, then the words over it, from top to bottom."""
    signs, words = _signs_and_words(items)
    return (*(what for _, what in signs), *(text.text for text in words))


def relations_of(scene: Scene) -> tuple[tuple[str, ...], ...]:
    """What stands before each side but the first, found by where it stands.

    Raises:
        ReadingError: the sides do not stand in their order, a sign is missing, or one is too much.
    """
    boxes: dict[int, _Box] = {}
    for item in scene.items:
        number = side_of(item.part)[0]
        if number and isinstance(item.primitive, Wire):
            boxes[number] = _around([segment.to for segment in item.primitive.segments], boxes.get(number))
    signs, words = _signs_and_words(scene.items)
    entries = [(box, number) for number, box in boxes.items()]
    entries += [((x, y, x, y), -place) for place, ((x, y), _) in enumerate(signs, 1)]
    order = [number for line in _lines(entries) for _, number in line]
    if order[::2] != sorted(boxes) or any(number > 0 for number in order[1::2]) or len(order) % 2 == 0:
        raise ReadingError(f"sides and signs of the equation stand as {order}")
    said = [[what] for _, what in signs]
    for text in words:
        x, y = text.at
        if not signs:
            raise ReadingError(f"words over no sign: {text.text}")
        away = [abs(sign[0] - x) + abs(sign[1] - y) for sign, _ in signs]
        said[away.index(min(away))].append(text.text)
    return tuple(tuple(said[-number - 1]) for number in order[1::2])


def _lines(entries: list[tuple[_Box, int]]) -> list[list[tuple[_Box, int]]]:
    """Sides and signs by the lines that they stand in, from left to right."""
    lines: list[list[tuple[_Box, int]]] = []
    low = 0.0
    for entry in sorted(entries, key=lambda entry: entry[0][1]):
        (_, top, _, bottom), _ = entry
        if lines and top < low + _NEAR_SIGN:
            lines[-1].append(entry)
        else:
            lines.append([entry])
            low = bottom
        low = max(low, bottom)
    return [sorted(line, key=lambda entry: entry[0][0]) for line in lines]


def _around(points: list[Point], box: _Box | None) -> _Box:
    corners = [*points, *((box[:2], box[2:]) if box else ())]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _signs_and_words(items: Iterable[Item]) -> tuple[list[tuple[Point, str]], list[Text]]:
    """The signs with their middles; words are smaller."""
    signs: list[tuple[Point, str]] = []
    words: list[Text] = []
    for item in items:
        primitive = item.primitive
        if item.part != RELATION:
            continue
        if isinstance(primitive, Text) and primitive.size > 1:
            signs.append((primitive.at, primitive.text))
        elif isinstance(primitive, Text):
            words.append(primitive)
        elif isinstance(primitive, Shape | Card):
            if isinstance(primitive, Shape):
                points, kind = [segment.to for segment in primitive.segments], "arrow"
            else:
                points, kind = list(primitive.corners), "broad arrow"
            left, top, right, low = _around(points, None)
            what = f"{kind} of {len(points)} points"
            signs.append((((left + right) / 2, (top + low) / 2), what))
    words.sort(key=lambda text: text.at[1])
    return signs, words

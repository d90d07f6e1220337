"""The sides of an equation in one picture: every part and anchor says which side it belongs to."""

from __future__ import annotations

from dataclasses import replace

from ncd_tikz.scene.primitives import Anchor, Item, Scene

_SIDE = "side"


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

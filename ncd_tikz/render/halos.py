"""Highlights: one pale band under all wires, painted in two passes so that branches merge."""

from __future__ import annotations

from ncd_tikz.scene import Circle, Item, Scene, Shape, Wire


def split_halos(scene: Scene) -> tuple[tuple[Item, ...], tuple[Item, ...], tuple[Item, ...]]:
    """Items below the halos, what is haloed, and items above them.

    Halos lie above every card that is painted before the first wire, and below all wires. A
    highlighted wire is haloed and painted again above; an item whose stroke is "halo" is not.
    """
    haloed = tuple(item for item in scene.items if _is_halo(item) or _is_highlighted(item))
    painted = tuple(item for item in scene.items if not _is_halo(item))
    first = next((i for i, item in enumerate(painted) if isinstance(item.primitive, Wire)), len(painted))
    return painted[:first], haloed, painted[first:]


def _is_halo(item: Item) -> bool:
    return isinstance(item.primitive, (Shape, Circle)) and item.primitive.stroke == "halo"


def _is_highlighted(item: Item) -> bool:
    return isinstance(item.primitive, Wire) and item.primitive.highlight

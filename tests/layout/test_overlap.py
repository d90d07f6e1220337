"""Nothing touches what it should not: measured on scenes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from ncd_tikz.scene import Dashes, Item, LineTo, Move, Scene, Text, Wire
from ncd_tikz.scene.moving import moved
from tests.layout.pictures import FEW, scene_of, told
from tests.layout.touching import touching


def failures(names: Iterable[str | int]) -> dict[str | int, str]:
    found = {}
    for name in names:
        try:
            faults = touching(scene_of(name))
        except (LookupError, ValueError, TypeError) as error:
            faults = [f"{type(error).__name__}: {error}"]
        if faults:
            found[name] = "; ".join(faults[:3])
    return found


@pytest.mark.slow
def test_nothing_touches_in_random_diagrams() -> None:
    found = failures(FEW)
    assert not found, told(found)


# The checker is shown a fault of every kind first. ------------------------------------------------


def with_items(scene: Scene, *more: Item) -> Scene:
    return replace(scene, items=(*scene.items, *more))


def text(scene: Scene, of: str, content: str = "") -> Text:
    return next(
        item.primitive
        for item in scene.items
        if isinstance(item.primitive, Text)
        and item.primitive.of == of
        and (not content or item.primitive.text == content)
    )


def shifted(scene: Scene, wanted: Text, dx: float, dy: float) -> Scene:
    items = (moved(item, dx, dy) if item.primitive is wanted else item for item in scene.items)
    return replace(scene, items=tuple(items))


def placed(scene: Scene, one: Text, other: Text) -> Scene:
    """One text where another is."""
    return shifted(scene, one, other.at[0] - one.at[0], other.at[1] - one.at[1])


def across(label: Text, dashed: bool = False) -> Item:
    """A line through a label's middle."""
    y = label.at[1] - label.height / 2
    line = (Move((label.at[0] - 2, y)), LineTo((label.at[0] + 2, y)))
    return Item("wire", Dashes(line) if dashed else Wire(line, "wire", "z"))


def planted() -> dict[str, Scene]:
    scene = scene_of("multi_head_attention")
    wire, group, note, title = (text(scene, of) for of in ("wire", "group", "note", "title"))
    letter = text(scene, "glyph", r"\mathbf{L}")
    # a wire that bends inside a learned map's card
    x, y = letter.at
    bent = (Move((x - 1, y)), LineTo((x + 0.1, y)), LineTo((x + 0.5, y + 0.3)), LineTo((x + 2, y + 0.3)))
    return {
        "a label on a label": placed(scene, wire, group),
        "a note on the title": placed(scene, note, title),
        "a title on a glyph": placed(scene, group, letter),
        "a label on its own wire": shifted(scene, wire, 0.0, 0.3),
        "a wire through a label": with_items(scene, across(wire)),
        "a wire through a note": with_items(scene, across(note)),
        "a dashed line through a label": with_items(scene, across(wire, dashed=True)),
        "a wire through a letter": with_items(scene, Item("wire", Wire(bent, "wire", "z"))),
        "a dashed line through a letter": with_items(scene, across(letter, dashed=True)),
        "a glyph on a glyph": replace(
            scene, items=tuple(moved(item, 0, 3.5) if item.part == "g0" else item for item in scene.items)
        ),
    }


@pytest.mark.parametrize("what", planted())
def test_the_checker_notices(what: str) -> None:
    faults = set(touching(planted()[what])) - set(touching(scene_of("multi_head_attention")))
    assert faults

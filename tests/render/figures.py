"""What the tests of rendering draw: scenes by hand, and every shipped spec."""

from __future__ import annotations

from functools import cache

from ncd_tikz.diagram import load
from ncd_tikz.layout import lay_out
from ncd_tikz.resources import spec_names
from ncd_tikz.scene import Scene
from tests.render import scenes

HAND_MADE = {"by_hand": scenes.attention, "everything": scenes.everything}
FIGURES = (*HAND_MADE, *spec_names())


@cache
def figure(name: str) -> Scene:
    """The scene of that name."""
    return HAND_MADE[name]() if name in HAND_MADE else lay_out(load(f"@{name}"))

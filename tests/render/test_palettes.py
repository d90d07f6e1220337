from __future__ import annotations

import itertools

import pytest

from ncd_tikz.render.palettes import NAMES, PALETTES
from ncd_tikz.scene import COLORS

# Black text stands on all of them; these are ink themselves.
INK = {"index", "black", "changed", "removed", "added", "moved"}


def luminance(color: str) -> float:
    parts = []
    for start in (0, 2, 4):
        value = int(color[start : start + 2], 16) / 255
        parts.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("palette", PALETTES)
def test_every_colour_of_the_scene_has_a_value(palette: str) -> None:
    assert set(PALETTES[palette]) == set(NAMES) >= set(COLORS)


@pytest.mark.parametrize("palette", PALETTES)
def test_black_text_is_readable_on_every_card(palette: str) -> None:
    for name, color in PALETTES[palette].items():
        if name not in INK:
            assert (luminance(color) + 0.05) / 0.05 >= 7, name


def test_grayscale_has_no_hue_and_no_two_cards_alike() -> None:
    grays = PALETTES["grayscale"]
    assert all(color[0:2] == color[2:4] == color[4:6] for color in grays.values())
    cards = [name for name in COLORS if name not in INK]
    for one, other in itertools.combinations(cards, 2):
        assert grays[one] != grays[other], (one, other)

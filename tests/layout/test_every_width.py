"""Every spec at every width: it fits, its picture reads back, nothing touches, no card cuts a label.

All that is shown of a picture is shown at once, since ten widths of sixty specs take long to lay out.
"""

from __future__ import annotations

import pytest

from ncd_tikz.diagram import loads
from ncd_tikz.layout import lay_out
from ncd_tikz.layout.breaks import EM
from ncd_tikz.resources import spec_path
from ncd_tikz.scene import EM_PER_UNIT, Scene
from ncd_tikz.spec import PRESETS, width_of
from tests.layout.pictures import SPECS, scene_at, scenes_at_all_widths, spec_diagram
from tests.layout.test_cards import cut
from tests.layout.test_reading import wrong
from tests.layout.touching import touching


def points(scene: Scene, width: str) -> float:
    """The width of a picture, at the size of type that goes with a preset."""
    left, _, right, _ = scene.bounds
    return (right - left) * EM_PER_UNIT * EM[width_of(width).font]


@pytest.mark.parametrize("name", SPECS)
def test_every_spec_is_right_at_every_width(name: str) -> None:
    """Where a long diagram goes on in the next row, its wires go on."""
    juts = {width: points(scene_at(name, width), width) - width_of(width).points for width in PRESETS}
    assert {width: more for width, more in juts.items() if more > 0.5} == {}
    for what, scene in scenes_at_all_widths(name):
        assert not wrong(spec_diagram(name), scene), what
        assert touching(scene) == [], what
        assert cut(scene) == [], what


def test_a_wide_figure_without_a_width_would_not_fit() -> None:
    """The test above says something: attention as it is would be too wide for a column."""
    free = lay_out(loads(spec_path("multi_head_attention").read_text(encoding="utf-8")))
    assert points(free, "icml-column") > width_of("icml-column").points


def test_some_pictures_are_broken_into_rows() -> None:
    """And says it of pictures that differ: a narrow one goes on in the next row."""
    assert len(list(scenes_at_all_widths("multi_head_attention"))) > 3

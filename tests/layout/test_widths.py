"""Figures keep to the width that is asked for, by breaking into rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ncd_tikz.diagram import load, loads
from ncd_tikz.layout import lay_out
from ncd_tikz.layout.breaks import EM
from ncd_tikz.resources import spec_path
from ncd_tikz.scene import EM_PER_UNIT
from ncd_tikz.spec import PRESETS, width_of
from tests.layout.pictures import CATALOGUE


def drawn_width(name: str, width: str) -> float:
    """The width of a spec's figure in points, at the size of type that goes with a preset."""
    diagram = load(f"@{name}")
    scene = lay_out(replace(diagram, figure=replace(diagram.figure, width=width)))
    left, _, right, _ = scene.bounds
    return (right - left) * EM_PER_UNIT * EM[width_of(width).font]


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.slow
def test_every_spec_fits_every_preset(name: str) -> None:
    juts = {width: drawn_width(name, width) - width_of(width).points for width in PRESETS}
    assert {width: more for width, more in juts.items() if more > 0.5} == {}


def test_a_wide_figure_without_a_width_would_not_fit() -> None:
    """The test above says something: attention as it is would be too wide for a column."""
    free = lay_out(loads(spec_path("multi_head_attention").read_text(encoding="utf-8")))
    width = (free.bounds[2] - free.bounds[0]) * EM_PER_UNIT * EM["footnotesize"]
    assert width > width_of("icml-column").points

"""The check on the command line: modules, and the figure itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ncd_tikz.cli.program import run
from ncd_tikz.diagram import Diagram
from ncd_tikz.layout import wiring
from ncd_tikz.scene import Dot, Scene

pytestmark = pytest.mark.torch


@pytest.mark.slow
def test_a_false_figure_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A picture that shows something else fails the check, whatever the modules say."""
    honest = wiring.lay_out

    def without_dots(diagram: Diagram) -> Scene:
        scene = honest(diagram)
        return replace(
            scene, items=tuple(item for item in scene.items if not isinstance(item.primitive, Dot))
        )

    monkeypatch.setattr(wiring, "lay_out", without_dots)
    assert run(["check", "@two_layer_residual_mlp", "--draws", "1"]) == 1
    assert "FALSE FIGURE" in capsys.readouterr().out

"""Which diagrams the proofs about pictures run over: every spec, and random ones."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from ncd_tikz.diagram import Diagram, load
from ncd_tikz.layout import lay_out
from ncd_tikz.layout.opening import opened
from ncd_tikz.resources import spec_names
from ncd_tikz.scene import Scene
from ncd_tikz.spec.presets import PRESETS
from tests.random_diagrams import random_diagram

SPECS = spec_names()
FEW = range(60)
MANY = range(60, 500)


@cache
def spec_diagram(name: str | int) -> Diagram:
    """A spec of the catalogue by name, a random diagram by seed."""
    return load(f"@{name}") if isinstance(name, str) else random_diagram(name)


@cache
def diagram_of(name: str | int) -> Diagram:
    """The diagram that its picture shows: open blocks are drawn as what is inside them."""
    return opened(spec_diagram(name))


@cache
def scene_of(name: str | int) -> Scene:
    """Its picture."""
    return lay_out(spec_diagram(name))


@cache
def scenes_at_all_widths(name: str | int) -> tuple[tuple[str, Scene], ...]:
    """Its pictures at every preset of `width:`, equal ones once; narrow ones are broken into rows."""
    diagram = spec_diagram(name)
    scenes: dict[Scene, str] = {}
    for width in ("", *PRESETS):
        scene = lay_out(replace(diagram, figure=replace(diagram.figure, width=width)))
        scenes.setdefault(replace(scene, width=""), width or "free")
    return tuple((f"{name} at {width}", scene) for scene, width in scenes.items())


def told(failures: dict[str | int, str]) -> str:
    """Failures with their seeds, the first few of them in words."""
    shown = [f"{name}: {what}" for name, what in list(failures.items())[:12]]
    return "\n".join([f"{len(failures)} pictures, of {', '.join(map(str, failures))}", *shown])

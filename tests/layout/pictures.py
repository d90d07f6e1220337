"""Which diagrams the proofs about pictures run over: every spec, and random ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from ncd_tikz.diagram import Diagram, load
from ncd_tikz.layout import lay_out
from ncd_tikz.layout.opening import opened
from ncd_tikz.resources import spec_names
from ncd_tikz.scene import Scene
from ncd_tikz.scene.sides import sides_of
from ncd_tikz.spec.presets import PRESETS
from tests.random_diagrams import random_diagram

SPECS = spec_names()
FEW = range(60)  # random diagrams that the quick tests draw; `test_random` draws two thousand


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


def sides_shown(name: str | int) -> list[tuple[Diagram, Scene]]:
    """The sides of an equation, opened, each with its picture; of all else, it and its picture."""
    return sides_of_picture(spec_diagram(name), scene_of(name))


def sides_of_picture(diagram: Diagram, scene: Scene) -> list[tuple[Diagram, Scene]]:
    """The same of a diagram and a picture of it."""
    sides = (diagram, *(side.diagram for side in diagram.equals))
    return [(opened(one), side) for one, side in zip(sides, sides_of(scene), strict=True)]


@cache
def scene_at(name: str | int, width: str) -> Scene:
    """Its picture at a preset of `width:`, or as wide as it likes."""
    diagram = spec_diagram(name)
    return lay_out(replace(diagram, figure=replace(diagram.figure, width=width)))


def scenes_at_all_widths(name: str | int) -> Iterator[tuple[str, Scene]]:
    """Its pictures at every preset, equal ones once, drawn as they are asked for."""
    seen: set[Scene] = set()
    for width in ("", *PRESETS):
        scene = replace(scene_at(name, width), width="")
        if scene not in seen:
            seen.add(scene)
            yield f"{name} at {width or 'free'}", scene


def told(failures: dict[str | int, str]) -> str:
    """Failures with their seeds, the first few of them in words."""
    shown = [f"{name}: {what}" for name, what in list(failures.items())[:12]]
    return "\n".join([f"{len(failures)} pictures, of {', '.join(map(str, failures))}", *shown])

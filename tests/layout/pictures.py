"""Which diagrams the proofs about pictures run over: every spec, and random ones."""

from __future__ import annotations

from functools import cache

from ncd_tikz.diagram import Diagram, load
from ncd_tikz.layout import lay_out
from ncd_tikz.resources import spec_names
from ncd_tikz.scene import Scene
from tests.random_diagrams import random_diagram

SPECS = spec_names()
FEW = range(60)
MANY = range(60, 500)


@cache
def diagram_of(name: str | int) -> Diagram:
    """A spec of the catalogue by name, a random diagram by seed."""
    return load(f"@{name}") if isinstance(name, str) else random_diagram(name)


@cache
def scene_of(name: str | int) -> Scene:
    """Its scene."""
    return lay_out(diagram_of(name))


def told(failures: dict[str | int, str]) -> str:
    """Failures with their seeds, the first few of them in words."""
    shown = [f"{name}: {what}" for name, what in list(failures.items())[:12]]
    return "\n".join([f"{len(failures)} pictures, of {', '.join(map(str, failures))}", *shown])

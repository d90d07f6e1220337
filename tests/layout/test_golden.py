"""Golden files of every stage: scene, TikZ, SVG and PyTorch source of each spec, byte for byte.

A change that is meant is accepted by `pytest --accept tests/layout/test_golden.py`, and by nothing
else; a missing file is a failure. When a picture changes, the scene's file tells whether the layout
moved it or only the paint is new.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from difflib import unified_diff
from itertools import islice
from pathlib import Path

import pytest

from ncd_tikz.pytorch import to_source
from ncd_tikz.render import to_svg, to_tikz
from ncd_tikz.scene import CurveTo, LineTo, Move, Primitive, Scene, Segment
from ncd_tikz.scene.number import number
from tests.layout.pictures import SPECS, scene_of, spec_diagram

GOLDEN = Path(__file__).parent.parent / "golden"


def dump(scene: Scene) -> str:
    """A scene as lines of text: a line for each item, in painting order."""
    lines = [
        f"name {scene.name}",
        f"title {scene.title}",
        f"bounds {spelled(scene.bounds)}",
        f"width {scene.width or 'free'}",
        f"alt {scene.description}",
    ]
    lines += [f"{item.part}: {primitive(item.primitive)}" for item in scene.items]
    return "\n".join(lines) + "\n"


def primitive(one: Primitive) -> str:
    parts = [type(one).__name__.lower()]
    for field in fields(one):
        value = getattr(one, field.name)
        if field.name == "segments":
            parts.append(" ".join(map(segment, value)))
        else:
            parts.append(f"{field.name}={spelled(value)}")
    return " ".join(parts)


def segment(one: Segment) -> str:
    if isinstance(one, CurveTo):
        return f"~{spelled(one.first)}{spelled(one.second)}{spelled(one.to)}"
    return {Move: "@", LineTo: "-"}[type(one)] + spelled(one.to)


def spelled(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, tuple):
        return "(" + ",".join(map(spelled, value)) + ")"
    return repr(value) if isinstance(value, str) else str(value)


STAGES: dict[str, Callable[[str], str]] = {
    "scene.txt": lambda name: dump(scene_of(name)),
    "tex": lambda name: to_tikz(scene_of(name)),
    "svg": lambda name: to_svg(scene_of(name)),
    "py": lambda name: to_source(spec_diagram(name)),
}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", SPECS)
def test_golden(name: str, stage: str, accept: bool) -> None:
    path = GOLDEN / f"{name}.{stage}"
    found = STAGES[stage](name).encode()
    if accept:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(found)
        return
    assert path.exists(), f"{path.name} is missing: look at it, then pytest --accept"
    wanted = path.read_bytes()
    if found != wanted:
        pytest.fail(f"{path.name} has changed; if that is meant: pytest --accept\n{changes(wanted, found)}")


def test_no_golden_file_is_left_behind(accept: bool) -> None:
    """Files of specs that are gone."""
    known = {f"{name}.{stage}" for name in SPECS for stage in STAGES}
    stale = sorted(path for path in GOLDEN.glob("*.*") if path.name not in known)
    if accept:
        for path in stale:
            path.unlink()
        stale = []
    assert not stale


def changes(wanted: bytes, found: bytes) -> str:
    """The first lines that differ."""
    lines = unified_diff(
        wanted.decode().splitlines(), found.decode().splitlines(), "golden", "now", "", "", 0
    )
    return "\n".join(line[:200] for line in islice(lines, 20))


def test_a_changed_byte_is_noticed() -> None:
    scene = dump(scene_of("multi_head_attention"))
    assert changes(scene.encode(), scene.replace("wire", "wires", 1).encode())
    assert not changes(scene.encode(), scene.encode())

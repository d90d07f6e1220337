"""Two thousand random diagrams: each reads back, nothing in it touches, no wire crosses in vain.

All that is shown of a diagram is shown at once, and its picture is then let go.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from ncd_tikz.diagram import Diagram
from ncd_tikz.layout import lay_out
from ncd_tikz.layout.columns import plan
from ncd_tikz.layout.opening import opened
from ncd_tikz.layout.order import order_members
from ncd_tikz.operations import OPERATIONS
from ncd_tikz.render import to_svg, to_tikz
from tests.layout.pictures import FEW, scene_of, sides_of_picture, spec_diagram, told
from tests.layout.test_crossings import counted, insides_lost, lost, narrow, planned_crossings
from tests.layout.test_reading import wrong
from tests.layout.touching import touching
from tests.random_diagrams import found

CHUNKS = [range(first, first + 125) for first in range(0, 2000, 125)]
SAMPLE = range(0, 2000, 25)
ROOT = Path(__file__).parent.parent.parent


def faults(seed: int) -> str:
    """All that is wrong with a random diagram's picture, in words."""
    diagram = found(seed)[1]
    scene = lay_out(diagram)
    said = [wrong(diagram, scene), *touching(scene)[:3]]
    for one, picture in sides_of_picture(diagram, scene):
        planned = plan(one)
        levels = order_members(planned)
        if narrow(planned):
            said.append(lost(planned, levels))
        said += insides_lost(one)
        drawn, meant = counted(picture), planned_crossings(one, planned, levels)
        said.append(f"{drawn} crossings in the picture, {meant} planned" if drawn != meant else "")
    return "; ".join(filter(None, said))


@pytest.mark.slow
@pytest.mark.parametrize("seeds", CHUNKS, ids=lambda seeds: f"from {seeds[0]}")
def test_random_pictures_are_right(seeds: range) -> None:
    failures: dict[str | int, str] = {}
    for seed in seeds:
        try:
            what = faults(seed)
        except (LookupError, ValueError, TypeError) as error:
            what = f"{type(error).__name__}: {error}"
        if what:
            failures[seed] = what
    assert not failures, told(failures)


def names_in(diagram: Diagram) -> set[str]:
    """The operations of a diagram and of what is inside its blocks and repetitions."""
    sides = (diagram, *(side.diagram for side in diagram.equals))
    return {step.operation.name for side in sides for one in (side, opened(side)) for step in one.steps}


@pytest.mark.slow
def test_random_diagrams_draw_from_all_operations() -> None:
    """Each is met in the first of the two thousand already; so are blocks, repetitions, equations."""
    met: Counter[str] = Counter()
    for seed in range(600):
        diagram = found(seed)[1]
        met.update(names_in(diagram))
        met.update({"equation"} if diagram.equals else ())
        met.update({"open block"} if any(getattr(s.operation, "open", False) for s in diagram.steps) else ())
        met.update({"break"} if diagram.figure.breaks else ())
    structure = {"block", "open block", "repeat", "save", "load", "equation", "break"}
    assert {*(operation.name for operation in OPERATIONS), *structure} <= set(met)


# The same bytes -----------------------------------------------------------------------------------


def digest(seed: int) -> str:
    scene = lay_out(found(seed)[1])
    return sha256((to_tikz(scene) + to_svg(scene)).encode()).hexdigest()


@pytest.mark.slow
def test_random_pictures_have_the_same_bytes_in_every_process() -> None:
    """Under other seeds of Python's hashes."""
    mine = [digest(seed) for seed in SAMPLE]
    for hashes in ("1", "4242"):
        code = "from tests.layout.test_random import SAMPLE, digest\nfor seed in SAMPLE: print(digest(seed))"
        environment = {**os.environ, "PYTHONHASHSEED": hashes, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.split() == mine


@pytest.mark.slow
def test_a_picture_made_twice_is_the_same() -> None:
    for seed in FEW:
        assert lay_out(found(seed)[1]) == scene_of(seed)
        assert spec_diagram(seed) == found(seed)[1]

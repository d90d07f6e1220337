"""Equations, cells, groups, notes, legends and definitions: nothing touches in their PDF either."""

from __future__ import annotations

from pathlib import Path

import pytest

from ncd_tikz.layout import lay_out
from tests.layout import hand
from tests.layout.test_definition import resnet
from tests.layout.test_equation import EQUATIONS
from tests.layout.test_grids import FIGURES as GRIDS
from tests.layout.test_groups import FIGURES as GROUPS
from tests.layout.test_legend import diagram as sizes
from tests.layout.test_notes import ATTENTION, LONG, noted
from tests.layout.test_overlap_pdf import compiled, read_page, touching

pytestmark = [pytest.mark.slow, pytest.mark.tex]

FIGURES = {
    **{f"equation: {name}": diagram for name, diagram in EQUATIONS.items()},
    **{f"cells: {name}": diagram for name, diagram in GRIDS.items()},
    **{f"groups: {name}": diagram for name, diagram in GROUPS.items()},
    "legend": sizes(),
    "legend in a definition": sizes(definition=True),
    "definition": resnet(),
    "notes": noted(hand.note(LONG), hand.note(LONG, "below"), hand.note("Scores.", "auto", "q", "s")),
    "everything": hand.figured(ATTENTION, definition=True, legend=True, title=True),
}


def test_nothing_touches_on_paper(tmp_path: Path) -> None:
    pages = [
        (f"{name} at {width or 'free'}", lay_out(hand.figured(diagram, width=width)))
        for name, diagram in FIGURES.items()
        for width in ("", "icml-column")
    ]
    document = compiled([scene for _, scene in pages], "reference", tmp_path)
    found = [
        f"{what}: {fault}"
        for page, (what, scene) in zip(document, pages, strict=True)
        for fault in touching(read_page(page, scene))
    ]
    assert not found, f"{len(found)} faults on {len(pages)} pages\n" + "\n".join(found[:40])

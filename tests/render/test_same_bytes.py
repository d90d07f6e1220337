"""The same scene has the same bytes, whatever the process around it; those of specs: tests/cli."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import hashlib, locale
locale.setlocale(locale.LC_ALL, "")
from ncd_tikz.render import standalone, to_svg, to_tikz
from tests.render.figures import HAND_MADE, figure
for name in HAND_MADE:
    for target in (to_tikz, to_svg, standalone):
        print(name, target.__name__, hashlib.sha256(target(figure(name)).encode()).hexdigest())
"""


def digests(folder: Path, **variables: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **variables}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.slow
def test_same_bytes_under_hash_seeds_folders_and_locales(tmp_path: Path) -> None:
    reference = digests(ROOT, PYTHONHASHSEED="0", LC_ALL="C")
    assert len(reference.splitlines()) == 6
    assert digests(tmp_path, PYTHONHASHSEED="1", LC_ALL="C.UTF-8") == reference
    assert digests(tmp_path, PYTHONHASHSEED="random", LC_ALL="C.UTF-8", PYTHONUTF8="0") == reference
    locales = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()
    if german := next((name for name in locales if name.startswith("de_DE")), None):
        assert digests(tmp_path, PYTHONHASHSEED="2", LC_ALL=german) == reference


@pytest.mark.tex
@pytest.mark.slow
def test_the_pdf_has_the_same_bytes_too() -> None:
    from ncd_tikz.render import compile_pdf, standalone
    from tests.render.figures import figure

    document = standalone(figure("multi_head_attention"))
    one, other = (hashlib.sha256(compile_pdf(document)).hexdigest() for _ in range(2))
    assert one == other

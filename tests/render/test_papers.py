"""The two papers build by plain `latexmk -pdf`, draw what is stale, and have clean logs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAPERS = ("one_column", "two_column")

pytestmark = [pytest.mark.tex, pytest.mark.slow]


@pytest.fixture(scope="module", params=PAPERS)
def paper(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh checkout's paper, built."""
    if shutil.which("latexmk") is None:
        pytest.skip("latexmk is missing")
    root = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "specs", root / "specs")
    folder = root / "paper_examples" / request.param
    built = shutil.ignore_patterns("figures", "modules", "paper.[!t]*")
    shutil.copytree(ROOT / "paper_examples" / request.param, folder, ignore=built)
    program = root / "ncd-tikz"
    program.write_text(f'#!/bin/sh\necho "$@" >>"{root}/calls"\nexec "{sys.executable}" -m ncd_tikz "$@"\n')
    program.chmod(0o755)
    latexmk(folder)
    return folder


def latexmk(folder: Path) -> None:
    root = folder.parents[1]
    environment = {**os.environ, "NCD": str(root / "ncd-tikz"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["latexmk", "-pdf"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def calls(folder: Path) -> str:
    return (folder.parents[1] / "calls").read_text()


def figures(folder: Path) -> list[str]:
    return sorted(set(re.findall(r"\\input\{figures/(\w+)\}", (folder / "paper.tex").read_text())))


def test_the_paper_inputs_several_figures_and_has_a_clean_log(paper: Path) -> None:
    assert len(figures(paper)) >= 5
    assert all((paper / "figures" / f"{name}.tex").is_file() for name in figures(paper))
    log = (paper / "paper.log").read_text("latin-1")
    wrong = re.findall(r"^.*(?:Warning:|Overfull|Underfull|undefined).*$", log, re.MULTILINE)
    assert wrong == []


def test_no_figure_is_wider_than_its_column(paper: Path) -> None:
    log = (paper / "paper.log").read_text("latin-1")
    assert "Overfull" not in log


def test_only_what_is_stale_is_drawn_again(paper: Path) -> None:
    before = calls(paper)
    latexmk(paper)
    assert calls(paper) == before
    name = figures(paper)[0]
    for other in figures(paper):
        os.utime(paper / "figures" / f"{other}.tex")
    spec = paper.parents[1] / "specs" / f"{name}.yaml"
    later = (paper / "figures" / f"{name}.tex").stat().st_mtime + 10
    os.utime(spec, (later, later))
    latexmk(paper)
    added = calls(paper)[len(before) :].splitlines()
    assert len(added) == 1 and f"{name}.yaml" in added[0]
    assert all(f"/{other}.yaml" not in added[0] for other in figures(paper) if other != name)


def test_a_spec_with_a_mistake_stops_the_paper(paper: Path) -> None:
    name = figures(paper)[-1]
    spec = paper.parents[1] / "specs" / f"{name}.yaml"
    good, fragment = spec.read_text(), (paper / "figures" / f"{name}.tex").read_bytes()
    spec.write_text(good.replace("op: ", "op: no_", 1))
    later = (paper / "figures" / f"{name}.tex").stat().st_mtime + 10
    os.utime(spec, (later, later))
    try:
        with pytest.raises(AssertionError, match="could not draw"):
            latexmk(paper)
        assert (paper / "figures" / f"{name}.tex").read_bytes() == fragment
    finally:
        spec.write_text(good)

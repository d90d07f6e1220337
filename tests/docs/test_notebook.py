"""The notebook: kept without outputs; `test_site` executes it and looks for every diagram of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

from tools.gallery.notebook import NotebookError, execute, page

FOLDER = Path(__file__).parent.parent.parent / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def notebook(folder: Path, *cells: str) -> Path:
    """A notebook with these cells of code."""
    path = folder / "small.ipynb"
    blank = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    made = [{**blank, "id": f"c{i}", "source": cell} for i, cell in enumerate(cells)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = {"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(book), encoding="utf-8")
    return path


def test_there_is_one() -> None:
    assert [path.name for path in NOTEBOOKS] == ["neural_circuit_diagrams.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_nothing_in_it_can_be_stale(path: Path) -> None:
    book = json.loads(path.read_text(encoding="utf-8"))
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_goes_through_the_paper(path: Path) -> None:
    book = json.loads(path.read_text(encoding="utf-8"))
    lines = [line for cell in book["cells"] for line in "".join(cell["source"]).splitlines()]
    headings = [line.split()[1] for line in lines if line.startswith("## ")]
    assert headings == ["2.3", "2.4", "3.1", "3.2", "3.3", "3.4", "3.5"]


@pytest.mark.slow
def test_a_cell_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match=r"(?s)small\.ipynb.*1 == 2"):
        execute(notebook(tmp_path, "x = 1", "assert 1 == 2"), tmp_path)


@pytest.mark.slow
def test_a_diagram_shows_itself_and_is_one_line_of_text(tmp_path: Path) -> None:
    book = execute(notebook(tmp_path, "import ncd_tikz", "ncd_tikz.load('@self_attention')"), tmp_path)
    (output,) = book.cells[1].outputs
    assert "<svg" in output["data"]["image/svg+xml"]
    assert output["data"]["text/plain"].startswith("<Diagram self_attention: 8 steps")
    shown = page(book, "small")
    assert list(shown.pictures) == ["small-1.svg"]
    assert 'alt="Self-Attention"' in shown.markdown


def test_importing_diagrams_does_not_import_the_layout() -> None:
    import subprocess
    import sys

    code = "import sys, ncd_tikz.diagram; sys.exit('ncd_tikz.layout' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0

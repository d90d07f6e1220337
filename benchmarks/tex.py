"""pdflatex on the attention figure, beside a document with an empty picture."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Row, Skipped, medians, process

REPEATS = 7
FRAME = "\\documentclass{article}\n\\usepackage{tikz}\n\\begin{document}\n%s\n\\end{document}\n"


def rows() -> Iterator[Row | Skipped]:
    """The ratio of the two compilations."""
    name = "pdflatex, attention / empty picture"
    if shutil.which("pdflatex") is None:
        yield Skipped(name, "pdflatex is missing: ncd-tikz doctor")
        return
    import ncd_tikz

    fragment = ncd_tikz.to_tikz(ncd_tikz.load("@multi_head_attention"))
    with tempfile.TemporaryDirectory() as folder:
        runs = []
        for kind, picture in (("figure", fragment), ("empty", "\\begin{tikzpicture}\\end{tikzpicture}")):
            document = Path(folder, f"{kind}.tex")
            document.write_text(FRAME % picture, encoding="utf-8")
            options = ["-interaction=batchmode", "-halt-on-error"]
            runs.append(process(["pdflatex", *options, document.name], folder))
        figure, empty = medians(runs, REPEATS)
    yield Row(name, figure / empty, 2.5, note=f"{1000 * figure:.0f} ms / {1000 * empty:.0f} ms")

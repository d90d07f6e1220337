"""pdflatex on figures, beside a document with an empty picture compiled in turns with them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Row, Skipped, medians, process

REPEATS = 7
FRAME = "\\documentclass{article}\n\\usepackage{tikz}\n\\begin{document}\n%s\n\\end{document}\n"
EMPTY = "\\begin{tikzpicture}\\end{tikzpicture}"
FIGURES = (  # a spec, how it is called in the table, and the most it should be
    ("multi_head_attention", "attention", 2.5, ""),
    ("unet", "U-Net", 4.0, "PlotNeuralNet's U-Net: 10 x"),
)


def rows() -> Iterator[Row | Skipped]:
    """The ratio of each figure's compilation to the empty one's."""
    from ncd_tikz.resources import spec_names

    names = {called: f"pdflatex, {called} / empty picture" for _, called, _, _ in FIGURES}
    if shutil.which("pdflatex") is None:
        for name in names.values():
            yield Skipped(name, "pdflatex is missing: ncd-tikz doctor")
        return
    import ncd_tikz

    shown = []
    with tempfile.TemporaryDirectory() as folder:
        pictures = {"empty": EMPTY}
        for spec, called, most, note in FIGURES:
            if spec not in spec_names():
                yield Skipped(names[called], f"no spec @{spec}")
                continue
            pictures[spec] = ncd_tikz.to_tikz(ncd_tikz.load(f"@{spec}"))
            shown.append((called, most, note))
        runs = []
        for spec, picture in pictures.items():
            document = Path(folder, f"{spec}.tex")
            document.write_text(FRAME % picture, encoding="utf-8")
            options = ["-interaction=batchmode", "-halt-on-error"]
            runs.append(process(["pdflatex", *options, document.name], folder))
        empty, *figures = medians(runs, REPEATS)
    for (called, most, note), figure in zip(shown, figures, strict=True):
        measured = f"{1000 * figure:.0f} ms / {1000 * empty:.0f} ms"
        yield Row(names[called], figure / empty, most, note=f"{measured}; {note}" if note else measured)

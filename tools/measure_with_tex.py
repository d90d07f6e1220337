"""Ask TeX for the width, height and depth of labels; write `tests/text/tex_measures.json`.

Run from the root of the repository: `python -m tools.measure_with_tex`. Needs `pdflatex`.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

SNAPSHOT = Path(__file__).resolve().parent.parent / "tests" / "text" / "tex_measures.json"

Case = tuple[str, str]  # font and text
Measured = tuple[float, float, float]  # width, height and depth in pt

_FONTS = {"math": "${}$", "serif": r"\rmfamily {}", "sans": r"\sffamily {}", "bold": r"\bfseries {}"}
_HEAD = r"""\documentclass[10pt]{article}
\usepackage{amsmath,amssymb}
\newwrite\measures
\immediate\openout\measures=measures.txt
\def\tell{\immediate\write\measures{\the\wd0 \space\the\ht0 \space\the\dp0}}
\begin{document}
"""


def measure_with_tex(cases: Sequence[Case]) -> list[Measured]:
    """What pdflatex says, in pt, of every pair of font and text.

    Raises:
        ValueError: TeX did not measure all of them; the message has the end of its log.
    """
    lines = [f"\\setbox0\\hbox{{{_FONTS[font].format(text)}}}\\tell" for font, text in cases]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "labels.tex")
        source.write_text(_HEAD + "\n".join(lines) + "\n\\end{document}\n", encoding="utf-8")
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", source.name]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, errors="replace", check=False
        )
        answer = Path(folder, "measures.txt")
        rows = answer.read_text(encoding="ascii").split("\n") if answer.exists() else []
    measured = [tuple(float(part.removesuffix("pt")) for part in row.split()) for row in rows if row]
    if done.returncode or len(measured) != len(cases):
        raise ValueError(f"TeX measured {len(measured)} of {len(cases)} labels\n{done.stdout[-800:]}")
    return [(width, height, depth) for width, height, depth in measured]


def main() -> None:
    """Measure the labels of the tests and write the snapshot."""
    from tests.text.cases import cases

    labels = cases()
    rows = [
        [*label, *(round(x, 3) for x in found)]
        for label, found in zip(labels, measure_with_tex(labels), strict=True)
    ]
    SNAPSHOT.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n", encoding="utf-8")
    print(f"{SNAPSHOT.name}: {len(rows)} labels")


if __name__ == "__main__":
    main()

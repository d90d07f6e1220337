"""The whole process `ncd-tikz draw @multi_head_attention`, beside Python itself and beside DisCoPy."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Row, Skipped, medians, process

REPEATS = 15
DISCOPY = Path(__file__).parent / "discopy_attention.py"


def rows(discopy: str | None) -> Iterator[Row | Skipped]:
    """Ratios of whole processes; `discopy` is a Python that has it."""
    with TemporaryDirectory() as folder:
        program = str(Path(sys.executable).with_name("ncd-tikz"))
        draw = process([program, "draw", "@multi_head_attention"], folder)
        nothing = process([sys.executable, "-c", "pass"], folder)
        ours, python = medians([draw, nothing], REPEATS, warm=2)
        yield Row("draw attention / python -c pass", ours / python, 12, note=f"{1000 * ours:.0f} ms")
        if discopy is None:
            yield Skipped("draw attention / DisCoPy's", "no Python with DisCoPy: --discopy, or make bench")
            return
        theirs = process([discopy, str(DISCOPY)], folder)
        ours, other = medians([draw, theirs], REPEATS, warm=2)
        yield Row("draw attention / DisCoPy's", ours / other, 0.2, note=f"theirs {1000 * other:.0f} ms")

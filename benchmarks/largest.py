"""The largest spec of the catalogue, which makes the longest fragment: layout time and peak memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial

from benchmarks.chain import peak_memory
from benchmarks.measure import Row, medians

REPEATS = 9


def rows() -> Iterator[Row]:
    """Its layout beside that of attention, for each line of TikZ; its memory in a process of its own."""
    import ncd_tikz
    from ncd_tikz.layout import lay_out
    from ncd_tikz.resources import spec_names

    lengths = {name: _lines(f"@{name}") for name in spec_names()}
    largest = max(lengths, key=lambda name: (lengths[name], name))
    diagrams = [ncd_tikz.load(f"@{name}") for name in (largest, "multi_head_attention")]
    ours, attention = medians([partial(lay_out, diagram) for diagram in diagrams], REPEATS)
    growth = lengths[largest] / lengths["multi_head_attention"]
    note = f"{1000 * ours:.0f} ms / {1000 * attention:.0f} ms, {growth:.1f} times as much TikZ"
    yield Row(f"lay out {largest} / attention, per line", ours / attention / growth, 2, note=note)
    code = f"from benchmarks.largest import draw; draw({f'@{largest}'!r})"
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    yield Row(f"draw {largest}, peak memory", json.loads(output), 100, "MiB")


def draw(spec: str) -> None:
    """Draw a spec in this process; print the process's peak memory in MiB."""
    _lines(spec)
    sys.stdout.write(json.dumps(peak_memory()))


def _lines(spec: str) -> int:
    """How many lines its fragment has."""
    import ncd_tikz

    return len(ncd_tikz.to_tikz(ncd_tikz.load(spec)).splitlines())

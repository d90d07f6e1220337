"""Checking: attention without torch's import, the whole catalogue in parallel, and memory of a child."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.measure import Row, compiling

CORES = 2
REPEATS = 5  # after one that does not count


def one(name: str) -> None:
    """Check one spec in this process; print processor seconds and MiB beside torch."""
    import time

    import torch

    from benchmarks.chain import peak_memory

    torch.set_num_threads(1)
    before, begin = peak_memory(), time.process_time()
    import ncd_tikz

    report = ncd_tikz.check(ncd_tikz.load(name), isolated=False)
    seconds = time.process_time() - begin
    assert report.ok
    sys.stdout.write(json.dumps([seconds, peak_memory() - before]))


def catalogue() -> None:
    """Check the whole catalogue in parallel, as the program does; print seconds."""
    import time

    import ncd_tikz
    from ncd_tikz.cli.theirs import installed
    from ncd_tikz.equivalence.isolation.jobs import Job, run_checks
    from ncd_tikz.resources import spec_names

    begin = time.perf_counter()
    diagrams = [ncd_tikz.load(f"@{name}") for name in spec_names()]
    jobs = [Job(diagram, only=installed(diagram)) for diagram in diagrams]
    good = sum(report.ok for report in run_checks(jobs, parallel=CORES))
    sys.stdout.write(json.dumps([time.perf_counter() - begin, good, len(jobs)]))


def rows() -> Iterator[Row]:
    """Each in a process of its own."""
    runs = [_measure("one('@multi_head_attention')") for _ in range(1 + REPEATS)][1:]
    seconds, memory = (statistics.median(each) for each in zip(*runs, strict=True))
    yield Row(
        "check of attention, torch imported", seconds, 1.0, "s", "of the processor, our own import included"
    )
    yield Row("check of attention, memory beside torch", memory, 300, "MiB")
    _, largest = _measure("one('@identity_resnet')")
    yield Row("check of the largest network, memory", largest, 1000, "MiB", "beside torch")
    seconds, good, count = _measure("catalogue()")
    note = f"{good:.0f} of {count:.0f} specs agree"
    yield Row(f"check of the catalogue, {CORES} at once", seconds, 90, "s", note)


def _measure(call: str) -> list[float]:
    code = f"from benchmarks.check import *; {call}"
    made = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=compiling()
    )
    found: list[float] = json.loads(made.stdout)
    return found

"""Drawing a chain of n steps: how time grows with n, and how much memory it takes."""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.measure import Row

SIZES = (100, 316, 1000, 3162, 10000)
REPEATS = 3


def chain(steps: int) -> str:
    """A spec of that many steps, one after the other."""
    kinds = ("{op: linear, map: m -> m}", "relu", "{op: softmax, over: m}", "{op: layer_norm, over: m}")
    lines = ["ncd: 1", "name: chain", "axes: {x: 22, m: 128}", "inputs: {X: x m}", "steps:"]
    lines += [f"  - {kinds[index % len(kinds)]}" for index in range(steps)]
    # `out` left out renames in place: the value is still called X.
    return "\n".join([*lines, "outputs: X", ""])


def draw(steps: int) -> None:
    """Draw one chain in this process; print its seconds and the process's peak memory in MiB."""
    import time

    import ncd_tikz

    small = chain(8)
    ncd_tikz.to_tikz(ncd_tikz.loads(small))  # imports are start-up, measured elsewhere
    text = chain(steps)
    begin = time.perf_counter()
    ncd_tikz.to_tikz(ncd_tikz.loads(text))
    seconds = time.perf_counter() - begin
    sys.stdout.write(json.dumps([seconds, peak_memory()]))


def peak_memory() -> float:
    """The most that this process has held, in MiB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1 << 20 if sys.platform == "darwin" else 1 << 10
    )


def rows() -> Iterator[Row]:
    """Growth, time and memory, each size in processes of its own."""
    seconds, memory = {}, {}
    for steps in SIZES:
        runs = [_measure(steps) for _ in range(1 if steps > 5000 else REPEATS)]
        seconds[steps] = statistics.median(run[0] for run in runs)
        memory[steps] = max(run[1] for run in runs)
    times = ", ".join(f"{steps}: {seconds[steps]:.2f} s" for steps in SIZES)
    yield Row("chain, exponent of growth 100..10,000", _slope(seconds), 1.15, "", times)
    yield Row("chain of 1,000 steps", seconds[1000], 1.5, "s", "DisCoPy: 127 s")
    yield Row("chain of 1,000 steps, peak memory", memory[1000], 200, "MiB")
    yield Row("chain of 10,000 steps, peak memory", memory[10000], 200, "MiB")


def _measure(steps: int) -> tuple[float, float]:
    code = f"from benchmarks.chain import draw; draw({steps})"
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    seconds, peak = json.loads(output)
    return seconds, peak


def _slope(seconds: dict[int, float]) -> float:
    """Least squares through the points (log n, log seconds)."""
    points = [(math.log(steps), math.log(time)) for steps, time in seconds.items()]
    center = statistics.mean(x for x, _ in points), statistics.mean(y for _, y in points)
    rise = sum((x - center[0]) * (y - center[1]) for x, y in points)
    return rise / sum((x - center[0]) ** 2 for x, _ in points)

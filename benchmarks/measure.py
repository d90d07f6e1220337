"""Medians of repeated runs, taken in turns so that a busy moment harms all alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was measured, the value, and the most it should be."""

    name: str
    value: float
    most: float
    unit: str = "x"
    note: str = ""

    @property
    def verdict(self) -> str:
        """In words; a measurement without a target has none."""
        if self.most == float("inf"):
            return ""
        return "met" if self.value <= self.most else "MISSED"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line for what could not be measured here, and why."""

    name: str
    why: str


def medians(runs: Sequence[Callable[[], object]], repeats: int, warm: int = 1) -> list[float]:
    """Median seconds of each run; the runs take turns, after `warm` rounds that do not count."""
    seconds: list[list[float]] = [[] for _ in runs]
    for turn in range(warm + repeats):
        for index, run in enumerate(runs):
            begin = time.perf_counter()
            run()
            if turn >= warm:
                seconds[index].append(time.perf_counter() - begin)
    return [statistics.median(each) for each in seconds]


def compiling() -> dict[str, str]:
    """The environment of processes whose modules are kept compiled."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def process(arguments: Sequence[str], folder: str) -> Callable[[], object]:
    """A run of a whole process in `folder`; its modules are kept compiled, as an installation has them."""
    kept = compiling()

    def run() -> None:
        subprocess.run(
            list(arguments),
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=kept,
        )

    return run

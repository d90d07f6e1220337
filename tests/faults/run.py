"""Try all faults, write docs/faults.md; exit 1 where one is missed."""

from __future__ import annotations

import argparse
import resource
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import torch

from tests.faults.architectures import ARCHITECTURES
from tests.faults.generated import (
    Subject,
    catalogue,
    mapped_catalogue,
    mapped_operations,
    operations,
    variants,
)
from tests.faults.real import Theirs, theirs
from tests.faults.report import page, tally
from tests.faults.trial import Result

MEMORY = 6 * 2**30  # bytes of a process: a fault may make a tensor of any size
PAGE = Path(__file__).parents[2] / "docs" / "faults.md"


def main() -> int:
    """Run everything, or the groups that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("groups", nargs="*", help="operations, @specs or architectures; left out: all")
    parser.add_argument("-o", "--output", type=Path, help="the page (docs/faults.md if all are run)")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    given = parser.parse_args()
    names = [name for name in jobs() if not given.groups or name.split(" ")[0] in given.groups]
    results: list[Result] = []
    with ProcessPoolExecutor(given.jobs, get_context("spawn")) as pool:
        for number, found in enumerate(pool.map(work, names), start=1):
            results.extend(found)
            one = tally(found)
            sys.stderr.write(
                f"[{number}/{len(names)}] {names[number - 1]}: {one.caught} of {one.faults} caught,"
                f" {one.named} named, {one.alarms} of {one.harmless} harmless reported\n"
            )
    text = page(results, "make faults")
    output = given.output or (None if given.groups else PAGE)
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8")
    whole = tally(results)
    return int(whole.caught < whole.faults or whole.alarms > 0)


@cache
def jobs() -> dict[str, Subject | Theirs]:
    """Everything that is changed, by its part, group and name."""
    everything = (
        *theirs(ARCHITECTURES),
        *operations(),
        *mapped_operations(),
        *variants(),
        *catalogue(),
        *mapped_catalogue(),
    )
    return {f"{each.group} {each.diagram.name} ({each.part})": each for each in everything}


def work(name: str) -> list[Result]:
    """The results of one job, in a process of its own."""
    torch.set_num_threads(1)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    return jobs()[name].results()

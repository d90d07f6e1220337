"""Try all faults, write docs/faults.md; exit 1 where one is missed."""

from __future__ import annotations

import argparse
import resource
import sys
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from time import monotonic

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
    parser.add_argument("-m", "--minutes", type=float, default=600.0, help="write what is done by then")
    given = parser.parse_args()
    names = [name for name in jobs() if not given.groups or name.split(" ")[0] in given.groups]
    output = given.output or (None if given.groups else PAGE)
    done: dict[str, list[Result]] = {}
    broken: list[str] = []
    end = monotonic() + 60 * given.minutes
    with ProcessPoolExecutor(given.jobs, get_context("spawn")) as pool:
        running = {pool.submit(work, name): name for name in names}
        while running and monotonic() < end:
            finished, _ = wait(running, max(end - monotonic(), 0), FIRST_COMPLETED)
            for each in finished:
                name = running.pop(each)
                error = each.exception()
                if error is not None:
                    broken.append(name)
                    sys.stderr.write(f"{name}: cannot be tried: {type(error).__name__}: {error}\n")
                    continue
                done[name] = each.result()
                one = tally(done[name])
                sys.stderr.write(
                    f"[{len(done)}/{len(names)}] {name}: {one.caught} of {one.faults} caught,"
                    f" {one.named} named, {one.alarms} of {one.harmless} harmless reported\n"
                )
        for process in (pool._processes or {}).values() if running else ():
            process.terminate()
        pool.shutdown(wait=not running, cancel_futures=True)
    results = [result for name in names if name in done for result in done[name]]
    text = page(results, "make faults", [name for name in names if name not in done])
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8")
    whole = tally(results)
    return int(whole.caught < whole.faults or whole.alarms > 0 or bool(broken))


@cache
def jobs() -> dict[str, Subject | Theirs]:
    """Everything that is changed, by its part, group and name."""
    everything = (
        *operations(),
        *theirs(ARCHITECTURES),
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

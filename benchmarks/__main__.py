"""Print the table of all measurements."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from benchmarks import chain, check, drawing, largest, tex, training
from benchmarks.measure import Row, Skipped

GROUPS = ("drawing", "largest", "chain", "tex", "training", "check")


@click.command()
@click.option("--discopy", metavar="PYTHON", type=click.Path(exists=True), help="A Python that has DisCoPy.")
@click.option("--only", type=click.Choice(GROUPS), multiple=True, help="Measure this group; repeat for more.")
def main(discopy: str | None, only: tuple[str, ...]) -> None:
    """Measure, and print each value beside the most it should be; always ends well."""
    groups: dict[str, Callable[[], Iterator[Row | Skipped]]] = {
        "drawing": lambda: drawing.rows(discopy and str(Path(discopy).absolute())),
        "largest": largest.rows,
        "chain": chain.rows,
        "tex": tex.rows,
        "training": training.rows,
        "check": check.rows,
    }
    print(f"Python {platform.python_version()}, {platform.machine()}; medians, whole processes where said")
    print(f"{'':44}  {'measured':>10}  {'at most':>10}  verdict")
    for group in only or GROUPS:
        for row in groups[group]():
            print(_line(row), flush=True)


def _line(row: Row | Skipped) -> str:
    if isinstance(row, Skipped):
        return f"{row.name:44}  {'-':>10}  {'':>10}  not measured: {row.why}"
    measured, most = f"{row.value:.2f} {row.unit}".strip(), f"{row.most:g} {row.unit}".strip()
    return f"{row.name:44}  {measured:>10}  {most:>10}  {row.verdict:7} {row.note}".rstrip()


if __name__ == "__main__":
    main()

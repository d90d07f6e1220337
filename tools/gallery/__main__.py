"""`python -m tools.gallery`: build the site."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import IO

import click

from ncd_tikz.cli.reference import StepReference, references
from ncd_tikz.resources import spec_names, spec_path
from tools.gallery.entries import Entry, Facts, Said, facts_of
from tools.gallery.site import assemble, build


@click.command()
@click.option("-o", "--output", default="build/site", show_default=True, help="The folder of the site.")
@click.option("--work", default="build/docs", show_default=True, help="For the Markdown, and what is kept.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes.")
@click.option("--draws", type=click.IntRange(1, 100), default=3, show_default=True, help="Sizes to check.")
@click.option(
    "--checked",
    type=click.File(encoding="utf-8"),
    help="What `ncd-tikz check --format json` said of the catalogue: its specs are not checked again.",
)
@click.option("--fresh", is_flag=True, help="Keep nothing, and use nothing that was kept.")
def main(output: str, work: str, jobs: int, draws: int, checked: IO[str] | None, fresh: bool) -> None:
    """Build the documentation: README, docs/, the notebook, and a page for each spec and operation.

    What is broken is named at the end, and the exit code is 1; the site has a page for it nonetheless.
    """
    begin = time.monotonic()
    operations = references()
    entries = {(each.kind, each.name): each for each in _entries(operations)}
    cache = None if fresh else Path(work, "kept")
    said = {each["file"]: each["verdicts"] for each in json.load(checked)["specs"]} if checked else {}
    made = _make(list(entries.values()), jobs, draws, cache, said)
    ordered = {key: made[key] for key in entries}
    wrong = [f"{entries[key].id}: {trouble}" for key, facts in ordered.items() for trouble in facts.troubles]
    markdown = Path(work, "pages")
    wrong += assemble(markdown, entries, operations, ordered, cache)
    wrong += build(markdown, Path(output), ordered, operations)
    print(
        f"{output}: {len(spec_names())} specs, {len(operations)} operations and structures, "
        f"{time.monotonic() - begin:.0f} s: open {output}/index.html",
        file=sys.stderr,
    )
    if wrong:
        print(f"\n{len(wrong)} things are wrong:", *wrong, sep="\n", file=sys.stderr)
        sys.exit(1)


def _entries(operations: tuple[StepReference, ...]) -> list[Entry]:
    specs = [Entry("gallery", name, spec_path(name).read_text(encoding="utf-8")) for name in spec_names()]
    return [*specs, *(Entry("operations", each.name, each.example) for each in operations)]


def _make(
    entries: list[Entry], jobs: int, draws: int, cache: Path | None, said: Mapping[str, Said]
) -> dict[tuple[str, str], Facts]:
    """The facts of all, in processes; a line for each that is done."""
    made: dict[tuple[str, str], Facts] = {}
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(facts_of, entry, draws, cache, said.get(entry.id)): entry for entry in entries}
        for done in as_completed(waiting):
            entry = waiting[done]
            facts = done.result()
            made[entry.kind, entry.name] = facts
            mark = "BROKEN" if facts.troubles else "ok"
            print(f"[{len(made)}/{len(entries)}] {entry.id} {mark}, {facts.seconds:g} s", file=sys.stderr)
    return made


if __name__ == "__main__":
    main()

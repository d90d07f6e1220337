"""Where reports go: several at once, each to a file or to standard output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ncd_tikz.cli.reports import github, json, junit, sarif, table
from ncd_tikz.cli.reports.outcome import Checked
from ncd_tikz.cli.reports.places import repository
from ncd_tikz.cli.sources import InputError

FORMATS = ("table", "json", "junit", "github", "sarif")
_SUFFIXES = {".txt": "table", ".json": "json", ".xml": "junit", ".sarif": "sarif"}
_FILE_WIDTH = 100  # columns of a table in a file


@dataclass(frozen=True, slots=True)
class Target:
    """A report and its file; None is standard output."""

    format: str
    file: Path | None = None

    @property
    def streamed(self) -> bool:
        """The table on a terminal is shown as it comes."""
        return self.format == "table" and self.file is None


def targets(given: Sequence[str], output: str | None) -> tuple[Target, ...]:
    """What `--format NAME[=FILE]` (repeated, or with commas) and `-o FILE` ask for.

    The table is shown on the terminal unless a format was asked for there, or the table in a file.

    >>> [(each.format, str(each.file)) for each in targets(["junit=report.xml"], None)]
    [('junit', 'report.xml'), ('table', 'None')]
    >>> [(each.format, str(each.file)) for each in targets([], "report.sarif")]
    [('sarif', 'report.sarif'), ('table', 'None')]

    Raises:
        InputError: there is no such format, or two reports for one place.
    """
    found = [_target(each.strip()) for text in given for each in text.split(",")]
    if output is not None:
        found = _with_output(found, output)
    shown = [each for each in found if each.file is None]
    if not shown and not any(each.format == "table" for each in found):
        found.append(Target("table"))
    files = [each.file.resolve() for each in found if each.file is not None]
    for file in files:
        if files.count(file) > 1:
            raise InputError(f"two reports would be written to '{file.name}'\n  give each a file of its own")
    documents = [each.format for each in shown if each.format in ("json", "junit", "sarif")]
    if documents and len(shown) > 1:
        raise InputError(
            f"{documents[0]} is a document and cannot share standard output\n"
            f"  give it a file: --format {documents[0]}=FILE"
        )
    return tuple(dict.fromkeys(found))


def _target(text: str) -> Target:
    name, equals, file = text.partition("=")
    if name not in FORMATS:
        from difflib import get_close_matches

        close = get_close_matches(name, FORMATS, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"there are: {', '.join(FORMATS)}"
        raise InputError(f"no report format '{name}'\n  {hint}")
    if equals and not file:
        raise InputError(f"--format {name}= names no file")
    return Target(name, None if file in ("", "-") else Path(file))


def _with_output(found: list[Target], output: str) -> list[Target]:
    """`-o` is the file of the one format that has none; without a format, its suffix says which."""
    if output == "":
        raise InputError("-o is empty: name a file, or - for standard output")
    file = None if output == "-" else Path(output)
    open_ones = [each for each in found if each.file is None]
    if len(open_ones) > 1:
        names = " and ".join(each.format for each in open_ones)
        raise InputError(f"-o names one file, and there are {names}\n  --format NAME=FILE gives each its own")
    if open_ones:
        return [Target(each.format, file) if each.file is None else each for each in found]
    name = "table" if file is None else _SUFFIXES.get(file.suffix, "")
    if not name:
        raise InputError(
            f"-o '{output}' does not tell a format: {', '.join(_SUFFIXES)}\n  say which: --format NAME"
        )
    return [*found, Target(name, file)]


def render(format: str, all_checked: Sequence[Checked], width: int = _FILE_WIDTH) -> str:
    """One report on everything that was checked, without colours."""
    import click

    here = Path.cwd()
    if format == "table":
        return click.unstyle(table.text(all_checked, width))
    if format == "json":
        return json.text(all_checked, here)
    if format == "junit":
        return junit.text(all_checked, here, datetime.now())
    if format == "github":
        return github.text(all_checked, repository(here), here)
    return sarif.text(all_checked, repository(here), here)


def deliver(asked: Sequence[Target], all_checked: Sequence[Checked]) -> None:
    """Write every report that is not shown as it comes; files appear whole or not at all.

    Raises:
        OSError: a file cannot be written.
    """
    from ncd_tikz.cli.terminal import remark, say
    from ncd_tikz.render.files import write_atomically

    for target in asked:
        if target.streamed:
            continue
        text = render(target.format, all_checked)
        if target.file is None:
            say(text.rstrip("\n"))
            continue
        target.file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target.file, text.encode("utf-8", "backslashreplace"))
        remark(f"wrote {target.file}")

"""How the command line speaks: results to standard output, the rest to standard error."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

import click

NAME = "ncd-tikz"


def _plain() -> bool | None:
    """`False` where the user wants no colour, else let click look at the stream."""
    return False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None


def shell_width() -> int:
    """Columns for texts: the terminal's, within reason."""
    import shutil

    return min(max(shutil.get_terminal_size((100, 24)).columns, 60), 110)


def say(text: str) -> None:
    """A line of the result."""
    click.echo(text, color=_plain())


def remark(text: str) -> None:
    """A line about the work, not of the result."""
    click.echo(text, err=True, color=_plain())


def complain(text: str, mark: bool = True) -> None:
    """An error message; `mark` puts the program's name before its first line."""
    prefix = click.style(f"{NAME}: ", fg="red", bold=True) if mark else ""
    click.echo(prefix + text, err=True, color=_plain())


def good(text: str) -> str:
    """Styled as success."""
    return click.style(text, fg="green")


def bad(text: str) -> str:
    """Styled as failure."""
    return click.style(text, fg="red", bold=True)


def bold(text: str) -> str:
    """Styled as a heading."""
    return click.style(text, bold=True)


def faint(text: str) -> str:
    """Styled as an aside."""
    return click.style(text, dim=True)


def table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Lines with columns aligned; styles are not counted as width.

    >>> table([("a", "long", "x"), ("bb", "c", "y")])
    ['a   long  x', 'bb  c     y']
    """
    if not rows:
        return []
    widths = [max(len(click.unstyle(row[i])) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            cell + " " * (width - len(click.unstyle(cell))) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


class Progress:
    """A bar on standard error, on a terminal only; it appears once the work has lasted a moment."""

    PATIENCE = 0.5  # seconds

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._since = time.monotonic()
        self._shown = (
            bool(sys.stderr) and sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and total > 1
        )

    def step(self, name: str) -> None:
        """`name` is about to be worked on."""
        if self._shown and time.monotonic() - self._since > self.PATIENCE:
            filled = round(20 * self._done / self._total)
            bar = "#" * filled + "." * (20 - filled)
            sys.stderr.write(f"\r\x1b[K[{bar}] {self._done}/{self._total} {name}")
            sys.stderr.flush()
        self._done += 1

    def clear(self) -> None:
        """Take the bar off the screen, before anything else is printed or at the end."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

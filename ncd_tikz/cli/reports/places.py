"""Paths in reports: relative to the working directory for people, to the repository for machines."""

from __future__ import annotations

import os
from pathlib import Path


def repository(start: Path) -> Path:
    """The folder of the repository that holds `start`, or `start` where there is none."""
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder
    return start


def relative(file: str, base: Path, here: Path) -> str:
    """A file as it is seen from `base`, with slashes; what lies outside stays absolute.

    >>> base = Path("/home/me/work")
    >>> relative("specs/a.yaml", base, base / "paper"), relative("/tmp/a.yaml", base, base)
    ('paper/specs/a.yaml', '/tmp/a.yaml')
    >>> relative("<stdin>", base, base), relative("@unet", base, base)
    ('<stdin>', '@unet')
    """
    if not file or file[0] in "<@":
        return file
    full = os.path.normpath(here / file)
    root = os.path.normpath(base)
    if full.startswith(root.rstrip(os.sep) + os.sep):
        full = full[len(root.rstrip(os.sep)) + 1 :]
    return full.replace(os.sep, "/")

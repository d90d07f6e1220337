"""Files that ncd-tikz wrote, known by their heads: which spec, which digest, which version."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["tikz", "svg", "torch"]

SUFFIXES: dict[str, Kind] = {".tex": "tikz", ".tikz": "tikz", ".svg": "svg", ".py": "torch"}
_HEAD_BYTES = 16384  # the head of an SVG is after its description of the view box, in line 3
_SKIPPED = frozenset(("node_modules", "__pycache__", "site-packages", "venv", "env", "build", "dist"))

_NAME, _DIGEST, _VERSION = r"(?P<name>\w+)", r"(?P<digest>\w+)", r"ncd-tikz (?P<version>\S+?)"
# Line of the head (from zero), and what it says.
_HEADS: dict[Kind, tuple[int, str]] = {
    "tikz": (1, rf"% Drawn by {_VERSION} from the spec {_NAME}, digest {_DIGEST}\."),
    "svg": (2, rf"<!-- {_NAME} \({_DIGEST}\), drawn by {_VERSION}(?P<look>, .*)?\. -->"),
    "torch": (0, rf"# {_NAME}(?: \({_DIGEST}\))?, written by {_VERSION}\."),
}


@dataclass(frozen=True, slots=True)
class Generated:
    """A generated file: what its head says of it."""

    path: Path
    kind: Kind
    name: str  # of the spec
    digest: str
    version: str
    palette: str = "reference"
    shadow: bool = True


def recognise(path: Path) -> Generated | None:
    """What the head of a file says, or None where ncd-tikz did not write it (or nobody can tell).

    Raises:
        OSError: it cannot be read.
    """
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        return None
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    lines = head.decode("utf-8", "replace").removeprefix("\ufeff").splitlines()
    number, pattern = _HEADS[kind]
    match = re.fullmatch(pattern, lines[number]) if len(lines) > number else None
    if match is None:
        return None
    said = match.groupdict("")
    palette = re.search(r", palette ([\w-]+)", said.get("look", ""))
    return Generated(
        path,
        kind,
        said["name"],
        said["digest"],
        said["version"],
        palette[1] if palette else "reference",
        ", no shadow" not in said.get("look", ""),
    )


def discover(folders: Iterable[Path], *, deep: bool = True) -> tuple[Generated, ...]:
    """Every generated file in some folders (deep: and below them), each once, sorted within a folder.

    Folders that hold other people's code, and hidden ones, are not looked into.
    """
    found: dict[str, Generated] = {}
    for folder in folders:
        for path in _candidates(folder, deep):
            try:
                one = recognise(path)
            except OSError:
                continue
            if one is not None:
                found.setdefault(os.path.realpath(path), one)
    return tuple(found.values())


def _candidates(folder: Path, deep: bool) -> Iterator[Path]:
    for here, below, names in os.walk(folder):
        kept = (name for name in below if not name.startswith(".") and name not in _SKIPPED)
        below[:] = sorted(kept) if deep else []
        for name in sorted(names):
            path = Path(here, name)
            if path.suffix.lower() in SUFFIXES and path.is_file():  # a pipe would be waited for
                yield path

"""The keys of `[tool.ncd-tikz]`, one entry each: what it takes and what it is for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from ncd_tikz.spec.mistakes import did_you_mean

FORMATS = ("tikz", "svg", "torch")  # what is compared byte for byte: fragments, pictures and modules
PALETTES = ("reference", "okabe-ito", "grayscale")
REPORTS = ("table", "json", "junit", "github", "sarif")


@dataclass(frozen=True, slots=True)
class Key:
    """One key: how its value is read, and what documentation says of it."""

    read: Callable[[Any], Any]  # raises ValueError; a second line of its message is a hint
    takes: str
    about: str


def _texts(value: Any) -> tuple[str, ...]:
    """A text, or a list of them."""
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(each, str) and each for each in found):
        raise ValueError(f"expected a text or a list of texts, found {_shown(value)}")
    return tuple(dict.fromkeys(found))


def _paths(value: Any) -> tuple[str, ...]:
    """Folders or patterns below the folder of pyproject.toml, written with slashes."""
    found = tuple(each.replace("\\", "/") for each in _texts(value))
    for each in found:
        if PurePosixPath(each).is_absolute() or re.match(r"[A-Za-z]:", each):
            raise ValueError(f"'{each}' is absolute\npaths start from the folder of pyproject.toml")
    return found


def _among(names: tuple[str, ...]) -> Callable[[Any], tuple[str, ...]]:
    def read(value: Any) -> tuple[str, ...]:
        found = _texts(value)
        for each in found:
            name = each.partition("=")[0] if names is REPORTS else each
            if name not in names:
                raise ValueError(_unknown(name, names))
        return found

    return read


def _one(names: tuple[str, ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in names or not isinstance(value, str):
            raise ValueError(_unknown(value, names))
        return value

    return read


def _unknown(value: Any, names: tuple[str, ...]) -> str:
    hint = did_you_mean(value, names) if isinstance(value, str) else ""
    return f"expected one of {', '.join(names)}, found {_shown(value)}" + (f"\n{hint}" if hint else "")


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, found {_shown(value)}")
    return value


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"expected a whole number from {least} to {most}, found {_shown(value)}")
        return value

    return read


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < float("inf"):
        raise ValueError(f"expected seconds, a number above 0, found {_shown(value)}")
    return float(value)


def _size(value: Any) -> str:
    """A size in words; whoever needs the number counts it."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?[kmgtKMGT](?:i?[bB])?", value) if isinstance(value, str) else None
    if match is None or not float(match[1]):
        raise ValueError(f"expected a size, as '500MB' or '4GiB', found {_shown(value)}")
    return match[0]


def _shown(value: Any) -> str:
    """As TOML writes it, nearly."""
    if isinstance(value, bool):
        return str(value).lower()
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


KEYS = {
    "specs": Key(_paths, "patterns", "the specs, as `specs/*.yaml`; `**` is any folders"),
    "figures": Key(_paths, "folders", "where fragments and pictures are kept"),
    "modules": Key(_paths, "folders", "where generated modules are kept"),
    "formats": Key(
        _among(FORMATS), "of `tikz`, `svg`, `torch`", "what must be kept of every spec: missing is a failure"
    ),
    "palette": Key(_one(PALETTES), "a palette", "in which every SVG must be drawn"),
    "shadow": Key(_truth, "true or false", "whether every SVG must have soft shadows"),
    "draws": Key(_whole(1, 1000), "a number", "sizes to try, as `--draws`"),
    "seed": Key(_whole(0, 2**32 - 1), "a number", "of the draws, as `--seed`"),
    "timeout": Key(_seconds, "seconds", "as `--timeout`"),
    "memory": Key(_size, "a size", "as `--memory`"),
    "jobs": Key(_whole(1, 1024), "a number", "as `--jobs`"),
    "format": Key(_among(REPORTS), "of the reports' formats", "as `--format`, with `=FILE` where wanted"),
}

"""`[tool.ncd-tikz]` in pyproject.toml: which specs, where their files are kept, how they are checked."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ncd_tikz.errors import Mistake, NcdError, Position
from ncd_tikz.project.generated import Kind
from ncd_tikz.project.keys import KEYS
from ncd_tikz.project.lines import Lines
from ncd_tikz.spec.mistakes import did_you_mean

if sys.version_info >= (3, 11):
    import tomllib
else:  # the same reader, from before it came with Python
    import tomli as tomllib

FILE = "pyproject.toml"
TABLE = "tool.ncd-tikz"


class ConfigurationError(NcdError):
    """A configuration that cannot be used; tells all its mistakes in the order of its lines."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda each: (each.position.line, each.fact)))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


@dataclass(frozen=True, slots=True)
class Configuration:
    """What `[tool.ncd-tikz]` says; what it leaves out is None or empty. Folders are below `root`."""

    root: Path = field(default_factory=Path)  # the folder of pyproject.toml
    file: Path | None = None  # pyproject.toml itself, where there is one with the table
    specs: tuple[str, ...] = ()  # patterns
    figures: tuple[str, ...] = ()  # folders, the first one for new files
    modules: tuple[str, ...] = ()
    formats: tuple[Kind, ...] = ()  # what must be kept of every spec: tikz, svg, torch
    palette: str | None = None
    shadow: bool | None = None
    draws: int | None = None
    seed: int | None = None
    timeout: float | None = None  # seconds
    memory: str | None = None  # "4GiB"
    jobs: int | None = None
    format: tuple[str, ...] = ()  # of reports, as --format takes them

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where generated files are kept, each once."""
        return tuple(dict.fromkeys(self.root / name for name in (*self.figures, *self.modules)))

    def spec_files(self) -> tuple[Path, ...]:
        """The files that the patterns of `specs` name, each once, sorted within a pattern.

        Raises:
            ConfigurationError: a pattern finds nothing.
        """
        found: dict[Path, None] = {}
        lost = []
        for pattern in self.specs:
            try:
                matches = sorted(path for path in self.root.glob(pattern) if path.is_file())
            except (ValueError, NotImplementedError) as error:
                lost.append(f"'{pattern}' is no pattern: {error}")
                continue
            found.update(dict.fromkeys(matches))
            if not matches:
                lost.append(f"no file matches '{pattern}'")
        if lost and self.file is not None:
            line = Lines(self.file.read_text(encoding="utf-8")).of("specs")
            place = Position(str(self.file), *line)
            hint = f"patterns start from {self.root.resolve().as_posix()}"
            raise ConfigurationError(
                tuple(Mistake(place, f"{TABLE}.specs", fact, hint=hint) for fact in lost)
            )
        return tuple(found)


def find(start: Path) -> Configuration:
    """The configuration in force in a folder: the nearest pyproject.toml upwards that has the table.

    Where none has it, the configuration is empty and its root is the folder.

    Raises:
        ConfigurationError: it cannot be used; all its mistakes are told.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        path = folder / FILE
        if path.is_file():
            found = read(path)
            if found is not None:
                return found
    return Configuration(root=start)


def read(path: Path) -> Configuration | None:
    """The configuration in one pyproject.toml, or None where it has no table of ours.

    Raises:
        ConfigurationError: it cannot be used; all its mistakes are told.
    """
    shown = str(_near(path))
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(shown, f"cannot be read: {error}") from error
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        if "ncd-tikz" not in text:  # a stranger's file, and no business of ours
            return None
        raise _unreadable(shown, f"not TOML: {error}") from error
    tools = whole.get("tool", {})
    if not isinstance(tools, dict) or "ncd-tikz" not in tools:
        return None
    table, lines = tools["ncd-tikz"], Lines(text)
    if not isinstance(table, dict):
        raise ConfigurationError((_mistake(shown, lines, "", "expected a table, as in [tool.ncd-tikz]"),))
    values, mistakes = _values(table, shown, lines)
    if mistakes:
        raise ConfigurationError(tuple(mistakes))
    return Configuration(root=_near(path.parent), file=_near(path), **values)


def _values(table: Mapping[str, Any], file: str, lines: Lines) -> tuple[dict[str, Any], list[Mistake]]:
    """Every key's value, and what is wrong with those that have none."""
    values, mistakes = {}, []
    for name, value in table.items():
        key = KEYS.get(name)
        if key is None:
            hint = did_you_mean(name, KEYS) or f"known keys: {', '.join(KEYS)}"
            mistakes.append(_mistake(file, lines, name, f"unknown key '{name}'", hint))
            continue
        try:
            values[name] = key.read(value)
        except ValueError as error:
            fact, _, hint = str(error).partition("\n")
            mistakes.append(_mistake(file, lines, name, fact, hint))
    return values, mistakes


def _mistake(file: str, lines: Lines, key: str, fact: str, hint: str = "") -> Mistake:
    path = f"{TABLE}.{key}" if key else TABLE
    return Mistake(Position(file, *lines.of(key)), path, fact, hint=hint)


def _unreadable(file: str, fact: str) -> ConfigurationError:
    return ConfigurationError((Mistake(Position(file, 1, 1), "", fact),))


def _near(path: Path) -> Path:
    """Relative to the working directory, as a person would write it."""
    try:
        return Path(os.path.relpath(path))
    except ValueError:  # on another drive
        return path

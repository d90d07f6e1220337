"""From the SPEC arguments to diagrams: files, the catalogue, standard input; all mistakes at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ncd_tikz.errors import NcdError, SpecError

if TYPE_CHECKING:
    from ncd_tikz.diagram import Diagram


class InputError(NcdError):
    """Arguments that cannot be used; the message tells all that is wrong."""


def load_all(arguments: tuple[str, ...]) -> tuple[Diagram, ...]:
    """The diagrams of all specs.

    Raises:
        InputError: some cannot be loaded; tells every mistake of every spec, in order.
    """
    diagrams, problems = [], []
    for argument in dict.fromkeys(arguments):
        try:
            diagrams.append(load_one(argument))
        except (InputError, SpecError) as error:
            problems.append(str(error))
    if problems:
        raise InputError("\n".join(problems))
    return tuple(diagrams)


def load_one(argument: str) -> Diagram:
    """The diagram of one SPEC argument.

    Raises:
        InputError: there is no such file, or it is no text file.
        SpecError: the spec has mistakes.
    """
    from ncd_tikz.diagram import load, loads

    if argument == "-":
        return loads(_standard_input(), file="<stdin>")
    if argument.startswith("@"):
        return load(_catalogue(argument))
    if not argument:
        raise InputError("'' names no spec: a YAML file, @name from the catalogue, or -")
    path = Path(argument)
    try:
        if not path.exists():
            raise InputError(_missing(path))
        if path.is_dir():
            raise InputError(_directory(path))
        return load(argument)
    except OSError as error:
        raise InputError(f"'{argument}' cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a NUL in the name; text that is not UTF-8
        raise InputError(f"'{argument}' cannot be read: {error}") from error


def _catalogue(argument: str) -> str:
    from ncd_tikz.resources import ResourceMissing, spec_path

    try:
        spec_path(argument)
    except ResourceMissing as error:
        raise InputError(str(error)) from error
    return argument


def _standard_input() -> str:
    if sys.stdin is None or sys.stdin.isatty():
        raise InputError("nothing on standard input: '-' reads a spec from a pipe")
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"<stdin>: not UTF-8 text (byte {error.start})") from error


def _missing(path: Path) -> str:
    """No such file; close names among its neighbours and in the catalogue."""
    from difflib import get_close_matches

    from ncd_tikz.resources import spec_names

    try:
        siblings = {each.name: str(path.parent / each.name) for each in sorted(path.parent.iterdir())}
    except OSError:
        siblings = {}
    siblings = {name: full for name, full in siblings.items() if name.endswith((".yaml", ".yml"))}
    near = [siblings[name] for name in get_close_matches(path.name, siblings, n=2, cutoff=0.6)]
    if not near and f"{path.name}.yaml" in siblings:
        near = [siblings[f"{path.name}.yaml"]]
    near += [f"@{name}" for name in get_close_matches(path.stem, spec_names(), n=1, cutoff=0.6)]
    hint = " or ".join(f"'{each}'" for each in near)
    return f"no file '{path}'" + (
        f"\n  did you mean {hint}?" if hint else "\n  shipped specs: ncd-tikz draw --list"
    )


def _directory(path: Path) -> str:
    specs = sorted(each.name for each in path.glob("*.yaml"))
    hint = (
        f"its specs: {', '.join(specs[:8])}{', ...' if len(specs) > 8 else ''}"
        if specs
        else "it has no specs"
    )
    return f"'{path}' is a folder, not a spec\n  {hint}"

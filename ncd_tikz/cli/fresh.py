"""Which generated files belong to some specs, and whether they are fresh."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from ncd_tikz.cli.sources import InputError
from ncd_tikz.project.configuration import Configuration
from ncd_tikz.project.freshness import Freshness, Source, judge
from ncd_tikz.project.generated import Generated, discover, recognise


def freshness(
    sources: Sequence[Source], configuration: Configuration, paths: Sequence[str] = (), *, whole: bool = False
) -> tuple[Freshness, ...]:
    """Every generated file that is found, against the specs.

    They are looked for beside each spec and in the configured folders; where `paths` are given, there
    and nowhere else.

    Args:
        sources: the specs.
        configuration: of the repository.
        paths: files and folders.
        whole: whether there are no other specs, so that a file that none of them makes is an orphan.

    Raises:
        InputError: a path does not exist, or is a file that ncd-tikz did not write.
    """
    files = candidates(sources, configuration, paths)
    return judge(sources, files, configuration if not paths else _without_demands(configuration), whole=whole)


def candidates(
    sources: Sequence[Source], configuration: Configuration, paths: Sequence[str] = ()
) -> tuple[Generated, ...]:
    """The generated files that are found; see `freshness`. Nothing is drawn."""
    if paths:
        return _named(paths)
    beside = dict.fromkeys(Path(each.file).parent for each in sources if not _without_folder(each.file))
    found: dict[Path, Generated] = {}
    for one in (*discover(configuration.folders), *discover(beside, deep=False)):
        found.setdefault(one.path.resolve(), one)
    return tuple(found.values())


def mend(files: Iterable[Freshness]) -> None:
    """Run the commands that mend what is stale, missing, or from another version.

    What was edited by hand is left to whoever edited it, and so is a file that no spec makes.
    """
    from ncd_tikz.cli import draw, torch

    commands = {"draw": draw.command, "torch": torch.command}
    for each in files:
        if each.state in ("stale", "missing", "other version"):
            program, name, *arguments = shlex.split(each.command)
            commands[name].main(arguments, prog_name=f"{program} {name}", standalone_mode=False)


def _without_folder(file: str) -> bool:
    return file.startswith(("@", "<")) or file == "-"


def _without_demands(configuration: Configuration) -> Configuration:
    """Where files are named, no others are asked for."""
    from dataclasses import replace

    return replace(configuration, formats=())


def _named(paths: Sequence[str]) -> tuple[Generated, ...]:
    found: dict[Path, Generated] = {}
    for name in paths:
        path = Path(name)
        if path.is_dir():
            found.update((one.path.resolve(), one) for one in discover([path]))
            continue
        if not path.exists():
            raise InputError(f"no file or folder '{name}'")
        one = recognise(path)
        if one is None:
            raise InputError(
                f"'{name}' does not say that ncd-tikz wrote it\n"
                "  its head names the spec: was it edited? draw it anew with -o"
            )
        found[path.resolve()] = one
    return tuple(found.values())

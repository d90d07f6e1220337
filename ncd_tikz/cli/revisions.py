"""Specs as git keeps them: `HEAD~1:specs/attention.yaml`, with the files that they import."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ncd_tikz.cli.sources import InputError, load_one
from ncd_tikz.errors import SpecError, ToolMissing

if TYPE_CHECKING:
    from ncd_tikz.diagram import Diagram

SECONDS = 60


def is_revision(argument: str) -> bool:
    """Whether an argument names a file of a commit, and no file that is there.

    >>> is_revision("HEAD~1:specs/a.yaml"), is_revision("specs/a.yaml"), is_revision("C:/specs/a.yaml")
    (True, False, False)
    """
    revision, colon, path = argument.partition(":")
    drive = len(revision) == 1 and path[:1] in ("/", "\\")
    return bool(colon and revision and path) and not drive and not Path(argument).exists()


@contextmanager
def loaded(argument: str) -> Iterator[tuple[Diagram, str]]:
    """The diagram of a SPEC or REV:PATH, and the folder that its positions speak of, empty for a SPEC.

    Raises:
        InputError: there is no such commit, or no such file in it.
        SpecError: the spec has mistakes.
        ToolMissing: git is not installed.
    """
    if not is_revision(argument):
        yield load_one(argument), ""
        return
    revision, _, path = argument.partition(":")
    name = _normal(_git("rev-parse", "--show-prefix").decode().strip(), path)
    top = _git("rev-parse", "--show-toplevel").decode().rstrip("\n")
    _git("cat-file", "-e", f"{revision}:{name}", fact=f"git has no '{argument}'")
    names = _git("-C", top, "ls-tree", "-r", "-z", "--name-only", revision).decode().split("\0")
    wanted = [
        each for each in names if (each.endswith((".yaml", ".yml")) or each == name) and "\n" not in each
    ]
    with TemporaryDirectory(prefix="ncd-tikz-") as folder:
        for file, content in zip(wanted, _contents(revision, wanted), strict=True):
            target = Path(folder) / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        try:
            yield load_one(str(Path(folder) / name)), folder
        except SpecError as error:
            raise InputError(shown(str(error), folder, revision)) from error


def shown(text: str, folder: str, revision: str) -> str:
    """A text that speaks of files in the temporary folder, as git would say it."""
    return text.replace(f"{folder}/", f"{revision}:") if folder else text


def _normal(prefix: str, path: str) -> str:
    """The path from the top of the repository: git takes `./a` from here, else from the top."""
    if not path.startswith(("./", "../")):
        return path
    parts: list[str] = []
    for part in (*Path(prefix).parts, *Path(path).parts):
        if part == ".." and parts:
            parts.pop()
        elif part not in (".", ".."):
            parts.append(part)
    return "/".join(parts)


def _contents(revision: str, names: list[str]) -> Iterator[bytes]:
    """What the files hold: a line with the size before each content, a line break behind it."""
    asked = "".join(f"{revision}:{name}\n" for name in names)
    told = _git("cat-file", "--batch", given=asked.encode())
    place = 0
    for _ in names:
        end = told.index(b"\n", place)
        size = int(told[place:end].split()[-1])
        yield told[end + 1 : end + 1 + size]
        place = end + size + 2


def _git(*arguments: str, given: bytes = b"", fact: str = "") -> bytes:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, timeout=SECONDS, input=given)
    except FileNotFoundError as error:
        raise ToolMissing("git", "REV:PATH asks git for a spec: sudo apt-get install git") from error
    except subprocess.TimeoutExpired as error:
        raise InputError(f"git did not answer in {SECONDS} seconds") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().split("\n")[0]
        raise InputError(f"{fact or 'git cannot tell'}\n  {said}")
    return done.stdout

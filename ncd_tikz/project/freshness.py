"""Is a generated file what its spec gives now, byte for byte; and if not, why and what mends it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ncd_tikz import __version__
from ncd_tikz.diagram import Diagram
from ncd_tikz.project.configuration import Configuration
from ncd_tikz.project.generated import Generated, Kind

if TYPE_CHECKING:
    from ncd_tikz.scene import Scene

State = Literal["fresh", "stale", "edited", "other version", "missing", "orphan"]
ENDINGS: dict[Kind, str] = {"tikz": ".tex", "svg": ".svg", "torch": ".py"}


@dataclass(frozen=True, slots=True)
class Freshness:
    """One generated file, and whether it is what the spec gives."""

    path: Path
    state: State
    spec: str = ""  # its file, as it was given
    words: str = ""  # why it is not fresh
    command: str = ""  # the one command that mends it

    @property
    def ok(self) -> bool:
        """It is what the spec gives now."""
        return self.state == "fresh"


@dataclass(frozen=True, slots=True)
class Source:
    """A spec and its diagram; `file` as it was given."""

    file: str
    diagram: Diagram


def judge(
    sources: Sequence[Source], files: Iterable[Generated], configuration: Configuration, *, whole: bool
) -> tuple[Freshness, ...]:
    """Every file against its spec, and what must be kept of every spec but is not.

    Args:
        sources: the specs.
        files: the generated files that were found.
        configuration: says which palette, and which formats must be kept.
        whole: whether the specs are all that there are, so that a file of another spec is an orphan.
    """
    files = tuple(files)
    products = [_Products(source.diagram) for source in sources]
    judged = []
    for one in files:
        verdicts = [
            (_judge_one(one, source, given, configuration), _apart(one.path, source.file))
            for source, given in zip(sources, products, strict=True)
            if source.diagram.name == one.name
        ]
        if verdicts:  # of two specs of that name, the one that gives it, else the nearer one
            judged.append(min(verdicts, key=lambda pair: (not pair[0].ok, pair[1]))[0])
        elif whole:
            words = f"made from a spec named {one.name}, and none of the specs has that name"
            judged.append(Freshness(one.path, "orphan", "", words, f"git rm {quoted(one.path)}"))
    return (*judged, *missing(sources, files, configuration))


def missing(
    sources: Sequence[Source], files: Sequence[Generated], configuration: Configuration
) -> tuple[Freshness, ...]:
    """What must be kept of every spec and is not; nothing is drawn."""
    return tuple(each for source in sources for each in _missing(source, files, configuration))


class _Products:
    """What a spec gives now; its picture is laid out once."""

    def __init__(self, diagram: Diagram) -> None:
        self._diagram = diagram
        self._scene: Scene | None = None
        self._made: dict[tuple[Kind, str, bool], bytes] = {}

    def __call__(self, kind: Kind, palette: str, shadow: bool) -> bytes:
        key = (kind, palette, shadow)
        if key not in self._made:
            self._made[key] = self._make(*key).encode()
        return self._made[key]

    def _make(self, kind: Kind, palette: str, shadow: bool) -> str:
        if kind == "torch":
            from ncd_tikz.pytorch import to_source

            return to_source(self._diagram)
        import ncd_tikz.render as render
        from ncd_tikz.layout import lay_out

        if self._scene is None:
            self._scene = lay_out(self._diagram)
        if kind == "tikz":
            return render.to_tikz(self._scene)
        return render.to_svg(self._scene, palette=palette, shadow=shadow)


def _judge_one(one: Generated, source: Source, products: _Products, wanted: Configuration) -> Freshness:
    palette, shadow = wanted.palette or one.palette, one.shadow if wanted.shadow is None else wanted.shadow
    try:
        content = one.path.read_bytes()
    except OSError as error:
        return Freshness(one.path, "missing", source.file, f"cannot be read: {error.strerror}")
    expected = products(one.kind, palette, shadow)
    if content == expected:
        return Freshness(one.path, "fresh", source.file)
    command = _command(source.file, one.path, one.kind, palette, shadow)
    state, words = _why(one, source.diagram, content, expected, (palette, shadow))
    return Freshness(one.path, state, source.file, words, command)


def _why(
    one: Generated, diagram: Diagram, content: bytes, expected: bytes, look: tuple[str, bool]
) -> tuple[State, str]:
    """Why a file is not what the spec gives."""
    stale = one.digest != (diagram.digest or "unknown") and one.digest != diagram.digest
    changed = f"the spec has changed since (digest {one.digest}, now {diagram.digest})" if stale else ""
    if one.version != __version__:
        words = f"made by ncd-tikz {one.version}; this is {__version__}"
        return "other version", f"{words}, and {changed}" if changed else words
    if changed:
        return "stale", changed
    if one.kind == "svg" and look != (one.palette, one.shadow):
        return "stale", f"drawn {_look(one.palette, one.shadow)}; configured is {_look(*look)}"
    if content.replace(b"\r\n", b"\n") == expected:
        name = f"*{one.path.suffix}"
        return "edited", f"its lines end in CR LF; write '{name} text eol=lf' in .gitattributes"
    line = _first_difference(content, expected)
    return "edited", f"edited by hand in line {line}; the command undoes that"


def _look(palette: str, shadow: bool) -> str:
    return f"in the palette {palette} {'with' if shadow else 'without'} shadows"


def _first_difference(content: bytes, expected: bytes) -> int:
    """The first line that differs, from one."""
    found, wanted = content.split(b"\n"), expected.split(b"\n")
    pairs = enumerate(zip(found, wanted, strict=False), 1)
    return next((number for number, (a, b) in pairs if a != b), min(len(found), len(wanted)) + 1)


def _missing(source: Source, files: Sequence[Generated], configuration: Configuration) -> list[Freshness]:
    """What must be kept of a spec and is not there."""
    found = []
    for kind in configuration.formats:
        folders = configuration.modules if kind == "torch" else configuration.figures
        name = source.diagram.name
        if not folders or any(one.kind == kind and one.name == name for one in files):
            continue
        path = configuration.root / folders[0] / f"{name}{ENDINGS[kind]}"
        palette, shadow = configuration.palette or "reference", configuration.shadow is not False
        command = _command(source.file, path, kind, palette, shadow)
        if path.exists():
            words = "edited by hand: its head, which says what it was made from, is gone"
            found.append(Freshness(path, "edited", source.file, words, command))
        else:
            found.append(Freshness(path, "missing", source.file, "is not there", command))
    return found


def _command(spec: str, path: Path, kind: Kind, palette: str, shadow: bool) -> str:
    words = ["ncd-tikz", "torch" if kind == "torch" else "draw", _shown(spec), "-o", _shown(path)]
    if kind == "svg":
        words += ["--palette", palette] if palette != "reference" else []
        words += [] if shadow else ["--no-shadow"]
    return shlex.join(words)


def quoted(path: Path | str) -> str:
    """A path for a command line."""
    return shlex.quote(_shown(path))


def _shown(path: Path | str) -> str:
    return path.as_posix() if isinstance(path, Path) else path.replace(os.sep, "/")


def _apart(path: Path, spec: str) -> int:
    """How many folders lie between a file and a spec."""
    if spec.startswith("@"):
        return 1000
    here, there = Path(os.path.realpath(path)).parent.parts, Path(os.path.realpath(spec)).parent.parts
    common = next((n for n, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), None)
    common = min(len(here), len(there)) if common is None else common
    return len(here) + len(there) - 2 * common

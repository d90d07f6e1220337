"""Blocks from other files: `import: [{from: common.yaml, blocks: [feed_forward]}]`.

A whole spec is a block as well, under its own name, where its name is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from ncd_tikz.errors import SpecError
from ncd_tikz.resources import ResourceMissing, spec_path
from ncd_tikz.spec.blocks import RawBlock, find_blocks, uses
from ncd_tikz.spec.definitions import BLOCK, LIBRARY, SPEC, VERSION
from ncd_tikz.spec.files import text_of
from ncd_tikz.spec.mentions import Named
from ncd_tikz.spec.mistakes import Told, did_you_mean, known_names
from ncd_tikz.spec.names import wrong_name
from ncd_tikz.spec.readers import WRONG
from ncd_tikz.spec.records import Fields
from ncd_tikz.spec.source import Entries, Node, Place, Scalar, found, parse

MOST_FILES = 100


class Library:
    """The files that a spec imports from, each read once."""

    def __init__(self, file: str) -> None:
        self.texts: dict[str, str] = {}  # by the name of the file, in the order of reading
        self.blocks: dict[str, dict[str, RawBlock] | None] = {}
        self.under_way: list[str] = [_identity(Path(file))]
        self.names = [file]
        self.missing: dict[str, None] = {}  # blocks that were asked for and are not there
        self.specs: dict[str, str] = {}  # whole specs that nobody asks for, and the files that they are in
        self.whole = True  # every file could be read: other names are unknown

    def imported(self, entries: Any, path: str, told: Told) -> dict[str, RawBlock]:
        """The blocks that an `import:` asks for, each behind those it uses."""
        blocks: dict[str, RawBlock] = {}
        for number, fields in enumerate(entries or ()):
            if fields is WRONG or "from" not in fields.values:
                self.whole = False
            else:
                self.take(fields, f"{path}[{number}]", blocks, told)
        return blocks

    def take(self, fields: Fields, path: str, blocks: dict[str, RawBlock], told: Told) -> None:
        """Add the blocks that one entry asks for."""
        source = fields.nodes["from"]
        available = self.read(fields.values["from"], source.place, f"{path}.from", told)
        asked: tuple[Named, ...] = fields.get("blocks", ())
        self.whole &= available is not None and fields.readable("blocks")
        if available is None:
            self.missing.update((one.name, None) for one in asked)
            return
        if "blocks" in fields.nodes:
            wanted = self.known(asked, available, f"{path}.blocks", told)
        else:
            wanted = {name: source.place for name, block in available.items() if block.path}
            whole = (name for name, block in available.items() if not block.path)
            self.specs.update(dict.fromkeys(whole, fields.values["from"]))
            if not wanted:
                told.tell(source.place, f"{path}.from", f"'{fields.values['from']}' has no blocks")
        for name in needed(wanted, available):
            block, place = available[name], wanted.get(name, source.place)
            same = blocks.get(name)
            if same is None:
                blocks[name] = block.imported(place)
            elif (same.file, same.place) != (block.file, block.place):
                fact = f"the block '{name}' is imported from {same.file} already"
                told.tell(place, path, fact, hint="names of blocks are used once: give one of them another")

    def known(
        self, names: tuple[Named, ...], available: Mapping[str, RawBlock], path: str, told: Told
    ) -> dict[str, Place]:
        """The blocks asked for that exist; tells the others."""
        wanted: dict[str, Place] = {}
        for one in names:
            if one.name in available:
                wanted[one.name] = one.place
                continue
            self.missing[one.name] = None
            fact = f"there is no block '{one.name}' in that file"
            hint = did_you_mean(one.name, available)
            told.tell(one.place, path, fact, known=known_names("blocks", list(available)), hint=hint)
        return wanted

    def read(self, name: str, place: Place, path: str, told: Told) -> dict[str, RawBlock] | None:
        """All blocks of a file; None where it cannot be read, and that is told."""
        where = _locate(name, place, path, told)
        if where is None:
            return None
        identity = _identity(where)
        if identity in self.under_way:
            turn = self.under_way.index(identity)
            shown = " -> ".join((*self.names[turn:], str(where)))
            told.tell(place, path, f"the file imports itself: {shown}", hint="imports cannot recur")
            return None
        if identity not in self.blocks:
            if len(self.texts) >= MOST_FILES:
                told.tell(place, path, f"more than {MOST_FILES} files are imported")
                return None
            self.under_way.append(identity)
            self.names.append(str(where))
            self.blocks[identity] = self.load(where, place, path, told)
            self.under_way.pop()
            self.names.pop()
        return self.blocks[identity]

    def load(self, file: Path, place: Place, path: str, told: Told) -> dict[str, RawBlock] | None:
        """The blocks of a file, and those that it imports itself; None where that cannot be told."""
        if _is_special(file):
            told.tell(place, path, f"{file} is no file")
            return None
        try:
            text = text_of(file)
        except SpecError as error:
            told.tell(place, path, f"{file}: {error.mistakes[0].fact}")
            return None
        self.texts[str(file)] = text
        there = told.beside(str(file))
        root = parse(text, there)
        fields = _head(root, there)
        if fields is None:
            return None
        before, whole = len(told.mistakes), self.whole
        self.whole = fields.readable("import")
        blocks = self.imported(fields.get("import"), "import", there)
        blocks = {**blocks, **find_blocks(fields.get("blocks"), "blocks", blocks, there)}
        sound = self.whole or len(told.mistakes) == before
        self.whole &= whole
        return {**blocks, **_itself(root, blocks, there)} if sound else None


def needed(wanted: Mapping[str, object], available: Mapping[str, RawBlock]) -> list[str]:
    """The blocks that are wanted and those that they use, each behind those it uses."""
    found: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in found and name in available:
            found.add(name)
            waiting.extend(available[name].uses)
    return [name for name in available if name in found]


def _itself(root: Node | None, blocks: Mapping[str, RawBlock], told: Told) -> dict[str, RawBlock]:
    """A whole spec as a block of its own name, taken only where that is asked for."""
    if not isinstance(root, Entries) or "steps" not in root.entries:
        return {}
    name = root.entries.get("name", (root.place, None))[1]
    if not isinstance(name, Scalar) or name.text in blocks or wrong_name(name.text, "block"):
        return {}
    body = Entries(root.place)
    body.entries = {key: entry for key, entry in root.entries.items() if key in BLOCK.by_name}
    body.entries.pop("blocks", None)
    return {name.text: RawBlock(name.text, root.place, "", body, tuple(dict.fromkeys(uses(body))), told)}


def _head(root: Node | None, told: Told) -> Fields | None:
    """The keys of a file of blocks; of a whole spec only those that matter here."""
    if root is None:
        return None
    if not isinstance(root, Entries):
        told.tell(root.place, "", f"expected a mapping, found {found(root)}", hint="begin with: ncd: 1")
        return None
    whole = any(key in root.entries for key in ("name", "inputs", "steps", "equation"))
    if whole:
        part = Entries(root.place)
        part.entries = {
            key: entry
            for key, entry in root.entries.items()
            if key in LIBRARY.by_name or key not in SPEC.by_name
        }
        root = part
    fields: Fields = LIBRARY.read(root, "", told)
    if fields.get("ncd", VERSION) != VERSION:
        fact = f"found version {fields.get('ncd')} of the spec language; this reads version {VERSION}"
        told.tell(fields.nodes["ncd"].place, "ncd", fact)
    return fields


def _locate(name: str, place: Place, path: str, told: Told) -> Path | None:
    """Where the file of that name is: beside the file that imports it, or in the catalogue."""
    if name.startswith("@"):
        try:
            return spec_path(name)
        except ResourceMissing as error:
            first, *others = str(error).splitlines()
            told.tell(place, path, first, hint=others[0].strip() if others else "")
            return None
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive:
        fact = f"expected a path relative to this file, found {name[:60]!r}"
        told.tell(place, path, fact, hint="so that the spec can be moved and shared")
        return None
    return Path(told.file).parent / name


def _is_special(path: Path) -> bool:
    """A folder, or a pipe that would never end."""
    try:
        return path.exists() and not path.is_file()
    except (OSError, ValueError):
        return False  # reading it says why


def _identity(path: Path) -> str:
    try:
        return str(path.resolve())
    except (OSError, RuntimeError, ValueError):
        return str(path)

"""Single edits of the catalogue's specs: what a person changes in a line, and what it must be told as."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from ncd_tikz.diagram import Diagram, loads
from ncd_tikz.errors import NcdError
from ncd_tikz.resources import spec_names, spec_path


class Edit(NamedTuple):
    spec: str
    what: str  # "kernel", "bias", "removed", ...
    line: int  # of the step, in the edited text; of what was removed, in the old one
    old: str
    new: str  # the whole texts


# What is replaced in the line of a step, by the name under which it must be told.
PATTERNS = (
    ("kernel", r"kernel: 3\b", "kernel: 5"),
    ("kernel", r"kernel: 2\b", "kernel: 1"),
    ("padding", r"padding: same", "padding: valid"),
    ("stride", r"stride: 2\b", "stride: 1"),
    ("dilation", r"dilation: 2\b", "dilation: 1"),
    ("bias", r", bias: false", ""),
    ("bias", r"(op: (?:linear|conv)\b[^}]*)\}", r"\1, bias: false}"),
    ("by", r"by: [^}]+\}", "by: 3}"),
    ("op", r"op: relu\b", "op: gelu"),
    ("op", r"op: max_pool\b", "op: average_pool"),
    ("op", r"op: add\b", "op: multiply"),
    ("label", r"label: [A-Z]\b", "label: Z"),
)
AXIS = re.compile(r"(op: (?:softmax|layer_norm|rms_norm|mean|sum)\b[^}]*over: )([\w']+)")


@cache
def text_of(name: str) -> str:
    return spec_path(name).read_text(encoding="utf-8")


@cache
def read(name: str, text: str) -> Diagram | None:
    """The diagram, as if the text stood in the catalogue; None where the edit makes no spec."""
    try:
        return loads(text, str(spec_path(name)))
    except NcdError:
        return None


def edits(names: tuple[str, ...] = spec_names()) -> Iterator[Edit]:
    """All edits that give specs."""
    for name in names:
        text = text_of(name)
        lines = text.splitlines(keepends=True)
        found = [
            *_replaced(name, text, lines),
            *_other_axes(name, text, lines),
            *_removed(name, text, lines),
            *_exchanged(name, text, lines),
        ]
        yield from (each for each in found if each.new != text and read(name, each.new) is not None)


def _replaced(name: str, text: str, lines: list[str]) -> Iterator[Edit]:
    for number, line in enumerate(lines):
        for what, pattern, new in PATTERNS:
            if "op:" not in line or (new.endswith("bias: false}") and "bias" in line):
                continue
            changed, count = re.subn(pattern, new, line, count=1)
            if count and changed != line:
                yield Edit(
                    name, what, number + 1, text, "".join([*lines[:number], changed, *lines[number + 1 :]])
                )


def _other_axes(name: str, text: str, lines: list[str]) -> Iterator[Edit]:
    """A softmax or a norm over another axis that its tensor has."""
    words = sorted(set(re.findall(r"\b[a-z]\b'?", text)))
    for number, line in enumerate(lines):
        found = AXIS.search(line)
        for other in words if found else ():
            if found and other != found[2]:
                changed = line.replace(found[0], found[1] + other, 1)
                edited = "".join([*lines[:number], changed, *lines[number + 1 :]])
                if read(name, edited) is not None:
                    yield Edit(name, "over", number + 1, text, edited)
                    break


def _removed(name: str, text: str, lines: list[str]) -> Iterator[Edit]:
    """A step left out that gives what it takes its name."""
    for number, line in enumerate(lines):
        stripped = line.strip()
        if re.fullmatch(r"- (\{op: (?:scale|softmax|relu|mask|layer_norm)\b[^}]*\}|relu|softmax)", stripped):
            yield Edit(name, "removed", number + 1, text, "".join([*lines[:number], *lines[number + 1 :]]))


def _exchanged(name: str, text: str, lines: list[str]) -> Iterator[Edit]:
    """Two learned maps of one tensor in the other order."""
    for number, (one, other) in enumerate(itertools.pairwise(lines)):
        pairs = [re.search(r"op: linear,\s+in: (\w+), out: (\w+)", line) for line in (one, other)]
        if pairs[0] and pairs[1] and pairs[1][1] != pairs[0][2]:
            edited = "".join([*lines[:number], other, one, *lines[number + 2 :]])
            yield Edit(name, "order", number + 1, text, edited)


def renamed_values(name: str) -> Iterator[Edit]:
    """Every value of one name called otherwise, wherever it is spoken of."""
    text = text_of(name)
    for value in sorted(set(re.findall(r"out: (\w{3,})\b", text))):
        edited = re.sub(rf"\b{value}\b", f"{value}_else", text)
        if read(name, edited) is not None and edited != text:
            yield Edit(name, "renamed", 0, text, edited)

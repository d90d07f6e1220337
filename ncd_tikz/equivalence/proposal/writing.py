"""A mapping as YAML: parts where a weight and a bias go together, patterns quoted."""

from __future__ import annotations

from collections.abc import Mapping

from ncd_tikz.equivalence.proposal.candidates import written
from ncd_tikz.spec.their_tensors import TheirTensor


def mapping_text(mapping: Mapping[str, TheirTensor], kept: Mapping[str, TheirTensor]) -> str:
    """`parameters:` with an entry a line; entries that were there stay as they are."""
    shorter: dict[str, TheirTensor] = {}
    done: set[str] = set()
    for entry, theirs in mapping.items():
        if entry in done:
            continue
        part, _, tail = entry.rpartition(".")
        mates = [each for each in mapping if each.rpartition(".")[0] == part and each not in kept]
        whole = _part_of(theirs, tail)
        if (
            part
            and entry not in kept
            and whole
            and all(_part_of(mapping[each], each.rpartition(".")[2]) == whole for each in mates)
        ):
            shorter[part] = TheirTensor(whole)
            done.update(mates)
        else:
            shorter[entry] = theirs
            done.add(entry)
    lines = [f"  {_quoted(entry)}: {_value(theirs)}" for entry, theirs in shorter.items()]
    return "\n".join(["parameters:", *lines])


def _part_of(theirs: TheirTensor, tail: str) -> str:
    """The part of theirs whose tensor of the same name this is; empty where it is not so."""
    part, _, last = theirs.name.rpartition(".")
    return part if theirs.is_whole and last == tail else ""


def _value(theirs: TheirTensor) -> str:
    text = written(theirs)
    return text if text.startswith("{of") else _quoted(text)


def _quoted(text: str) -> str:
    return f"'{text}'" if any(mark in text for mark in "{}[],:*#") or not text[0].isalpha() else text

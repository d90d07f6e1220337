"""In what the figures of two specs are asked for differently: notes, groups, titles, width, ..."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ncd_tikz.diagram.alignment import Alignment
from ncd_tikz.diagram.changes import Change
from ncd_tikz.spec.nodes import FigureNode, GridNode, GroupNode, NoteNode

_FIELDS = ("highlight", "legend", "width", "definition", "title", "tags", "columns", "color", "breaks")
_CALLED = {"breaks": "break"}


def dress_changes(alignment: Alignment) -> tuple[Change, ...]:
    """Titles and descriptions, and what stands under `figure:`, in blocks and repetitions too."""
    found: list[Change] = []
    for each in alignment.walk():
        left, right = each.left, each.right
        inside = "" if each is alignment else f" of {right.name}"
        for what in ("title", "description"):
            before, after = getattr(left, what), getattr(right, what)
            if before != after:
                found.append(Change("figure", f"{what}{inside}", before, after))
        found += [
            Change("figure", f"{change.what}{inside}", change.before, change.after)
            for change in figure_changes(left.figure, right.figure)
        ]
    return tuple(dict.fromkeys(found))


def figure_changes(left: FigureNode, right: FigureNode) -> Iterator[Change]:
    """What stands otherwise under `figure:`."""
    yield from _cards("group", left.groups, right.groups, _group)
    yield from _cards("note", left.notes, right.notes, _note)
    yield from _cards("cells", left.grids, right.grids, _grid)
    for name in _FIELDS:
        before, after = _text(getattr(left, name)), _text(getattr(right, name))
        if before != after:
            yield Change("figure", _CALLED.get(name, name), before, after)


def _cards(
    what: str, left: Sequence[Any], right: Sequence[Any], say: Callable[[Any], tuple[str, str]]
) -> Iterator[Change]:
    """Cards of one sort: the same ones leave each other out, then those of one head meet, then the rest."""
    mine, theirs = [say(card) for card in left], [say(card) for card in right]
    for card in list(mine):
        if card in theirs:
            mine.remove(card)
            theirs.remove(card)
    for head in (0, 1):
        for card in list(mine):
            other = next((each for each in theirs if each[head] == card[head]), None)
            if other is not None:
                mine.remove(card)
                theirs.remove(other)
                place = 1 - head
                shown = f"{what} {card[0]!r}" if head == 0 else f"{what} at {card[1].partition(',')[0]}"
                yield Change("figure", shown, card[place], other[place])
    for card in mine:
        yield Change("figure", f"{what} {card[0]!r}", card[1], "")
    for card in theirs:
        yield Change("figure", f"{what} {card[0]!r}", "", card[1])


def _group(group: GroupNode) -> tuple[str, str]:
    return group.title, f"{_text(group.over)}, {group.color}, {group.style}"


def _note(note: NoteNode) -> tuple[str, str]:
    return note.text, f"{_text(note.over) or 'the whole figure'}, {note.color}, {note.side}"


def _grid(grid: GridNode) -> tuple[str, str]:
    return grid.of, f"{_text(grid.fill)}, {grid.arrow or 'no arrow'}"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {each}" for name, each in value.items())
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return "" if value is None else str(value)

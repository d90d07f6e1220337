"""Nodes of `figure:` from what their readers gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ncd_tikz.frozen import frozen
from ncd_tikz.spec.known import check_axes, check_marks
from ncd_tikz.spec.mentions import Named
from ncd_tikz.spec.mistakes import Told, did_you_mean, known_names
from ncd_tikz.spec.nodes import FigureNode, GridNode, GroupNode, NoteNode
from ncd_tikz.spec.readers import WRONG
from ncd_tikz.spec.records import Fields
from ncd_tikz.spec.source import Entries, Node, Place

GROUP_COLOR = "lavender"
NOTE_COLOR = "note"


@frozen
class Seen:
    """What a figure may speak of."""

    values: Sequence[str]
    labels: Sequence[str]
    axes: Sequence[str]
    ends: Sequence[str]  # inputs and outputs; none where outputs are mistaken
    tensors: Mapping[str, Sequence[str]]  # the axes of the inputs
    whole: bool  # all that there is could be read: other names are unknown


def figure_node(fields: Fields | None, path: str, seen: Seen, told: Told) -> FigureNode:
    """The figure's node; tells what it speaks of that does not exist."""
    if fields is None:
        return FigureNode()
    groups, notes = fields.get("groups", ()), fields.get("notes", ())
    if seen.whole:
        known = dict.fromkeys((*seen.values, *seen.labels))
        for kind, key, cards in (("groups", "over", groups), ("notes", "at", notes)):
            for i, one in enumerate(cards):
                marks = () if one is WRONG else one.get(key, ())
                check_marks(marks, f"{path}.{kind}[{i}].{key}", known, told)
        check_marks(fields.get("break", ()), f"{path}.break", known, told)
        check_axes(fields.get("highlight", ()), f"{path}.highlight", dict.fromkeys(seen.axes), told)
    return FigureNode(
        groups=tuple(_group(one, told) for one in groups if one is not WRONG),
        notes=tuple(_note(one, told) for one in notes if one is not WRONG),
        highlight=_names(fields.get("highlight", ())),
        legend=fields.get("legend", False),
        width=fields.get("width", ""),
        definition=fields.get("definition", False),
        title=fields.get("title", False),
        tags=_tags(fields, f"{path}.tags", seen, told),
        columns=fields.get("columns", False),
        color=fields.get("color", ""),
        breaks=_names(fields.get("break", ())),
        grids=_grids(fields.get("grids", ()), f"{path}.grids", seen, told),
        at=told.position(fields.place),
    )


def merged(whole: FigureNode, first: FigureNode) -> FigureNode:
    """The figure of an equation, with what its first side's own figure says besides."""
    if first.at is None:
        return whole
    tags = None if whole.tags is None and first.tags is None else {**(whole.tags or {}), **(first.tags or {})}
    return replace(
        whole,
        groups=(*whole.groups, *first.groups),
        notes=(*whole.notes, *first.notes),
        highlight=tuple(dict.fromkeys((*whole.highlight, *first.highlight))),
        tags=tags,
        columns=whole.columns or first.columns,
        grids=(*whole.grids, *first.grids),
        at=whole.at or first.at,
    )


def _grids(grids: Sequence[Fields], path: str, seen: Seen, told: Told) -> tuple[GridNode, ...]:
    nodes = []
    for i, fields in enumerate(grids):
        if fields is WRONG or "of" not in fields.values:
            continue
        name, place = fields.values["of"], fields.nodes["of"].place
        if seen.whole and seen.ends and name not in seen.ends:
            _tell_no_end(name, place, f"{path}[{i}].of", "grids", seen, told)
        fill = fields.get("fill", {})
        for axis, (_, child) in fill.items() if seen.whole and name in seen.tensors else ():
            if axis not in seen.tensors[name]:
                fact = f"'{name}' has no axis '{axis[:60]}'"
                axes = list(seen.tensors[name])
                told.tell(child.place, f"{path}[{i}].fill", fact, known=known_names("its axes", axes))
        nodes.append(GridNode(name, _sound(fill), fields.get("arrow"), told.position(fields.place)))
    return tuple(nodes)


def _tell_no_end(name: str, place: Place, path: str, what: str, seen: Seen, told: Told) -> None:
    fact, hint = f"unknown value {name[:60]!r}", did_you_mean(name, seen.ends)
    if name in seen.values:
        fact = f"{name[:60]!r} is no input or output, where {what} stand"
        hint = "a note speaks of it: figure.notes"
    told.tell(place, path, fact, known=known_names("inputs and outputs", seen.ends), hint=hint)


def _group(fields: Fields, told: Told) -> GroupNode:
    return GroupNode(
        _names(fields.get("over", ())),
        fields.get("title", ""),
        fields.get("color", GROUP_COLOR),
        fields.get("style", "filled"),
        told.position(fields.place),
    )


def _note(fields: Fields, told: Told) -> NoteNode:
    return NoteNode(
        _names(fields.get("at", ())),
        fields.get("text", ""),
        fields.get("color", NOTE_COLOR),
        fields.get("side", "auto"),
        told.position(fields.place),
    )


def _tags(fields: Fields, path: str, seen: Seen, told: Told) -> dict[str, str] | None:
    if "tags" not in fields.values:
        return None
    node = fields.nodes["tags"]
    tags = {}
    for name, (latex, child) in fields.values["tags"].items():
        if seen.whole and seen.ends and name not in seen.ends:
            place = node.entries[name][0] if isinstance(node, Entries) else child.place
            _tell_no_end(name, place, path, "tags", seen, told)
        elif latex is not WRONG:
            tags[name] = latex
    return tags


def _names(marks: Sequence[Named]) -> tuple[str, ...]:
    return tuple(one.name for one in marks)


def _sound(table: dict[str, tuple[Any, Node]]) -> dict[str, Any]:
    return {name: value for name, (value, _) in table.items() if value is not WRONG}

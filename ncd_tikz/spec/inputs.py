"""Inputs: their axes are declared, each stands once, and indexes say below what they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ncd_tikz.axes import Expression
from ncd_tikz.axes.signature import indexed
from ncd_tikz.spec.mistakes import Told, did_you_mean, known_names
from ncd_tikz.spec.nodes import InputNode
from ncd_tikz.spec.readers import WRONG
from ncd_tikz.spec.records import Fields
from ncd_tikz.spec.sizes import Sizes
from ncd_tikz.spec.source import Node, Place

Inputs = Mapping[str, tuple[Any, Node]]  # as read: Fields or WRONG, and the node


def input_axes(inputs: Inputs) -> dict[str, Place]:
    """The names, without primes, of the axes of the inputs, and where they stand."""
    names: dict[str, Place] = {}
    for fields, _ in inputs.values():
        for name in () if fields is WRONG else fields.get("axes", ()):
            for member in name.strip("()").split():
                if "[" not in member:
                    names.setdefault(member.rstrip("'"), fields.place)
    return {name: place for name, place in names.items() if not name.isdigit()}


def input_nodes(inputs: Inputs, sizes: Sizes, told: Told) -> tuple[InputNode, ...]:
    """The nodes of the inputs that can be read."""
    nodes = []
    for name, (fields, _) in inputs.items():
        if fields is not WRONG:
            values, at = fields.values, told.position(fields.place)
            below = values.get("below")
            nodes.append(
                InputNode(
                    name,
                    values.get("axes", ()),
                    values.get("kind", "real"),
                    None if below is None else sizes.resolved(below),
                    values.get("about", ""),
                    at,
                )
            )
    return tuple(nodes)


def check_inputs(inputs: Inputs, dot: str, sizes: Sizes, told: Told) -> None:
    """Axes of inputs are declared, here or around, and each stands once."""
    for name, (fields, _) in inputs.items():
        if fields is WRONG:
            continue
        path = f"{dot}inputs.{name}"
        place = fields.nodes["axes"].place if "axes" in fields.nodes else fields.place
        axes = fields.get("axes", ())
        for axis in dict.fromkeys(axes):
            if axes.count(axis) > 1:
                hint = "primes make aliases: " + " ".join((axis, axis + "'"))
                told.tell(place, path, f"the axis '{axis}' stands twice in one tensor", hint=hint)
            _check_axis(axis, place, path, sizes, told)
        _check_kind(fields, path, sizes, told)


def _check_axis(axis: str, place: Place, path: str, sizes: Sizes, told: Told) -> None:
    """Tell an axis that nobody declares."""
    for member in axis.strip("()").split():
        base = member.rstrip("'")
        found = indexed(base)
        if found is not None:
            _check_member(found[0], found[1], base, place, path, sizes, told)
        elif base in sizes.entries and sizes.entries[base].is_family:
            told.tell(place, path, f"'{base}' is a family of axes", hint=f"say which one, as in {base}[1]")
        elif not (base.isdigit() or base in sizes.symbols) and sizes.whole:
            known = sizes.symbols
            hint = did_you_mean(base, known) or f"declare it under axes: {base}: SIZE"
            told.tell(place, path, f"unknown axis '{member}'", known=known_names("axes", known), hint=hint)


def _check_member(
    family: str, index: Expression, name: str, place: Place, path: str, sizes: Sizes, told: Told
) -> None:
    """Tell an axis of a family that nobody declares, or that has no size."""
    entry = sizes.entries.get(family)
    if entry is not None and entry.is_family:
        if sizes.check_symbols(index, place, path):
            sizes.check_family_at(entry, index, place, path)
    elif sizes.whole:
        known = [each.name for each in sizes.entries.values() if each.is_family]
        hint = did_you_mean(family, known) or f"axes: {family}: {{index: i, size: ...}} declares one"
        fact = f"'{name}': '{family}' is no family"
        told.tell(place, path, fact, known=known_names("families", known), hint=hint)


def _check_kind(fields: Fields, path: str, sizes: Sizes, told: Told) -> None:
    """`below` and `kind: index` need each other."""
    index = fields.get("kind") == "index"
    if "below" in fields.values:
        place = fields.nodes["below"].place
        sizes.check_value(fields.values["below"], place, f"{path}.below")
        if not index and ("kind" in fields.values or "kind" not in fields.nodes):
            told.tell(place, f"{path}.below", "'below' is for inputs of kind index", hint="add kind: index")
    elif index and "below" not in fields.nodes:
        place = fields.nodes["kind"].place
        hint = "below: the number of different entries"
        told.tell(place, path, "the key 'below' is missing in an input of kind index", hint=hint)

"""Learned tensors that are taken for others, left out, transposed, or flattened in another order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations

import torch
from torch import Tensor

from ncd_tikz.diagram import expand
from ncd_tikz.equivalence.diagnosis.change import Change, Edit, Of
from ncd_tikz.equivalence.diagnosis.program import Node, Program, extent
from ncd_tikz.equivalence.diagnosis.rebinding import stored
from ncd_tikz.operations import Parameter

_MOST = 16


def by_parameters(program: Program, node: Node) -> Iterator[Change]:
    """Every single thing that may be wrong with one of the step's parameters."""
    if node.operation is None or node.application is None or not node.parameters:
        return
    entries = node.operation.parameters(expand(node.application))
    yield from _whole(program, node)
    for place, entry in enumerate(entries):
        yield from _unused(node, place, entry)
        yield from _orders(node, place, entry)
        yield from _turned(node, place, entry)
        yield from _others(program, node, place)


def shapes(program: Program) -> dict[str, tuple[int, ...]]:
    """Of all learned tensors, as stored."""
    found: dict[str, tuple[int, ...]] = {}
    for node in program.nodes:
        if node.operation is not None and node.application is not None and node.parameters:
            made = stored(node.operation, node.application, node.sizes).values()
            found.update(zip(node.parameters, made, strict=True))
    return found


def _edit(place: int, change: Callable[[Tensor], Tensor]) -> Callable[[Node], Edit]:
    def at(each: Node) -> Edit:
        name = each.parameters[place]
        return Edit(parameters={name: lambda values: change(values[name])})

    return at


def _unused(node: Node, place: int, entry: Parameter) -> Iterator[Change]:
    name, kind = node.parameters[place], node.operation.name if node.operation else ""
    if entry.name.endswith("bias"):
        words, remedy = f"the bias {name!r} is never added in their {kind}", f"add the bias {name!r}"
        yield Change("bias-missing", words, remedy, node, _edit(place, torch.zeros_like), 0.9, "", name)
    elif not entry.buffer:
        words = f"the factor {name!r} is never applied in their {kind}"
        at = _edit(place, torch.ones_like)
        yield Change("replaced", words, f"apply {name!r}", node, at, 1.3, "", name)
        words = f"{name!r} is not used in their {kind}"
        yield Change("replaced", words, f"use {name!r}", node, _edit(place, torch.zeros_like), 1.4, "", name)
        words = f"their {kind} adds one to the factor {name!r}"
        at = _edit(place, lambda value: value + 1)
        yield Change("replaced", words, f"apply {name!r} as it is", node, at, 1.8, "", name)


def _orders(node: Node, place: int, entry: Parameter) -> Iterator[Change]:
    """Axes that one dimension flattens, in another order."""
    name, start = node.parameters[place], 0
    axes = [extent(axis, node.sizes) for axis in entry.axes]
    names = [axis.name for axis in entry.axes]
    for count in entry.flatten:
        group = list(range(start, start + count))
        for order in permutations(group) if 1 < count <= 3 else ():
            if list(order) == group:
                continue
            for back in (False, True) if count > 2 else (False,):
                theirs, mine = (" ".join(names[axis] for axis in each) for each in (order, group))
                whole = [*range(start), *order, *range(start + count, len(axes))]
                at = _edit(place, _reordered(axes, whole, back))
                words = f"their code has ({theirs}) flattened where {name!r} has ({mine})"
                remedy = f"flatten and split it as ({mine})"
                yield Change("order", words, remedy, node, at, 1.1, theirs, name)
        start += count


def _reordered(axes: list[int], order: list[int], back: bool) -> Callable[[Tensor], Tensor]:
    inverse = [order.index(place) for place in range(len(order))]

    def change(value: Tensor) -> Tensor:
        moved = [axes[place] for place in order]
        if back:
            return value.reshape(axes).permute(order).reshape(value.shape)
        return value.reshape(moved).permute(inverse).reshape(value.shape)

    return change


def _turned(node: Node, place: int, entry: Parameter) -> Iterator[Change]:
    name, count = node.parameters[place], len(entry.flatten)
    if entry.buffer:
        return
    for one in range(count):
        for two in range(one + 1, count):

            def turn(value: Tensor, one: int = one, two: int = two) -> Tensor:
                square = value.dim() > two and value.shape[one] == value.shape[two]
                return value.transpose(one, two) if square else value

            words, at = f"their code takes {name!r} transposed", _edit(place, turn)
            yield Change("swapped", words, f"transpose {name!r} back", node, at, 1.2, "", name)
    for one in range(count):

        def flip(value: Tensor, one: int = one) -> Tensor:
            return value.flip(one)

        words = f"their code takes {name!r} backwards along its dimension {one}"
        yield Change("replaced", words, f"do not flip {name!r}", node, _edit(place, flip), 2.0, "", name)
    words = f"their code takes {name!r} negated"
    at = _edit(place, torch.neg)
    yield Change("scale", words, f"take {name!r} as it is", node, at, 1.7, "", name)


def _others(program: Program, node: Node, place: int) -> Iterator[Change]:
    """Another parameter of the same shape in its place, and both exchanged."""
    name, known = node.parameters[place], shapes(program)
    stem = name.split(".")
    rivals = [other for other, shape in known.items() if other != name and shape == known[name]]
    rivals.sort(key=lambda other: (-_common(stem, other.split(".")), abs(_index(other) - _index(name))))
    for other in rivals[:_MOST]:
        if _same_part(stem, other.split(".")):
            continue  # another iteration of the same step: repetitions see to that
        for both in (True, False):
            words = (
                f"{name!r} and {other!r} are exchanged" if both else f"{other!r} is used for {name!r}, too"
            )
            remedy = f"exchange {name!r} and {other!r}" if both else f"use {name!r}"
            at = _swap(program, node, name, other, both)
            yield Change("swapped", words, remedy, node, at, 1.0 if both else 1.05, "", name)


def _whole(program: Program, node: Node) -> Iterator[Change]:
    """Another step's learned part in its place, where it has several tensors."""
    if len(node.parameters) < 2:
        return
    known, stem = shapes(program), node.parameters[0].rpartition(".")[0]
    wanted = {name.rpartition(".")[2]: known[name] for name in node.parameters}
    parts: dict[str, dict[str, tuple[int, ...]]] = {}
    for name, shape in known.items():
        part, _, last = name.rpartition(".")
        parts.setdefault(part, {})[last] = shape
    rivals = [part for part, has in parts.items() if part != stem and has == wanted]
    rivals.sort(key=lambda part: -_common(stem.split("."), part.split(".")))
    for part in rivals[:_MOST]:
        if not _same_part(stem.split("."), part.split(".")):
            for both in (False, True):
                yield _part(program, node, stem, part, both)


def _part(program: Program, node: Node, stem: str, part: str, both: bool) -> Change:
    def at(each: Node) -> Edit | None:
        mine = each.parameters[0].rpartition(".")[0]
        theirs = part if each is node else _moved(part, stem, mine)
        names = {name: theirs + name.removeprefix(mine) for name in each.parameters}
        if any(other not in shapes(program) for other in names.values()):
            return None
        back = {other: name for name, other in names.items()} if both else {}
        return Edit(parameters={name: _of(other) for name, other in (names | back).items()})

    words = f"{stem!r} and {part!r} are exchanged" if both else f"{part!r} is used for {stem!r}, too"
    remedy = f"exchange {stem!r} and {part!r}" if both else f"use {stem!r}"
    return Change("swapped", words, remedy, node, at, 0.95, "", node.parameters[0])


def _of(name: str) -> Of:
    return lambda values: values[name]


def _swap(program: Program, node: Node, name: str, other: str, both: bool) -> Callable[[Node], Edit | None]:
    def at(each: Node) -> Edit | None:
        mine = each.parameters[node.parameters.index(name)]
        theirs = other if each is node else _moved(other, name, mine)
        if theirs not in shapes(program):
            return None
        first: Of = lambda values: values[theirs]  # noqa: E731
        second: Of = lambda values: values[mine]  # noqa: E731
        return Edit(parameters={mine: first, theirs: second} if both else {mine: first})

    return at


def _moved(other: str, name: str, mine: str) -> str:
    """`other` where `name` has become `mine`: `layers.0.K` for `layers.0.Q` -> `layers.1.Q`."""
    parts, before, after = other.split("."), name.split("."), mine.split(".")
    for place, (old, new) in enumerate(zip(before, after, strict=False)):
        if old != new and place < len(parts) and parts[place] == old:
            parts[place] = new
    return ".".join(parts)


def _common(one: list[str], two: list[str]) -> int:
    count = 0
    for mine, other in zip(one, two, strict=False):
        if mine != other:
            break
        count += 1
    return count


def _same_part(one: list[str], two: list[str]) -> bool:
    if len(one) != len(two):
        return False
    return all(
        mine == other or (mine.isdigit() and other.isdigit()) for mine, other in zip(one, two, strict=True)
    )


def _index(name: str) -> int:
    return next((int(part) for part in name.split(".") if part.isdigit()), 0)

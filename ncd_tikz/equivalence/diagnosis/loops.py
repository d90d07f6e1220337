"""Repetitions: one too few, one too many, one set of parameters for all, backwards, fed with the start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from torch import Tensor

from ncd_tikz.equivalence.diagnosis.change import After, Change, Edit, Of, Runs
from ncd_tikz.equivalence.diagnosis.program import Loop, Node, Program
from ncd_tikz.equivalence.evaluate import Link


def by_loops(program: Program, near: Sequence[Node]) -> Iterator[Change]:
    """Everything that may be wrong with how often, and with what, something is repeated.

    Args:
        near: the steps where the values part: their iterations and parts are tried with others'.
    """
    for loop in program.loops:
        if not loop.nodes or not loop.nodes[0]:
            continue
        first = next((program.nodes[n] for n in loop.nodes[0] if program.nodes[n].operation), None)
        if first is None:
            continue
        if not loop.repeat.share:
            yield from _parameters(program, loop, first)
            yield from _taken(program, loop, near)
        yield from _counts(program, loop, first)
        yield from _fed(program, loop, first)


def _change(loop: Loop, node: Node, rule: str, words: str, remedy: str, edit: Edit, weight: float) -> Change:
    links = () if rule == "input" else loop.links
    return Change(rule, words, remedy, node, lambda each: edit, weight, spreads=False, links=links)


def _parameters(program: Program, loop: Loop, node: Node) -> Iterator[Change]:
    count = len(loop.prefixes)
    if count < 2:
        return
    name = loop.links[-1].step.attribute
    orders: list[tuple[str, str, str, list[int]]] = []
    for one in dict.fromkeys((0, count - 1)):
        words = f"all {count} iterations of {name!r} use the parameters of number {one}: one part is shared"
        remedy = f"make a part for each iteration: [Part() for _ in range({count})], not [part] * {count}"
        orders.append(("shared", words, remedy, [one] * count))
    words = f"the {count} iterations of {name!r} run in the opposite order"
    orders.append(("order", words, "run them in order", list(reversed(range(count)))))
    for part in _parts(program, loop):
        words = f"all {count} iterations of {name!r} use one and the same {part!r}: it is shared"
        for one in (0, count - 1):
            edit = _renamed(program, loop, [one] * count, part)
            remedy = f"make {part!r} anew for each iteration"
            change = _change(loop, node, "shared", words, remedy, edit, 0.85)
            yield replace(change, links=_links(program, loop, part))
    for rule, words, remedy, order in orders:
        yield _change(loop, node, rule, words, remedy, _renamed(program, loop, order), 0.8)


def _taken(program: Program, loop: Loop, near: Sequence[Node]) -> Iterator[Change]:
    """One iteration with the parameters of another one, of all its parts or of one."""
    name, count = loop.links[-1].step.attribute, len(loop.nodes)
    depth = len(loop.links)
    tried = set()
    for node in near:
        here = next((each for each, numbers in enumerate(loop.nodes) if node.number in numbers), None)
        if here is None or not node.parameters:
            continue
        steps = node.parameters[0].removeprefix(loop.prefixes[here]).split(".")[:-1]
        for part in ("", *(".".join(steps[: end + 1]) for end in range(len(steps)))):
            for there in (each for each in range(count) if each != here and (here, each, part) not in tried):
                tried.add((here, there, part))
                order = [there if each == here else each for each in range(count)]
                what = repr(part) if part else "all parts"
                words = f"iteration {here} of {name!r} uses {what} of iteration {there}: it is shared"
                edit = _renamed(program, loop, order, part)
                links = node.links[: depth + len(part.split("."))] if part else loop.links
                remedy = f"make {what} anew for each iteration"
                change = _change(loop, node, "shared", words, remedy, edit, 0.87)
                yield replace(change, links=links)


def _parts(program: Program, loop: Loop) -> list[str]:
    """The learned parts of an iteration, and those inside them."""
    found: dict[str, None] = {}
    for number in loop.nodes[0]:
        for name in program.nodes[number].parameters:
            steps = name.removeprefix(loop.prefixes[0]).split(".")[:-1]
            found.update(dict.fromkeys(".".join(steps[: end + 1]) for end in range(len(steps))))
    return list(found) if len(found) > 1 else []


def _links(program: Program, loop: Loop, part: str) -> tuple[Link, ...]:
    """The step that a part belongs to."""
    nodes = (program.nodes[number] for number in loop.nodes[0])
    wanted = loop.prefixes[0] + part + "."
    node = next(node for node in nodes if any(name.startswith(wanted) for name in node.parameters))
    return node.links[: len(loop.links) + len(part.split("."))]


def _renamed(program: Program, loop: Loop, order: Sequence[int], part: str = "") -> Edit:
    """Each iteration with the parameters of another one; of one part, or all."""
    parameters = {}
    for here, there in enumerate(order):
        for number in loop.nodes[here] if here != there else ():
            for name in program.nodes[number].parameters:
                inside = name.removeprefix(loop.prefixes[here])
                if part and not inside.startswith(part + "."):
                    continue
                other = loop.prefixes[there] + name.removeprefix(loop.prefixes[here])
                parameters[name] = _from(other)
    return Edit(parameters=parameters)


def _from(name: str) -> Of:
    return lambda values: values[name]


def _counts(program: Program, loop: Loop, node: Node) -> Iterator[Change]:
    name, count = loop.links[-1].step.attribute, len(loop.nodes)
    for skipped in dict.fromkeys((count - 1, 0, *range(count))):
        before, after = loop.states[skipped], loop.states[skipped + 1]
        if all(program.slots[a].shape == program.slots[b].shape for a, b in zip(before, after, strict=True)):
            edit = Edit(takes=dict(zip(after, before, strict=True)))
            words = f"iteration {skipped} of the {count} of {name!r} is left out"
            if skipped in (0, count - 1):
                words = (
                    f"their code repeats {name!r} {count - 1} times, without the {_which(skipped)} iteration"
                )
            yield _change(loop, node, "skipped", words, f"repeat it {count} times", edit, 0.9)
    last, start = loop.states[-1], loop.states[0]
    if [program.slots[slot].shape for slot in last] == [program.slots[slot].shape for slot in start]:
        for again in dict.fromkeys((count - 1, 0)):
            edit = Edit(after=_again(loop, again, loop.states[-1]))
            words = f"their code repeats {name!r} {count + 1} times, the {_which(again)} iteration once more"
            yield _change(loop, node, "doubled", words, f"repeat it {count} times", edit, 1.0)
        every: dict[int, After] = {}
        for number in range(count):
            every |= _again(loop, number, loop.states[number + 1])
        edit = Edit(after=every)
        words = f"their code runs each iteration of {name!r} twice"
        yield _change(loop, node, "doubled", words, "run each once", edit, 1.0)


def _which(number: int) -> str:
    return "last" if number else "first"


def _again(loop: Loop, iteration: int, state: tuple[int, ...]) -> dict[int, After]:
    """The state after one more iteration, with the parameters of one there is."""

    def after(place: int) -> After:
        def change(value: Tensor, values: Sequence[Tensor], runs: Runs) -> Tensor:
            given = dict(zip(loop.states[iteration], (runs.values[slot] for slot in state), strict=True))
            made = dict(enumerate(values)) | given
            for number in loop.nodes[iteration]:
                node = runs.program.nodes[number]
                for slot, tensor in zip(
                    node.outputs, runs.apply(node, [made[slot] for slot in node.inputs]), strict=True
                ):
                    made[slot] = tensor
            return made[loop.states[iteration + 1][place]]

        return change

    return {slot: after(place) for place, slot in enumerate(state)}


def _fed(program: Program, loop: Loop, node: Node) -> Iterator[Change]:
    """Every iteration fed with what the first one takes."""
    start = loop.states[0]
    reads = {}
    for iteration, numbers in enumerate(loop.nodes):
        state = loop.states[iteration]
        for number in numbers if iteration else ():
            for place, slot in enumerate(program.nodes[number].inputs):
                if slot in state:
                    reads[number, place] = start[state.index(slot)]
    if reads:
        name = loop.links[-1].step.attribute
        words = f"every iteration of {name!r} takes what the first one takes, not what the one before makes"
        yield _change(loop, node, "input", words, "feed the running value back", Edit(reads=reads), 1.0)

"""Steps that take other values, are left out, or stand elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch import Tensor

from ncd_tikz.equivalence.diagnosis.change import Change, Edit, Runs
from ncd_tikz.equivalence.diagnosis.program import Node, Program, Room, Slot, room_of

_MOST = 24  # other values tried in one place


def by_inputs(program: Program, node: Node) -> Iterator[Change]:
    """Another value of the same sizes in an input's place; two inputs exchanged."""
    if node.end.startswith("out"):
        return
    name = node.name
    for place, slot in enumerate(node.inputs):
        for other in _rivals(program, node, slot)[:_MOST]:
            yield _taken(program, node, place, other, name)
    for one in range(len(node.inputs)):
        for two in range(one + 1, len(node.inputs)):
            first, second = node.inputs[one], node.inputs[two]
            ranks = {len(program.slots[slot].shape) for slot in (first, second)}
            kinds = {program.slots[slot].tensor.kind for slot in (first, second)}
            if first != second and len(ranks) == 1 == len(kinds):
                yield _exchanged(program, node, one, two, name)


def _taken(program: Program, node: Node, place: int, other: Slot, name: str) -> Change:
    mine = program.slots[node.inputs[place]]

    def at(each: Node) -> Edit | None:
        slot = corresponding(program, other.number, node, each)
        if slot is None or not _before(program, slot, each) or slot == each.inputs[place]:
            return None
        return Edit(reads={(each.number, place): slot})

    shown = repr(other.name)
    if other.name == mine.name:
        shown = f"an earlier {other.name!r}" if other.number < mine.number else f"a later {other.name!r}"
    shown += f" (what {program.nodes[other.node].name} makes)" if other.node >= 0 else " (an input)"
    words = f"their {name} takes {shown} where the diagram takes {mine.name!r}"
    remedy = f"give it {mine.name!r} in their code"
    near = (0.0 if other.room == mine.room else 0.3) + (0.0 if _alike(other, mine) else 0.4)
    rule = "input" if other.node < 0 or mine.node < 0 else "replaced"
    return Change(rule, words, remedy, node, at, 1.2 + near)


def _exchanged(program: Program, node: Node, one: int, two: int, name: str) -> Change:
    def at(each: Node) -> Edit:
        inputs = each.inputs
        return Edit(reads={(each.number, one): inputs[two], (each.number, two): inputs[one]})

    first, second = (program.slots[node.inputs[place]].name for place in (one, two))
    words = f"their {name} takes {first!r} and {second!r} the other way round"
    arranges = node.operation is not None and node.operation.name in ("concat", "stack")
    return Change("order" if arranges else "input", words, f"give it {first!r} first", node, at, 1.1)


def left_out(program: Program, node: Node) -> Iterator[Change]:
    """The step left out: what it takes is handed on."""
    if node.operation is None or len(node.outputs) != 1:
        return
    name, made = node.operation.name, program.slots[node.outputs[0]]
    for place, slot in enumerate(dict.fromkeys(node.inputs)):
        taken = program.slots[slot]
        if taken.shape != made.shape or taken.tensor.kind != made.tensor.kind:
            continue
        words, remedy = f"their code leaves out the {name}", f"add the {name} to their code"
        others = [program.slots[each].name for each in node.inputs if each != slot]
        if others:
            shown = " and ".join(map(repr, others))
            words = f"their code leaves out the {name} with {shown}: {taken.name!r} is handed on as it is"
            remedy = f"{name} {shown} in their code"

        def at(each: Node, place: int = node.inputs.index(slot)) -> Edit:
            return Edit(takes={each.outputs[0]: each.inputs[place]})

        yield Change("skipped", words, remedy, node, at, 0.9)


def added(program: Program, node: Node) -> Iterator[Change]:
    """Another value of the same sizes added to what the step makes, or multiplied with it."""
    if node.end.startswith("in") or len(node.outputs) != 1:
        return
    made = program.slots[node.outputs[0]]
    if made.tensor.kind != "real":
        return
    for other in _rivals(program, node, made.number)[: _MOST // 2]:
        if _alike(other, made):
            for sign, verb in (("+", "added to"), ("*", "multiplied with"), ("-", "subtracted from")):
                yield _added(program, node, other, sign, verb)


def _added(program: Program, node: Node, other: Slot, sign: str, verb: str) -> Change:
    name = program.slots[node.outputs[0]].name

    def at(each: Node) -> Edit | None:
        slot = corresponding(program, other.number, node, each)
        if slot is None:
            return None

        def more(value: Tensor, values: Sequence[Tensor], runs: Runs) -> Tensor:
            if sign == "*":
                return value * values[slot]
            return value + values[slot] if sign == "+" else value - values[slot]

        return Edit(after={each.outputs[0]: more})

    words = f"in their code {other.name!r} is {verb} {name!r}, in the diagram it is not"
    remedy = f"do not put {other.name!r} there, or add the step to the spec"
    return Change("added", words, remedy, node, at, 1.7)


def moved(program: Program, node: Node) -> Iterator[Change]:
    """The step elsewhere: before or after others, on another value of the same sizes."""
    if node.operation is None or len(node.outputs) != 1 or len(node.inputs) != 1:
        return
    made, (source,) = program.slots[node.outputs[0]], node.inputs
    if program.slots[source].shape != made.shape:
        return
    _, values = program.rooms[node.room]
    visible = [slot for slot in values.values() if isinstance(slot, int)]
    for slot in visible:
        other = program.slots[slot]
        if slot in (source, made.number) or other.shape != made.shape or other.tensor.kind != "real":
            continue
        yield _moved(program, node, other)


def _moved(program: Program, node: Node, other: Slot) -> Change:
    assert node.operation is not None
    name = node.operation.name

    def at(each: Node) -> Edit | None:
        slot = corresponding(program, other.number, node, each)
        if slot is None:
            return None

        def again(value: Tensor, values: Sequence[Tensor], runs: Runs) -> Tensor:
            return runs.apply(each, (value,))[0]

        return Edit(takes={each.outputs[0]: each.inputs[0]}, after={slot: again})

    side = "before" if other.number < node.inputs[0] else "after"
    maker = program.nodes[other.node] if other.node >= 0 else None
    where = f"the {maker.name} that makes {other.name!r}" if maker else f"the input {other.name!r}"
    words = f"their {name} stands {side} its place: it is applied to {other.name!r}, right after {where}"
    return Change("order", words, f"apply the {name} where the diagram has it", node, at, 1.6)


def corresponding(program: Program, slot: int, node: Node, other: Node) -> int | None:
    """The value that is to `other` what the slot is to `node`: in its own iteration, of its own call."""
    if other is node:
        return slot
    one, two = node.room, other.room
    for depth in range(len(one), -1, -1):
        if len(two) < depth or one[:depth] not in program.rooms or two[:depth] not in program.rooms:
            continue
        (here, values), (there, others) = program.rooms[one[:depth]], program.rooms[two[:depth]]
        if here is not there and here != there:
            continue
        for value, kept in values.items():
            if kept == slot:
                found = others.get(value)
                return found if isinstance(found, int) else None
    return None


def _rivals(program: Program, node: Node, slot: int) -> list[Slot]:
    """Values before the node that might stand in an input's place: near ones first."""
    mine, rooms = program.slots[slot], _rooms(node)
    found = [
        each
        for each in program.slots
        if each.number != slot and _alike(each, mine) and _before(program, each.number, node)
    ]
    found += [
        each
        for each in program.slots
        if len(each.shape) == len(mine.shape)
        and each.tensor.kind == mine.tensor.kind
        and each.room in rooms
        and not _alike(each, mine)
        and _before(program, each.number, node)
    ]
    found.sort(
        key=lambda each: (not _alike(each, mine), each.room not in rooms, -len(each.room), -each.number)
    )
    return found


def _rooms(node: Node) -> set[Room]:
    return {room_of(node.links[:depth]) for depth in range(len(node.links))}


def _alike(one: Slot, two: Slot) -> bool:
    return one.shape == two.shape and one.tensor.kind == two.tensor.kind


def _before(program: Program, slot: int, node: Node) -> bool:
    return program.slots[slot].node < node.number and slot not in node.outputs

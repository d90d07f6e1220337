"""Values that are right but for a factor, or for how their entries are arranged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from torch import Tensor

from ncd_tikz.equivalence.diagnosis.change import Change, Edit
from ncd_tikz.equivalence.diagnosis.compiled import Tensors
from ncd_tikz.equivalence.diagnosis.fields import expressions
from ncd_tikz.equivalence.diagnosis.program import Node, Program, Slot


def by_factor(program: Program, node: Node) -> Iterator[Change]:
    """What the step makes, times an expression of the sizes."""
    if node.operation is None or node.operation.name == "scale":  # which has a field for it
        return
    if any(program.slots[slot].tensor.kind != "real" for slot in node.outputs) or not node.outputs:
        return
    for expression in expressions(node):
        factor = expression.evaluate_real(node.sizes)
        if factor != 1:
            yield scaled(node, factor, str(expression))


def scaled(node: Node, factor: float, name: str, weight: float = 1.8) -> Change:
    """What the step makes, times a number."""
    kind = node.name
    shown = f"{name} = {factor:.6g}" if name and name != f"{factor:.6g}" else f"{factor:.6g}"
    words = f"their {kind} gives {shown} times what the diagram's does"
    if factor == -1:
        words = f"their {kind} gives the negative of what the diagram's does"

    def at(each: Node) -> Edit:
        return Edit(after={slot: lambda value, *_: value * factor for slot in each.outputs})

    remedy = f"divide by {name or f'{factor:.6g}'} in their code, or add a scale to the spec"
    return Change("scale", words, remedy, node, at, weight)


def named_factor(node: Node, factor: float) -> str:
    """A factor as an expression of the sizes, empty where none is it."""
    for expression in expressions(node):
        value = expression.evaluate_real(node.sizes)
        if value and abs(value - factor) <= 1e-6 * abs(value):
            return str(expression)
    return ""


def by_layout(program: Program, node: Node) -> Iterator[Change]:
    """What the step makes, or takes, its entries otherwise arranged."""
    if len(node.outputs) == 1:
        for arrangement in _arrangements(program.slots[node.outputs[0]]):
            yield _change(node, arrangement, _after(arrangement.function), 0.0)
    for place, slot in enumerate(node.inputs) if node.operation else ():
        for arrangement in _arrangements(program.slots[slot]):
            at = _before(program, place, arrangement.function)
            yield _change(node, arrangement, at, 0.15)


class _Arrangement(NamedTuple):
    function: Callable[[Tensor], Tensor]
    words: str
    remedy: str
    weight: float
    axis: str


def _change(node: Node, found: _Arrangement, at: Callable[[Node], Edit], more: float) -> Change:
    words = f"{found.words} where their {node.name} takes it" if more else found.words
    return Change("order", words, found.remedy, node, at, found.weight + more, found.axis)


def _arrangements(slot: Slot) -> Iterator[_Arrangement]:
    """Axes of one size exchanged; neighbours flattened in another order; an axis backwards, or shifted."""
    names, shape, name = slot.tensor.names, slot.shape, slot.name
    count = len(shape)
    if any(axis.rank != 1 for axis in slot.tensor.axes):
        return
    for one in range(count):
        for two in range(one + 1, count):
            if shape[one] == shape[two]:
                words = f"their {name!r} has {names[one]} and {names[two]} exchanged"
                turn = _transposed(one - count, two - count)
                yield _Arrangement(turn, words, f"transpose {name!r} back", 1.1, names[one])
    for one in range(count - 1):
        for back in (False, True) if shape[one] != shape[one + 1] else ():
            pair, turned = f"{names[one]} {names[one + 1]}", f"{names[one + 1]} {names[one]}"
            words = f"their {name!r} has ({turned}) flattened where the diagram has ({pair})"
            change = _confused(one - count, back)
            yield _Arrangement(change, words, f"flatten and split it as ({pair})", 1.6, turned)
    for one in range(count):
        if shape[one] > 1:
            words = f"their {name!r} runs backwards along {names[one]}"
            yield _Arrangement(_flipped(one - count), words, f"do not flip {names[one]}", 1.6, names[one])
            for step in (1, -1) if shape[one] > 2 else ():
                words = f"their {name!r} is moved by one along {names[one]}"
                change = _rolled(one - count, step)
                yield _Arrangement(change, words, f"do not shift {names[one]}", 1.9, names[one])


def _before(program: Program, place: int, function: Callable[[Tensor], Tensor]) -> Callable[[Node], Edit]:
    def at(each: Node) -> Edit:
        def run(inputs: Sequence[Tensor], parameters: Sequence[Tensor], like: Tensor) -> Tensors:
            changed = [function(given) if i == place else given for i, given in enumerate(inputs)]
            return program.runner(each)(changed, parameters, like)

        return Edit(runs={each.number: run})

    return at


def _after(function: Callable[[Tensor], Tensor]) -> Callable[[Node], Edit]:
    def at(each: Node) -> Edit:
        return Edit(after={slot: lambda value, *_: function(value) for slot in each.outputs})

    return at


def _transposed(one: int, two: int) -> Callable[[Tensor], Tensor]:
    return lambda value: value.transpose(one, two)


def _flipped(one: int) -> Callable[[Tensor], Tensor]:
    return lambda value: value.flip(one)


def _rolled(one: int, step: int) -> Callable[[Tensor], Tensor]:
    return lambda value: value.roll(step, one)


def _confused(one: int, back: bool) -> Callable[[Tensor], Tensor]:
    """Two neighbouring axes flattened in one order and split in the other."""

    def change(value: Tensor) -> Tensor:
        if back:
            return value.transpose(one, one + 1).reshape(value.shape)
        shape = list(value.shape)
        shape[one], shape[one + 1] = shape[one + 1], shape[one]
        return value.reshape(shape).transpose(one, one + 1)

    return change

"""Steps whose fields say something else: another axis, another kernel, no bias."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, permutations
from typing import Any

from ncd_tikz.axes import Expression, Signature
from ncd_tikz.equivalence.diagnosis.change import Change, Edit
from ncd_tikz.equivalence.diagnosis.program import Node, Program
from ncd_tikz.equivalence.diagnosis.rebinding import rebound
from ncd_tikz.operations import Field

_NUMBERS = (1e-5, 1e-6, 1e-12, 1e-8, 1e-7, 0.0, 1e-3, 1e-4, 1e-10, 1e-2, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0)
_FIGURE = ("open",)  # fields that only the figure knows


def by_fields(program: Program, node: Node) -> Iterator[Change]:
    """Every other value of one field."""
    operation = node.operation
    if operation is None:
        return
    for field in operation.fields:
        if not hasattr(operation, field.name) or field.name in _FIGURE:
            continue
        value = getattr(operation, field.name)
        for other in _others(field, value, node):
            yield _change(program, node, field, value, other)


def by_two_fields(program: Program, node: Node) -> Iterator[Change]:
    """Two windows' sizes at once, as a kernel with the padding that keeps the size."""
    operation = node.operation
    if operation is None:
        return
    fields = [field for field in operation.fields if field.type == "sizes"]
    for one, two in combinations(fields, 2):
        for first in _NUMBERS_OF.get(one.name, (1, 2, 3)):
            for second in _NUMBERS_OF.get(two.name, (0, 1, 2, 3)):
                yield _two(program, node, (one.name, first), (two.name, second))


_NUMBERS_OF = {"kernel": (1, 2, 3, 5, 7), "stride": (1, 2, 3), "dilation": (1, 2, 3), "padding": (0, 1, 2, 3)}


def _two(program: Program, node: Node, one: tuple[str, int], two: tuple[str, int]) -> Change:
    def at(each: Node) -> Edit | None:
        if each.operation is None:
            return None
        changes = {}
        for name, number in (one, two):
            value = getattr(each.operation, name)
            count = len(value) if isinstance(value, tuple) else 0
            changes[name] = (Expression.number(number),) * (count or 1)
        changed = replace(each.operation, **changes)  # type: ignore[type-var]
        return rebound(program, each, changed, resized=True)

    words = f"their {node.name} has {one[0]} {one[1]} and {two[0]} {two[1]}, the diagram's"
    mine = [f"{name} {_shown(getattr(node.operation, name))}" for name, _ in (one, two)]
    words = f"{words} {' and '.join(mine)}"
    return Change("replaced", words, f"use {' and '.join(mine)} in their code", node, at, 1.6)


def _change(program: Program, node: Node, field: Field, value: Any, other: Any) -> Change:
    assert node.operation is not None
    name = node.operation.name

    def at(each: Node) -> Edit | None:
        if each.operation is None:
            return None
        changed = replace(each.operation, **{field.name: other})  # type: ignore[type-var]
        return rebound(program, each, changed, resized=field.type == "sizes")

    if field.type == "axes":
        new, old = " ".join(other), " ".join(value)
        words = f"their {name} runs over {new}, the diagram's over {old or 'none'}"
        remedy = f"let it run over {old} in their code, or write {field.name}: {new} in the spec"
        return Change("axis", words, remedy, node, at, 1.0, axis=new)
    if field.type == "bool" and value is True and field.name in ("bias", "affine"):
        learned = "bias" if field.name == "bias" else "learned factors"
        parameter = next((each for each in node.parameters if each.endswith("bias")), "")
        words = f"their {name} leaves out the {learned}"
        remedy = f"use the {learned} in their code, or write {field.name}: false in the spec"
        return Change("bias-missing", words, remedy, node, at, 1.0, parameter=parameter)
    shown, mine = _shown(other), _shown(value)
    if field.type in ("map", "transition"):
        rule, weight = ("order", 1.5) if field.type == "map" else ("axis", 1.5)
        words = f"their {name} is '{shown}' in the diagram's words, which has '{mine}'"
        remedy = f"make it '{mine}' in their code, or write {field.name}: '{shown}' in the spec"
        return Change(rule, words, remedy, node, at, weight)
    rule = "scale" if field.type == "expression" and name == "scale" else "replaced"
    words = f"their {name} has {field.name} {shown}, the diagram's {mine}"
    remedy = f"set {field.name} to {mine} in their code, or write {field.name}: {shown} in the spec"
    return Change(rule, words, remedy, node, at, 1.2)


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value)) or "left out"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _others(field: Field, value: Any, node: Node) -> Iterator[Any]:
    if field.type == "axes":
        yield from _axes(value, node)
    elif field.type == "bool":
        yield not value
    elif field.type == "choice":
        yield from (choice for choice in field.choices if choice != value)
    elif field.type == "number" and isinstance(value, (int, float)):
        numbers = dict.fromkeys((*_NUMBERS, value * 2, value / 2, value * 10, value / 10, -value))
        yield from (number for number in numbers if number != value)
    elif field.type == "sizes":
        yield from _sizes(field, value, node)
    elif field.type == "expression":
        yield from (each for each in expressions(node) if each != value)
    elif field.type in ("map", "transition") and isinstance(value, Signature):
        yield from _signatures(field, value, node)


def _axes(value: tuple[str, ...], node: Node) -> Iterator[tuple[str, ...]]:
    """Other axes of the first input, as many; the same turned round; one more or fewer."""
    assert node.application is not None
    if not node.application.inputs:
        return
    names = node.application.inputs[0].names
    count = len(value)
    if 1 < count <= 3:
        yield from (each for each in permutations(value) if each != value)
        yield from combinations(value, count - 1)
    for size in dict.fromkeys((count or 1, count + 1, len(names))):
        if size <= len(names):
            found = [each for each in combinations(names, size) if set(each) != set(value)]
            yield from found[:12]


def _sizes(field: Field, value: Any, node: Node) -> Iterator[Any]:
    yield from (choice for choice in field.choices if choice != value)
    if isinstance(value, str) or not all(isinstance(each, Expression) for each in value):
        numbers: list[int] = []
    else:
        numbers = [each.evaluate(node.sizes) for each in value]
    for number in (0, 1, 2, 3, 4, 5, 7, -1):
        if numbers != [number] * len(numbers) or not numbers:
            yield (Expression.number(number),) * (len(numbers) or 1)
    if len(numbers) > 1:
        for place, was in enumerate(numbers):
            for number in dict.fromkeys((was - 1, was + 1, 1, 0)):
                if number >= 0 and number != was:
                    yield (*value[:place], Expression.number(number), *value[place + 1 :])
        yield tuple(reversed(value))
    elif numbers:
        for number in (numbers[0] * 2, numbers[0] // 2, numbers[0] - 1, numbers[0] + 1):
            if number not in (0, 1, 2, 3, 4, 5, 7, numbers[0]) and number >= 0:
                yield (Expression.number(number),)


def expressions(node: Node) -> Iterator[Expression]:
    """Factors that people use: roots and reciprocals of sizes and of products of two."""
    symbols = [entry.axis.name for entry in node.diagram.sizes if entry.axis.rank == 1 and not entry.index]
    near = {name.rstrip("'") for tensor in _tensors(node) for name in tensor.names}
    symbols.sort(key=lambda symbol: symbol not in near)
    texts = ["1"]
    for symbol in symbols:
        texts += [f"{symbol}**(-1/2)", f"1/{symbol}", symbol, f"{symbol}**(1/2)", f"{symbol}**(-2)"]
    for one, other in combinations(symbols, 2):
        texts += [f"({one}*{other})**(-1/2)", f"1/({one}*{other})"]
    texts += ["2", "1/2", "-1", "4", "1/4", "3", "1/3", "2**(1/2)", "2**(-1/2)", "10", "1/10"]
    for text in texts:
        try:
            expression = Expression.parse(text)
            expression.evaluate_real(node.sizes)
        except Exception:
            continue
        yield expression


def _tensors(node: Node) -> tuple[Any, ...]:
    return node.application.inputs if node.application is not None else ()


def _signatures(field: Field, value: Signature, node: Node) -> Iterator[Signature]:
    inputs, outputs = value.inputs, value.outputs
    if field.type == "transition":
        yield from _transitions(value, node)
        return
    if len(inputs) == 1 and len(outputs) == 1:
        for side in permutations(inputs[0]) if len(inputs[0]) <= 3 else ():
            if side != inputs[0]:
                yield Signature((side,), outputs)
        for side in permutations(outputs[0]) if len(outputs[0]) <= 3 else ():
            if side != outputs[0]:
                yield Signature(inputs, (side,))
        return
    shared = {name for side in inputs for name in side if sum(name in each for each in inputs) > 1}
    for number, side in enumerate(inputs):
        for place, name in enumerate(side):
            if name in shared and (name not in outputs[0] or number > 0):
                fresh = _fresh(name, value)
                changed = (*side[:place], fresh, *side[place + 1 :])
                yield Signature((*inputs[:number], changed, *inputs[number + 1 :]), outputs)


def _fresh(name: str, value: Signature) -> str:
    taken = {each for side in (*value.inputs, *value.outputs) for each in side}
    fresh = name + "'"
    while fresh in taken:
        fresh += "'"
    return fresh


def _transitions(value: Signature, node: Node) -> Iterator[Signature]:
    """Along other axes, which keep their names."""
    assert node.application is not None
    if len(value.inputs) != 1 or not node.application.inputs:
        return
    names, side = node.application.inputs[0].names, value.inputs[0]
    makes = value.outputs[0] if value.outputs else ()
    if len(side) == 2 == len(makes):
        yield Signature((side[::-1],), (makes[::-1],))
    if len(side) == 1:
        for name in names:
            if name not in side:
                yield Signature(((name,),), ((name,),))

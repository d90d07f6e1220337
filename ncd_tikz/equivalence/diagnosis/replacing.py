"""Another operation in a step's place, or one more after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ncd_tikz.equivalence.diagnosis.change import Change, Edit
from ncd_tikz.equivalence.diagnosis.compiled import Tensors
from ncd_tikz.equivalence.diagnosis.program import Node, Program
from ncd_tikz.equivalence.diagnosis.rebinding import rebound
from ncd_tikz.operations import OPERATIONS, Operation

ENTRYWISE: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": F.relu,
    "gelu": F.gelu,
    "gelu (tanh)": lambda x: F.gelu(x, approximate="tanh"),
    "quick gelu": lambda x: x * torch.sigmoid(1.702 * x),
    "silu": F.silu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "leaky_relu": F.leaky_relu,
    "leaky_relu (0.2)": lambda x: F.leaky_relu(x, 0.2),
    "leaky_relu (0.1)": lambda x: F.leaky_relu(x, 0.1),
    "elu": F.elu,
    "selu": F.selu,
    "softplus": F.softplus,
    "softsign": F.softsign,
    "mish": F.mish,
    "hardswish": F.hardswish,
    "hardsigmoid": F.hardsigmoid,
    "hardtanh": F.hardtanh,
    "relu6": F.relu6,
    "squared relu": lambda x: F.relu(x).square(),
    "exp": torch.exp,
    "log": torch.log,
    "abs": torch.abs,
    "square": torch.square,
    "sqrt": torch.sqrt,
    "reciprocal": torch.reciprocal,
    "sin": torch.sin,
    "cos": torch.cos,
    "cube": lambda x: x**3,
}


def by_operation(program: Program, node: Node) -> Iterator[Change]:
    """Every other operation that takes and makes the same."""
    if node.operation is None or node.application is None:
        return
    seen = set()
    for kind in OPERATIONS:
        fewest, most = kind.inputs
        count = len(node.inputs)
        if count < fewest or (most is not None and count > most) or not count:
            continue
        for operation in _filled(kind, node):
            if operation == node.operation or operation in seen:
                continue
            seen.add(operation)
            yield _replaced(program, node, kind, operation)
    if _entrywise(node):
        known = {kind.name for kind in OPERATIONS}
        for name, function in ENTRYWISE.items():
            if name not in known:
                yield _by_function(node, name, function)


def _replaced(program: Program, node: Node, kind: type[Operation], operation: Operation) -> Change:
    assert node.operation is not None
    mine = node.operation.name
    over = getattr(operation, "over", None)
    shown = f"{kind.name} over {' '.join(over)}" if isinstance(over, tuple) and over else kind.name

    def at(each: Node) -> Edit | None:
        if node.parameters and not operation.parameters(each.application):  # type: ignore[arg-type]
            return None
        return rebound(program, each, operation)

    words = f"their code has {shown} where the diagram has {mine}"
    remedy = f"use {mine} in their code, or write op: {kind.name} in the spec"
    return Change("replaced", words, remedy, node, at, 1.4)


def _filled(kind: type[Operation], node: Node) -> Iterator[Operation]:
    """The operation with the fields that it shares with the node's, and what it needs besides."""
    assert node.operation is not None and node.application is not None
    known: dict[str, Any] = {}
    types = {field.name: field.type for field in node.operation.fields}
    for field in kind.fields:
        if types.get(field.name) == field.type and hasattr(node.operation, field.name):
            known[field.name] = getattr(node.operation, field.name)
    lacking = [field for field in kind.fields if field.required and field.name not in known]
    choices: list[dict[str, Any]] = [known]
    if len(lacking) == 1 and lacking[0].type == "axes":
        names = node.application.inputs[0].names
        choices = [{**known, lacking[0].name: (name,)} for name in names]
    elif lacking:
        return
    for arguments in choices:
        try:
            yield kind.make({**{f.name: f.default for f in kind.fields if not f.required}, **arguments})
        except Exception:
            continue


def _entrywise(node: Node) -> bool:
    application = node.application
    if application is None or len(node.inputs) != 1 or len(node.outputs) != 1 or node.parameters:
        return False
    return not application.own[0] and application.inputs[0].kind == "real" == application.results[0].kind


def _by_function(node: Node, name: str, function: Callable[[Tensor], Tensor]) -> Change:
    assert node.operation is not None

    def at(each: Node) -> Edit:
        def run(inputs: Sequence[Tensor], parameters: Sequence[Tensor], like: Tensor) -> Tensors:
            return (function(inputs[0]),)

        return Edit(runs={each.number: run})

    mine = node.operation.name
    words = f"their code has {name} where the diagram has {mine}"
    return Change("replaced", words, f"use {mine} in their code", node, at, 1.5)


def one_more(program: Program, node: Node) -> Iterator[Change]:
    """A function of single entries after the step, which the diagram has not; the step twice."""
    if node.end.startswith("in") or len(node.outputs) != 1:
        return
    name, (slot,) = node.name, node.outputs
    if program.slots[slot].tensor.kind != "real":
        return
    if (
        node.operation
        and len(node.inputs) == 1
        and program.slots[node.inputs[0]].shape == program.slots[slot].shape
    ):
        yield _twice(program, node)
    for extra, function in ENTRYWISE.items():
        words = f"their code takes {extra} of what {name} gives, which the diagram does not"
        remedy = f"leave {extra} out of their code, or add it to the spec after {name}"
        yield Change("doubled", words, remedy, node, _after(function), 2.2)


def _after(function: Callable[[Tensor], Tensor]) -> Callable[[Node], Edit]:
    def at(each: Node) -> Edit:
        return Edit(after={slot: lambda value, *_: function(value) for slot in each.outputs})

    return at


def _twice(program: Program, node: Node) -> Change:
    assert node.operation is not None

    def at(each: Node) -> Edit:
        once = program.runner(each)

        def run(inputs: Sequence[Tensor], parameters: Sequence[Tensor], like: Tensor) -> Tensors:
            return once(once(inputs, parameters, like), parameters, like)

        return Edit(runs={each.number: run})

    name = node.operation.name
    return Change("doubled", f"their code does the {name} twice", "do it once", node, at, 1.3)

"""A step in words, as its spec would say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ncd_tikz.axes import Expression
from ncd_tikz.diagram.block import BlockCall
from ncd_tikz.diagram.diagram import Diagram, Step
from ncd_tikz.diagram.repeat import Load, Repeat, Save

_SPELLED = {"letter": "name"}  # fields that a spec calls otherwise
ONLY_DRAWN = frozenset({"open"})  # fields that change nothing but the picture


def operation_of(step: Step) -> str:
    """`linear`, or the name of the block."""
    operation = step.operation
    return operation.diagram.name if isinstance(operation, BlockCall) else operation.name


def fields_of(step: Step) -> dict[str, str]:
    """The step's own fields as text, those too that have their defaults."""
    operation: Any = step.operation
    if isinstance(operation, BlockCall):
        given = ", ".join(f"{name}: {_text(size)}" for name, size in operation.given.items())
        return {"with": given, "open": _text(operation.open)}
    if isinstance(operation, Repeat):
        span = f"{operation.index} in {_text(operation.start)}..{_text(operation.stop)}"
        return {"for": span, "share": _text(operation.share)}
    if isinstance(operation, (Save, Load)):
        index = "" if operation.at is None else f"[{_text(operation.at)}]"
        return {"memory": operation.memory + index}
    return {
        _SPELLED.get(each.name, each.name): _text(getattr(operation, each.name)) for each in fields(operation)
    }


def said(diagram: Diagram, step: Step) -> str:
    """`linear Q: X -> q, map m -> k h, bias false`: what is not as it always is."""
    taken, made = (
        ", ".join(diagram.values[value].name for value in values) for values in (step.inputs, step.outputs)
    )
    label = f" {step.label}" if step.label and learns(step) else ""
    way = f": {taken} -> {made}" if taken and made else f": {taken or made}" if taken or made else ""
    defaults = {each.name: _text(each.default) for each in step.operation.fields}
    told = [
        f"{name} {value}"
        for name, value in fields_of(step).items()
        if value and value != defaults.get(name, "false") and name not in ONLY_DRAWN
    ]
    return ", ".join([f"{operation_of(step)}{label}{way}", *told])


def learns(step: Step) -> bool:
    """Whether the step's label names something learned."""
    operation = step.operation
    if isinstance(operation, (BlockCall, Repeat)):
        return any(learns(each) for each in operation.diagram.steps)
    return not isinstance(operation, (Save, Load)) and bool(operation.parameters(step.application))


def _text(value: object) -> str:
    if isinstance(value, Expression):
        return str(value.simplified()).replace(" ", "")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_text(each)}" for name, each in value.items())
    if isinstance(value, (tuple, frozenset)):
        parts = sorted(value) if isinstance(value, frozenset) else value
        return " ".join(map(_text, parts))
    return "" if value is None else str(value)

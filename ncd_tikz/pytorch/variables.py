"""The variables of forward: one name for every name of a value."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ncd_tikz.diagram import BlockCall, Diagram, Load, Repeat, Save, Value, expand
from ncd_tikz.operations import Call
from ncd_tikz.pytorch.calls import block_call
from ncd_tikz.pytorch.names import identifiers, part_name


def variable_names(diagram: Diagram) -> dict[str, str]:
    """Names of values -> variables of forward; what nothing reads begins with an underscore."""
    read = {number for step in diagram.steps for number in step.inputs}
    alive = {diagram.values[number].name for number in (*read, *diagram.outputs, *diagram.inputs)}
    variables = identifiers((value.name for value in diagram.values), taken=_variables_of_operations(diagram))
    return {name: variable if name in alive else f"_{variable}" for name, variable in variables.items()}


def memory_type(value: Value) -> str:
    """The annotation of a value: what a repetition saves is kept by index."""
    return "dict[int, Tensor]" if value.family else "Tensor"


def _variables_of_operations(diagram: Diagram) -> set[str]:
    """Names of the variables that operations write before their own statements."""
    names: set[str] = set()
    for step in diagram.steps:
        application = expand(step.application)
        inputs = ("_",) * len(step.inputs)
        if isinstance(step.operation, (Repeat, Save, Load)):
            continue
        if isinstance(step.operation, BlockCall):
            before = block_call("_", inputs, application).before
        else:
            call = Call(application, inputs, part_name(step.attribute), str, str, lambda axis: "a")
            before = step.operation.source(call).before
        names.update(_assigned(before))
    return names


def _assigned(lines: Iterable[str]) -> list[str]:
    """Names that statements assign."""
    targets = [node for line in lines for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Name)]
    return [node.id for node in targets if isinstance(node.ctx, ast.Store)]

"""What may stand as a step: operations and what makes structure, for `ops` and the documentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ncd_tikz.operations import Operation

MEMORY_EXAMPLE = """\
ncd: 1
name: memory_example
axes: {x: 3, m: 4}
inputs: {X: x m}
steps:
  - {op: linear, in: X, out: "C[1]", map: m -> m, label: U}   # the running value goes on, too
  - relu
  - {op: linear, map: m -> m, label: V, out: u}
  - {op: add, in: [u, "C[1]"], out: Y}
outputs: Y
"""


@dataclass(frozen=True, slots=True)
class FieldReference:
    """A key of a step: what it takes, and what it is when left out (`required` where it may not be)."""

    name: str
    takes: str
    left_out: str
    about: str


@dataclass(frozen=True, slots=True)
class StepReference:
    """An operation, or a step that gives a diagram its structure, with a complete spec as example."""

    name: str
    about: str
    inputs: str
    fields: tuple[FieldReference, ...]
    example: str
    structure: bool = False


def references() -> tuple[StepReference, ...]:
    """All operations in their order, then blocks, repetition and memory.

    >>> [each.name for each in references()][-3:]
    ['block', 'repeat', 'memory']
    """
    from ncd_tikz.operations import OPERATIONS

    return (*(_operation(each) for each in OPERATIONS), *_structure())


def _operation(operation: type[Operation]) -> StepReference:
    fields = [
        FieldReference(
            each.name,
            f"{each.type}: {', '.join(each.choices)}" if each.choices else each.type,
            "required" if each.required else _default(each.default),
            each.about,
        )
        for each in operation.fields
    ]
    return StepReference(
        operation.name, operation.about, _count(*operation.inputs), tuple(fields), operation.example
    )


def _structure() -> tuple[StepReference, ...]:
    from ncd_tikz.diagram import BlockCall, Repeat
    from ncd_tikz.spec.definitions import BLOCK_STEP, REPEAT_STEP, STEP_KEYS

    common = {key.name for key in STEP_KEYS}
    found = []
    for operation, record in ((BlockCall, BLOCK_STEP), (Repeat, REPEAT_STEP)):
        fields = tuple(
            FieldReference(key.name, "", "required" if key.required else "optional", key.about)
            for key in record.keys
            if key.name not in common
        )
        count = _count(*operation.inputs)
        found.append(StepReference(operation.name, operation.about, count, fields, operation.example, True))
    memory = (
        FieldReference("out", "C[1], C[i]", "", "keep what the step makes; the value goes on as well"),
        FieldReference("in", "C[1], C[5-i]", "", "take what was kept, at any later step"),
    )
    about = "keep a tensor under a name and an index, and take it later: y = x"
    found.append(StepReference("memory", about, "1", memory, MEMORY_EXAMPLE, True))
    return tuple(found)


def _count(fewest: int, most: int | None) -> str:
    if most == fewest:
        return str(fewest)
    return f"{fewest} or more" if most is None else f"{fewest} to {most}"


def _default(default: object) -> str:
    if isinstance(default, bool):
        text = str(default).lower()
    elif isinstance(default, tuple):
        text = " ".join(map(str, default))
    else:
        text = "" if default is None else str(default)
    return f"default {text}" if text.strip("-> ") else "optional"

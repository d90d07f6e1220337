"""The alternative text: the picture in words, for readers who cannot see it."""

from __future__ import annotations

from collections.abc import Iterator

from ncd_tikz.diagram import Diagram, Side, Step
from ncd_tikz.diagram.repeat import Load, Repeat, Save

SPELLED = 40  # steps up to which each is named
RELATIONS = {
    "=": "equals",
    r"\mapsto": "becomes", r"\longmapsto": "becomes",
    r"\to": "becomes", r"\rightarrow": "becomes", r"\longrightarrow": "becomes",
    r"\cong": "is isomorphic to", r"\simeq": "is equivalent to", r"\approx": "is about equal to",
    r"\neq": "does not equal", r"\ne": "does not equal", ":=": "is defined as",
    r"\Rightarrow": "implies", r"\Leftrightarrow": "is equivalent to",
}  # fmt: skip


def describe(diagram: Diagram) -> str:
    """What goes in, what is done to it, what comes out, in plain words without LaTeX."""
    name = diagram.name.replace("_", " ")
    kind = "Equation of neural circuit diagrams" if diagram.equals else "Neural circuit diagram"
    parts = [f"{kind}: {name}." if diagram.equals else f"{kind} of {name}."]
    if diagram.description:
        parts.append(" ".join(diagram.description.split()))
    if diagram.equals:
        parts.append("Side 1.")
    parts += _told(diagram)
    for number, side in enumerate(diagram.equals, 2):
        parts += [f"This {_relation(side)} side {number}.", *_told(side.diagram)]
    return " ".join(parts)


def _told(diagram: Diagram) -> Iterator[str]:
    """Inputs, steps and outputs of one diagram."""
    yield f"Inputs: {_tensors(diagram, diagram.inputs)}."
    steps = list(_steps(diagram))
    more = len(steps) - SPELLED
    if more > 0:
        steps[SPELLED:] = [f"{more} more steps"]
    if steps:
        yield "Steps: " + "; ".join(steps) + "."
    yield f"Outputs: {_tensors(diagram, diagram.outputs)}."


def _relation(side: Side) -> str:
    said = RELATIONS.get(side.relation.strip(), "is related to")
    if side.over == "def":
        return "is by definition" if said == "equals" else said
    words = "" if set(side.over) & set("\\$") else " ".join(side.over.split())
    return f"{said} ({words})" if words else said


def _tensors(diagram: Diagram, values: tuple[int, ...]) -> str:
    """Values with their axes; what stays in memory is told where it is saved."""
    told = [
        f"{diagram.values[value].name} with axes {' '.join(diagram.values[value].tensor.names) or 'none'}"
        for value in values
        if not diagram.values[value].memory
    ]
    return ", ".join(told) or "none"


def _steps(diagram: Diagram) -> Iterator[str]:
    """Every step in words; those of a repetition follow it."""
    for step in diagram.steps:
        operation = step.operation
        taken = _names(diagram, step.inputs)
        if isinstance(operation, Repeat):
            body = operation.diagram
            start = [body.values[value].name for value in body.inputs[: operation.carried]]
            span = f"for {operation.index} from {operation.start} to {operation.stop}"
            shared = ", with the same parameters each time" if operation.share else ""
            yield f"repeat {span}{shared}, {' and '.join(start)} fed back"
            yield from _steps(body)
            yield f"end of the repetition, which gives {_names(diagram, step.outputs) or 'nothing'}"
        elif isinstance(operation, Save):
            yield f"{taken} is saved as {_memory(operation)}"
        elif isinstance(operation, Load):
            kept, made = _memory(operation), _names(diagram, step.outputs)
            yield f"{kept} is loaded" + ("" if made == kept else f" as {made}")
        else:
            yield _applied(diagram, step)


def _applied(diagram: Diagram, step: Step) -> str:
    taken, made = _names(diagram, step.inputs), _names(diagram, step.outputs)
    return (
        step.operation.name.replace("_", " ")
        + (f" of {taken}" if taken else "")
        + (f" gives {made}" if made else "")
    )


def _memory(operation: Save | Load) -> str:
    return (
        operation.memory
        if operation.at is None
        else f"{operation.memory}[{str(operation.at).replace(' ', '')}]"
    )


def _names(diagram: Diagram, values: tuple[int, ...]) -> str:
    return " and ".join(diagram.values[value].name for value in values if not diagram.values[value].memory)

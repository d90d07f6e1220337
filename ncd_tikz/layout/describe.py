"""The alternative text: the picture in words, for readers who cannot see it."""

from __future__ import annotations

from ncd_tikz.diagram import Diagram

SPELLED = 40  # steps up to which each is named


def describe(diagram: Diagram) -> str:
    """What goes in, what is done to it, what comes out, in plain words without LaTeX."""
    name = diagram.name.replace("_", " ")
    parts = [f"Neural circuit diagram of {name}."]
    if diagram.description:
        parts.append(" ".join(diagram.description.split()))
    parts.append(f"Inputs: {_tensors(diagram, diagram.inputs)}.")
    steps = [_step(diagram, number) for number in range(min(len(diagram.steps), SPELLED))]
    more = len(diagram.steps) - len(steps)
    if more:
        steps.append(f"{more} more steps")
    if steps:
        parts.append("Steps: " + "; ".join(steps) + ".")
    parts.append(f"Outputs: {_tensors(diagram, diagram.outputs)}.")
    return " ".join(parts)


def _tensors(diagram: Diagram, values: tuple[int, ...]) -> str:
    return ", ".join(
        f"{diagram.values[value].name} with axes {' '.join(diagram.values[value].tensor.names) or 'none'}"
        for value in values
    )


def _step(diagram: Diagram, number: int) -> str:
    step = diagram.steps[number]
    taken = " and ".join(diagram.values[value].name for value in step.inputs)
    made = " and ".join(diagram.values[value].name for value in step.outputs)
    return f"{step.operation.name.replace('_', ' ')} of {taken} gives {made}"

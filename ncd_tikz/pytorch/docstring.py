"""Docstrings of generated classes: what it is, inputs, outputs and parameters with their axes."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from ncd_tikz.axes import Tensor
from ncd_tikz.diagram import BlockCall, Diagram, Load, Repeat, Save, Value, expand
from ncd_tikz.pytorch.names import part_name

_WIDTH = 88


def document(
    diagram: Diagram,
    local: Mapping[str, str],
    variables: Mapping[str, str],
    arguments: Sequence[str],
    index: str = "",
) -> list[str]:
    """The docstring's lines, indented as in a class.

    Args:
        diagram: what the class computes.
        local: symbols -> names of the constructor's arguments.
        variables: values -> variables of forward.
        arguments: the symbols that the constructor takes.
        index: the symbol that counts iterations, where it is a repetition's body.
    """
    title = " ".join((diagram.title or diagram.name.replace("_", " ").capitalize()).split())
    lines = [title if title.endswith((".", "!", "?")) else title + "."]
    for paragraph in diagram.description.strip().split("\n\n"):
        if paragraph.strip():
            lines += ["", *_fill(" ".join(paragraph.split()), 4)]
    abouts = {entry.axis.name: entry.about for entry in diagram.sizes}
    if arguments:
        lines += ["", "Args:"]
        for symbol in arguments:
            known = "which iteration it is" if symbol == index else f"size of axis {symbol}"
            about = abouts.get(symbol) or known
            lines += _entry(f"{local[symbol]}: {' '.join(about.split())}")
    if diagram.inputs:
        lines += ["", "Inputs, with any further axes in front:"]
    for number in diagram.inputs:
        value = diagram.values[number]
        lines += _entry(f"{variables[value.name]}: {_of(value)}")
    lines += ["", "Returns:"]
    for number in diagram.outputs:
        value = diagram.values[number]
        lines += _entry(f"{variables[value.name]}: {_of(value)}")
    learned = _learned(diagram)
    if learned:
        lines += ["", "State dict:", *(line for entry in learned for line in _entry(entry))]
    return _quote(lines)


def _of(value: Value) -> str:
    if value.family is None:
        return _typed(value.tensor)
    index, start, stop = value.family.index, value.family.start, value.family.stop
    return f"{_typed(value.tensor)} for each {index} from {start} to {stop}"


def _typed(tensor: Tensor) -> str:
    axes = f"({' '.join(('...', *tensor.names))})"
    if tensor.kind == "mask":
        return f"{axes}, booleans: true keeps"
    if tensor.kind == "index":
        return f"{axes}, whole numbers from 0 up to {tensor.below} (excluded)"
    return axes


def _learned(diagram: Diagram) -> list[str]:
    found: list[str] = []
    for step in diagram.steps:
        part = part_name(step.attribute)
        if isinstance(step.operation, BlockCall):
            if _learned(step.operation.diagram):
                found.append(f"{part}.*: of {step.operation.diagram.name}")
            continue
        if isinstance(step.operation, Repeat):
            if _learned(step.operation.diagram):
                each = "" if step.operation.share else "n."
                words = "of every iteration" if step.operation.share else "of each iteration n = 0, 1, ..."
                found.append(f"{part}.{each}*: {words}")
            continue
        if isinstance(step.operation, (Save, Load)):
            continue
        for parameter in step.operation.parameters(expand(step.application)):
            names, groups = [axis.name for axis in parameter.axes], []
            for count in parameter.flatten:
                group, names = names[:count], names[count:]
                groups.append("*".join(group) or "1")
            name = f"{part}.{parameter.name}" if parameter.name else part
            found.append(f"{name}: ({', '.join(groups)})")
    return found


def _entry(text: str) -> list[str]:
    return _fill(text, 8, "    ")


def _fill(text: str, column: int, indent: str = "") -> list[str]:
    filled = textwrap.wrap(
        text, _WIDTH - column + len(indent), break_long_words=False, break_on_hyphens=False
    )
    return [
        indent + (line if number == 0 else "    " * bool(indent) + line) for number, line in enumerate(filled)
    ]


def _quote(lines: list[str]) -> list[str]:
    text = [line.replace('"""', "'''").rstrip() for line in lines]
    opening = 'r"""' if any("\\" in line for line in text) else '"""'
    body = [f"    {line}" if line else "" for line in text[1:]]
    if text[0][:1] == '"':  # four quotes in a row would end the docstring
        text[0] = "'" + text[0][1:]
    return [f"    {opening}{text[0]}", *body, '    """']

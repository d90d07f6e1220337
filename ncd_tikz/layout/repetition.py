"""Repetitions and memory as they are drawn: parentheses that wires pass, cards in which wires end."""

from __future__ import annotations

from typing import ClassVar

from ncd_tikz.axes import Application, OutputAxis, Tensor
from ncd_tikz.diagram import Load, Repeat, Save, Step
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, Parenthesis
from ncd_tikz.operations import Operation


@frozen
class Bracket(Operation):
    """The place where wires pass a parenthesis: names change, entries do not."""

    name: ClassVar[str] = "bracket"
    about: ClassVar[str] = "a side of a repetition: y = x under another name"
    example: ClassVar[str] = Repeat.example

    shape: Parenthesis

    def glyph(self, application: Application, label: str) -> Glyph:
        """The parenthesis."""
        return self.shape


def brackets(repeat: Repeat, key: str) -> tuple[Bracket, Bracket]:
    """The left parenthesis with the range of the index, and the right one."""
    labels = {entry.axis.name: entry.axis.label for entry in repeat.diagram.sizes}
    first = f"{labels.get(repeat.index, repeat.index)}={repeat.start.latex(labels)}"
    last = f"{labels.get(repeat.index, repeat.index)}={repeat.stop.latex(labels)}"
    return Bracket(Parenthesis(True, first, last, key)), Bracket(Parenthesis(False, key=key))


def renamed(before: tuple[Tensor, ...], after: tuple[Tensor, ...]) -> Application:
    """Every wire goes on in its row, under the name that it has on the other side."""
    return Application(
        before,
        tuple(tuple(range(len(tensor.axes))) for tensor in before),
        tuple(tuple(map(OutputAxis, tensor.axes)) for tensor in after),
        tuple((tensor.kind, tensor.below) for tensor in after),
    )


def kept(step: Step, tensor: Tensor) -> Step:
    """A step of memory without the wire that it does not have: what is saved ends, what is loaded comes."""
    if isinstance(step.operation, Save):
        ends = Application((tensor,), (tuple(range(len(tensor.axes))),), ())
        return _with(step, ends, step.inputs, ())
    if isinstance(step.operation, Load):
        comes = Application((), (), (tuple(map(OutputAxis, tensor.axes)),), ((tensor.kind, tensor.below),))
        return _with(step, comes, (), step.outputs)
    return step


def _with(step: Step, application: Application, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> Step:
    return Step(step.operation, application, inputs, outputs, step.attribute, step.label, step.path, step.at)

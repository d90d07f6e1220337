"""The typed diagram: values, and the steps between them."""

from __future__ import annotations

from typing import Any

from ncd_tikz.axes import Application, Axis, Expression, Tensor
from ncd_tikz.errors import Position
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph
from ncd_tikz.operations import Operation
from ncd_tikz.spec.nodes import CheckNode, FigureNode


@frozen
class Family:
    """Values saved by the iterations of a repetition: one for each index from `start` to `stop`."""

    index: str
    start: Expression
    stop: Expression


@frozen
class Value:
    """A tensor at one moment: assigned once. `name` may recur (a later value of that name).

    A value in memory (`C[2]`) is made by `Save` and taken by `Load`, and has no wire; as a `family`
    it is one tensor for each index, whose axes speak of the index.
    """

    name: str
    tensor: Tensor
    memory: bool = False
    family: Family | None = None


@frozen
class Step:
    """An operation applied to values; `inputs` and `outputs` index `Diagram.values`.

    `attribute` is a Python identifier unique among the diagram's steps: the name of the step's
    learned part in PyTorch, taken from the label (`Q`), else from the first output (`q`).
    """

    operation: Operation
    application: Application
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    attribute: str
    label: str
    path: str  # "steps[2]"
    at: Position
    named: Application | None = None  # under the names that the operation speaks of, where it is inlined

    def glyph(self) -> Glyph:
        """How the step is drawn."""
        return self.operation.glyph(self.named or self.application, self.label)


@frozen
class AxisSize:
    """A declared axis or parameter: its size as declared, and what it is for."""

    axis: Axis
    about: str
    derived: bool  # an expression over other axes, no free number
    parameter: bool = False  # declared under `params:`
    index: str = ""  # a family: the symbol that its sizes speak of, used as `c[i-1]`


@frozen
class Side:
    """A further side of an equation, and how it relates to the side before it."""

    relation: str  # LaTeX; `=` is proved by `check`, any other is only drawn
    over: str  # LaTeX text over the relation
    new_line: bool
    diagram: Diagram


@frozen
class Diagram:
    """A typed neural circuit diagram.

    `sizes` are the declared axes and parameters in source order, derived ones after those they are
    derived from; `values` all values ever
    assigned; `blocks` the diagrams of the blocks, used as operations by the steps; `equals` the
    further sides where the diagram is the first side of an equation.
    """

    name: str
    title: str
    description: str
    sizes: tuple[AxisSize, ...]
    values: tuple[Value, ...]
    inputs: tuple[int, ...]
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]
    blocks: tuple[Diagram, ...]
    figure: FigureNode
    checks: tuple[CheckNode, ...]
    digest: str
    equals: tuple[Side, ...] = ()

    def default_sizes(self) -> dict[str, int]:
        """Every declared symbol's number, by the spec's defaults."""
        numbers: dict[str, int] = {}
        for entry in self.sizes:
            if entry.axis.rank == 1 and not entry.index:
                numbers[entry.axis.name] = entry.axis.sizes[0].evaluate(numbers)
        return numbers

    def _repr_svg_(self) -> str:
        """The figure, for Jupyter; drawn by the package's own `to_svg`, asked for only here."""
        from ncd_tikz import to_svg

        return to_svg(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """A line for IPython, which would else print every field beside the figure."""
        printer.text(f"<Diagram {self.name}: {len(self.steps)} steps, {self.digest}>")


__all__ = ["AxisSize", "Diagram", "Expression", "Family", "Side", "Step", "Value"]

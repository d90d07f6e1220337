"""Open blocks: their steps stand in the diagram itself, in a fence with the block's title."""

from __future__ import annotations

from dataclasses import replace

from ncd_tikz.axes import Application, Axis, OutputAxis, Tensor
from ncd_tikz.diagram import BlockCall, Diagram, Step, Value
from ncd_tikz.spec.nodes import FigureNode, GroupNode


def opened(diagram: Diagram) -> Diagram:
    """The diagram with every open block replaced by what is inside it.

    Axes in front that the block does not know are broadcast by each of its steps; its own axes
    go by the names that they have outside. Equal to the closed diagram as a function.
    """
    if not any(isinstance(step.operation, BlockCall) and step.operation.open for step in diagram.steps):
        return diagram
    return _Opening(diagram).result()


class _Opening:
    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.values: list[Value] = list(diagram.values)
        self.steps: list[Step] = []
        self.stands: dict[int, int] = {}  # a block's output -> the value inside that it is
        self.figure = diagram.figure

    def result(self) -> Diagram:
        """Steps in order, those of open blocks in the place of their call."""
        for step in self.diagram.steps:
            here = replace(step, inputs=tuple(self.stands.get(value, value) for value in step.inputs))
            if isinstance(step.operation, BlockCall) and step.operation.open:
                self._open(here, step.operation)
            else:
                self.steps.append(here)
        return replace(
            self.diagram,
            values=tuple(self.values),
            steps=tuple(self.steps),
            outputs=tuple(self.stands.get(value, value) for value in self.diagram.outputs),
            figure=self.figure,
        )

    def _open(self, call: Step, operation: BlockCall) -> None:
        inner = opened(operation.diagram)
        prefix = f"{call.attribute}."
        axes: dict[str, Axis] = {}
        fronts: dict[int, tuple[Axis, ...]] = {}
        places: dict[int, int] = {}
        for value, outside in zip(inner.inputs, call.inputs, strict=True):
            known = inner.values[value].tensor.axes
            there = self.values[outside].tensor.axes
            front = len(there) - len(known)
            fronts[value] = there[:front]
            axes.update({axis.name: out for axis, out in zip(known, there[front:], strict=True)})
            places[value] = outside
        for step in inner.steps:
            application = _lifted(step.application, tuple(fronts[value] for value in step.inputs), axes)
            taken = tuple(places[value] for value in step.inputs)
            for value, tensor in zip(step.outputs, application.results, strict=True):
                fronts[value] = _front(tuple(fronts[number] for number in step.inputs))
                places[value] = len(self.values)
                self.values.append(Value(prefix + inner.values[value].name, tensor))
            self.steps.append(
                replace(
                    step,
                    application=application,
                    inputs=taken,
                    outputs=tuple(places[value] for value in step.outputs),
                    attribute=prefix + step.attribute,
                    path=f"{call.path}.{step.path}",
                )
            )
        for value, outside in zip(inner.outputs, call.outputs, strict=True):
            self.stands[outside] = places[value]
        self._fence(call, inner, prefix)

    def _fence(self, call: Step, inner: Diagram, prefix: str) -> None:
        """A group around the block's steps; what spoke of the call speaks of them."""
        made = tuple(dict.fromkeys(prefix + inner.values[v].name for s in inner.steps for v in s.outputs))
        names = {call.label, call.attribute, *(self.diagram.values[value].name for value in call.outputs)}

        def widened(over: tuple[str, ...]) -> tuple[str, ...]:
            return (*over, *made) if names & set(over) else over

        def inside(over: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(prefix + name for name in over)

        outer, block = self.figure, inner.figure
        fence = GroupNode(made, inner.title or inner.name, block.color or "periwinkle", "filled", call.at)
        self.figure = FigureNode(
            groups=(
                *(replace(group, over=widened(group.over)) for group in outer.groups),
                fence,
                *(replace(group, over=inside(group.over)) for group in block.groups),
            ),
            notes=(
                *(replace(note, over=widened(note.over)) for note in outer.notes),
                *(replace(note, over=inside(note.over)) for note in block.notes),
            ),
            highlight=(*outer.highlight, *block.highlight),
            legend=outer.legend,
            width=outer.width,
            definition=outer.definition,
            title=outer.title,
            tags=outer.tags,
            columns=outer.columns,
            color=outer.color,
            at=outer.at,
        )


def _front(fronts: tuple[tuple[Axis, ...], ...]) -> tuple[Axis, ...]:
    """The axes in front of a step's results: those in front of any input, in order."""
    return tuple({axis.name: axis for front in fronts for axis in front}.values())


def _outside(axis: Axis, axes: dict[str, Axis]) -> Axis:
    """An inner axis by the name it has outside; primes stay."""
    base = axis.name.rstrip("'")
    if axis.name in axes:
        return axes[axis.name]
    return axes[base].alias(axes[base].name + axis.name[len(base) :]) if base in axes else axis


def _lifted(
    application: Application, fronts: tuple[tuple[Axis, ...], ...], axes: dict[str, Axis]
) -> Application:
    """The same application with further axes in front of its inputs, all of them broadcast."""
    inputs = tuple(
        Tensor(
            (*front, *(_outside(axis, axes) for axis in tensor.axes)), kind=tensor.kind, below=tensor.below
        )
        for front, tensor in zip(fronts, application.inputs, strict=True)
    )
    own = tuple(
        tuple(position + len(front) for position in positions)
        for front, positions in zip(fronts, application.own, strict=True)
    )
    leading = tuple(
        OutputAxis(
            axis,
            tuple(
                (number, [other.name for other in front].index(axis.name))
                for number, front in enumerate(fronts)
                if axis.name in [other.name for other in front]
            ),
        )
        for axis in _front(fronts)
    )
    outputs = tuple(
        (
            *leading,
            *(
                OutputAxis(
                    _outside(out.axis, axes),
                    tuple((number, position + len(fronts[number])) for number, position in out.sources),
                )
                for out in output
            ),
        )
        for output in application.outputs
    )
    return Application(inputs, own, outputs)

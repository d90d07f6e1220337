"""Open blocks and repetitions: their steps stand in the diagram itself, in a fence, in parentheses."""

from __future__ import annotations

from dataclasses import replace

from ncd_tikz.axes import Application, Axis, OutputAxis, Tensor
from ncd_tikz.diagram import BlockCall, Diagram, Load, Repeat, Save, Step, Value
from ncd_tikz.layout.repetition import Bracket, brackets, kept, renamed
from ncd_tikz.spec.nodes import FigureNode, GroupNode


def opened(diagram: Diagram) -> Diagram:
    """The diagram as it is drawn: every open block and every repetition replaced by what is in it.

    Axes in front that a block does not know are broadcast by each of its steps; its own axes go by
    the names that they have outside. A repetition's steps stand between two parentheses, under
    the names of their iteration. Memory has no wires. Equal to the diagram as a function.
    """
    if not any(_opens(step) for step in diagram.steps):
        return diagram
    return _Opening(diagram).result()


def _opens(step: Step) -> bool:
    operation = step.operation
    return isinstance(operation, Repeat | Save | Load) or (
        isinstance(operation, BlockCall) and operation.open
    )


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
            elif isinstance(step.operation, Repeat):
                self._repeat(here, step.operation)
            elif isinstance(step.operation, Save):
                self.steps.append(kept(here, self.values[here.inputs[0]].tensor))
            elif isinstance(step.operation, Load):
                self.steps.append(kept(here, self.values[here.outputs[0]].tensor))
            else:
                self.steps.append(here)
        return replace(
            self.diagram,
            values=tuple(self.values),
            steps=tuple(self.steps),
            outputs=tuple(self.stands.get(value, value) for value in self.diagram.outputs),
            figure=self._renamed_ends(),
        )

    def _renamed_ends(self) -> FigureNode:
        """Tags and cells of an output that an open block makes go by its name inside the block."""
        figure = self.figure
        taken = {self.values[value].name for value in self.diagram.inputs}
        for value in self.diagram.outputs:
            name = self.diagram.values[value].name
            inner = self.values[self.stands.get(value, value)].name
            if name == inner:
                continue
            if figure.tags and name in figure.tags:
                figure = replace(figure, tags={**figure.tags, inner: figure.tags[name]})
            grids = [replace(grid, of=inner) if grid.of == name else grid for grid in figure.grids]
            kept = [grid for grid in figure.grids if grid.of == name and name in taken]
            figure = replace(figure, grids=(*kept, *grids))
        return figure

    def _repeat(self, call: Step, operation: Repeat) -> None:
        """The body between parentheses; what it only saves or loads has no wire."""
        body = opened(operation.diagram)
        opening, closing = brackets(operation, call.attribute)
        places: dict[int, int] = {}

        def fresh(value: int) -> int:
            places[value] = len(self.values)
            self.values.append(body.values[value])
            return places[value]

        made = body.outputs[: operation.carried]
        outer = {
            inner: outside
            for inner, outside in zip(body.inputs, call.inputs, strict=True)
            if not self.values[outside].memory
        }
        self._bracket(call, opening, tuple(outer.values()), tuple(fresh(inner) for inner in outer))
        for step in body.steps:
            taken = tuple(places[value] for value in step.inputs)
            self.steps.append(
                replace(
                    step,
                    inputs=taken,
                    outputs=tuple(fresh(value) for value in step.outputs),
                    attribute=f"{call.attribute}.{step.attribute}",
                    path=f"{call.path}.{step.path}",
                )
            )
        results = call.outputs[: operation.carried]
        self._bracket(call, closing, tuple(places[value] for value in made), results)
        self._inner_figure(body.figure, "")

    def _bracket(self, call: Step, bracket: Bracket, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        side = "opening" if bracket.shape.opening else "closing"
        tensors = [tuple(self.values[value].tensor for value in values) for values in (before, after)]
        self.steps.append(
            Step(
                bracket,
                renamed(*tensors),
                before,
                after,
                f"{call.attribute}.{side}",
                "",
                call.path,
                call.at,
            )
        )

    def _inner_figure(self, inner: FigureNode, prefix: str) -> None:
        """What the figure of a body speaks of is part of the whole figure."""

        def inside(over: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(prefix + name for name in over)

        self.figure = replace(
            self.figure,
            groups=(
                *self.figure.groups,
                *(replace(group, over=inside(group.over)) for group in inner.groups),
            ),
            notes=(*self.figure.notes, *(replace(note, over=inside(note.over)) for note in inner.notes)),
            highlight=(*self.figure.highlight, *inner.highlight),
            breaks=(*self.figure.breaks, *inside(inner.breaks)),
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
        for value, outside in zip(inner.outputs, call.outputs, strict=True):
            made = inner.values[value].tensor.axes
            there = self.values[outside].tensor.axes
            for axis, out in zip(made, there[len(there) - len(made) :], strict=True):
                axes.setdefault(axis.name, out)
        for step in inner.steps:
            ahead = tuple(fronts[value] for value in step.inputs)
            application = _lifted(step.application, ahead, axes)
            named = _lifted(step.named or step.application, _anonymous(ahead), {})
            taken = tuple(places[value] for value in step.inputs)
            for value, tensor in zip(step.outputs, application.results, strict=True):
                fronts[value] = _front(tuple(fronts[number] for number in step.inputs))
                places[value] = len(self.values)
                self.values.append(Value(prefix + inner.values[value].name, tensor))
            self.steps.append(
                replace(
                    step,
                    application=application,
                    named=named,
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

        outer, block = self.figure, inner.figure
        fence = GroupNode(made, inner.title or inner.name, block.color or "periwinkle", "filled", call.at)
        self.figure = replace(
            outer,
            groups=(*(replace(group, over=widened(group.over)) for group in outer.groups), fence),
            notes=tuple(replace(note, over=widened(note.over)) for note in outer.notes),
        )
        self._inner_figure(block, prefix)


def _front(fronts: tuple[tuple[Axis, ...], ...]) -> tuple[Axis, ...]:
    """The axes in front of a step's results: those in front of any input, in order."""
    return tuple({axis.name: axis for front in fronts for axis in front}.values())


def _anonymous(fronts: tuple[tuple[Axis, ...], ...]) -> tuple[tuple[Axis, ...], ...]:
    """Axes in front under names that no operation of the block can speak of."""
    return tuple(tuple(axis.alias(f"front {axis.name}") for axis in front) for front in fronts)


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
    return Application(inputs, own, outputs, application.kinds)

"""From a checked spec to a typed diagram: every step's axes inferred, every mistake told."""

from __future__ import annotations

from ncd_tikz.axes import Application, Axis, ExpressionError, Tensor
from ncd_tikz.diagram.attributes import attribute_stem, attributes
from ncd_tikz.diagram.block import BlockCall, call
from ncd_tikz.diagram.diagram import AxisSize, Diagram, Step, Value
from ncd_tikz.diagram.sizes import declared, scope_of
from ncd_tikz.errors import Mistake, Position, ShapeError, SpecError
from ncd_tikz.frozen import frozen
from ncd_tikz.operations import Operation, UnknownOperation, make_operation
from ncd_tikz.operations.fitting import distinct
from ncd_tikz.operations.scope import UnknownAxis, suggest
from ncd_tikz.spec.nodes import AxisNode, InputNode, Spec, StepNode


def build(spec: Spec) -> Diagram:
    """The typed diagram of a spec.

    Raises:
        SpecError: axes do not fit, or names are unknown; tells all mistakes.
    """
    diagram, mistakes = infer(spec)
    if mistakes:
        raise SpecError(mistakes)
    return diagram


def infer(spec: Spec, partial: bool = False) -> tuple[Diagram, tuple[Mistake, ...]]:
    """The diagram as far as it can be typed, and all mistakes met on the way.

    What a wrong step would have made is unknown, and steps that need it are passed over, so one
    mistake is told once. A `partial` spec lacks steps: what it leaves unused is no mistake.
    """
    mistakes: list[Mistake] = []
    sizes = declared(spec, ())
    blocks = _Blocks(spec.blocks, sizes, None, partial, mistakes)
    return _Inference(spec, sizes, blocks, "").diagram(), tuple(mistakes)


class _Blocks:
    """The blocks that steps of one spec or block may use, each typed once."""

    def __init__(
        self,
        specs: tuple[Spec, ...],
        sizes: tuple[AxisNode, ...],
        around: _Blocks | None,
        partial: bool,
        mistakes: list[Mistake],
    ) -> None:
        self.sizes, self.around, self.partial, self.mistakes = sizes, around, partial, mistakes
        self.specs = {block.name: block for block in specs}
        self.done: dict[str, Diagram | None] = {}
        self.under_way: list[str] = []
        for block in specs:
            self.diagram(block.name)

    def home(self, name: str) -> _Blocks | None:
        """Where the block of that name is declared: here, or around here."""
        if name in self.specs:
            return self
        return self.around.home(name) if self.around else None

    def diagram(self, name: str) -> Diagram | None:
        """The diagram of a block declared here; None where it has mistakes.

        Raises:
            ShapeError: it uses itself.
        """
        if name in self.under_way:
            way = " -> ".join((*self.under_way[self.under_way.index(name) :], name))
            raise ShapeError(f"block '{name}' uses itself: {way}", "blocks cannot recur", "op")
        if name not in self.done:
            spec, before = self.specs[name], len(self.mistakes)
            self.under_way.append(name)
            sizes = declared(spec, self.sizes)
            blocks = _Blocks(spec.blocks, sizes, self, self.partial, self.mistakes)
            found = _Inference(spec, sizes, blocks, f"blocks.{name}.").diagram()
            self.under_way.pop()
            self.done[name] = None if len(self.mistakes) > before else found
        return self.done[name]


@frozen
class _Typed:
    """A step before it has its attribute."""

    node: StepNode
    operation: Operation
    application: Application
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


class _Inference:
    def __init__(self, spec: Spec, sizes: tuple[AxisNode, ...], blocks: _Blocks, prefix: str) -> None:
        self.spec, self.blocks, self.mistakes, self.prefix = spec, blocks, blocks.mistakes, prefix
        self.before, self.partial = len(blocks.mistakes), blocks.partial
        self.parameters = {node.name for node in spec.params}
        self.sizes = sizes
        self.scope = scope_of(self.sizes)
        self.labels = {name: axis.label for name, axis in self.scope.axes.items()}
        self.values: list[Value] = []
        self.now: dict[str, int | None] = {}  # value of each name; None where a mistake left it unknown
        self.read: set[int] = set()
        self.steps: list[_Typed] = []
        self.used: dict[str, Diagram] = {}

    def diagram(self) -> Diagram:
        self._check_sizes()
        inputs = [(node, self._input(node)) for node in self.spec.inputs]
        previous: tuple[str, ...] | None = None
        if len(inputs) == 1:
            previous = (self.spec.inputs[0].name,)
        for node in self.spec.steps:
            previous = self._step(node, previous)
        outputs = tuple(self._output(node.name, node.at) for node in self.spec.outputs)
        self._check_used(inputs)
        return Diagram(
            name=self.spec.name,
            title=self.spec.title,
            description=self.spec.description,
            sizes=tuple(self._axis_size(node) for node in self.sizes),
            values=tuple(self.values),
            inputs=tuple(value for _, value in inputs if value is not None),
            steps=self._named_steps(),
            outputs=tuple(value for value in outputs if value is not None),
            blocks=tuple(self.used.values()),
            figure=self.spec.figure,
            checks=self.spec.checks,
            digest=self.spec.digest,
        )

    def _check_used(self, inputs: list[tuple[InputNode, int | None]]) -> None:
        if self.partial or len(self.mistakes) > self.before:
            return
        for node, value in inputs:
            if value is not None and value not in self.read:
                hint = "take it in a step, or take it out: a figure cannot show it"
                path = f"{self.prefix}inputs.{node.name}"
                self._tell(node.at, path, f"input '{node.name}' is never used", hint=hint)
        for typed in self.steps:
            for value in typed.outputs:
                if value not in self.read:
                    name = self.values[value].name
                    hint = f"take '{name}' in a step, name it under outputs, or take the step out"
                    path = self.prefix + typed.node.path
                    self._tell(typed.node.at, path, f"what it makes, '{name}', is never used", hint=hint)

    def _tell(self, at: Position, path: str, fact: str, known: str = "", hint: str = "") -> None:
        self.mistakes.append(Mistake(at, path, fact, known, hint))

    def _axis_size(self, node: AxisNode) -> AxisSize:
        derived = any(size.symbols for size in node.sizes)
        return AxisSize(
            Axis(node.name, node.sizes, node.label), node.about, derived, node.name in self.parameters
        )

    def _check_sizes(self) -> None:
        for node in self.sizes:
            for size in node.sizes:
                try:
                    number = size.evaluate(self.scope.defaults)
                except ExpressionError as error:
                    self._tell(node.at, self._path(node), error.fact, hint=error.hint)
                else:
                    if number < 1:
                        fact = f"expected a positive whole number, found {number}"
                        self._tell(node.at, self._path(node), fact)

    def _path(self, node: AxisNode) -> str:
        return f"{self.prefix}{'params' if node.name in self.parameters else 'axes'}.{node.name}"

    def _input(self, node: InputNode) -> int | None:
        self.now[node.name] = None
        names = distinct(node.axes)
        path = f"{self.prefix}inputs.{node.name}"
        axes = []
        for name in names:
            if names.count(name) > 1:
                hint = f"name one of them otherwise, such as {name}'"
                self._tell(node.at, path, f"the axis '{name}' is named twice", hint=hint)
                return None
            try:
                axes.append(self.scope.resolve(name))
            except ShapeError as error:
                self._tell(node.at, path, error.fact, self._declared(), error.hint)
                return None
        return self._assign(node.name, Tensor(tuple(axes), node.kind, node.below))

    def _declared(self) -> str:
        axes = ", ".join(self.scope.size_text(axis) for axis in self.scope.axes.values())
        return f"axes {axes}" if axes else ""

    def _assign(self, name: str, tensor: Tensor) -> int:
        self.values.append(Value(name, tensor))
        self.now[name] = len(self.values) - 1
        return len(self.values) - 1

    def _output(self, name: str, at: Position) -> int | None:
        if name not in self.now:
            self._unknown(name, at, f"{self.prefix}outputs")
            return None
        value = self.now[name]
        if value is not None:
            self.read.add(value)
        return value

    def _unknown(self, name: str, at: Position, path: str) -> None:
        known = f"values {', '.join(self.now)}" if self.now else "no value"
        self._tell(at, path, f"unknown value '{name}'", known, suggest(name, tuple(self.now)))

    def _step(self, node: StepNode, previous: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """Type one step; gives the names that it assigns, where they can be told."""
        names = node.inputs if node.inputs is not None else previous
        outputs = node.outputs if node.outputs is not None else names[:1] if names else None
        try:
            self._type(node, names, node.outputs)
        except _Known:
            for name in outputs or ():
                self.now[name] = None
            return outputs
        return tuple(self.values[value].name for value in self.steps[-1].outputs)

    def _type(self, node: StepNode, names: tuple[str, ...] | None, outputs: tuple[str, ...] | None) -> None:
        inputs = self._taken(node, names)
        tensors = tuple(self.values[value].tensor for value in inputs)
        try:
            operation, application = self._bind(node, tensors)
        except ShapeError as error:
            at, path = _place(node, error.field)
            known = self._known(inputs)
            if isinstance(error, UnknownAxis):
                known = "; ".join(part for part in (known, self._declared()) if part)
            self._tell(at, path, error.fact, known, error.hint)
            raise _Known from error
        results = application.results
        if outputs is None:
            outputs = tuple(self.values[value].name for value in inputs[: len(results)])
        if len(outputs) != len(results):
            at, path = _place(node, "out")
            wanted = "one name" if len(results) == 1 else f"{len(results)} names"
            fact = f"expected {wanted} under out, found {', '.join(outputs) or 'none'}"
            some = ", ".join("abcdefgh"[: len(results)])
            self._tell(at, path, fact, hint=f"as in out: {some if len(results) == 1 else f'[{some}]'}")
            raise _Known
        made = tuple(self._assign(name, tensor) for name, tensor in zip(outputs, results, strict=True))
        self.steps.append(_Typed(node, operation, application, inputs, made))

    def _taken(self, node: StepNode, names: tuple[str, ...] | None) -> tuple[int, ...]:
        if names is None:
            at, path = _place(node, "in")
            several = "; ".join(each.name for each in self.spec.inputs)
            fact = f"expected the values that it takes, as in in: {several.split('; ')[0] or 'X'}"
            self._tell(at, path, fact, hint="without `in` a first step takes the only input")
            raise _Known
        found: list[int] = []
        missing = False
        for name in names:
            value = self.now.get(name)
            if name not in self.now:
                self._unknown(name, *_place(node, "in"))
            if value is None:
                missing = True
            else:
                found.append(value)
        self.read.update(found)
        if missing:
            raise _Known
        return tuple(found)

    def _bind(self, node: StepNode, tensors: tuple[Tensor, ...]) -> tuple[Operation, Application]:
        home = self.blocks.home(node.op)
        if home is not None:
            return self._bind_block(node, home, tensors)
        try:
            operation = make_operation(node.op, node.arguments)
        except UnknownOperation as error:
            raise ShapeError(str(error), suggest(node.op, tuple(self.blocks.specs)), "op") from error
        _check_count(operation.inputs, len(tensors), f"operation {node.op}")
        return operation, operation.bind(tensors, self.scope)

    def _bind_block(
        self, node: StepNode, home: _Blocks, tensors: tuple[Tensor, ...]
    ) -> tuple[Operation, Application]:
        diagram = home.diagram(node.op)
        if diagram is None:
            raise _Known
        self.used.setdefault(node.op, diagram)
        count = len(diagram.inputs)
        _check_count((count, count), len(tensors), f"block {node.op}")
        return call(diagram, node.bindings, node.open, tensors, self.scope)

    def _known(self, inputs: tuple[int, ...]) -> str:
        """`x has axes (batch=?, width=64)`, for each value that a step takes."""
        parts = {}
        for value in inputs:
            tensor = self.values[value].tensor
            axes = ", ".join(self.scope.size_text(axis) for axis in tensor.axes)
            parts[self.values[value].name] = f"{self.values[value].name} has axes ({axes})"
        return "; ".join(parts.values())

    def _named_steps(self) -> tuple[Step, ...]:
        stems = []
        for typed in self.steps:
            fallback = self.values[typed.outputs[0]].name if typed.outputs else typed.node.op
            owns = isinstance(typed.operation, BlockCall) or bool(
                typed.operation.parameters(typed.application)
            )
            stems.append((attribute_stem(typed.node.label, fallback), owns))
        return tuple(
            Step(
                operation=typed.operation,
                application=typed.application,
                inputs=typed.inputs,
                outputs=typed.outputs,
                attribute=attribute,
                label=typed.node.label or typed.operation.label(self.labels),
                path=typed.node.path,
                at=typed.node.at,
            )
            for typed, attribute in zip(self.steps, attributes(stems), strict=True)
        )


class _Known(Exception):
    """The mistake is told already, here or where the value was made."""


def _place(node: StepNode, field: str) -> tuple[Position, str]:
    at = node.places.get(field)
    return (at, f"{node.path}.{field}") if at is not None else (node.at, node.path)


def _check_count(allowed: tuple[int, int | None], found: int, what: str) -> None:
    fewest, most = allowed
    if found < fewest or (most is not None and found > most):
        wanted = (
            f"{fewest}" if fewest == most else f"{fewest} or more" if most is None else f"{fewest} to {most}"
        )
        inputs = "input" if wanted == "1" else "inputs"
        raise ShapeError(f"{what} takes {wanted} {inputs}, found {found}", field="in")

"""From a checked spec to a typed diagram: every step's axes inferred, every mistake told."""

from __future__ import annotations

from dataclasses import replace

from ncd_tikz.axes import Axis, ExpressionError, Tensor
from ncd_tikz.diagram.diagram import AxisSize, Diagram, Side
from ncd_tikz.diagram.inference import Inference
from ncd_tikz.diagram.repetition import differ
from ncd_tikz.diagram.sizes import declared, scope_of, settled
from ncd_tikz.errors import Mistake, Position, ShapeError, SpecError
from ncd_tikz.operations import Scope
from ncd_tikz.operations.fitting import distinct
from ncd_tikz.spec.nodes import AxisNode, InputNode, Spec

_EQUAL = "="


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
    whole = _whole(spec, partial, mistakes)
    if not spec.sides:
        return whole, tuple(mistakes)
    sound = not mistakes
    sides: list[Side] = []
    for number, side in enumerate(spec.sides, 1):
        found: list[Mistake] = []
        diagram = _whole(side.spec, partial, found, f"equation[{number}].")
        told = {(mistake.position, mistake.fact) for mistake in mistakes}
        mistakes.extend(each for each in found if (each.position, each.fact) not in told)
        before = sides[-1].diagram if sides else whole
        if sound and not found and side.relation == _EQUAL:
            scope = scope_of(declared(side.spec, ()))
            mistakes.extend(_unequal(before, diagram, scope, side.spec, f"equation[{number}]"))
        sound = not found
        sides.append(Side(side.relation, side.over, side.new_line, diagram))
    return replace(whole, equals=tuple(sides)), tuple(mistakes)


def _whole(spec: Spec, partial: bool, mistakes: list[Mistake], prefix: str = "") -> Diagram:
    sizes = declared(spec, ())
    return _Spec(spec, sizes, _Blocks(spec.blocks, sizes, None, partial, mistakes, ""), prefix).diagram()


def _unequal(one: Diagram, other: Diagram, scope: Scope, spec: Spec, path: str) -> list[Mistake]:
    """Why two sides joined by `=` cannot be the same function."""
    found: list[Mistake] = []

    def tell(at: Position, fact: str, hint: str = "") -> None:
        found.append(Mistake(at, path, fact, hint=hint))

    inputs, expected = _inputs(other), _inputs(one)
    for name in expected:
        if name not in inputs:
            tell(spec.at, f"the side before takes '{name}', this one does not")
    for node in spec.inputs:
        if node.name not in expected:
            tell(node.at, f"this side takes '{node.name}', the side before does not")
        elif difference := differ(inputs[node.name], expected[node.name], scope):
            tell(
                node.at,
                f"'{node.name}' is {inputs[node.name]} here and {expected[node.name]} before{difference}",
            )
    if len(one.outputs) != len(other.outputs):
        at = spec.outputs[0].at if spec.outputs else spec.at
        tell(at, f"the side before gives {_count(one)}, this one gives {_count(other)}")
        return found
    for output, mine, theirs in zip(spec.outputs, other.outputs, one.outputs, strict=True):
        made, wanted = other.values[mine].tensor, one.values[theirs].tensor
        if difference := differ(made, wanted, scope):
            tell(output.at, f"'{output.name}' has axes {made}, the side before gives {wanted}{difference}")
    return found


def _inputs(diagram: Diagram) -> dict[str, Tensor]:
    return {diagram.values[number].name: diagram.values[number].tensor for number in diagram.inputs}


def _count(diagram: Diagram) -> str:
    return f"{len(diagram.outputs)} value" + ("" if len(diagram.outputs) == 1 else "s")


class _Blocks:
    """The blocks that steps of one spec or block may use, each typed once."""

    def __init__(
        self,
        specs: tuple[Spec, ...],
        sizes: tuple[AxisNode, ...],
        around: _Blocks | None,
        partial: bool,
        mistakes: list[Mistake],
        prefix: str,
    ) -> None:
        self.sizes, self.around, self.partial, self.mistakes = sizes, around, partial, mistakes
        self.prefix = prefix
        self.specs = {block.name: block for block in specs}
        self.done: dict[str, Diagram | None] = {}
        self.under_way: list[str] = []
        for block in specs:
            self._diagram(block.name)

    def names(self) -> tuple[str, ...]:
        """Those declared here."""
        return tuple(self.specs)

    def find(self, name: str) -> tuple[bool, Diagram | None]:
        """Whether there is a block of that name, here or around here, and its diagram without mistake.

        Raises:
            ShapeError: it uses itself.
        """
        if name in self.specs:
            return True, self._diagram(name)
        return self.around.find(name) if self.around else (False, None)

    def _diagram(self, name: str) -> Diagram | None:
        if name in self.under_way:
            way = " -> ".join((*self.under_way[self.under_way.index(name) :], name))
            raise ShapeError(f"block '{name}' uses itself: {way}", "blocks cannot recur", "op")
        if name not in self.done:
            spec, before = self.specs[name], len(self.mistakes)
            self.under_way.append(name)
            sizes = declared(spec, self.sizes)
            path = f"{self.prefix}blocks.{name}."
            blocks = _Blocks(spec.blocks, sizes, self, self.partial, self.mistakes, path)
            found = _Spec(spec, sizes, blocks, path).diagram()
            self.under_way.pop()
            self.done[name] = None if len(self.mistakes) > before else found
        return self.done[name]


class _Spec:
    """One spec or block: its sizes, its inputs, its steps and its outputs."""

    def __init__(self, spec: Spec, sizes: tuple[AxisNode, ...], blocks: _Blocks, prefix: str) -> None:
        self.spec, self.nodes, self.prefix = spec, sizes, prefix
        self.parameters = {node.name for node in spec.params}
        self.scope = scope_of(sizes)
        entries = tuple(map(self._axis_size, sizes))
        self.steps = Inference(spec.name, self.scope, entries, blocks)

    def diagram(self) -> Diagram:
        """The spec as far as it can be typed."""
        self._check_sizes()
        spec, steps, values = self.spec, self.steps, self.steps.values
        inputs = [(node, self._input(node)) for node in spec.inputs]
        steps.all(spec.steps, (spec.inputs[0].name,) if len(inputs) == 1 else None)
        outputs = [steps.find(node.name, node.at, f"{self.prefix}outputs") for node in spec.outputs]
        values.read.update(number for number in outputs if number is not None)
        self._check_inputs(inputs)
        steps.check_used()
        return Diagram(
            name=spec.name,
            title=spec.title,
            description=spec.description,
            sizes=steps.sizes,
            values=tuple(values.all),
            inputs=tuple(number for _, number in inputs if number is not None),
            steps=steps.named_steps(),
            outputs=tuple(number for number in outputs if number is not None),
            blocks=tuple(steps.used.values()),
            figure=spec.figure,
            checks=spec.checks,
            digest=spec.digest,
        )

    def _axis_size(self, node: AxisNode) -> AxisSize:
        families = self.scope.families
        sizes = settled(node, {name: each for name, each in families.items() if name != node.name})
        derived = bool(node.index) or any(size.symbols for size in sizes)
        axis = Axis(node.name, sizes, node.label)
        return AxisSize(axis, node.about, derived, node.name in self.parameters, node.index)

    def _check_sizes(self) -> None:
        for node in self.nodes:
            if node.index:
                continue  # checked where its members are used
            for size in settled(node, self.scope.families):
                path = f"{self.prefix}{'params' if node.name in self.parameters else 'axes'}.{node.name}"
                try:
                    number = size.evaluate(self.scope.defaults)
                except ExpressionError as error:
                    self.steps.tell(node.at, path, error.fact, hint=error.hint)
                else:
                    if number < 1:
                        fact = f"expected a positive whole number, found {number}"
                        self.steps.tell(node.at, path, fact)

    def _input(self, node: InputNode) -> int | None:
        steps = self.steps
        steps.values.now[node.name] = None
        names = distinct(node.axes)
        path = f"{self.prefix}inputs.{node.name}"
        axes = []
        for name in names:
            if names.count(name) > 1:
                hint = f"name one of them otherwise, such as {name}'"
                steps.tell(node.at, path, f"the axis '{name}' is named twice", hint=hint)
                return None
            try:
                axes.append(self.scope.resolve(name))
            except ShapeError as error:
                steps.tell(node.at, path, error.fact, steps.declared(), error.hint)
                return None
        below = node.below
        try:
            below = self.scope.settled(below) if below is not None else None
        except ShapeError as error:
            steps.tell(node.at, path, error.fact, steps.declared(), error.hint)
        return steps.assign(node.name, Tensor(tuple(axes), node.kind, below))

    def _check_inputs(self, inputs: list[tuple[InputNode, int | None]]) -> None:
        if self.steps.blocks.partial or len(self.steps.mistakes) > self.steps.before:
            return
        for node, number in inputs:
            if number is not None and number not in self.steps.values.read:
                hint = "take it in a step, or take it out: a figure cannot show it"
                path = f"{self.prefix}inputs.{node.name}"
                self.steps.tell(node.at, path, f"input '{node.name}' is never used", hint=hint)

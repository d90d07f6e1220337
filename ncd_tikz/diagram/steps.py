"""Steps typed one after the other: what they take, what they make, and every mistake on the way."""

from __future__ import annotations

from typing import Any, Protocol

from ncd_tikz.axes import Application, Expression, Tensor
from ncd_tikz.axes.label import default_label
from ncd_tikz.diagram.attributes import attribute_stem
from ncd_tikz.diagram.block import call
from ncd_tikz.diagram.diagram import AxisSize, Diagram, Value
from ncd_tikz.diagram.memory import in_memory, load, parted, passed, save, spelled
from ncd_tikz.diagram.values import Kept, Values
from ncd_tikz.errors import Mistake, Position, ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.operations import Operation, Scope, UnknownOperation, make_operation, operation_named
from ncd_tikz.operations.scope import UnknownAxis, suggest
from ncd_tikz.spec.nodes import StepNode

Names = tuple[str, ...]


class Blocks(Protocol):
    """The blocks that steps may use."""

    partial: bool
    mistakes: list[Mistake]

    def find(self, name: str) -> tuple[bool, Diagram | None]:
        """Whether there is a block of that name, and its diagram where it has no mistake."""

    def names(self) -> Names:
        """All that can be used here."""


@frozen
class Typed:
    """A step before it has its attribute; `stem` is what that is made from."""

    operation: Operation
    application: Application
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    stem: str
    label: str
    node: StepNode


class Known(Exception):
    """The mistake is told already, here or where the value was made."""


class Steps:
    """The steps of a spec, of a block, or of a repetition's body, as far as they are typed."""

    def __init__(
        self,
        name: str,
        scope: Scope,
        sizes: tuple[AxisSize, ...],
        blocks: Blocks,
        around: Steps | None = None,
    ) -> None:
        self.name, self.scope, self.sizes, self.blocks = name, scope, sizes, blocks
        self.mistakes, self.before = blocks.mistakes, len(blocks.mistakes)
        self.values: Values = Values(around.values if around else None)
        self.steps: list[Typed] = []
        self.used: dict[str, Diagram] = {}
        self.labels = {entry.axis.name: entry.axis.label for entry in sizes}
        self.labels |= {index: default_label(index) for index in scope.indexes}

    def tell(self, at: Position, path: str, fact: str, known: str = "", hint: str = "") -> None:
        """Note a mistake."""
        self.mistakes.append(Mistake(at, path, fact, known, hint))

    def tell_shape(self, error: ShapeError, node: StepNode, known: str = "") -> None:
        """Note that something does not fit, at the field of the step that is to blame."""
        at, path = place(node, error.field)
        if isinstance(error, UnknownAxis):
            known = "; ".join(part for part in (known, self.declared()) if part)
        self.tell(at, path, error.fact, known, error.hint)

    def declared(self) -> str:
        """`axes x=5, m=6, c[i]`."""
        axes = [self.scope.size_text(axis) for axis in self.scope.axes.values()]
        axes += [f"{name}[{each.index}]" for name, each in self.scope.families.items()]
        return f"axes {', '.join(axes)}" if axes else ""

    def assign(self, name: str, tensor: Tensor) -> int:
        """A new value."""
        return self.values.assign(Value(name, tensor))

    def find(self, name: str, at: Position, path: str) -> int | None:
        """The value that a name means; None where that is unknown, which is told at most once."""
        try:
            return self.values.find(name)
        except KeyError:
            names = self.values.names
            known = f"values {', '.join(names)}" if names else "no value"
            self.tell(at, path, f"unknown value '{name}'", known, suggest(name, names))
            return None

    def lose(self, node: StepNode, names: Names | None) -> Names | None:
        """What a mistaken step would have made is unknown."""
        carry = node.repeat.carry if node.repeat else None
        if carry is not None:
            names = tuple(each.name for each in carry)
        outputs = node.outputs
        if outputs is None and names:
            outputs = names if node.repeat else names[:1]
        elif outputs is not None:
            outputs = self.plain_names(outputs, names or ())
        for name in outputs or ():
            self.values.now[name] = None
        self.values.lost.update(saved(node))
        return outputs

    def plain_names(self, outputs: Names, taken: Names) -> Names:
        """Names of outputs as values: what goes to memory keeps the name of what was taken."""
        plain = [name for name in taken if not in_memory(name)]
        return tuple(
            (plain[place] if place < len(plain) else name.partition("[")[0]) if in_memory(name) else name
            for place, name in enumerate(outputs)
        )

    def type(self, node: StepNode, previous: Names | None) -> Names:
        """Type a step that is no repetition; gives the names that it assigns.

        Raises:
            Known: it has a mistake, which is told.
        """
        names = self.taken_names(node, previous)
        inputs = self.taken(node, names)
        tensors = tuple(self.values.all[value].tensor for value in inputs)
        try:
            operation, application = self._bind(node, tensors)
        except ShapeError as error:
            self.tell_shape(error, node, self.known(inputs))
            raise Known from error
        outputs = self.output_names(node, names, len(application.results))
        made = tuple(
            self.assign(name, tensor)
            for name, tensor in zip(self.plain_names(outputs, names), application.results, strict=True)
        )
        self.add(node, operation, application, inputs, made)
        self.save(node, made)
        return tuple(self.values.all[value].name for value in made)

    def add(
        self,
        node: StepNode,
        operation: Operation,
        application: Application,
        inputs: tuple[int, ...],
        outputs: tuple[int, ...],
    ) -> None:
        """A typed step."""
        fallback = self.values.all[outputs[0]].name if outputs else node.op
        label = node.label or self._own_label(node, operation)
        stem = attribute_stem(node.label, fallback)
        self.steps.append(Typed(operation, application, inputs, outputs, stem, label, node))

    def _own_label(self, node: StepNode, operation: Operation) -> str:
        """The label of a step that gives none; members of families as they are written."""
        if any(field.type in ("expression", "sizes") for field in operation.fields):
            operation = make_operation(node.op, node.arguments)
        return operation.label(self.labels)

    def taken_names(self, node: StepNode, previous: Names | None) -> Names:
        """What a step takes: what `in` says, else what the step before has made."""
        if node.inputs is not None:
            return node.inputs
        if self._takes_nothing(node):
            return ()
        if not previous:
            at, path = place(node, "in")
            example = next(iter(self.values.names), "X")
            hint = "without `in` a first step takes the only input"
            if previous is not None:
                hint = "the step before makes nothing"
            self.tell(at, path, f"expected the values that it takes, as in in: {example}", hint=hint)
            raise Known
        return previous

    def _takes_nothing(self, node: StepNode) -> bool:
        if node.repeat is not None:
            return False
        is_block, diagram = self.blocks.find(node.op)
        if is_block:
            return diagram is not None and not diagram.inputs
        try:
            return operation_named(node.op).inputs[1] == 0
        except UnknownOperation:
            return False

    def taken(self, node: StepNode, names: Names) -> tuple[int, ...]:
        """The numbers of the values that a step takes; those in memory are loaded first."""
        found = []
        for name in names:
            number = self._load(node, name) if in_memory(name) else self.find(name, *place(node, "in"))
            if number is not None:
                found.append(number)
        self.values.read.update(found)
        if len(found) < len(names):
            raise Known
        return tuple(found)

    def _load(self, node: StepNode, name: str) -> int | None:
        try:
            base, index = parted(name, self.scope, "in")
            if self.values.is_lost(base):
                return None
            operation, number, tensor = load(base, index, self.values, self.scope, self.labels)
        except ShapeError as error:
            self.tell_shape(error, node)
            return None
        made = len(self.values.all)
        self.values.all.append(Value(spelled(base, index), tensor))
        application = passed(self.values.all[number].tensor, tensor)
        self.steps.append(Typed(operation, application, (number,), (made,), f"load_{base}", "", node))
        return made

    def save(self, node: StepNode, made: tuple[int, ...]) -> None:
        """Keep in memory what the step says under `out`."""
        for name, number in zip(node.outputs or (), made, strict=False):
            if not in_memory(name):
                continue
            try:
                base, index = parted(name, self.scope, "out")
            except ShapeError as error:
                self.tell_shape(error, node)
                self.values.lost.add(name.partition("[")[0])
                continue
            if base in self.values.names:
                hint = "give what is kept in memory a name of its own"
                self.tell(*place(node, "out"), f"the name '{base}' is that of a value already", hint=hint)
            tensor = self.values.all[number].tensor
            self.values.read.add(number)
            kept = self.values.assign(Value(spelled(base, index), tensor, memory=True))
            self.values.memory.append(Kept(base, kept, index))
            operation = save(base, index, self.labels)
            application = passed(tensor, tensor)
            self.steps.append(Typed(operation, application, (number,), (kept,), f"save_{base}", "", node))

    def output_names(self, node: StepNode, taken: Names, count: int) -> Names:
        """A name for each output: those under `out`, else those of the inputs."""
        outputs = node.outputs
        if outputs is None:
            outputs = tuple(name for name in taken if not in_memory(name))[:count]
        if len(outputs) != count:
            at, path = place(node, "out")
            wanted = "one name" if count == 1 else f"{count} names"
            fact = f"expected {wanted} under out, found {', '.join(outputs) or 'none'}"
            some = ", ".join("abcdefgh"[:count])
            hint = f"as in out: {some if count == 1 else f'[{some}]'}" if count else "it makes nothing"
            self.tell(at, path, fact, hint=hint)
            raise Known
        for name in outputs:
            if not in_memory(name) and self.values.in_memory(name):
                hint = "give what is kept in memory a name of its own"
                self.tell(*place(node, "out"), f"the name '{name}' is that of memory already", hint=hint)
        return outputs

    def _bind(self, node: StepNode, tensors: tuple[Tensor, ...]) -> tuple[Operation, Application]:
        is_block, diagram = self.blocks.find(node.op)
        if is_block:
            if diagram is None:
                raise Known
            self.used.setdefault(node.op, diagram)
            count = len(diagram.inputs)
            _check_count((count, count), len(tensors), f"block {node.op}")
            return call(diagram, node.bindings, node.open, tensors, self.scope)
        arguments = {name: self._settled(node.op, name, value) for name, value in node.arguments.items()}
        try:
            operation = make_operation(node.op, arguments)
        except UnknownOperation as error:
            raise ShapeError(str(error), suggest(node.op, self.blocks.names()), "op") from error
        _check_count(operation.inputs, len(tensors), f"operation {node.op}")
        return operation, operation.bind(tensors, self.scope)

    def _settled(self, op: str, field: str, value: Any) -> Any:
        """A field where members of families know their sizes."""
        try:
            if isinstance(value, Expression):
                settled = self.scope.settled(value)
                self._check_sizes(op, field, settled)
                return settled
            if isinstance(value, tuple):
                return tuple(self._settled(op, field, each) for each in value)
        except ShapeError as error:
            raise UnknownAxis(error.fact, error.hint, field) from None
        return value

    def _check_sizes(self, op: str, field: str, value: Expression) -> None:
        """What an expression speaks of is declared; a word may stand for it in some fields."""
        known = (*self.scope.indexes, *self.scope.declared)
        for symbol in value.symbols:
            if symbol not in known:
                words = next(each.choices for each in operation_named(op).fields if each.name == field)
                fact, rest = f"nothing declares a size '{symbol}'", f"declare it under axes: {symbol}: SIZE"
                if words:
                    fact, rest = f"{fact}, and the words here are {', '.join(words)}", ""
                elif symbol in ("same", "valid", "causal"):
                    rest = f"{op} takes numbers here"
                hint = suggest(symbol, (*words, *known)) or rest
                raise UnknownAxis(fact, hint)

    def known(self, inputs: tuple[int, ...]) -> str:
        """`x has axes (batch=?, width=64)`, for each value that a step takes."""
        parts = {}
        for value in inputs:
            tensor, name = self.values.all[value].tensor, self.values.all[value].name
            axes = ", ".join(self.scope.size_text(axis) for axis in tensor.axes)
            parts[name] = f"{name} has axes ({axes})"
        return "; ".join(parts.values())


def place(node: StepNode, field: str) -> tuple[Position, str]:
    """Where a field of a step stands, or the step."""
    at = node.places.get(field)
    return (at, f"{node.path}.{field}") if at is not None else (node.at, node.path)


def saved(node: StepNode) -> set[str]:
    """Under which names a step and those inside it save."""
    names = {name.partition("[")[0] for name in node.outputs or () if in_memory(name)}
    for inner in node.repeat.steps if node.repeat else ():
        names |= saved(inner)
    return names


def _check_count(allowed: tuple[int, int | None], found: int, what: str) -> None:
    fewest, most = allowed
    if found < fewest or (most is not None and found > most):
        wanted = (
            f"{fewest}" if fewest == most else f"{fewest} or more" if most is None else f"{fewest} to {most}"
        )
        inputs = "input" if wanted == "1" else "inputs"
        raise ShapeError(f"{what} takes {wanted} {inputs}, found {found}", field="in")

"""Whether chosen sizes fit a diagram: every size comes out, and every operation takes its inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ncd_tikz.axes import Axis, Expression, ExpressionError, Tensor
from ncd_tikz.diagram import AxisSize, BlockCall, Diagram, Load, Repeat, Save, Step, Value, expand
from ncd_tikz.equivalence.sizes import body_sizes, inner_sizes, iterations
from ncd_tikz.errors import ShapeError
from ncd_tikz.operations import Operation, Scope
from ncd_tikz.operations.scope import AxisFamily


@dataclass(frozen=True, slots=True)
class Misfit:
    """What does not come out, and the free symbols that it depends on."""

    words: str
    symbols: frozenset[str]

    def __str__(self) -> str:
        return self.words


class _Unfit(Exception):
    def __init__(self, words: str, symbols: Iterator[str] | tuple[str, ...] | set[str]) -> None:
        super().__init__(words)
        self.words, self.symbols = words, set(symbols)


def fit(diagram: Diagram, given: Mapping[str, int]) -> Misfit | None:
    """None where the sizes fit: see `Fitting`, which is quicker for many sizes."""
    return Fitting(diagram)(given)


class Fitting:
    """A diagram that sizes are tried on; what does not depend on them is worked out once.

    Args:
        diagram: with its blocks and repetitions.
    """

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self._parts: dict[int, _Part] = {}

    def __call__(self, given: Mapping[str, int]) -> Misfit | None:
        """None where the sizes of the free symbols fit."""
        diagram, known = self.diagram, dict(given)
        try:
            for entry in diagram.sizes:
                if entry.axis.rank == 1 and not entry.index and entry.axis.name not in known:
                    known[entry.axis.name] = _positive(entry.axis.sizes[0], known, least=None)
            for bind in (False, True):  # what is quickly told first
                self._check(diagram, known, {}, bind)
        except _Unfit as unfit:
            return Misfit(unfit.words, frozenset(_roots(diagram, unfit.symbols)))
        return None

    def _part(self, diagram: Diagram) -> _Part:
        if id(diagram) not in self._parts:
            self._parts[id(diagram)] = _Part(diagram)
        return self._parts[id(diagram)]

    def _check(
        self, diagram: Diagram, sizes: Mapping[str, int], indexes: Mapping[str, int], bind: bool
    ) -> None:
        """All sizes, or with `bind` whether the operations take their inputs."""
        part = self._part(diagram)
        if not bind:
            for size, least in part.sizes:
                _positive(size, sizes, least)
        scope = _scope(diagram, sizes, indexes) if bind else None
        for step in diagram.steps:
            operation = step.operation
            if isinstance(operation, BlockCall):
                self._check_call(operation, sizes, bind)
            elif isinstance(operation, Repeat):
                self._check_repeat(operation, sizes, indexes, bind)
            elif isinstance(operation, Load):
                _check_load(operation, diagram.values[step.inputs[0]], sizes)
            elif not isinstance(operation, Save):
                if scope is None:
                    for size in part.learned(step):
                        _positive(size, sizes)
                elif part.binds(step, indexes) and not _binds(operation, step.application.inputs, scope):
                    words = f"{step.path} ({operation.name}) does not take inputs of these sizes"
                    raise _Unfit(words, part.blamed(step))

    def _check_call(self, call: BlockCall, sizes: Mapping[str, int], bind: bool) -> None:
        try:
            least = self._part(call.diagram).least
            for name, size in call.bindings.items():
                _positive(size, sizes, least.get(name, 1))
            try:
                inside = inner_sizes(call, sizes)
            except ExpressionError as error:
                raise _Unfit(str(error.fact), _failing(call, sizes)) from None
            self._check(call.diagram, inside, {}, bind)
        except _Unfit as unfit:
            met = {*unfit.symbols}
            for entry in reversed(call.diagram.sizes):  # derived ones stand after what they need
                if entry.axis.name in met and entry.axis.name not in call.bindings:
                    met.update(symbol for size in entry.axis.sizes for symbol in size.symbols)
            bound = {
                symbol for name in met if name in call.bindings for symbol in call.bindings[name].symbols
            }
            raise _Unfit(unfit.words, {*unfit.symbols, *bound}) from None

    def _check_repeat(
        self, repeat: Repeat, sizes: Mapping[str, int], indexes: Mapping[str, int], bind: bool
    ) -> None:
        for bound in (repeat.start, repeat.stop):
            _positive(bound, sizes, least=None)
        values = iterations(repeat, sizes)
        ends = (*repeat.start.symbols, *repeat.stop.symbols)
        if not values:
            raise _Unfit(f"{repeat.index} runs from {repeat.start} to {repeat.stop}", ends)
        for index in values:
            try:
                inside = {**indexes, repeat.index: index}
                self._check(repeat.diagram, body_sizes(repeat, sizes, index), inside, bind)
            except _Unfit as unfit:
                raise _Unfit(unfit.words, {*unfit.symbols, *ends}) from None
            except ExpressionError as error:
                raise _Unfit(error.fact, ends) from None


class _Part:
    """What is known of one diagram, of a block or of a body whatever the sizes are."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.least = {entry.axis.name: _least(entry) for entry in diagram.sizes}
        asked = [
            (size, _least(entry)) for entry in diagram.sizes if not entry.index for size in entry.axis.sizes
        ]
        for value in diagram.values:
            if not value.family:
                asked.extend((size, 1) for size in _sizes_of(value))
        self.sizes = tuple(dict.fromkeys(asked))
        self._learned: dict[int, tuple[Expression, ...]] = {}
        self._binds: dict[tuple[int, tuple[tuple[str, int], ...]], bool] = {}

    def learned(self, step: Step) -> tuple[Expression, ...]:
        """The sizes of a step's learned tensors."""
        if id(step) not in self._learned:
            entries = step.operation.parameters(expand(step.application))
            found = (size for entry in entries for axis in entry.axes for size in axis.sizes)
            self._learned[id(step)] = tuple(dict.fromkeys(found))
        return self._learned[id(step)]

    def blamed(self, step: Step) -> set[str]:
        """The symbols that a step's inputs, outputs and learned tensors depend on."""
        tensors = (*step.application.inputs, *step.application.results)
        sizes = [size for tensor in tensors for axis in tensor.axes for size in axis.sizes]
        return {symbol for size in (*sizes, *self.learned(step)) for symbol in size.symbols}

    def binds(self, step: Step, indexes: Mapping[str, int]) -> bool:
        """Whether the operation takes its inputs as declared; else a diagram does not tell enough."""
        key = (id(step), tuple(indexes.items()))
        if key not in self._binds:
            scope = _scope(self.diagram, {}, indexes)
            self._binds[key] = _binds(step.operation, step.application.inputs, scope)
        return self._binds[key]


def _sizes_of(value: Value) -> Iterator[Expression]:
    for axis in value.tensor.axes:
        yield from axis.sizes
    if value.tensor.below is not None:
        yield value.tensor.below


def _least(entry: AxisSize) -> int | None:
    """An index, and a parameter that is given one, counts from anywhere and is no size."""
    return None if entry.parameter and not entry.derived else 1


def _positive(size: Expression, sizes: Mapping[str, int], least: int | None = 1) -> int:
    try:
        number = size.evaluate(sizes)
    except ExpressionError as error:
        raise _Unfit(f"{size}: {error.fact}", size.symbols) from None
    if least is not None and number < least:
        raise _Unfit(f"{size} is {number}", size.symbols)
    return number


def _failing(call: BlockCall, sizes: Mapping[str, int]) -> tuple[str, ...]:
    """What the first size inside a block that does not come out speaks of."""
    known = {name: size.evaluate(sizes) for name, size in call.bindings.items()}
    for entry in call.diagram.sizes:
        name, size = entry.axis.name, entry.axis.sizes[0]
        if entry.axis.rank > 1 or entry.index or name in known:
            continue
        try:
            known[name] = size.evaluate(known)
        except ExpressionError:
            return size.symbols
    return tuple(call.bindings)


def _check_load(load: Load, value: Value, sizes: Mapping[str, int]) -> None:
    if value.family is None or load.at is None:
        return
    at = _positive(load.at, sizes, least=None)
    start, stop = (_positive(end, sizes, least=None) for end in (value.family.start, value.family.stop))
    if not start <= at <= stop:
        symbols = {*load.at.symbols, *value.family.start.symbols, *value.family.stop.symbols}
        raise _Unfit(f"{load.memory}[{at}] was not saved, {start} to {stop} were", symbols)


def _binds(operation: Operation, inputs: tuple[Tensor, ...], scope: Scope) -> bool:
    try:
        operation.bind(inputs, scope)
    except ShapeError:
        return False
    return True


def _scope(diagram: Diagram, sizes: Mapping[str, int], indexes: Mapping[str, int]) -> Scope:
    """The scope of a diagram's steps where its free symbols have these sizes."""
    axes: dict[str, Axis] = {}
    declared: dict[str, Expression] = {}
    families: dict[str, AxisFamily] = {}
    for entry in diagram.sizes:
        name = entry.axis.name
        if entry.index:
            families[name] = AxisFamily(entry.index, entry.axis.sizes, entry.axis.label)
        elif entry.axis.rank > 1:
            axes[name] = entry.axis
        elif name not in indexes:
            axes[name] = Axis(name, (Expression.symbol(name),), entry.axis.label)
            chosen = name in sizes and not entry.derived
            declared[name] = Expression.number(sizes[name]) if chosen else entry.axis.sizes[0]
    numbers = {name: Expression.number(index) for name, index in indexes.items()}
    return Scope(axes, declared, families, {name: (number, number) for name, number in numbers.items()})


def _roots(diagram: Diagram, symbols: set[str]) -> set[str]:
    """The symbols and all they are derived from."""
    definitions = {
        entry.axis.name: [symbol for size in entry.axis.sizes for symbol in size.symbols]
        for entry in diagram.sizes
    }
    met, waiting = set[str](), list(symbols)
    while waiting:
        name = waiting.pop()
        if name not in met:
            met.add(name)
            waiting.extend(definitions.get(name, ()))
    return met

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
    """None where the sizes fit.

    Args:
        diagram: with its blocks and repetitions.
        given: the sizes of its free symbols.
    """
    known = dict(given)
    try:
        for entry in diagram.sizes:
            if entry.axis.rank == 1 and not entry.index and entry.axis.name not in known:
                known[entry.axis.name] = _positive(entry.axis.sizes[0], known, least=None)
        for bind in (False, True):  # what is quickly told first
            _check(diagram, known, {}, bind)
    except _Unfit as unfit:
        return Misfit(unfit.words, frozenset(_roots(diagram, unfit.symbols)))
    return None


def _check(diagram: Diagram, sizes: Mapping[str, int], indexes: Mapping[str, int], bind: bool) -> None:
    """All sizes, or with `bind` whether the operations take their inputs."""
    if not bind:
        for entry in diagram.sizes:
            if not entry.index:
                least = _least(entry)
                for size in entry.axis.sizes:
                    _positive(size, sizes, least)
        for value in diagram.values:
            if not value.family:
                _check_value(value, sizes)
    for step in diagram.steps:
        operation = step.operation
        if isinstance(operation, BlockCall):
            _check_call(operation, sizes, bind)
        elif isinstance(operation, Repeat):
            _check_repeat(operation, sizes, indexes, bind)
        elif isinstance(operation, Load):
            _check_load(operation, diagram.values[step.inputs[0]], sizes)
        elif not isinstance(operation, Save):
            check = _check_binding if bind else _check_parameters
            check(step, diagram, sizes, indexes)


def _check_value(value: Value, sizes: Mapping[str, int]) -> None:
    for axis in value.tensor.axes:
        for size in axis.sizes:
            _positive(size, sizes)
    if value.tensor.below is not None:
        _positive(value.tensor.below, sizes)


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


def _check_call(call: BlockCall, sizes: Mapping[str, int], bind: bool) -> None:
    try:
        least = {entry.axis.name: _least(entry) for entry in call.diagram.sizes}
        for name, size in call.bindings.items():
            _positive(size, sizes, least.get(name, 1))
        try:
            inside = inner_sizes(call, sizes)
        except ExpressionError as error:
            raise _Unfit(str(error.fact), _failing(call, sizes)) from None
        _check(call.diagram, inside, {}, bind)
    except _Unfit as unfit:
        met = {*unfit.symbols}
        for entry in reversed(call.diagram.sizes):  # derived ones stand after what they need
            if entry.axis.name in met and entry.axis.name not in call.bindings:
                met.update(symbol for size in entry.axis.sizes for symbol in size.symbols)
        bound = {symbol for name in met if name in call.bindings for symbol in call.bindings[name].symbols}
        raise _Unfit(unfit.words, {*unfit.symbols, *bound}) from None


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


def _check_repeat(repeat: Repeat, sizes: Mapping[str, int], indexes: Mapping[str, int], bind: bool) -> None:
    for bound in (repeat.start, repeat.stop):
        _positive(bound, sizes, least=None)
    values = iterations(repeat, sizes)
    ends = (*repeat.start.symbols, *repeat.stop.symbols)
    if not values:
        raise _Unfit(f"{repeat.index} runs from {repeat.start} to {repeat.stop}", ends)
    for index in values:
        try:
            inside = {**indexes, repeat.index: index}
            _check(repeat.diagram, body_sizes(repeat, sizes, index), inside, bind)
        except _Unfit as unfit:
            raise _Unfit(unfit.words, {*unfit.symbols, *ends}) from None
        except ExpressionError as error:
            raise _Unfit(error.fact, ends) from None


def _check_load(load: Load, value: Value, sizes: Mapping[str, int]) -> None:
    if value.family is None or load.at is None:
        return
    at = _positive(load.at, sizes, least=None)
    start, stop = (_positive(end, sizes, least=None) for end in (value.family.start, value.family.stop))
    if not start <= at <= stop:
        symbols = {*load.at.symbols, *value.family.start.symbols, *value.family.stop.symbols}
        raise _Unfit(f"{load.memory}[{at}] was not saved, {start} to {stop} were", symbols)


def _check_parameters(
    step: Step, diagram: Diagram, sizes: Mapping[str, int], indexes: Mapping[str, int]
) -> None:
    for parameter in step.operation.parameters(expand(step.application)):
        for axis in parameter.axes:
            for size in axis.sizes:
                _positive(size, sizes)


def _check_binding(
    step: Step, diagram: Diagram, sizes: Mapping[str, int], indexes: Mapping[str, int]
) -> None:
    """The operation takes inputs of these sizes: an index stays inside its axis, groups divide channels."""
    operation, inputs = step.operation, step.application.inputs
    if not _binds(operation, inputs, _scope(diagram, {}, indexes)):
        return  # it needs to know more than a diagram tells
    if not _binds(operation, inputs, _scope(diagram, sizes, indexes)):
        axes = [axis for tensor in (*inputs, *step.application.results) for axis in tensor.axes]
        axes += [axis for each in operation.parameters(expand(step.application)) for axis in each.axes]
        symbols = {symbol for axis in axes for size in axis.sizes for symbol in size.symbols}
        raise _Unfit(f"{step.path} ({operation.name}) does not take inputs of these sizes", symbols)


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

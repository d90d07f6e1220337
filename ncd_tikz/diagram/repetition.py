"""Repetitions typed: what is fed back must fit the start of the next iteration."""

from __future__ import annotations

from collections.abc import Mapping

from ncd_tikz.axes import Application, Axis, Expression, ExpressionError, OutputAxis, Tensor
from ncd_tikz.axes.label import default_label
from ncd_tikz.diagram.diagram import AxisSize
from ncd_tikz.diagram.memory import plus, reindexed
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.operations import Scope
from ncd_tikz.operations.fitting import distinct

_ONE = Expression.number(1)


@frozen
class Rounds:
    """The iterations of a repetition: its index from `start` to `stop`, and the scopes around and inside."""

    index: str
    start: Expression
    stop: Expression
    around: Scope

    @property
    def inside(self) -> Scope:
        """Where the index has a meaning."""
        return self.around.inside(self.index, self.start, self.stop)

    def check(self) -> None:
        """Refuse an index that means something else, and repetitions without an iteration.

        Raises:
            ShapeError: says what is wrong.
        """
        taken = (*self.around.declared, *self.around.axes, *self.around.families)
        if self.index in taken or self.index in self.around.indexes:
            what = "of a repetition around" if self.index in self.around.indexes else "declared"
            hint = f"take another name, such as {_free(self.index, taken, self.around)}"
            raise ShapeError(f"the index '{self.index}' is {what} already", hint, "index")
        for bound in (self.start, self.stop):
            self.around.check_symbols(bound, f"'{bound}'")
        for moment in self.around.moments:
            try:
                first, last = self.start.evaluate(moment), self.stop.evaluate(moment)
            except ExpressionError as error:
                raise ShapeError(error.fact, error.hint) from None
            if last < first:
                at = ", ".join(f"{each} = {moment[each]}" for each in self.around.indexes)
                fact = f"expected one iteration at least, found {self.index} from {first} to {last}"
                raise ShapeError(fact + (f" at {at}" if at else ""), "the last value counts, too")

    def carried(self, name: str, axes: tuple[str, ...] | None, outer: Tensor) -> Tensor:
        """What is fed back, as it is at the start of an iteration.

        Args:
            axes: its axes there, where they depend on the index.
            outer: what the first iteration takes.

        Raises:
            ShapeError: a name is unknown, or the first iteration takes something else.
        """
        if axes is None:
            return outer
        names = distinct(axes)
        for each in names:
            if names.count(each) > 1:
                raise ShapeError(f"the axis '{each}' is named twice", f"such as {each} and {each}'", "carry")
        found = tuple(self.inside.resolve(each, outer.axes) for each in names)
        tensor = Tensor(found, outer.kind, outer.below)
        first = reindexed(tensor, {self.index: self.start}, self.around)
        difference = differ(first, outer, self.around)
        if difference:
            start = f"{self.index} = {self.start}"
            fact = f"'{name}' has axes {outer} before, expected {first} (the carried {tensor} at {start})"
            raise ShapeError(f"{fact}{difference}", field="carry")
        return tensor

    def check_result(self, name: str, carried: Tensor, result: Tensor) -> None:
        """What an iteration makes must be what the next one takes.

        Raises:
            ShapeError: it is not.
        """
        expected = self.next(carried)
        difference = differ(result, expected, self.inside)
        if difference:
            fact = f"an iteration leaves '{name}' with axes {result}, the next one takes {expected}"
            raise ShapeError(f"{fact}{difference}", self._hint(carried, result, name))

    def next(self, carried: Tensor) -> Tensor:
        """What is fed back, at the start of the next iteration."""
        return reindexed(carried, {self.index: plus(Expression.symbol(self.index), _ONE)}, self.inside)

    def after(self, carried: Tensor) -> Tensor:
        """What is fed back, after the last iteration."""
        return reindexed(carried, {self.index: plus(self.stop, _ONE)}, self.around)

    def _hint(self, carried: Tensor, result: Tensor, name: str) -> str:
        said, made = (
            {symbol for axis in tensor.axes for size in axis.sizes for symbol in size.symbols}
            for tensor in (carried, result)
        )
        if self.index in said or self.index not in made:
            return ""
        return f"where its axes depend on {self.index}, say so: carry: {{{name}: AXES}}"

    def parameter(self) -> AxisSize:
        """The index as a parameter of the body, by default its first value."""
        first = Expression.number(self.inside.defaults[self.index])
        axis = Axis(self.index, (first,), default_label(self.index))
        return AxisSize(axis, "which iteration it is", derived=False, parameter=True)


def differ(found: Tensor, expected: Tensor, scope: Scope) -> str:
    """How two tensors differ, as the end of a message; empty where they agree.

    Names are no difference: axes meet by position, as everywhere between diagrams.
    """
    if found.kind != expected.kind:
        return f": it is of kind {found.kind}, expected {expected.kind}"
    if len(found.axes) != len(expected.axes):
        count = len(found.axes)
        return f": found {count} {'axis' if count == 1 else 'axes'}, expected {len(expected.axes)}"
    if found.names != expected.names and sorted(found.names) == sorted(expected.names):
        return ": the axes stand in another order"
    for one, other in zip(found.axes, expected.axes, strict=True):
        agreement = scope.agree_axes(one, other)
        if agreement == "by default":
            return f": {one.name} and {other.name} have one size by their defaults only"
        if agreement == "never":
            moment = _moment(one, other, scope)
            spoken = {symbol for size in (*one.sizes, *other.sizes) for symbol in size.symbols}
            at = ", ".join(f"{index} = {moment[index]}" for index in scope.indexes if index in spoken)
            return f": {_sized(one, moment)} and {_sized(other, moment)} differ" + (f" at {at}" if at else "")
    below, wanted = found.below, expected.below
    if below is not None and wanted is not None and scope.agree(below, wanted) != "always":
        return f": its entries are below {below}, expected {wanted}"
    return ""


def _moment(one: Axis, other: Axis, scope: Scope) -> Mapping[str, int]:
    """The first moment at which two axes differ."""
    for moment in scope.moments:
        if _numbers(one, moment) != _numbers(other, moment):
            return moment
    return scope.defaults


def _sized(axis: Axis, moment: Mapping[str, int]) -> str:
    return f"{axis.name}={_numbers(axis, moment)}"


def _numbers(axis: Axis, moment: Mapping[str, int]) -> str:
    numbers = []
    for size in axis.sizes:
        try:
            numbers.append(str(size.evaluate(moment)))
        except ExpressionError:
            numbers.append("?")
    return "*".join(numbers)


def applied(inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Application:
    """A repetition takes the whole of its inputs, and makes the whole of its outputs."""
    own = tuple(tuple(range(len(tensor.axes))) for tensor in inputs)
    made = tuple(tuple(map(OutputAxis, tensor.axes)) for tensor in outputs)
    kinds = tuple((tensor.kind, tensor.below) for tensor in outputs)
    return Application(inputs, own, made, kinds if any(kind != "real" for kind, _ in kinds) else ())


def _free(index: str, taken: tuple[str, ...], scope: Scope) -> str:
    return next(name for name in ("i", "j", "n", "t", f"{index}_1") if name not in (*taken, *scope.indexes))

"""Values kept in memory and taken from it: `out: C[i]` and `in: C[5-i]`."""

from __future__ import annotations

from collections.abc import Mapping

from ncd_tikz.axes import Application, Expression, ExpressionError, OutputAxis, Tensor
from ncd_tikz.axes.label import default_label, indexed_label
from ncd_tikz.diagram.diagram import Family, Value
from ncd_tikz.diagram.repeat import Load, Save
from ncd_tikz.diagram.values import Kept, Values
from ncd_tikz.errors import ShapeError
from ncd_tikz.operations import Scope
from ncd_tikz.operations.scope import suggest


def in_memory(name: str) -> bool:
    """Whether a name under `in` or `out` speaks of memory.

    >>> in_memory("C[5-i]"), in_memory("C")
    (True, False)
    """
    return name.endswith("]")


def parted(name: str, scope: Scope, field: str) -> tuple[str, Expression]:
    """The name and the index of `C[5-i]`.

    Raises:
        ShapeError: the index is no expression over sizes and the indexes around.
    """
    base, _, text = name[:-1].partition("[")
    try:
        index = scope.settled(Expression.parse(text)).simplified()
        scope.check_symbols(index, name)
    except ExpressionError as error:
        raise ShapeError(f"{name}: {error.fact}", error.hint, field) from None
    except ShapeError as error:
        raise ShapeError(error.fact, error.hint, field) from None
    return base, index


def spelled(name: str, index: Expression) -> str:
    """`C[5-i]`."""
    return f"{name}[{str(index).replace(' ', '')}]"


def save(name: str, index: Expression, labels: Mapping[str, str]) -> Save:
    """The operation that keeps a tensor."""
    return Save(name, index, indexed_label(default_label(name), index.latex(labels)))


def load(
    name: str, index: Expression, values: Values, scope: Scope, labels: Mapping[str, str]
) -> tuple[Load, int, Tensor]:
    """The operation that takes a tensor from memory, the value that it takes, and what it gives.

    Raises:
        ShapeError: nothing was kept under that name and index.
    """
    number = values.take(*_kept(name, index, values, scope))
    value = values.all[number]
    tensor = value.tensor
    if value.family is not None:
        tensor = reindexed(tensor, {value.family.index: index}, scope)
    return Load(name, index, indexed_label(default_label(name), index.latex(labels))), number, tensor


def _kept(name: str, index: Expression, values: Values, scope: Scope) -> tuple[Kept, Values]:
    found = values.in_memory(name)
    if not found:
        known = tuple(dict.fromkeys(each.name for each in _all(values)))
        hint = suggest(name, known) or f"save it first: out: {spelled(name, index)}"
        raise ShapeError(f"nothing was saved under {name} before", hint, "in")
    missing: tuple[int, Mapping[str, int]] | None = None
    for moment in scope.moments:
        try:
            wanted = index.evaluate(moment)
        except ExpressionError as error:
            raise ShapeError(f"{spelled(name, index)}: {error.fact}", error.hint, "in") from None
        if missing is None and not any(_covers(kept, wanted, moment) for kept, _ in found):
            missing = wanted, moment
    saved = ", ".join(dict.fromkeys(str(kept) for kept, _ in reversed(found)))
    if missing is not None:
        at = ", ".join(f"{each} = {missing[1][each]}" for each in scope.indexes)
        where = f" (at {at})" if at and index.symbols else ""
        own = any(kept.start.symbols and not kept.stop for kept, _ in found)
        carry = "; what the next iteration takes is carried" if own else ""
        raise ShapeError(f"{name}[{missing[0]}] was never saved{where}", f"saved are {saved}{carry}", "in")
    for kept, home in found:
        if all(_covers(kept, index.evaluate(moment), moment) for moment in scope.moments):
            return kept, home
    fact = f"no single step saved all that {spelled(name, index)} takes; saved are {saved}"
    raise ShapeError(fact, "one load takes what one step saved: load the others by steps of their own", "in")


def _all(values: Values) -> list[Kept]:
    return [*values.memory, *(_all(values.around) if values.around else [])]


def _covers(kept: Kept, wanted: int, moment: Mapping[str, int]) -> bool:
    try:
        first = kept.start.evaluate(moment)
        last = kept.stop.evaluate(moment) if kept.stop else first
    except ExpressionError:
        return False
    return first <= wanted <= last


def passed(tensor: Tensor, result: Tensor) -> Application:
    """Saving and loading take the whole tensor, and give it."""
    own = (tuple(range(len(tensor.axes))),)
    return Application((tensor,), own, (tuple(map(OutputAxis, result.axes)),), ((result.kind, result.below),))


def family(
    kept: Kept, tensor: Tensor, index: str, bounds: tuple[Expression, Expression], scope: Scope
) -> tuple[Kept, Value]:
    """What a repetition's steps keep at each iteration, as they leave it for later steps.

    Args:
        kept: what one iteration keeps.
        tensor: its type.
        index: the repetition's symbol.
        bounds: its first and its last value.
        scope: the scope around the repetition.

    Raises:
        ShapeError: iterations overwrite each other's, or leave gaps.
    """
    name, at, symbol = spelled(kept.name, kept.start), kept.start, Expression.symbol(index)
    if index not in at.symbols:
        fact = f"every iteration would save {name} again"
        raise ShapeError(fact, f"its index must change with {index}, as in {kept.name}[{index}]", "out")
    first, last = (at.substitute({index: bound}).simplified() for bound in bounds)
    if index not in (shift := minus(at, symbol)).symbols:  # C[i+1]: iteration i - 1 saves C[i]
        iteration = minus(symbol, shift)
    elif index not in (shift := plus(at, symbol)).symbols:  # C[5-i]: iteration 5 - i saves C[i]
        iteration, first, last = minus(shift, symbol), last, first
    else:
        hint = f"as in {kept.name}[{index}], {kept.name}[{index}+1] or {kept.name}[5-{index}]"
        raise ShapeError(f"the index of {name} does not go up or down by one with {index}", hint, "out")
    inside = scope.inside(index, first, last)
    left = Value(kept.name, reindexed(tensor, {index: iteration}, inside), True, Family(index, first, last))
    return Kept(kept.name, kept.value, first, last), left


def reindexed(tensor: Tensor, meaning: Mapping[str, Expression], scope: Scope) -> Tensor:
    """The tensor where symbols mean other expressions.

    Raises:
        ShapeError: a family of axes has no member at that index.
    """
    axes = tuple(scope.reindexed(axis, meaning) for axis in tensor.axes)
    below = tensor.below.substitute(meaning).simplified() if tensor.below is not None else None
    return Tensor(axes, tensor.kind, below)


def plus(one: Expression, other: Expression) -> Expression:
    """The sum, gathered."""
    return Expression(("+", one.tree, other.tree)).simplified()


def minus(one: Expression, other: Expression) -> Expression:
    """The difference, gathered."""
    return Expression(("-", one.tree, other.tree)).simplified()

"""Axes that an operation re-indexes, and channels beside them: how they are bound, and brought to torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from ncd_tikz.axes import Application, Axis, Expression, ExpressionError, OutputAxis, Signature, Tensor
from ncd_tikz.axes.label import default_label
from ncd_tikz.errors import ShapeError
from ncd_tikz.operations.fitting import distinct, made, need, positions, sides
from ncd_tikz.operations.scope import Scope, UnknownAxis

NO_CHANNELS = Signature(((),), ((),))
Sizes = tuple[Expression, ...]


class Rule(Protocol):
    """How the size of one re-indexed axis follows from what it was."""

    def size(self, x: Expression) -> Expression:
        """The new size."""
        ...

    def label(self, axis: Axis, scope: Scope) -> str:
        """The new size in terms of the axis's label."""
        ...


def spatial_axes(tensor: Tensor, over: Signature) -> tuple[Axis, ...]:
    """The axes that `over` re-indexes: one to three, or one group of so many.

    Raises:
        ShapeError: others.
    """
    if len(over.inputs) != 1 or len(over.outputs) != 1:
        raise ShapeError(
            f"expected the axes of one tensor, found '{over}'", "several axes stand with spaces", "over"
        )
    names = over.inputs[0]
    if len(names) != len(over.outputs[0]):
        fact = f"expected as many axes after the arrow as before it, found '{over}'"
        raise ShapeError(fact, "as in over: x y -> x2 y2", "over")
    axes = tuple(tensor.axes[position] for position in positions(tensor, names, "over"))
    rank = sum(axis.rank for axis in axes)
    if not 1 <= rank <= 3:
        found = "no axis" if not rank else f"{rank} ({', '.join(axis.name for axis in axes)})"
        raise ShapeError(
            f"expected one to three axes under over, found {found}", f"the tensor has axes {tensor}", "over"
        )
    groups = [axis.name for axis in axes if axis.rank > 1]
    if groups and len(axes) > 1:
        fact = f"expected several axes, or one axis group, found the group '{groups[0]}' among others"
        raise ShapeError(fact, field="over")
    return axes


def rank_of(tensor: Tensor, over: Signature) -> int:
    """Over how many dimensions the operation goes."""
    return sum(axis.rank for axis in spatial_axes(tensor, over))


def each(values: Sizes, rank: int, field: str) -> Sizes:
    """One value for each dimension.

    Raises:
        ShapeError: neither one value nor as many as there are dimensions.
    """
    if len(values) not in (1, rank):
        wanted = "one number" if rank == 1 else f"one number or {rank}"
        raise ShapeError(f"expected {wanted} under {field}, found {len(values)}", field=field)
    return values if len(values) == rank else values * rank


def check_least(values: Sequence[Expression], least: int, field: str, scope: Scope) -> None:
    """Refuse numbers below the least that makes sense; symbols go by their defaults.

    Raises:
        ShapeError: says which number is too small.
    """
    for value in values:
        number = default(value, scope, field)
        if number is not None and number < least:
            what = "a positive whole number" if least == 1 else f"a whole number from {least} on"
            found = str(value) if not value.symbols else f"{value} = {number}"
            raise ShapeError(f"expected {what} under {field}, found {found}", field=field)


def default(value: Expression, scope: Scope, field: str) -> int | None:
    """The number that an expression has by default, where it can be told.

    Raises:
        ShapeError: it is no whole number, though the size of every symbol is known.
    """
    try:
        return value.evaluate(scope.defaults)
    except ExpressionError as error:
        if all(symbol in scope.defaults for symbol in value.symbols):
            raise ShapeError(error.fact, error.hint, field) from error
        return None


def bind_spatial(
    inputs: tuple[Tensor, ...],
    scope: Scope,
    operation: str,
    over: Signature,
    map: Signature,
    rules: Sequence[Rule] | None,
) -> Application:
    """Take the channels and the re-indexed axes; make each where it stood.

    Own axes are in the tensor's order, so that no wires cross for them. New channels stand where the
    first one stood, or before the first re-indexed axis where there was none. Without `rules` the
    new axes are those that are declared.

    Raises:
        ShapeError: axes or sizes do not fit.
    """
    need("real", inputs, operation)
    sides(map, 1)
    (tensor,) = inputs
    axes = spatial_axes(tensor, over)
    spatial = positions(tensor, over.inputs[0], "over")
    channels = positions(tensor, map.inputs[0], "map")
    for position in channels:
        if position in spatial:
            name = tensor.axes[position].name
            raise ShapeError(f"the axis '{name}' stands under over and under map", field="map")
    new_channels = made(map, inputs, scope)[0]
    for axis in (*(tensor.axes[position] for position in channels), *new_channels):
        if axis.rank != 1:
            raise ShapeError(f"expected single axes as channels, found the group '{axis.name}'", field="map")
    new_axes = _new_axes(tensor, axes, distinct(over.outputs[0]), rules, scope)
    first = min(channels or spatial)
    output: list[OutputAxis] = []
    for position, axis in enumerate(tensor.axes):
        if position == first:
            output.extend(OutputAxis(axis_made) for axis_made in new_channels)
        if position in spatial:
            output.append(OutputAxis(new_axes[spatial.index(position)]))
        elif position not in channels:
            output.append(OutputAxis(axis, ((0, position),)))
    names = [out.axis.name for out in output]
    for name in names:
        if names.count(name) > 1:
            field = "over" if name in over.outputs[0] else "map"
            fact = f"the output would have two axes '{name}': ({', '.join(names)})"
            raise ShapeError(fact, "name one of them otherwise", field)
    return Application(inputs, (tuple(sorted((*channels, *spatial))),), (tuple(output),))


def _new_axes(
    tensor: Tensor, axes: Sequence[Axis], names: Sequence[str], rules: Sequence[Rule] | None, scope: Scope
) -> list[Axis]:
    new, start = [], 0
    for axis, name in zip(axes, names, strict=True):
        own = None if rules is None else rules[start : start + axis.rank]
        new.append(_new_axis(tensor, axis, name, own, scope))
        start += axis.rank
    return new


def _new_axis(tensor: Tensor, axis: Axis, name: str, rules: Sequence[Rule] | None, scope: Scope) -> Axis:
    known = _known(tensor, name, scope)
    if rules is None:
        if known is None:
            hint = f"declare it under axes: {name}: SIZE"
            raise ShapeError(f"nothing says which size '{name}' has", hint, "over")
        if known.rank != axis.rank:
            raise ShapeError(_ranks(axis, known), field="over")
        return known
    sizes = tuple(rule.size(size) for rule, size in zip(rules, axis.sizes, strict=True))
    for before, after in zip(axis.sizes, sizes, strict=True):
        number = default(after, scope, "over")
        if number is not None and number < 1:
            fact = f"the window is larger than the axis '{axis.name}' of size {_number(before, scope)}"
            raise ShapeError(f"{fact}: nothing is left", field="over")
    if known is None:
        labels = {rule.label(axis, scope) for rule in rules}
        label = labels.pop() if len(labels) == 1 else default_label(name)
        return Axis(name, sizes, label)
    if known.rank != axis.rank:
        raise ShapeError(_ranks(axis, known), field="over")
    verdict = scope.agree_axes(Axis(name, sizes, ""), known)
    if verdict != "always":
        found = "*".join(_number(size, scope) for size in known.sizes)
        wanted = "*".join(_number(size, scope) for size in sizes)
        fact = f"the axis '{name}' should have size {wanted}, found {found}"
        raise ShapeError(fact, _remedy(axis, known, sizes, scope, verdict == "by default"), "over")
    return known


def _known(tensor: Tensor, name: str, scope: Scope) -> Axis | None:
    try:
        return scope.resolve(name, tensor.axes)
    except UnknownAxis:
        if not name.isidentifier():  # members of families, groups and primes speak of other axes
            raise
        return None


def _ranks(axis: Axis, known: Axis) -> str:
    return (
        f"expected a group of {axis.rank} axes as '{axis.name}' is, found '{known.name}'"
        f" of {known.rank}" if axis.rank > 1 else f"expected a single axis, found the group '{known.name}'"
    )  # fmt: skip


def _remedy(axis: Axis, known: Axis, sizes: Sizes, scope: Scope, numbers: bool) -> str:
    if known.name == axis.name:
        return f"its size changes: give it another name, as in over: {axis.name} -> {axis.name}2"
    if known.name.endswith("'"):
        return "a primed axis has the size of its axis: name it otherwise"
    text = str(sizes[0]) if len(sizes) == 1 else f"{{size: [{', '.join(map(str, sizes))}]}}"
    why = "they agree by their defaults only: " if numbers else ""
    if known.name not in scope.axes:
        return f"{why}name the axis otherwise"
    return f"{why}declare {known.name}: {text}, or nothing: its size follows"


def _number(size: Expression, scope: Scope) -> str:
    number = default(size, scope, "over")
    text = str(size)
    return text if number is None or str(number) == text else f"{text} (= {number})"


def numbers(values: Sizes, code: Callable[[Expression], str]) -> str:
    """Code of one value for each dimension: `3`, or `(3, 5)`."""
    texts = [code(value) for value in values]
    return texts[0] if len(set(texts)) == 1 else f"({', '.join(texts)})"


def written(values: Sizes, application: Application, plain: str = "1") -> str:
    r"""LaTeX of one value for each dimension, `3` or `3\times 5`; nothing where all are `plain`."""
    labels = {
        axis.sizes[0].tree: axis.label
        for tensor in (*application.results, *application.inputs)
        for axis in tensor.axes
        if axis.rank == 1 and isinstance(axis.sizes[0].tree, str)
    }
    texts = [value.latex({str(name): label for name, label in labels.items()}) for value in values]
    if all(text == plain for text in texts):
        return ""
    return texts[0] if len(set(texts)) == 1 else r"\times ".join(texts)


def window_label(kernel: Sizes, application: Application) -> str:
    r"""LaTeX of a window: `3`, `2^2`, `3\times 5`."""
    text = written(kernel, application, plain="")
    if len(kernel) == 1 or r"\times" in text:
        return text
    return f"{text}^{len(kernel)}" if len(text) == 1 else f"{{({text})}}^{len(kernel)}"

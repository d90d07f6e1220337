"""How names meet the axes of tensors: what every `bind` is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ncd_tikz.axes import Application, Axis, Expression, Kind, OutputAxis, Signature, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.operations.scope import Scope, UnknownAxis, suggest

Names = tuple[str, ...]
_KINDS = {"real": "numbers", "mask": "booleans", "index": "indexes"}


def need(kind: str, inputs: Sequence[Tensor], operation: str) -> None:
    """Refuse inputs of another kind.

    Raises:
        ShapeError: an input holds something else.
    """
    for tensor in inputs:
        if tensor.kind != kind:
            raise ShapeError(
                f"{operation} takes {_KINDS[kind]}, found {_KINDS[tensor.kind]} with axes {tensor}",
                field="in",
            )


def of_one_kind(inputs: Sequence[Tensor], scope: Scope, operation: str) -> tuple[Kind, Expression | None]:
    """What the entries of all inputs are.

    Raises:
        ShapeError: they differ, or are indexes below different numbers.
    """
    first = inputs[0]
    for tensor in inputs[1:]:
        if tensor.kind != first.kind:
            fact = f"{operation} takes entries of one kind, found {_KINDS[first.kind]} {first}"
            raise ShapeError(f"{fact} and {_KINDS[tensor.kind]} {tensor}", field="in")
        if first.below and tensor.below and scope.agree(first.below, tensor.below) != "always":
            fact = f"{operation} takes indexes below one number, found {first.below} and {tensor.below}"
            raise ShapeError(fact, field="in")
    return first.kind, first.below


def moved_before(application: Application, name: str) -> Application:
    """The same with the made axes of every output before the axis called `name`; last where it is empty.

    Raises:
        ShapeError: an output has no axis of that name (field `before`).
    """
    if not name:
        return application
    outputs = []
    for output, tensor in zip(application.outputs, application.results, strict=True):
        (place,) = positions(tensor, (name,), "before")
        if not output[place].sources:
            raise ShapeError(f"the new axis '{name}' cannot stand before itself", field="before")
        made = tuple(each for each in output if not each.sources)
        early = tuple(each for each in output[:place] if each.sources)
        outputs.append((*early, *made, *(each for each in output[place:] if each.sources)))
    return replace(application, outputs=tuple(outputs))


def distinct(names: Names) -> Names:
    """Numbers that recur among one tensor's axes get primes, since axes have names of their own.

    >>> distinct(("3", "x", "3"))
    ('3', 'x', "3'")
    """
    if len(set(names)) == len(names):
        return names
    taken: list[str] = []
    for name in names:
        while name in taken and name.rstrip("'").isdigit():
            name += "'"
        taken.append(name)
    return tuple(taken)


def positions(tensor: Tensor, names: Names, field: str) -> tuple[int, ...]:
    """Where the axes called `names` stand in `tensor`, in the order of `names`.

    Raises:
        ShapeError: an axis is named twice, or the tensor has none of that name.
    """
    names = distinct(names)
    found = []
    for name in names:
        if name not in tensor.names:
            hint = suggest(name, tensor.names)
            raise ShapeError(f"expected an axis '{name}', found {tensor}", hint, field)
        if names.count(name) > 1:
            raise ShapeError(f"the axis '{name}' is named twice", f"the tensor has axes {tensor}", field)
        found.append(tensor.names.index(name))
    return tuple(found)


def sides(map: Signature, inputs: int, outputs: int = 1) -> None:
    """Refuse a signature with another number of tensors on a side.

    Raises:
        ShapeError: says how many there are and should be.
    """
    for found, wanted, side, thing in (
        (len(map.inputs), inputs, "left", "inputs"),
        (len(map.outputs), outputs, "right", "outputs"),
    ):
        if found != wanted:
            tensors = "tensor" if wanted == 1 else "tensors"
            raise ShapeError(
                f"expected {wanted} {tensors} on the {side} of '{map}', found {found}",
                f"{thing} are parted by commas, axes of one tensor by spaces",
                "map",
            )


def made(map: Signature, inputs: Sequence[Tensor], scope: Scope) -> tuple[tuple[Axis, ...], ...]:
    """The axes on the right of a signature.

    Raises:
        UnknownAxis: nobody knows a name.
    """
    among = tuple(axis for tensor in inputs for axis in tensor.axes)
    try:
        return tuple(tuple(scope.resolve(name, among) for name in distinct(names)) for names in map.outputs)
    except UnknownAxis as error:
        raise UnknownAxis(error.fact, error.hint, "map") from None


def apply(
    inputs: tuple[Tensor, ...],
    own: tuple[tuple[int, ...], ...],
    made: tuple[tuple[Axis, ...], ...],
    scope: Scope,
    field: str = "map",
) -> Application:
    """Broadcast every axis that is not own: axes shared by name meet, the others stand side by side.

    Broadcast axes keep their order, the first input's before the next one's; made axes stand where
    the first own axis stood, or last where there is none.

    Raises:
        ShapeError: axes of one name differ in size, or an output would have two axes of one name.
    """
    sources: dict[str, list[tuple[int, int]]] = {}
    axes: dict[str, Axis] = {}
    place: int | None = None
    for index, tensor in enumerate(inputs):
        for position, axis in enumerate(tensor.axes):
            if position in own[index]:
                place = len(axes) if place is None else place
                continue
            first = axes.setdefault(axis.name, axis)
            if first is not axis and scope.agree_axes(first, axis) != "always":
                raise ShapeError(_conflict(first, axis, scope), _two_names(axis), "in")
            sources.setdefault(axis.name, []).append((index, position))
    spread = [OutputAxis(axis, tuple(sources[name])) for name, axis in axes.items()]
    place = len(spread) if place is None else place
    return Application(inputs, own, tuple(_join(spread, place, part, field) for part in made))


def _join(spread: list[OutputAxis], place: int, part: tuple[Axis, ...], field: str) -> tuple[OutputAxis, ...]:
    output = (*spread[:place], *map(OutputAxis, part), *spread[place:])
    names = [each.axis.name for each in output]
    for name in names:
        if names.count(name) > 1:
            fact = f"the output would have two axes '{name}': ({', '.join(names)})"
            raise ShapeError(fact, f"name one of them otherwise, such as {name}'", field)
    return output


def _conflict(one: Axis, other: Axis, scope: Scope) -> str:
    name = one.name
    return f"the axis '{name}' has two sizes: {_sizes(one, scope)} and {_sizes(other, scope)}"


def _sizes(axis: Axis, scope: Scope) -> str:
    number = scope.size_text(axis).rpartition("=")[2]
    text = "*".join(str(size) for size in axis.sizes)
    return number if number == text else f"{text} (= {number})"


def _two_names(axis: Axis) -> str:
    return f"axes that differ need names that differ, such as {axis.name} and {axis.name}'"


def in_place(tensor: Tensor, names: Names, field: str = "over") -> Application:
    """Take the named axes and make them again where they stand; all others are broadcast.

    Own and made axes are in the tensor's order.

    Raises:
        ShapeError: the tensor has no such axis, or no axis is named.
    """
    if not names:
        raise ShapeError(f"expected the name of an axis, found none; the tensor has {tensor}", field=field)
    own = tuple(sorted(positions(tensor, names, field)))
    output = tuple(
        OutputAxis(axis, () if position in own else ((0, position),))
        for position, axis in enumerate(tensor.axes)
    )
    return Application((tensor,), (own,), (output,))

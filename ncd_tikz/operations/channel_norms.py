"""Normalisations with channels: which axes they take, and how PyTorch's modules get them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ncd_tikz.axes import Application, Axis, Expression, ExpressionError, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.operations.arranging import moved
from ncd_tikz.operations.contract import Call, Scope, Source
from ncd_tikz.operations.fitting import Names, in_place, positions


def bind_channels(tensor: Tensor, over: Names, channels: Names) -> Application:
    """Take the axes of both kinds and make them again where they stand.

    Raises:
        ShapeError: there is no such axis, an axis is of both kinds, or no channel is named.
    """
    if not channels:
        fact = f"expected the name of an axis, found none; the tensor has {tensor}"
        raise ShapeError(fact, field="channels")
    positions(tensor, over, "over")
    positions(tensor, channels, "channels")
    for name in over:
        if name in channels:
            fact = f"the axis '{name}' is among over and among channels"
            raise ShapeError(fact, "a channel has statistics of its own: drop it from over", "over")
    return in_place(tensor, (*over, *channels))


def check_eps(eps: float) -> None:
    """Refuse an eps below zero.

    Raises:
        ShapeError: it is.
    """
    if eps < 0:
        raise ShapeError(f"expected eps of zero or more, found {eps!r}", field="eps")


def check_entries(entries: Expression, scope: Scope, field: str) -> None:
    """Refuse statistics of a single entry: its variance is zero, and torch refuses it too.

    Raises:
        ShapeError: the number of entries is one by the defaults.
    """
    try:
        single = entries.evaluate(scope.defaults) == 1
    except ExpressionError:
        return
    if single:
        raise ShapeError("expected statistics of several entries, found those of one", field=field)


def dims_of(application: Application, names: Names) -> tuple[int, ...]:
    """Dimensions of the base definition's input that belong to the axes called `names`, in their order."""
    own = application.own_axes(0)
    return tuple(
        place for name in names for place, axis in enumerate(own) if axis.name.partition(".")[0] == name
    )


def channel_axes(application: Application, channels: Names) -> tuple[Axis, ...]:
    """The channels, in the order of the field."""
    own = application.own_axes(0)
    return tuple(own[place] for place in dims_of(application, channels))


def entries_of(application: Application, names: Names) -> Expression:
    """How many entries there are along the axes called `names`."""
    return Expression.product(size for axis in channel_axes(application, names) for size in axis.sizes)


def spread(numbers: Any, dims: Sequence[int], count: int) -> Any:
    """A tensor whose dimensions are `dims` of `count`, made to broadcast against all of them."""
    order = sorted(range(len(dims)), key=dims.__getitem__)
    ordered = numbers.permute(order)
    shape = iter(ordered.shape)
    return ordered.reshape([next(shape) if place in dims else 1 for place in range(count)])


def gathered(numbers: Any, dims: Sequence[int]) -> Any:
    """The inverse of `spread`: the dimensions `dims`, all others of size one dropped."""
    rest = [place for place in range(numbers.dim()) if place not in dims]
    return numbers.permute(*rest, *dims).reshape([numbers.shape[place] for place in dims])


def module_call(call: Call, channels: Names, batch: Names, most: int) -> tuple[Source, int]:
    """A module of `torch.nn` on entries of shape (batch, channel, other axes that it takes).

    What is broadcast, and the axes called `batch`, become its batch together with those in front;
    more than `most` other axes become one. Gives the source without `init`, and their number.

    Several others become one also where axes are moved. Gradients then come in the order of another
    tensor's axes, and with those torch's CPU kernels for images are wrong where batch or channels
    have size one (instance norm: for other sizes too); with one axis they are right.
    """
    application = call.application
    own, count = application.own[0], len(application.inputs[0].axes)
    channel = [own[place] for place in dims_of(application, channels)]
    apart = [own[place] for place in dims_of(application, batch)]
    apart += [place for place in range(count) if place not in own]
    others = [place for place in own if place not in (*channel, *apart)]
    layout = [*sorted(apart), *channel, *others]
    entries = moved(call.arguments[0], range(count), layout)
    before: tuple[str, ...] = ()
    if entries != call.arguments[0]:
        before, entries, most = (f"entries = {entries}",), "entries", 1
    behind = len(others)
    shape = [f"*{entries}.shape[-{behind + 1}:]" if behind else f"{entries}.shape[-1]"]
    if len(channel) > 1:
        shape = [call.size(entries_of(application, channels))]
        shape += [f"*{entries}.shape[-{behind}:]"] if behind else []
    flat = ".flatten(2)" if behind > most else ""
    rows = f"{entries}.reshape(-1, {', '.join(shape)}){flat}"
    code = f"self.{call.attribute}({rows}).reshape({entries}.shape)"
    return Source(moved(code, layout, range(count)), before=before), 1 if flat else behind


def channels_code(call: Call, channels: Names) -> str:
    """Code of the number of channels, in __init__."""
    return call.init_size(entries_of(call.application, channels))

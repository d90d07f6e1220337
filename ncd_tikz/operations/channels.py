"""Channels of a convolution: how a weight keeps them, and their groups."""

from __future__ import annotations

from ncd_tikz.axes import Application, Axis, Expression, ExpressionError
from ncd_tikz.errors import ShapeError
from ncd_tikz.operations import counting
from ncd_tikz.operations.contract import Scope
from ncd_tikz.operations.counting import ONE
from ncd_tikz.operations.spatial import Sizes, made_channels


def rank_behind(application: Application, taken: int) -> int:
    """How many dimensions are re-indexed: those of the own axes after the channels."""
    return sum(axis.rank for axis in application.own_axes(0)[taken:])


def kernel_axes(kernel: Sizes) -> tuple[Axis, ...]:
    """The axes of the window, as a weight has them."""
    return tuple(Axis(f"window.{number}", (size,), size.latex()) for number, size in enumerate(kernel))


def grouped(
    whole: tuple[Axis, ...], parted: tuple[Axis, ...], groups: Expression
) -> tuple[tuple[Axis, ...], tuple[int, int]]:
    """Axes of a weight's two dimensions of channels, and how many each flattens.

    The first dimension has all channels of its side, the second those of one group.
    """
    if groups == ONE:
        return (*whole, *parted), (len(whole), len(parted))
    count = product(parted)
    part = quotient(count, groups) or Expression(("/", count.tree, groups.tree))
    return (*whole, *kernel_axes((part,))), (len(whole), 1)


def kernel_axes(kernel: Sizes) -> tuple[Axis, ...]:
    """The axes of the window, as a weight has them."""
    return tuple(Axis(f"window.{number}", (size,), size.latex()) for number, size in enumerate(kernel))


def grouped(
    whole: tuple[Axis, ...], parted: tuple[Axis, ...], groups: Expression
) -> tuple[tuple[Axis, ...], tuple[int, int]]:
    """A weight's axes of channels, and how they are flattened: of the second only one group is kept."""
    if groups == ONE:
        return (*whole, *parted), (len(whole), len(parted))
    size = Expression(("/", counting.product(parted).tree, groups.tree))
    return (*whole, Axis("group", (size,), size.latex())), (len(whole), 1)


def check_groups(application: Application, taken: int, new: int, groups: Expression, scope: Scope) -> None:
    """Refuse groups that do not part the channels evenly.

    Raises:
        ShapeError: says which channels.
    """
    for axes, side in (
        (application.own_axes(0)[:taken], "takes"),
        (made_channels(application, taken, new), "makes"),
    ):
        try:
            number = groups.evaluate(scope.defaults)
            count = counting.product(axes).evaluate(scope.defaults)
        except ExpressionError:
            continue
        if number < 1 or count % number:
            fact = f"the {count} channels that it {side} cannot be parted into {groups} groups"
            raise ShapeError(fact, field="groups")

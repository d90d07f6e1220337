"""Channels of a convolution: how a weight keeps them, and their groups."""

from __future__ import annotations

from ncd_tikz.axes import Axis, Expression
from ncd_tikz.errors import ShapeError
from ncd_tikz.operations.counting import ONE, product, quotient
from ncd_tikz.operations.roles import Roles
from ncd_tikz.operations.scope import Scope
from ncd_tikz.operations.spatial import Sizes, check_least, default


def kernel_axes(sizes: Sizes) -> tuple[Axis, ...]:
    """Axes that only sizes speak of, such as those of a weight's window: named as numbers are."""
    return tuple(Axis(str(size), (size,), size.latex()) for size in sizes)


def grouped(
    whole: tuple[Axis, ...], parted: tuple[Axis, ...], groups: Expression
) -> tuple[tuple[Axis, ...], tuple[int, int]]:
    """A weight's axes of channels, and how many each of its two dimensions flattens.

    The first dimension has all channels of its side, the second those of one group.
    """
    if groups == ONE:
        return (*whole, *parted), (len(whole), len(parted))
    count = product(parted)
    size = quotient(count, groups) or Expression(("/", count.tree, groups.tree))
    return (*whole, *kernel_axes((size,))), (len(whole), 1)


def check_groups(who: Roles, groups: Expression, scope: Scope) -> None:
    """Refuse groups that do not part the channels evenly.

    Raises:
        ShapeError: says which channels.
    """
    if groups == ONE:
        return
    check_least((groups,), 1, "groups", scope)
    number = default(groups, scope, "groups")
    channels = who.taken_channels, who.made_channels
    for axes, word in zip(channels, ("takes", "makes"), strict=True):
        count = default(product(axes), scope, "map")
        if number is not None and count is not None and count % number:
            fact = f"the {count} channels that it {word} cannot be parted into {number} groups of one size"
            raise ShapeError(fact, field="groups")

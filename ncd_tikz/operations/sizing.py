"""Axes whose size follows from what an operation does."""

from __future__ import annotations

from collections.abc import Iterable

from ncd_tikz.axes import Axis, Expression, ExpressionError, Tensor
from ncd_tikz.axes.label import default_label
from ncd_tikz.errors import ShapeError
from ncd_tikz.operations.fitting import positions
from ncd_tikz.operations.scope import Scope


def axis_of_size(name: str, size: Expression, scope: Scope, field: str) -> Axis:
    """The axis called `name`, which must be of this size; declared here where nobody else does.

    >>> scope = Scope({"c": Axis("c", (Expression.symbol("c"),), "c")}, {"c": Expression.number(4)})
    >>> axis_of_size("d", Expression.parse("c + c"), scope, "along")
    Axis(name='d', sizes=(Expression.parse('2*c'),), label='d')
    >>> axis_of_size("c", Expression.number(3), scope, "along")
    Traceback (most recent call last):
        ...
    ncd_tikz.errors.ShapeError: the size of 'c' would be 3, but it is declared with size 4

    Raises:
        ShapeError: the name is declared with another size, or with one that is equal only by the
            default numbers.
    """
    size = size.simplified()
    if not scope.knows(name):
        return Axis(name, (size,), default_label(name))
    axis = scope.resolve(name)
    if axis.rank != 1:
        raise ShapeError(f"expected a single axis, found the group '{name}'", field=field)
    agreement = scope.agree(axis.sizes[0], size)
    if agreement != "always":
        found = scope.size_text(Axis(name, (size,), "")).rpartition("=")[2]
        said = str(size) if str(size) == found else f"{size} (= {found})"
        number = scope.size_text(axis).rpartition("=")[2]
        fact = f"the size of '{name}' would be {said}, but it is declared with size {number}"
        only = "they agree by their defaults only: " if agreement == "by default" else ""
        hint = "" if name.isdigit() else f"{only}declare {name}: {size}, or leave its declaration away"
        if only and not size.symbols:
            fact = f"the size of '{name}' would always be {size}, but others may be chosen for '{name}'"
            hint = "name the new axis otherwise"
        raise ShapeError(fact, hint, field)
    return axis


def single(tensor: Tensor, name: str, field: str) -> int:
    """Where the axis called `name` stands.

    Raises:
        ShapeError: there is none, or it is a group.
    """
    (place,) = positions(tensor, (name,), field)
    if tensor.axes[place].rank != 1:
        raise ShapeError(f"expected a single axis, found the group '{name}'", field=field)
    return place


def total(sizes: Iterable[Expression]) -> Expression:
    """The sum of sizes.

    >>> total([Expression.parse(text) for text in ("c", "d - 1", "1")])
    Expression.parse('c + d')
    """
    tree = None
    for size in sizes:
        tree = size.tree if tree is None else ("+", tree, size.tree)
    return Expression(0 if tree is None else tree).simplified()


def difference(one: Expression, other: Expression) -> Expression:
    """One size less another.

    >>> difference(Expression.parse("c"), Expression.parse("c - 2"))
    Expression.parse('2')
    """
    return Expression(("-", one.tree, other.tree)).simplified()


def number_of(size: Expression, scope: Scope, field: str) -> int:
    """The whole number that a size is by the defaults.

    Raises:
        ShapeError: it is none.
    """
    try:
        return size.evaluate(scope.defaults)
    except ExpressionError as error:
        raise ShapeError(error.fact, error.hint, field) from error


def moments_of(sizes: Iterable[Expression], scope: Scope, field: str) -> list[tuple[int, ...]]:
    """The whole numbers that sizes are, at each moment of the repetitions around.

    Raises:
        ShapeError: one of them is none.
    """
    sizes = tuple(sizes)
    try:
        return [tuple(size.evaluate(moment) for size in sizes) for moment in scope.moments]
    except ExpressionError as error:
        raise ShapeError(error.fact, error.hint, field) from error


def is_one(size: Expression, scope: Scope) -> bool:
    """Whether a size is one, whatever the others are."""
    return scope.agree(size, Expression.number(1)) == "always"

"""What an expression's tree stands for: exact whole numbers, or real ones."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ncd_tikz.axes.grammar import LARGEST, ExpressionError, Tree
from ncd_tikz.axes.writing import text

if TYPE_CHECKING:
    from fractions import Fraction

Numbers = Mapping[str, int] | Mapping[str, float]

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt,
    "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def whole(tree: Tree, sizes: Mapping[str, int]) -> int:
    """The whole number, exactly.

    Negative powers are fractions; sums and products of them may be whole again.

    >>> whole(("*", 512, ("**", 2, ("-", 1, "i"))), {"i": 4})
    64

    Raises:
        ExpressionError: there is none, or a symbol has no size.
    """
    value = _exact(tree, sizes)
    if isinstance(value, int):
        return value
    raise ExpressionError(f"'{text(tree)}' = {value} is not a whole number")


def _exact(tree: Tree, sizes: Mapping[str, int]) -> int | Fraction:
    if isinstance(tree, str):
        if tree not in sizes:
            raise _unknown(tree, sizes)
        return sizes[tree]
    if isinstance(tree, float):
        if tree != int(tree):
            raise ExpressionError(f"{tree!r} is not a whole number")
        return int(tree)
    if isinstance(tree, int):
        return tree
    if tree[0] == "if":
        mark, left, right = tree[1]
        holds = _COMPARE[mark](whole(left, sizes), whole(right, sizes))
        return _exact(tree[2] if holds else tree[3], sizes)
    if tree[0] == "family":
        return whole(member(tree), sizes)
    if len(tree) == 2:
        return -_exact(tree[1], sizes)
    value: int | Fraction
    if tree[0] in ("+", "-", "*"):
        left, right = _exact(tree[1], sizes), _exact(tree[2], sizes)
        value = left + right if tree[0] == "+" else left - right if tree[0] == "-" else left * right
        if not isinstance(value, int) and value.denominator == 1:
            value = int(value)
    else:
        value = _combine(tree[0], whole(tree[1], sizes), whole(tree[2], sizes))
    if abs(value.numerator) > LARGEST or value.denominator > LARGEST:
        raise ExpressionError(f"'{text(tree)}' is too large: at most {LARGEST} is allowed")
    return value


def real(tree: Tree, sizes: Numbers) -> float:
    """The real number, as Python computes it.

    Raises:
        ExpressionError: a symbol has no size.
    """
    if isinstance(tree, str):
        if tree not in sizes:
            raise _unknown(tree, sizes)
        return float(sizes[tree])
    if not isinstance(tree, tuple):
        return float(tree)
    if tree[0] == "if":
        mark, one, other = tree[1]
        holds = _COMPARE[mark](real(one, sizes), real(other, sizes))
        return real(tree[2] if holds else tree[3], sizes)
    if tree[0] == "family":
        return real(member(tree), sizes)
    if len(tree) == 2:
        return -real(tree[1], sizes)
    mark, left, right = tree[0], real(tree[1], sizes), real(tree[2], sizes)
    if mark == "+":
        return left + right
    if mark == "-":
        return left - right
    if mark == "*":
        return left * right
    if mark == "/":
        return left / right
    if mark == "//":
        return left // right
    if mark == "%":
        return left % right
    power: float = left**right
    return power


def member(tree: Tree) -> Tree:
    """The size of the member of a family.

    Raises:
        ExpressionError: it is not known.
    """
    assert isinstance(tree, tuple)
    if len(tree) == 4:
        size: Tree = tree[3]
        return size
    raise ExpressionError(f"nothing is known about the sizes of the family '{tree[1]}'")


def _unknown(name: str, sizes: Mapping[str, object]) -> ExpressionError:
    known = tuple(sizes)
    return ExpressionError(f"nothing is known about the size of {name!r}", lambda: _did_you_mean(name, known))


def _did_you_mean(name: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches  # only on the way to an error: it would slow every start

    close = get_close_matches(name, known, 1)
    return f"did you mean {close[0]!r}?" if close else ""


def _combine(mark: str, left: int, right: int) -> int | Fraction:
    if mark == "**":
        return _power(left, right)
    if right == 0:
        raise ExpressionError(f"{left}{mark}0 divides by zero")
    if mark == "//":
        return left // right
    if mark == "%":
        return left % right
    if left % right:
        raise ExpressionError(
            f"{left}/{right} does not come out as a whole number", "// is the division that rounds down"
        )
    return left // right


def _power(base: int, exponent: int) -> int | Fraction:
    if base == 0 and exponent < 0:
        raise ExpressionError(f"0**({exponent}) divides by zero")
    if abs(base) > 1 and abs(exponent) * math.log2(abs(base)) > 62.5:
        raise ExpressionError(f"{base}**{exponent} is too large: at most {LARGEST} is allowed")
    if abs(base) <= 1:
        return base ** (abs(exponent) % 2) if base else int(exponent == 0)
    if exponent >= 0:
        return int(base**exponent)
    from fractions import Fraction  # few sizes need it, and it would slow every start

    return Fraction(1, base**-exponent)

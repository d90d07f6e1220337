"""How many places a window has on an axis: the size that a re-indexed axis gets, and its label."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ncd_tikz.axes import Axis, Expression, ExpressionError
from ncd_tikz.axes.label import join_factors
from ncd_tikz.frozen import frozen
from ncd_tikz.operations.scope import Scope

ONE = Expression.number(1)
ZERO = Expression.number(0)

_WHOLE = re.compile(r"[0-9]+")
_QUOTIENT = re.compile(r"(.+)/([0-9]+)")
_PRODUCT = re.compile(r"([0-9]+)(?!\\cdot)([^0-9].*)")
_SHIFTED = re.compile(r"(.+?)([+-][0-9]+)")


@frozen
class Division:
    """floor((x + shift) / stride) + more: one size as a function of another."""

    stride: Expression
    shift: Expression = ZERO
    more: Expression = ZERO

    def size(self, x: Expression) -> Expression:
        """The size for `x`, simplified where that holds for every x.

        >>> x, two = Expression.symbol("x"), Expression.number(2)
        >>> [str(Division(two, Expression.number(r)).size(x)) for r in (0, 1)]
        ['x//2', '(x + 1)//2']
        >>> str(Division(two).size(Expression.parse("4*n"))), str(Division(ONE, more=two).size(x))
        ('2*n', 'x + 2')
        """
        return plus(self._floor(x), self.more)

    def _floor(self, x: Expression) -> Expression:
        whole = quotient(x, self.stride)
        if whole is not None and (self.shift == ZERO or _less(self.shift, self.stride)):
            return whole
        tree = x.tree
        if isinstance(tree, tuple) and len(tree) == 3 and tree[0] == "//" and isinstance(tree[2], int):
            # floor((floor(n / a) + r) / s) = floor((n + a r) / (a s))
            below = Expression.number(tree[2])
            shift = times(below, self.shift)
            return Expression(("//", plus(Expression(tree[1]), shift).tree, times(below, self.stride).tree))
        return Expression(("//", plus(x, self.shift).tree, self.stride.tree))

    def label(self, axis: Axis, scope: Scope) -> str:
        r"""LaTeX of the size in terms of the axis's label: `\bar{x}/2` where the default size divides.

        Otherwise the floor or the ceiling is drawn. Labels of chains stay short: `x/2` halved is `x/4`.
        """
        labels = {name: each.label for name, each in scope.axes.items()}
        text = axis.label
        if self.stride != ONE:
            text = self._divided(axis, scope, text, labels)
        return _shifted(text, self.more, labels)

    def _divided(self, axis: Axis, scope: Scope, text: str, labels: dict[str, str]) -> str:
        stride = self.stride.latex(labels)
        if self._divides(axis, scope):
            return fraction(text, stride)
        if self.shift == ZERO:
            return rf"\lfloor {fraction(text, stride)}\rfloor"
        if plus(self.shift, ONE) == self.stride:
            return rf"\lceil {fraction(text, stride)}\rceil"
        inner = _shifted(text, self.shift, labels)
        return rf"\lfloor ({inner})/{stride}\rfloor"

    def _divides(self, axis: Axis, scope: Scope) -> bool:
        """Whether the shift makes no difference for the default sizes."""
        try:
            shift, stride = (each.evaluate(scope.defaults) for each in (self.shift, self.stride))
            numbers = [size.evaluate(scope.defaults) for size in axis.sizes]
        except ExpressionError:
            return self.shift == ZERO or plus(self.shift, ONE) == self.stride
        return 0 <= shift < stride and not any(number % stride for number in numbers)


@frozen
class Parts:
    """x / part, where nothing may be left over."""

    part: Expression

    def size(self, x: Expression) -> Expression:
        """The size for `x`: exact, so that other sizes are refused.

        >>> [str(Parts(Expression.number(4)).size(Expression.parse(x))) for x in ("x", "8*x", "12")]
        ['x/4', '2*x', '3']
        """
        return quotient(x, self.part) or Expression(("/", x.tree, self.part.tree))

    def label(self, axis: Axis, scope: Scope) -> str:
        """LaTeX of the size in terms of the axis's label."""
        labels = {name: each.label for name, each in scope.axes.items()}
        return axis.label if self.part == ONE else fraction(axis.label, self.part.latex(labels))


@frozen
class Multiple:
    """factor * x + more: what the transposed re-indexing makes of a size."""

    factor: Expression
    more: Expression = ZERO

    def size(self, x: Expression) -> Expression:
        """The size for `x`.

        >>> str(Multiple(Expression.number(2), Expression.number(-1)).size(Expression.symbol("x")))
        '2*x - 1'
        """
        return plus(times(self.factor, x), self.more)

    def label(self, axis: Axis, scope: Scope) -> str:
        """LaTeX of the size in terms of the axis's label."""
        labels = {name: each.label for name, each in scope.axes.items()}
        text = axis.label
        if self.factor != ONE:
            text = _multiplied(text, self.factor.latex(labels))
        return _shifted(text, self.more, labels)


def windows(
    kernel: Expression, stride: Expression, dilation: Expression, before: Expression, after: Expression
) -> Division:
    """How many windows fit: floor((x + before + after - dilation (kernel - 1) - 1) / stride) + 1.

    >>> three, one = Expression.number(3), Expression.number(1)
    >>> str(windows(three, one, one, one, one).size(Expression.symbol("x")))
    'x'
    """
    shift = plus(before, after, negative(reach(kernel, dilation)), negative(ONE))
    if stride == ONE:
        return Division(ONE, more=plus(shift, ONE))
    total = plus(shift, stride)
    if not total.symbols and not stride.symbols:
        more, rest = divmod(total.evaluate({}), stride.evaluate({}))
        return Division(stride, Expression.number(rest), Expression.number(more))
    return Division(stride, total)


def spread(
    kernel: Expression, stride: Expression, dilation: Expression, padding: Expression, more: Expression
) -> Multiple:
    """The size of the transpose: (x - 1) stride - 2 padding + dilation (kernel - 1) + more + 1."""
    two = Expression.number(-2)
    rest = plus(reach(kernel, dilation), more, ONE, negative(stride), times(two, padding))
    return Multiple(stride, rest)


def reach(kernel: Expression, dilation: Expression) -> Expression:
    """From the first to the last entry of a window: dilation (kernel - 1)."""
    return times(dilation, plus(kernel, negative(ONE)))


def plus(*terms: Expression) -> Expression:
    """The sum, simplified."""
    total = terms[0]
    for term in terms[1:]:
        total = Expression(("+", total.tree, term.tree))
    return total.simplified()


def times(*factors: Expression) -> Expression:
    """The product, simplified."""
    return Expression.product(factors).simplified()


def product(axes: Iterable[Axis]) -> Expression:
    """How many entries axes have together."""
    return times(*(size for axis in axes for size in axis.sizes))


def negative(term: Expression) -> Expression:
    """The term with the other sign."""
    return Expression(("neg", term.tree))


def halved(total: Expression) -> Expression:
    """The smaller half."""
    return Expression(("//", total.tree, 2)).simplified()


def quotient(x: Expression, divisor: Expression) -> Expression | None:
    """`x / divisor` where it comes out whatever the sizes are; None where that cannot be told.

    >>> [str(quotient(Expression.parse(x), Expression.parse(s))) for x, s in (("6*n", "3"), ("c", "c"))]
    ['2*n', '1']
    >>> quotient(Expression.parse("x"), Expression.parse("2")) is None
    True
    """
    if divisor == ONE:
        return x
    if x == divisor:
        return ONE
    tree = x.tree
    if isinstance(tree, int) and isinstance(divisor.tree, int):
        return Expression.number(tree // divisor.tree) if divisor.tree and not tree % divisor.tree else None
    if not isinstance(tree, tuple) or len(tree) != 3 or tree[0] not in ("*", "+", "-"):
        return None
    left, right = Expression(tree[1]), Expression(tree[2])
    one, other = quotient(left, divisor), quotient(right, divisor)
    if tree[0] == "*":
        return times(one, right) if one is not None else times(left, other) if other is not None else None
    if one is None or other is None:
        return None
    return plus(one, other if tree[0] == "+" else negative(other))


def fraction(text: str, below: str) -> str:
    r"""`\bar{x}/2`; of `x/2` it makes `x/4`, of a number a number."""
    if _WHOLE.fullmatch(below):
        number = int(below)
        if _WHOLE.fullmatch(text) and int(text) % number == 0:
            return str(int(text) // number)
        if match := _QUOTIENT.fullmatch(text):
            return f"{match[1]}/{int(match[2]) * number}"
        if (match := _PRODUCT.fullmatch(text)) and int(match[1]) % number == 0 and not _is_sum(text):
            return match[2] if int(match[1]) == number else f"{int(match[1]) // number}{match[2]}"
    elif (match := _QUOTIENT.fullmatch(text)) and not _is_sum(below):
        return f"{match[1]}/({join_factors([match[2], below])})"
    return f"{_factor(text)}/{_factor(below)}"


def _less(shift: Expression, stride: Expression) -> bool:
    """Whether 0 <= shift < stride, whatever the sizes are."""
    if not shift.symbols and not stride.symbols:
        return 0 <= shift.evaluate({}) < stride.evaluate({})
    return plus(shift, ONE) == stride


def _multiplied(text: str, factor: str) -> str:
    """`2x`; of `x/2` it makes `x`."""
    if _WHOLE.fullmatch(factor):
        number = int(factor)
        if _WHOLE.fullmatch(text):
            return str(number * int(text))
        if (match := _QUOTIENT.fullmatch(text)) and not _is_sum(text):
            below = int(match[2])
            if number % below == 0:
                return match[1] if number == below else _multiplied(match[1], str(number // below))
            if below % number == 0:
                return f"{match[1]}/{below // number}"
        if (match := _PRODUCT.fullmatch(text)) and not _is_sum(text):
            return f"{number * int(match[1])}{match[2]}"
    return join_factors([factor, _factor(text)])


def _shifted(text: str, more: Expression, labels: dict[str, str]) -> str:
    """`x-2`; of `x-2` less 2 it makes `x-4`."""
    if more == ZERO:
        return text
    if not more.symbols:
        number = more.evaluate({})
        if _WHOLE.fullmatch(text):
            return str(int(text) + number)
        if (match := _SHIFTED.fullmatch(text)) and _is_sum(text):
            text, number = match[1], number + int(match[2])
        return f"{text}{number:+d}" if number else text
    rest = more.latex(labels)
    return text + (rest if rest.startswith("-") else f"+{rest}")


def _is_sum(text: str) -> bool:
    """Whether a plus or minus stands outside all brackets."""
    depth = 0
    for mark in text:
        depth += {"{": 1, "(": 1, "}": -1, ")": -1}.get(mark, 0)
        if depth == 0 and mark in "+-":
            return True
    return False


def _factor(text: str) -> str:
    return f"({text})" if _is_sum(text) else text

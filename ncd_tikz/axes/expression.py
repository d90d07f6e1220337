"""Sizes as whole-number expressions over other axes' sizes: parsed, never evaluated by Python's eval."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from ncd_tikz.axes import writing
from ncd_tikz.axes.arithmetic import real, whole
from ncd_tikz.axes.grammar import LARGEST, ExpressionError, Tree, parse
from ncd_tikz.axes.sums import simplified
from ncd_tikz.frozen import frozen

_MOST_NODES = 5_000  # of an expression whose families are known
_MOST_CASES = 32  # conditions beside each other make more than anyone could read


@frozen
class Expression:
    """An arithmetic expression: numbers, symbols, `+ - * / // % **`, parentheses, conditions, families.

    As a size it is exact: `/` must come out whole, `//` is the floor. A condition is
    `A if B == C else D`; `c[i-1]` is the member of a family of sizes.

    >>> size = Expression.parse("h*w/4")
    >>> size.evaluate({"h": 28, "w": 28}), size.symbols, size.latex()
    (196, ('h', 'w'), 'hw/4')
    >>> size.python(lambda name: "self." + name)
    'self.h * self.w // 4'
    >>> Expression.parse("k**(-1/2)").evaluate_real({"k": 16})
    0.25
    """

    tree: Tree

    @classmethod
    def parse(cls, text: str | int | float) -> Expression:
        """Read an expression.

        >>> Expression.parse(" 2 * (n+1) ")
        Expression.parse('2*(n + 1)')
        >>> Expression.parse("2 n")
        Traceback (most recent call last):
            ...
        ncd_tikz.axes.grammar.ExpressionError: found 'n' in '2 n' where an operator was expected

        Raises:
            ExpressionError: what is wrong with the text.
        """
        if isinstance(text, str):
            return cls(parse(text))
        if isinstance(text, bool):
            raise ExpressionError(f"expected a number or an expression, found {text!r}")
        return cls.number(text)

    @classmethod
    def symbol(cls, name: str) -> Expression:
        """The size of the axis called `name`."""
        return cls(name)

    @classmethod
    def number(cls, value: int | float) -> Expression:
        """A number.

        >>> Expression.number(3), Expression.number(-0.5)
        (Expression.parse('3'), Expression.parse('-0.5'))
        """
        if not math.isfinite(value):
            raise ExpressionError(f"expected a finite number, found {value!r}")
        if abs(value) > LARGEST:
            raise ExpressionError(f"the number is too large: at most {LARGEST} is allowed")
        return cls(("neg", -value)) if value < 0 else cls(value)

    @classmethod
    def product(cls, factors: Iterable[Expression]) -> Expression:
        """All factors multiplied, from the left; 1 where there are none.

        >>> Expression.product([Expression.symbol("k"), Expression.parse("n + 1")])
        Expression.parse('k*(n + 1)')
        """
        tree: Tree | None = None
        for factor in factors:
            tree = factor.tree if tree is None else ("*", tree, factor.tree)
        return cls(1 if tree is None else tree)

    @classmethod
    def member(cls, family: str, index: Expression, size: Expression) -> Expression:
        """`family[index]`, which is of that size.

        >>> Expression.member("c", Expression.parse("i - 1"), Expression.parse("64*2**(i - 1)")).latex()
        'c_{i-1}'
        """
        return cls(("family", family, index.tree, size.tree))

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols it speaks of, each once, in the order of their first occurrence."""
        found: dict[str, None] = {}
        _collect(self.tree, found)
        return tuple(found)

    @property
    def families(self) -> tuple[tuple[str, Expression], ...]:
        """The families it speaks of, and with which index.

        >>> Expression.parse("c[i-1] + c[2]").families
        (('c', Expression.parse('i - 1')), ('c', Expression.parse('2')))
        """
        found: dict[tuple[str, Tree], None] = {}
        _members(self.tree, found)
        return tuple((name, Expression(index)) for name, index in found)

    @property
    def is_resolved(self) -> bool:
        """Whether the sizes of all families in it are known."""
        return _resolved(self.tree)

    def resolve(self, families: Mapping[str, tuple[str, Expression]]) -> Expression:
        """The same with the sizes of families known, given by the symbol of their index and their size.

        >>> size = Expression.parse("c[i-1]").resolve({"c": ("j", Expression.parse("64*2**j"))})
        >>> size.evaluate({"i": 3}), str(size)
        (256, 'c[i-1]')

        Raises:
            ExpressionError: families within families make it too large.
        """
        return Expression(_resolve(self.tree, families, [_MOST_NODES])) if self.families else self

    def simplified(self) -> Expression:
        """The same value, sums gathered and numbers computed.

        >>> [str(Expression.parse(text).simplified()) for text in ("i+1-1", "2*(i - 1) + i", "5 - i", "2*3")]
        ['i', '3*i - 2', '5 - i', '6']
        """
        return Expression(simplified(self.tree))

    def cases(self, labels: Mapping[str, str] | None = None) -> tuple[tuple[Expression, str | None], ...]:
        r"""Its values and, in LaTeX, when each holds; the last has no condition. One value: no cases.

        >>> Expression.parse("2*(1 if i == 0 else i)").cases({"i": "n_1"})
        ((Expression.parse('2*1'), 'n_1=0'), (Expression.parse('2*i'), None))
        """
        return tuple(
            (
                Expression(value),
                ",\\ ".join(writing.condition_latex(each, labels or {}) for each in conditions) or None,
            )
            for value, conditions in _cases(self.tree) or [(self.tree, ())]
        )

    def substitute(self, meaning: Mapping[str, Expression]) -> Expression:
        """The same with symbols replaced by expressions.

        >>> Expression.parse("2*d").substitute({"d": Expression.parse("m + 1")})
        Expression.parse('2*(m + 1)')
        """
        return Expression(_substitute(self.tree, meaning))

    def evaluate(self, sizes: Mapping[str, int]) -> int:
        """The whole number it stands for, exactly.

        >>> Expression.parse("n/4").evaluate({"n": 10})
        Traceback (most recent call last):
            ...
        ncd_tikz.axes.grammar.ExpressionError: 10/4 does not come out as a whole number

        Raises:
            ExpressionError: a symbol without a size, a division that does not come out or is by
                zero, a fraction, or a number larger than `LARGEST` on the way.
        """
        return whole(self.tree, sizes)

    def evaluate_real(self, sizes: Mapping[str, int] | Mapping[str, float]) -> float:
        """The real number it stands for.

        Raises:
            ExpressionError: a symbol without a size, or a result that is not a finite real number.
        """
        try:
            value: object = real(self.tree, sizes)  # a complex number, where a root is taken of a negative
        except ZeroDivisionError:
            raise ExpressionError(f"'{self}' divides by zero") from None
        except OverflowError:
            raise ExpressionError(f"'{self}' is too large a number") from None
        if not isinstance(value, (int, float)) or not math.isfinite(value):
            raise ExpressionError(f"'{self}' is not a finite real number")
        return float(value)

    def latex(self, labels: Mapping[str, str] | None = None) -> str:
        r"""LaTeX for math mode; symbols without a label get their default one.

        >>> [Expression.parse(text).latex() for text in ("k**(-1/2)", "28**2", "h*w", "h*2", "n//2")]
        ['k^{-1/2}', '28^2', 'hw', 'h\\cdot 2', '\\lfloor n/2\\rfloor']
        """
        return writing.latex(self.tree, labels or {})

    def python(self, names: Callable[[str], str], members: writing.Members | None = None) -> str:
        """Source code of the whole number.

        `names` gives the code (an atom) of each symbol; `members` that of the member of a family,
        from its name and the code of its index, or None where its size is to be written out.

        >>> size = Expression.member("c", Expression.parse("i - 1"), Expression.parse("64*(i - 1)"))
        >>> size.python(str), size.python(str, lambda family, index: f"{family}({index})")
        ('64 * (i - 1)', 'c(i - 1)')
        """
        return writing.python(self.tree, names, "//", members)

    def real_python(self, names: Callable[[str], str], members: writing.Members | None = None) -> str:
        """Source code of the real number.

        >>> Expression.parse("k**(-1/2)").real_python(lambda name: "self." + name)
        'self.k**-0.5'
        """
        return writing.python(writing.folded(self.tree), names, "/", members)

    def __str__(self) -> str:
        return writing.text(self.tree)

    def __repr__(self) -> str:
        if _known(self.tree):
            return f"Expression({self.tree!r})"
        return f"Expression.parse({str(self)!r})"


def _collect(tree: Tree, found: dict[str, None]) -> None:
    if isinstance(tree, str):
        found[tree] = None
    elif isinstance(tree, tuple):
        for operand in tree[2 if tree[0] == "family" else 1 :]:
            _collect(operand, found)


def _resolved(tree: Tree) -> bool:
    if not isinstance(tree, tuple):
        return True
    if tree[0] == "family":
        return len(tree) == 4 and _resolved(tree[3])
    return all(_resolved(operand) for operand in tree[1:])


def _known(tree: Tree) -> bool:
    """Whether a family in it has its size, which its text does not tell."""
    if not isinstance(tree, tuple):
        return False
    return (tree[0] == "family" and len(tree) == 4) or any(_known(operand) for operand in tree[1:])


def _members(tree: Tree, found: dict[tuple[str, Tree], None]) -> None:
    if isinstance(tree, tuple):
        if tree[0] == "family":
            found[str(tree[1]), tree[2]] = None
        for operand in tree[1:3] if tree[0] == "family" else tree[1:]:
            _members(operand, found)


def _cases(tree: Tree) -> list[tuple[Tree, tuple[Any, ...]]]:
    """Values and the conditions under which they hold, the first that fits counting; none: too many."""
    if not isinstance(tree, tuple) or tree[0] == "family":
        return [(tree, ())]
    if tree[0] == "if":
        then, otherwise = _cases(tree[2]), _cases(tree[3])
        found = [(value, (tree[1], *more)) for value, more in then] + otherwise
        return found if then and otherwise and len(found) <= _MOST_CASES else []
    parts: list[tuple[Any, tuple[Any, ...]]] = [((tree[0],), ())]
    for operand in tree[1:]:
        cases = _cases(operand)
        parts = [((*value, part), (*when, *more)) for value, when in parts for part, more in cases]
        if len(parts) > _MOST_CASES:
            return []
    return parts


def _substitute(tree: Tree, meaning: Mapping[str, Expression]) -> Tree:
    if isinstance(tree, str):
        return meaning[tree].tree if tree in meaning else tree
    if not isinstance(tree, tuple):
        return tree
    if tree[0] != "family":
        return cast(Tree, (tree[0], *(_substitute(operand, meaning) for operand in tree[1:])))
    parts = tuple(_substitute(operand, meaning) for operand in tree[2:])
    if len(tree) == 4:
        index, size = Expression(tree[2]).symbols, Expression(tree[3]).symbols
        if any(name in meaning and name not in index and meaning[name].tree != name for name in size):
            return parts[1]  # no longer a member of the family of that name
    return cast(Tree, ("family", tree[1], *parts))


def _resolve(tree: Tree, families: Mapping[str, tuple[str, Expression]], budget: list[int]) -> Tree:
    if not isinstance(tree, tuple):
        return tree
    budget[0] -= 1
    if budget[0] < 0:
        raise ExpressionError("families within families make the expression too large")
    if tree[0] != "family":
        return (tree[0], *(_resolve(operand, families, budget) for operand in tree[1:]))
    name, index = str(tree[1]), _resolve(tree[2], families, budget)
    if len(tree) == 4 or name not in families:
        return ("family", name, index, *tree[3:])
    symbol, size = families[name]
    inner = {other: size for other, size in families.items() if other != name}  # none needs itself
    body = _resolve(size.tree, inner, budget)
    return ("family", name, index, _substitute(body, {symbol: Expression(index)}))


__all__ = ["LARGEST", "Expression", "ExpressionError"]

"""Sizes as whole-number expressions over other axes' sizes: parsed, never evaluated by Python's eval."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

from ncd_tikz.axes.grammar import LARGEST, ExpressionError, Tree, parse
from ncd_tikz.axes.label import default_label, join_factors
from ncd_tikz.frozen import frozen

_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "%": 2, "neg": 3, "**": 4}
_ATOM = 5


@frozen
class Expression:
    """An arithmetic expression: numbers, symbols, `+ - * / // % **` and parentheses.

    As a size it is exact: `/` must come out whole, `//` is the floor.

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

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols it speaks of, each once, in the order of their first occurrence."""
        found: dict[str, None] = {}
        _collect(self.tree, found)
        return tuple(found)

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
        return _whole(self.tree, sizes)

    def evaluate_real(self, sizes: Mapping[str, int] | Mapping[str, float]) -> float:
        """The real number it stands for.

        Raises:
            ExpressionError: a symbol without a size, or a result that is not a finite real number.
        """
        try:
            value: object = _real(self.tree, sizes)  # a complex number, where a root is taken of a negative
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
        return _latex(self.tree, labels or {})

    def python(self, names: Callable[[str], str]) -> str:
        """Source code of the whole number; `names` gives the code (an atom) of each symbol."""
        return _python(self.tree, names, "//")

    def real_python(self, names: Callable[[str], str]) -> str:
        """Source code of the real number.

        >>> Expression.parse("k**(-1/2)").real_python(lambda name: "self." + name)
        'self.k**-0.5'
        """
        return _python(_folded(self.tree), names, "/")

    def __str__(self) -> str:
        return _text(self.tree)

    def __repr__(self) -> str:
        return f"Expression.parse({_text(self.tree)!r})"


def _collect(tree: Tree, found: dict[str, None]) -> None:
    if isinstance(tree, str):
        found[tree] = None
    elif isinstance(tree, tuple):
        for operand in tree[1:]:
            _collect(operand, found)


def _substitute(tree: Tree, meaning: Mapping[str, Expression]) -> Tree:
    if isinstance(tree, str):
        return meaning[tree].tree if tree in meaning else tree
    if isinstance(tree, tuple):
        if len(tree) == 2:
            return (tree[0], _substitute(tree[1], meaning))
        return (tree[0], _substitute(tree[1], meaning), _substitute(tree[2], meaning))
    return tree


def _unknown(name: str, sizes: Mapping[str, object]) -> ExpressionError:
    from difflib import get_close_matches  # only on the way to an error: it would slow every start

    close = get_close_matches(name, list(sizes), 1)
    hint = f"did you mean {close[0]!r}?" if close else ""
    return ExpressionError(f"nothing is known about the size of {name!r}", hint)


def _whole(tree: Tree, sizes: Mapping[str, int]) -> int:
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
    if len(tree) == 2:
        return -_whole(tree[1], sizes)
    mark, left, right = tree[0], _whole(tree[1], sizes), _whole(tree[2], sizes)
    value = _combine(mark, left, right)
    if abs(value) > LARGEST:
        raise ExpressionError(f"'{_text(tree)}' is too large: at most {LARGEST} is allowed")
    return value


def _combine(mark: str, left: int, right: int) -> int:
    if mark == "+":
        return left + right
    if mark == "-":
        return left - right
    if mark == "*":
        return left * right
    if mark == "**":
        if right < 0:
            raise ExpressionError(f"{left}**({right}) is not a whole number")
        if abs(left) > 1 and right * math.log2(abs(left)) > 62.5:
            raise ExpressionError(f"{left}**{right} is too large: at most {LARGEST} is allowed")
        return int(left**right) if abs(left) > 1 or right == 0 else left ** (2 - right % 2)
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


def _real(tree: Tree, sizes: Mapping[str, int] | Mapping[str, float]) -> float:
    if isinstance(tree, str):
        if tree not in sizes:
            raise _unknown(tree, sizes)
        return float(sizes[tree])
    if not isinstance(tree, tuple):
        return float(tree)
    if len(tree) == 2:
        return -_real(tree[1], sizes)
    mark, left, right = tree[0], _real(tree[1], sizes), _real(tree[2], sizes)
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


def _precedence(tree: Tree) -> int:
    return _PRECEDENCE[tree[0]] if isinstance(tree, tuple) else _ATOM


def _sides(tree: tuple[str, Tree, Tree], write: Callable[[Tree], str]) -> tuple[str, str]:
    """Both operands written, in parentheses where the tree needs them."""
    own = _PRECEDENCE[tree[0]]
    left, right = write(tree[1]), write(tree[2])
    power = tree[0] == "**"
    if _precedence(tree[1]) < (_ATOM if power else own):
        left = f"({left})"
    if _precedence(tree[2]) < (_PRECEDENCE["neg"] if power else own + 1):
        right = f"({right})"
    return left, right


def _text(tree: Tree) -> str:
    if not isinstance(tree, tuple):
        return tree if isinstance(tree, str) else repr(tree)
    if len(tree) == 2:
        inner = _text(tree[1])
        return f"-({inner})" if _precedence(tree[1]) < _PRECEDENCE["neg"] else f"-{inner}"
    left, right = _sides(tree, _text)
    return f"{left} {tree[0]} {right}" if tree[0] in ("+", "-") else f"{left}{tree[0]}{right}"


def _python(tree: Tree, names: Callable[[str], str], division: str) -> str:
    if isinstance(tree, str):
        return names(tree)
    if not isinstance(tree, tuple):
        return repr(tree)
    if len(tree) == 2:
        inner = _python(tree[1], names, division)
        return f"-({inner})" if _precedence(tree[1]) < _PRECEDENCE["neg"] else f"-{inner}"
    left, right = _sides(tree, lambda side: _python(side, names, division))
    if tree[0] == "**":
        return f"{left} ** {right}" if " " in left + right else f"{left}**{right}"
    return f"{left} {division if tree[0] == '/' else tree[0]} {right}"


def _folded(tree: Tree) -> Tree:
    """The same, with divisions of numbers that a float holds exactly, such as -1/2, as numbers."""
    if not isinstance(tree, tuple):
        return tree
    constant = _dyadic(tree)
    if constant is not None:
        return Expression.number(constant).tree
    if len(tree) == 2:
        return (tree[0], _folded(tree[1]))
    return (tree[0], _folded(tree[1]), _folded(tree[2]))


def _dyadic(tree: Tree) -> float | None:
    """The value of such a division."""
    sign, inner = (-1, tree[1]) if isinstance(tree, tuple) and tree[0] == "neg" else (1, tree)
    if not isinstance(inner, tuple) or inner[0] != "/" or len(inner) != 3:
        return None
    above, below = inner[1], inner[2]
    if isinstance(above, tuple) and above[0] == "neg":
        sign, above = -sign, above[1]
    if not isinstance(above, int) or not isinstance(below, int) or below == 0:
        return None
    reduced = below // math.gcd(above, below)
    exact = reduced & (reduced - 1) == 0 and reduced <= 1024 and above < 2**20
    return sign * above / below if exact else None


def _latex(tree: Tree, labels: Mapping[str, str]) -> str:
    if isinstance(tree, str):
        return labels.get(tree) or default_label(tree)
    if not isinstance(tree, tuple):
        return repr(tree)
    if len(tree) == 2:
        inner = _latex(tree[1], labels)
        return f"-({inner})" if _precedence(tree[1]) < _PRECEDENCE["neg"] else f"-{inner}"
    mark = tree[0]
    if mark == "**":
        return _latex_power(tree, labels)
    if mark == "//":
        return rf"\lfloor {_latex(('/', tree[1], tree[2]), labels)}\rfloor"
    left, right = _sides(tree, lambda side: _latex(side, labels))
    if mark == "*":
        return join_factors([left, right])
    if mark == "%":
        return rf"{left}\bmod {right}"
    return f"{left}{mark}{right}"


def _latex_power(tree: tuple[str, Tree, Tree], labels: Mapping[str, str]) -> str:
    base, exponent = _latex(tree[1], labels), _latex(tree[2], labels)
    if isinstance(tree[1], tuple):
        base = f"({base})"
    elif "'" in base or "^" in base:
        base = "{" + base + "}"
    return f"{base}^{exponent}" if len(exponent) == 1 else f"{base}^{{{exponent}}}"


__all__ = ["LARGEST", "Expression", "ExpressionError"]

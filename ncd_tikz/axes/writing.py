"""An expression's tree as the text it is read from, as Python and as LaTeX."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, cast

from ncd_tikz.axes.grammar import Tree
from ncd_tikz.axes.label import default_label, indexed_label, join_factors

_PRECEDENCE = {"if": 0, "+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "%": 2, "neg": 3, "**": 4}
_ATOM = 5
_RELATIONS = {"==": "=", "!=": r"\ne ", "<=": r"\le ", ">=": r"\ge ", "<": "<", ">": ">"}

# The code of the member of a family, from its name and the code of its index; None: write its size.
Members = Callable[[str, str], "str | None"]


def text(tree: Tree) -> str:
    """What parses to this tree.

    >>> text(("family", "c", ("-", "i", 1))), text(("if", ("==", "i", 0), 1, ("*", 2, "i")))
    ('c[i-1]', '1 if i == 0 else 2*i')
    """
    if not isinstance(tree, tuple):
        return tree if isinstance(tree, str) else repr(tree)
    mark = str(tree[0])
    if mark == "if":
        parts = tuple((text(side), _precedence(side)) for side in (*tree[1][1:], *tree[2:]))
        return _conditional(tree[1][0], parts)
    if tree[0] == "family":
        return f"{tree[1]}[{index_text(tree[2])}]"
    if len(tree) == 2:
        inner = text(tree[1])
        return f"-({inner})" if _precedence(tree[1]) < _PRECEDENCE["neg"] else f"-{inner}"
    left, right = _sides(mark, *((text(side), _precedence(side)) for side in tree[1:]))
    return f"{left} {mark} {right}" if mark in ("+", "-") else f"{left}{mark}{right}"


def index_text(tree: Tree) -> str:
    """The same without spaces around signs, as it stands between brackets."""
    return text(tree).replace(" + ", "+").replace(" - ", "-")


def python(tree: Tree, names: Callable[[str], str], division: str, members: Members | None) -> str:
    """Source code; `names` gives that of a symbol, `members` that of the member of a family.

    >>> python(("*", 512, ("**", 2, ("-", 1, "i"))), str, "//", None)
    'round(512 * 2 ** (1 - i))'
    """
    return _Code(names, division, members).write(tree, division == "//")[0]


class _Code:
    """Source code, and how tightly it holds together.

    Of whole numbers, negative powers are fractions: what becomes whole again by sums and products is
    rounded, since floats may be a little off.
    """

    def __init__(self, names: Callable[[str], str], division: str, members: Members | None) -> None:
        self.names, self.division, self.members = names, division, members
        self.whole = division == "//"

    def write(self, tree: Tree, whole: bool) -> tuple[str, int]:
        """The code of a tree, which stands where a `whole` number must."""
        if isinstance(tree, str):
            return self.names(tree), _ATOM
        if not isinstance(tree, tuple):
            return repr(tree), _ATOM
        if tree[0] == "if":
            sides = [self.write(side, self.whole) for side in tree[1][1:]]
            branches = [self.write(side, whole) for side in tree[2:]]
            return _conditional(tree[1][0], (*sides, *branches)), 0
        if tree[0] == "family":
            code = self.members(str(tree[1]), self.write(tree[2], self.whole)[0]) if self.members else None
            if code is not None:
                return code, _ATOM
            return self.write(tree[3] if len(tree) == 4 else tree[1], self.whole)
        if whole and _fraction(tree):
            return f"round({self.write(tree, False)[0]})", _ATOM
        own = _PRECEDENCE[str(tree[0])]
        below = self.whole and tree[0] not in ("+", "-", "*", "neg")
        operands = [self.write(operand, below) for operand in tree[1:]]
        if len(operands) == 1:
            inner, bound = operands[0]
            return f"-({inner})" if bound < own else f"-{inner}", own
        left, right = _sides(str(tree[0]), *operands)
        if tree[0] == "**":
            return f"{left} ** {right}" if " " in left + right else f"{left}**{right}", own
        return f"{left} {self.division if tree[0] == '/' else tree[0]} {right}", own


def _fraction(tree: Tree) -> bool:
    """Whether it may be a fraction on the way to a whole number: it has a power that may be negative."""
    if not isinstance(tree, tuple):
        return False
    if tree[0] == "**":
        return _signed(tree[2])
    if tree[0] == "if":
        return _fraction(tree[2]) or _fraction(tree[3])
    return tree[0] in ("+", "-", "*", "neg") and any(_fraction(operand) for operand in tree[1:])


def _signed(tree: Tree) -> bool:
    return isinstance(tree, tuple) and (tree[0] in ("-", "neg") or any(map(_signed, tree[1:])))


def latex(tree: Tree, labels: Mapping[str, str]) -> str:
    """LaTeX for math mode."""

    def write(tree: Tree) -> str:
        return latex(tree, labels)

    if isinstance(tree, str):
        return labels.get(tree) or default_label(tree)
    if not isinstance(tree, tuple):
        return repr(tree)
    if tree[0] == "if":
        then, otherwise = write(tree[2]), write(tree[3])
        return rf"{then}\textrm{{ if }}{condition_latex(tree[1], labels)}\textrm{{ else }}{otherwise}"
    if tree[0] == "family":
        return indexed_label(write(tree[1]), write(tree[2]))
    if len(tree) == 2:
        inner = write(tree[1])
        return f"-({inner})" if _precedence(tree[1]) < _PRECEDENCE["neg"] else f"-{inner}"
    mark = str(tree[0])
    if mark == "**":
        return _power(tree, labels)
    if mark == "//":
        return rf"\lfloor {latex(('/', tree[1], tree[2]), labels)}\rfloor"
    left, right = _sides(mark, *((write(side), _precedence(side)) for side in tree[1:]))
    if mark == "*":
        return join_factors([left, right])
    if mark == "%":
        return rf"{left}\bmod {right}"
    return f"{left}{mark}{right}"


def condition_latex(condition: Tree, labels: Mapping[str, str]) -> str:
    r"""A comparison in LaTeX.

    >>> condition_latex(("<=", "i", 3), {"i": "\\lambda"})
    '\\lambda\\le 3'
    """
    mark, left, right = cast(Any, condition)
    return f"{latex(left, labels)}{_RELATIONS[mark]}{latex(right, labels)}"


def folded(tree: Tree) -> Tree:
    """The same, with divisions of numbers that a float holds exactly, such as -1/2, as numbers."""
    if not isinstance(tree, tuple):
        return tree
    constant = _dyadic(tree)
    if constant is not None:
        return ("neg", -constant) if constant < 0 else constant
    return cast(Tree, (tree[0], *(folded(operand) for operand in tree[1:])))


def _conditional(mark: str, parts: tuple[tuple[str, int], ...]) -> str:
    """From both sides of its comparison and both branches."""
    one, other, then = (code if bound else f"({code})" for code, bound in parts[:3])
    return f"{then} if {one} {mark} {other} else {parts[3][0]}"


def _precedence(tree: Tree) -> int:
    return _PRECEDENCE.get(str(tree[0]), _ATOM) if isinstance(tree, tuple) else _ATOM


def _sides(mark: str, left: tuple[str, int], right: tuple[str, int]) -> tuple[str, str]:
    """Both operands, in parentheses where they hold together less tightly than the sign between them."""
    own = _PRECEDENCE[mark]
    fewest = (_ATOM, _PRECEDENCE["neg"]) if mark == "**" else (own, own + 1)
    one, other = (
        side if bound >= least else f"({side})"
        for (side, bound), least in zip((left, right), fewest, strict=True)
    )
    return one, other


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


def _power(tree: tuple[Any, ...], labels: Mapping[str, str]) -> str:
    base, exponent = latex(tree[1], labels), latex(tree[2], labels)
    if isinstance(tree[1], tuple) and tree[1][0] != "family":
        base = f"({base})"
    elif "'" in base or "^" in base:
        base = "{" + base + "}"
    return f"{base}^{exponent}" if len(exponent) == 1 else f"{base}^{{{exponent}}}"

"""The grammar of expressions: text to tree, by hand, bounded in length, depth and magnitude."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Union

from ncd_tikz.errors import NcdError

# A number, a symbol, or (operator, operand, ...); ("if", condition, then, else), where a condition is
# (comparison, left, right); ("family", name, index) and, once its sizes are known,
# ("family", name, index, size of this member).
Tree = Union[int, float, str, "tuple[Any, ...]"]

COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")

LARGEST = 2**62  # no size and no step on the way to one may be larger
_LONGEST = 500  # characters
_DEEPEST = 40  # parentheses, signs and powers within each other

_WORDS = ("if", "else", "for", "in", "and", "or", "not")

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<mark>\*\*|//|[=!<>]=|[-+*/%()<>\[\]]))"
)


class ExpressionError(NcdError):
    """The bare fact that an expression or signature is wrong; the boundary adds its place.

    A hint that takes long to find may be given as what finds it: it is found when it is asked for.
    """

    def __init__(self, fact: str, hint: str | Callable[[], str] = "") -> None:
        self.fact = fact
        self._hint = hint
        super().__init__(fact)

    @property
    def hint(self) -> str:
        """What to try."""
        return self._hint if isinstance(self._hint, str) else self._hint()


def parse(text: str) -> Tree:
    """The tree of an expression's text.

    >>> parse("2*n + 1")
    ('+', ('*', 2, 'n'), 1)

    Raises:
        ExpressionError: what is wrong with the text.
    """
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())
        if len(self.text) > _LONGEST:
            raise ExpressionError(f"the expression is too long: at most {_LONGEST} characters are allowed")
        self.tokens = list(self._tokens())
        self.next = 0
        self.depth = 0

    def _tokens(self) -> Iterable[tuple[str, str]]:
        place = 0
        while place < len(self.text):
            match = _TOKEN.match(self.text, place)
            if match is None:
                raise self._foreign(place)
            yield str(match.lastgroup), match[match.lastgroup or 0]
            place = match.end()

    def _foreign(self, place: int) -> ExpressionError:
        rest = self.text[place:].lstrip()
        fact = f"found {rest[:12]!r} in {self.text!r}, which is no part of an expression"
        if rest[0] in "^":
            return ExpressionError(fact, "powers are written with **")
        if rest[0] == "'":
            return ExpressionError(fact, "an alias has the size of its axis: leave the prime away")
        if rest[0] == "=":
            return ExpressionError(fact, "equality is written with ==")
        return ExpressionError(
            fact, "allowed are numbers, names of axes, + - * / // % **, parentheses and A if B == C else D"
        )

    def whole(self) -> Tree:
        if not self.tokens:
            raise ExpressionError("expected a number or an expression, found nothing")
        tree = self.conditional()
        kind, token = self.peek()
        if kind:
            hint = "products are written with *" if kind != "mark" else ""
            if token == "(":
                hint = "products are written with *; functions are not known here"
            elif token in COMPARISONS:
                hint = "comparisons stand in conditions: A if B == C else D"
            elif token in ("and", "or", "not"):
                hint = "a condition is one comparison; several are conditions in conditions"
            raise self.wrong("an operator", hint)
        return tree

    def conditional(self) -> Tree:
        """A sum, or `A if B == C else D`."""
        then = self.sum()
        if self.peek()[1] != "if":
            return then
        self.next += 1
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ExpressionError(f"the expression is nested too deeply: at most {_DEEPEST} levels")
        left = self.sum()
        mark = self.peek()[1]
        if mark not in COMPARISONS:
            raise self.wrong("a comparison", "a condition is a comparison such as i == 0")
        self.next += 1
        condition = (mark, left, self.sum())
        word = self.peek()[1]
        if word in ("and", "or", *COMPARISONS):
            raise self.wrong("'else'", "a condition is one comparison; several are conditions in conditions")
        if word != "else":
            raise self.wrong("'else'", "both cases are needed: A if B == C else D")
        self.next += 1
        tree = ("if", condition, then, self.conditional())
        self.depth -= 1
        return tree

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.next] if self.next < len(self.tokens) else ("", "")

    def wrong(self, expected: str, hint: str = "") -> ExpressionError:
        kind, token = self.peek()
        if not kind:
            return ExpressionError(f"{self.text!r} ends where {expected} was expected", hint)
        return ExpressionError(f"found {token!r} in {self.text!r} where {expected} was expected", hint)

    def sum(self) -> Tree:
        tree = self.term()
        while (mark := self.peek()[1]) in ("+", "-"):
            self.next += 1
            tree = (mark, tree, self.term())
        return tree

    def term(self) -> Tree:
        tree = self.factor()
        while (mark := self.peek()[1]) in ("*", "/", "//", "%"):
            self.next += 1
            tree = (mark, tree, self.factor())
        return tree

    def factor(self) -> Tree:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ExpressionError(f"the expression is nested too deeply: at most {_DEEPEST} levels")
        tree: Tree
        if self.peek()[1] == "-":
            self.next += 1
            tree = ("neg", self.factor())
        else:
            tree = self.atom()
            if self.peek()[1] == "**":
                self.next += 1
                tree = ("**", tree, self.factor())
        self.depth -= 1
        return tree

    def atom(self) -> Tree:
        kind, token = self.peek()
        if kind == "number":
            self.next += 1
            return _number(token)
        if kind == "name" and token not in _WORDS:
            self.next += 1
            if self.peek()[1] != "[":
                return token
            return ("family", token, self.enclosed("]"))
        if token == "(":
            return self.enclosed(")")
        raise self.wrong("a number or a name")

    def enclosed(self, end: str) -> Tree:
        """What stands between brackets."""
        self.next += 1
        tree = self.conditional()
        if self.peek()[1] != end:
            raise self.wrong(f"'{end}'")
        self.next += 1
        return tree


def _number(token: str) -> int | float:
    value = int(token) if token.isdigit() else float(token)
    if not value <= LARGEST:
        raise ExpressionError(f"the number {token[:24]} is too large: at most {LARGEST} is allowed")
    return value

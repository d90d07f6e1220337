"""Sums gathered: `i+1-1` is `i`."""

from __future__ import annotations

from typing import cast

from ncd_tikz.axes.arithmetic import whole
from ncd_tikz.axes.grammar import LARGEST, ExpressionError, Tree


def simplified(tree: Tree) -> Tree:
    """The same value; sums with whole coefficients are gathered, and numbers computed.

    >>> simplified(("-", ("+", "i", 1), 1)), simplified(("-", 5, ("+", "i", "i")))
    ('i', ('-', 5, ('*', 2, 'i')))
    """
    terms: dict[Tree, int] = {}
    constant = _gather(tree, 1, terms)
    if max(abs(number) for number in (constant, *terms.values())) > LARGEST:
        return tree
    return _sum([(term, count) for term, count in terms.items() if count], constant)


def _gather(tree: Tree, count: int, terms: dict[Tree, int]) -> int:
    """Add `count` times a tree to the terms; gives what is a number in it."""
    if isinstance(tree, int):
        return count * tree
    if isinstance(tree, tuple):
        number = _number(tree)
        if number is not None:
            return count * number
        if tree[0] == "neg":
            return _gather(tree[1], -count, terms)
        if tree[0] in ("+", "-"):
            left = _gather(tree[1], count, terms)
            return left + _gather(tree[2], count if tree[0] == "+" else -count, terms)
        if tree[0] == "*":
            for one, other in ((tree[1], tree[2]), (tree[2], tree[1])):
                factor = _number(one)
                if factor is not None:
                    return _gather(other, count * factor, terms)
        if tree[0] == "if":
            condition = tree[1]
            sides = (condition[0], simplified(condition[1]), simplified(condition[2]))
            tree = ("if", sides, simplified(tree[2]), simplified(tree[3]))
        elif tree[0] == "family":
            tree = cast(Tree, ("family", tree[1], simplified(tree[2]), *map(simplified, tree[3:])))
        else:
            tree = cast(Tree, (tree[0], *map(simplified, tree[1:])))
    terms[tree] = terms.get(tree, 0) + count
    return 0


def _number(tree: Tree) -> int | None:
    """The number of a tree that speaks of no symbol, where it has a whole one."""
    if isinstance(tree, tuple) and tree[0] == "family":
        return None  # it keeps its name
    try:
        return whole(tree, {})
    except ExpressionError:
        return None


def _sum(terms: list[tuple[Tree, int]], constant: int) -> Tree:
    positive = [(term, count) for term, count in terms if count > 0]
    negative = [(term, count) for term, count in terms if count < 0]
    tree: Tree | None = constant if constant > 0 and not positive else None
    for term, count in positive:
        tree = _times(count, term) if tree is None else ("+", tree, _times(count, term))
    if constant > 0 and positive:
        tree = ("+", cast(Tree, tree), constant)
    for term, count in negative:
        if tree is None:
            tree = ("neg", term) if count == -1 else ("*", ("neg", -count), term)
        else:
            tree = ("-", tree, _times(-count, term))
    if constant < 0:
        tree = ("neg", -constant) if tree is None else ("-", tree, -constant)
    return 0 if tree is None else tree


def _times(count: int, term: Tree) -> Tree:
    return term if count == 1 else ("*", count, term)

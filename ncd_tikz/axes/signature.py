"""Signatures: `y k h, x k h -> y x h` names the axes that an operation takes and makes."""

from __future__ import annotations

import re

from ncd_tikz.axes.expression import ExpressionError
from ncd_tikz.frozen import frozen

_LONGEST = 1000  # characters
_MEMBER = re.compile(r"[A-Za-z_][A-Za-z_0-9]*'*|[0-9]+")

Names = tuple[str, ...]


@frozen
class Signature:
    """The axes of every input and output of a base operation, by name and in order.

    Names may wear primes (`x'`), numbers stand for axes of that size, and a group `(k h)` is one
    name, written with single spaces.

    >>> signature = Signature.parse("y k h,  x k h -> y x h")
    >>> signature.inputs, signature.outputs
    ((('y', 'k', 'h'), ('x', 'k', 'h')), (('y', 'x', 'h'),))
    >>> Signature.parse("x ->").outputs, Signature.parse("( k  h )->k h")
    (((),), Signature.parse('(k h) -> k h'))
    """

    inputs: tuple[Names, ...]
    outputs: tuple[Names, ...]

    @classmethod
    def parse(cls, text: str) -> Signature:
        """Read a signature.

        Raises:
            ExpressionError: not exactly one arrow, brackets that do not match, or a word that is
                no name of an axis.
        """
        if not isinstance(text, str):
            raise ExpressionError(f"expected a signature such as 'm -> k h', found {text!r}")
        if len(text) > _LONGEST:
            raise ExpressionError(f"the signature is too long: at most {_LONGEST} characters are allowed")
        sides = text.split("->")
        if len(sides) != 2:
            found = "no arrow" if len(sides) == 1 else f"{len(sides) - 1} arrows"
            fact = f"expected a signature with one '->', found {found} in {text!r}"
            raise ExpressionError(fact, "for example: m -> k h")
        return cls(_side(sides[0], text), _side(sides[1], text))

    def __str__(self) -> str:
        left, right = (", ".join(" ".join(names) for names in side) for side in (self.inputs, self.outputs))
        return f"{left} -> {right}".strip()

    def __repr__(self) -> str:
        return f"Signature.parse({str(self)!r})"


def parse_names(text: str) -> Names:
    """The axes of one tensor, top to bottom.

    >>> parse_names("x (k h) 28 x'")
    ('x', '(k h)', '28', "x'")

    Raises:
        ExpressionError: a word that is no name of an axis, or brackets that do not match.
    """
    if len(text) > _LONGEST:
        raise ExpressionError(f"too many axes: at most {_LONGEST} characters are allowed")
    return _names(text, text)


def _side(text: str, whole: str) -> tuple[Names, ...]:
    return tuple(_names(part, whole) for part in _split(text, whole))


def _split(text: str, whole: str) -> list[str]:
    parts = text.split(",")
    if len(parts) > 1 and not all(part.strip() for part in parts):
        fact = f"found nothing beside a comma in {whole!r}"
        raise ExpressionError(fact, "name the axes of every tensor, or drop the comma")
    return parts


def _names(text: str, whole: str) -> Names:
    names: list[str] = []
    group: list[str] | None = None
    place = 0
    while place < len(text):
        mark = text[place]
        if mark.isspace():
            place += 1
        elif mark == "(":
            if group is not None:
                raise ExpressionError(f"found '(' inside a group in {whole!r}", "groups do not nest")
            group, place = [], place + 1
        elif mark == ")":
            if group is None:
                raise ExpressionError(f"found ')' without '(' in {whole!r}")
            if not group:
                raise ExpressionError(f"found an empty group '()' in {whole!r}")
            names.append("(" + " ".join(group) + ")" if len(group) > 1 else group[0])
            group, place = None, place + 1
        else:
            member = _member(text, place, whole)
            (names if group is None else group).append(member)
            place += len(member)
    if group is not None:
        raise ExpressionError(f"found '(' without ')' in {whole!r}")
    return tuple(names)


def _member(text: str, place: int, whole: str) -> str:
    match = _MEMBER.match(text, place)
    end = match.end() if match else place
    if match is None or (end < len(text) and text[end] not in "() \t\n,"):
        word = re.split(r"[\s(),]", text[place:], maxsplit=1)[0] or text[place]
        raise ExpressionError(
            f"{word!r} in {whole!r} is no name of an axis",
            "axes are named by letters, digits and underscores, with primes at the end",
        )
    member = match[0]
    if member[0] == "0" or (member.isdigit() and len(member) > 18):
        fact = f"{member!r} in {whole!r} is no size of an axis"
        raise ExpressionError(fact, "sizes are positive whole numbers")
    return member

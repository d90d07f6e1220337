"""Signatures: `y k h, x k h -> y x h` names the axes that an operation takes and makes."""

from __future__ import annotations

import re

from ncd_tikz.axes import writing
from ncd_tikz.axes.expression import Expression, ExpressionError
from ncd_tikz.frozen import frozen

_LONGEST = 1000  # characters
_MEMBER = re.compile(r"[A-Za-z_][A-Za-z_0-9]*'*|[0-9]+")
_FAMILY = re.compile(r"[A-Za-z_][A-Za-z_0-9]*(?=\[)")

Names = tuple[str, ...]


@frozen
class Signature:
    """The axes of every input and output of a base operation, by name and in order.

    Names may wear primes (`x'`), numbers stand for axes of that size, and a group `(k h)` is one
    name, written with single spaces. The member of a family is named with its index simplified:
    `c[ i+1 - 1 ]` is `c[i]`.

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


def indexed(name: str) -> tuple[str, Expression, str] | None:
    """The family, the index and the primes of a name such as `c[i-1]'`; None where it has no index.

    >>> indexed("c[i-1]'"), indexed("x'")
    (('c', Expression.parse('i - 1'), "'"), None)

    Raises:
        ExpressionError: what stands between the brackets is no expression.
    """
    family, bracket, rest = name.partition("[")
    index, closing, primes = rest.rpartition("]")
    return (family, Expression.parse(index), primes) if bracket and closing else None


def member_name(family: str, index: Expression) -> str:
    """How the member of a family is called: the index simplified, without spaces.

    >>> member_name("c", Expression.parse("i + 1 - 1"))
    'c[i]'
    """
    return f"{family}[{writing.index_text(index.simplified().tree)}]"


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
            member, place = _member(text, place, whole)
            (names if group is None else group).append(member)
    if group is not None:
        raise ExpressionError(f"found '(' without ')' in {whole!r}")
    return tuple(names)


def _member(text: str, place: int, whole: str) -> tuple[str, int]:
    """One name, and where what follows it begins."""
    family = _FAMILY.match(text, place)
    if family:
        return _family_member(text, family.end(), family[0], whole)
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
    return member, end


def _family_member(text: str, place: int, family: str, whole: str) -> tuple[str, int]:
    end = _closing(text, place)
    if end < 0:
        raise ExpressionError(f"found '[' without ']' in {whole!r}")
    index = Expression.parse(text[place + 1 : end]).simplified()
    if " " in writing.index_text(index.tree):
        fact = f"found the index '{index}' of '{family}' in {whole!r}"
        raise ExpressionError(fact, "conditions stand in the sizes of a family, not in its index")
    start = end + 1
    while text[start : start + 1] == "'":
        start += 1
    if start < len(text) and text[start] not in "() \t\n,":
        word = re.split(r"[\s(),]", text[start:], maxsplit=1)[0]
        raise ExpressionError(f"found {word!r} behind '{text[:start]}' in {whole!r}")
    return member_name(family, index) + text[end + 1 : start], start


def _closing(text: str, place: int) -> int:
    """Where the bracket that opens at `place` is closed; -1 where it is not."""
    depth = 0
    for end in range(place, len(text)):
        depth += (text[end] == "[") - (text[end] == "]")
        if not depth:
            return end
    return -1

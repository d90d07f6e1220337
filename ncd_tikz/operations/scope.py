"""The axes a spec declares: what a name in a signature means, and when two sizes agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from ncd_tikz.axes import Axis, Expression, ExpressionError
from ncd_tikz.axes.label import join_factors
from ncd_tikz.errors import ShapeError

Agreement = Literal["always", "by default", "never"]

_FACTORS = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)


class UnknownAxis(ShapeError):
    """A name that stands for no axis."""


@dataclass(frozen=True)
class Scope:
    """The declared axes, and the size that each symbol is declared with.

    An axis's own size is its symbol (`Expression.symbol("p")`); `declared` says what the symbol
    stands for: a number, or an expression over other symbols.
    """

    axes: Mapping[str, Axis]
    declared: Mapping[str, Expression] = field(default_factory=dict)

    def resolve(self, name: str, among: tuple[Axis, ...] = ()) -> Axis:
        """The axis called `name`: one of `among`, a declared or primed one, a number, a group.

        >>> m = Axis("m", (Expression.symbol("m"),), "m")
        >>> scope = Scope({"m": m})
        >>> scope.resolve("m'").name, scope.resolve("m'").label, scope.resolve("(m 3)").label
        ("m'", 'm', 'm\\\\cdot 3')

        Raises:
            UnknownAxis: nobody knows the name; the hint lists close ones.
        """
        for axis in among:
            if axis.name == name:
                return axis
        if name in self.axes:
            return self.axes[name]
        if name.startswith("("):
            return self._group(name, among)
        if name.endswith("'"):
            return self.resolve(name[:-1], among).alias(name)
        if name.isdigit():
            return Axis(name, (Expression.number(int(name)),), name)
        known = {axis.name: None for axis in among} | dict.fromkeys(self.axes)
        raise UnknownAxis(f"nothing declares an axis '{name}'", suggest(name, tuple(known)) or _declare(name))

    def knows(self, name: str) -> bool:
        """Whether `name` can be resolved without the axes of any tensor."""
        try:
            self.resolve(name)
        except UnknownAxis:
            return False
        return True

    def _group(self, name: str, among: tuple[Axis, ...]) -> Axis:
        members = [self.resolve(member, among) for member in name.strip("()").split()]
        sizes = [size for member in members for size in member.sizes]
        return Axis(name, (Expression.product(sizes),), join_factors([member.label for member in members]))

    def agree(self, one: Expression, other: Expression) -> Agreement:
        """Whether two sizes are equal: whatever the free symbols are, by their defaults only, or never.

        >>> scope = Scope({}, {"h": Expression.parse("4"), "p": Expression.parse("h*h")})
        >>> [scope.agree(Expression.parse("p"), Expression.parse(text)) for text in ("h**2", "16", "h")]
        ['always', 'by default', 'never']
        """
        if one == other:
            return "always"
        verdicts = [one.evaluate(draw) == other.evaluate(draw) for draw in self._comparable(one, other)]
        if not verdicts or not verdicts[0]:
            return "never"
        return "always" if all(verdicts) else "by default"

    def _comparable(self, *sizes: Expression) -> Iterator[Mapping[str, int]]:
        for draw in self._draws:
            try:
                for size in sizes:
                    size.evaluate(draw)
            except ExpressionError:
                continue
            yield draw

    def agree_axes(self, one: Axis, other: Axis) -> Agreement:
        """The same for whole axes, dimension by dimension."""
        if one.rank != other.rank:
            return "never"
        verdicts = {self.agree(a, b) for a, b in zip(one.sizes, other.sizes, strict=True)}
        return "never" if "never" in verdicts else "by default" if "by default" in verdicts else "always"

    def size_text(self, axis: Axis) -> str:
        """`x=22`, `p=?` where nothing is known, `i=28*28` for a group drawn double."""
        numbers = []
        for size in axis.sizes:
            try:
                numbers.append(str(size.evaluate(self.defaults)))
            except ExpressionError:
                numbers.append("?")
        return f"{axis.name}={'*'.join(numbers)}"

    @property
    def defaults(self) -> Mapping[str, int]:
        """The number of every symbol whose size can be told."""
        return self._draws[0]

    @cached_property
    def _draws(self) -> tuple[Mapping[str, int], ...]:
        """The defaults, and some multiples of them that keep exact divisions exact."""
        return tuple(self._draw(number) for number in range(4))

    def _draw(self, number: int) -> Mapping[str, int]:
        sizes: dict[str, int] = {}
        waiting = list(self.declared.items())
        while waiting:
            later = []
            for place, (name, size) in enumerate(waiting):
                factor = (
                    _FACTORS[(5 * place + 7 * number) % len(_FACTORS)] if number and not size.symbols else 1
                )
                try:
                    sizes[name] = size.evaluate(sizes) * factor
                except ExpressionError:
                    later.append((name, size))
            if len(later) == len(waiting):
                break
            waiting = later
        return sizes


def suggest(name: str, known: tuple[str, ...]) -> str:
    """`did you mean 'x'?`, or nothing."""
    from difflib import get_close_matches  # only on the way to an error: it would slow every start

    close = get_close_matches(name, known, 1, 0.5)
    return f"did you mean '{close[0]}'?" if close else ""


def _declare(name: str) -> str:
    return f"declare it under axes: {name}: SIZE"

"""The axes a spec declares: what a name in a signature means, and when two sizes agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from ncd_tikz.axes import Axis, Expression, ExpressionError
from ncd_tikz.axes.label import indexed_label, join_factors
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen

Agreement = Literal["always", "by default", "never"]

_FACTORS = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
_MOST_MOMENTS = 256  # of all repetitions around that sizes are compared at
_MEMBER = re.compile(r"\[([^\[\]]*)\]")
_BASE = re.compile(r"([A-Za-z_][A-Za-z_0-9]*)\[")


class UnknownAxis(ShapeError):
    """A name that stands for no axis."""


@frozen
class AxisFamily:
    """Axes whose sizes speak of an index: `c[i-1]` is a member."""

    index: str
    sizes: tuple[Expression, ...]
    label: str


@dataclass(frozen=True)
class Scope:
    """The declared axes, and the size that each symbol is declared with.

    An axis's own size is its symbol (`Expression.symbol("p")`); `declared` says what the symbol
    stands for: a number, or an expression over other symbols. `families` are declared with an index
    of their own; `indexes` are those of the repetitions around, with their first and last value,
    the outermost first.
    """

    axes: Mapping[str, Axis]
    declared: Mapping[str, Expression] = field(default_factory=dict)
    families: Mapping[str, AxisFamily] = field(default_factory=dict)
    indexes: Mapping[str, tuple[Expression, Expression]] = field(default_factory=dict)

    def inside(self, index: str, start: Expression, stop: Expression) -> Scope:
        """The scope of a repetition's steps, where `index` has a meaning."""
        return replace(self, indexes={**self.indexes, index: (start, stop)})

    def resolve(self, name: str, among: tuple[Axis, ...] = ()) -> Axis:
        """The axis called `name`: one of `among`, a declared or primed one, a number, a group, a member.

        >>> m = Axis("m", (Expression.symbol("m"),), "m")
        >>> scope = Scope({"m": m})
        >>> scope.resolve("m'").name, scope.resolve("m'").label, scope.resolve("(m 3)").label
        ("m'", 'm', 'm\\\\cdot 3')
        >>> scope = Scope({}, {}, {"c": AxisFamily("i", (Expression.parse("64*2**i"),), "c")})
        >>> scope.resolve("c[2+1-1]").name, scope.resolve("c[2]").sizes[0].evaluate({})
        ('c[2]', 256)

        Raises:
            UnknownAxis: nobody knows the name; the hint lists close ones.
            ShapeError: a family has no member at that index.
        """
        for axis in among:
            if axis.name == name:
                return axis
        if name in self.axes:
            return self.axes[name]
        if name.startswith("("):
            return self._group(name, among)
        if name.endswith("'"):
            axis = self.resolve(name[:-1], among)
            return axis.alias(axis.name + "'")
        if name.isdigit():
            return Axis(name, (Expression.number(int(name)),), name)
        if name.endswith("]"):
            return self._member(name, among)
        if name in self.families:
            example = f"{name}[{next(iter(self.indexes), '1')}]"
            raise UnknownAxis(f"'{name}' is a family of axes", f"say which one, as in {example}")
        known = {axis.name: None for axis in among} | dict.fromkeys((*self.axes, *self.families))
        raise UnknownAxis(f"nothing declares an axis '{name}'", suggest(name, tuple(known)) or _declare(name))

    def knows(self, name: str) -> bool:
        """Whether `name` can be resolved without the axes of any tensor."""
        try:
            self.resolve(name)
        except UnknownAxis:
            return False
        return True

    def _member(self, name: str, among: tuple[Axis, ...]) -> Axis:
        base, _, text = name[:-1].partition("[")
        if base not in self.families:
            fact = f"'{base}' is no family, found {name}" if base in self.axes else ""
            hint = suggest(base, tuple(self.families)) or _family(base)
            raise UnknownAxis(fact or f"nothing declares a family of axes '{base}'", hint)
        try:
            index = Expression.parse(text).simplified()
        except ExpressionError as error:
            raise UnknownAxis(f"'{name}': {error.fact}", error.hint) from None
        self.check_symbols(index, name)
        family = self.families[base]
        meaning = {family.index: index}
        sizes = tuple(self.settled(size.substitute(meaning)).simplified() for size in family.sizes)
        name = f"{base}[{str(index).replace(' ', '')}]"
        for axis in among:
            if axis.name == name:
                return axis
        self._check_member(name, sizes)
        if len(sizes) == 1:
            sizes = (Expression.member(base, index, sizes[0]),)
        labels = {symbol: axis.label for symbol, axis in self.axes.items()}
        return Axis(name, sizes, indexed_label(family.label, index.latex(labels)))

    def check_symbols(self, expression: Expression, where: str) -> None:
        """Refuse symbols that are no size, and no index of a repetition around.

        Raises:
            UnknownAxis: the hint lists close ones.
        """
        for symbol in expression.symbols:
            if symbol not in self.declared and symbol not in self.indexes:
                hint = suggest(symbol, (*self.indexes, *self.declared))
                last = "an index has a meaning inside its repetition only"
                raise UnknownAxis(f"nothing is known about '{symbol}' in {where}", hint or last)

    def _check_member(self, name: str, sizes: tuple[Expression, ...]) -> None:
        """Its sizes come out at all moments of the repetitions around."""
        for moment in self.moments:
            for size in sizes:
                if all(symbol in moment for symbol in size.symbols):
                    at = ", ".join(f"{index} = {moment[index]}" for index in self.indexes)
                    where = f" at {at}" if at else ""
                    try:
                        number = size.evaluate(moment)
                    except ExpressionError as error:
                        raise ShapeError(f"{name} has no size{where}: {error.fact}", error.hint) from None
                    if number < 1:
                        raise ShapeError(f"{name} has the size {number}{where}; expected 1 or more")

    def settled(self, size: Expression) -> Expression:
        """The same where every member of a family knows its size.

        Raises:
            UnknownAxis: there is no such family, or it is a group.
        """
        if not size.families:
            return size
        for base, _ in size.families:
            family = self.families.get(base)
            if family is None:
                hint = suggest(base, tuple(self.families)) or _family(base)
                raise UnknownAxis(f"nothing declares a family of axes '{base}'", hint)
            if len(family.sizes) > 1:
                raise UnknownAxis(f"'{base}' is a family of groups of axes and has no single size")
        return size.resolve(self._members).simplified()

    @cached_property
    def _members(self) -> dict[str, tuple[str, Expression]]:
        return {
            name: (each.index, each.sizes[0]) for name, each in self.families.items() if len(each.sizes) == 1
        }

    def reindexed(self, axis: Axis, meaning: Mapping[str, Expression]) -> Axis:
        """The axis where symbols mean other expressions: `c[i-1]` at i = 5 is `c[4]`.

        Raises:
            ShapeError: a family has no member at that index.
        """
        sizes = tuple(size.substitute(meaning) for size in axis.sizes)
        name = _MEMBER.sub(lambda found: _renamed(found, meaning), axis.name)
        if sizes == axis.sizes and name == axis.name:
            return axis
        bases = {found[1] for found in _BASE.finditer(name)}
        if bases and bases <= self.families.keys():
            return self.resolve(name)
        return Axis(name, tuple(size.simplified() for size in sizes), axis.label)

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
        now = [a == b for a, b in self._numbers(self.moments, one, other)]
        if not now or not all(now):
            return "never"
        return "always" if all(a == b for a, b in self._numbers(self._others, one, other)) else "by default"

    def _numbers(
        self, draws: Iterable[Mapping[str, int]], one: Expression, other: Expression
    ) -> Iterator[tuple[int, int]]:
        """Both sizes by each draw that has both."""
        for draw in draws:
            with suppress(ExpressionError):
                yield one.evaluate(draw), other.evaluate(draw)

    def agree_axes(self, one: Axis, other: Axis) -> Agreement:
        """The same for whole axes, dimension by dimension."""
        if one.rank != other.rank:
            return "never"
        verdicts = {self.agree(a, b) for a, b in zip(one.sizes, other.sizes, strict=True)}
        return "never" if "never" in verdicts else "by default" if "by default" in verdicts else "always"

    def size_text(self, axis: Axis) -> str:
        """`x=22`, `p=?` where nothing is known, `i=28*28` for a group drawn double, `c[i]=8..64`."""
        numbers = []
        for size in axis.sizes:
            try:
                first, last = (size.evaluate(moment) for moment in (self.moments[0], self.moments[-1]))
                numbers.append(str(first) if first == last else f"{first}..{last}")
            except ExpressionError:
                numbers.append("?")
        return f"{axis.name}={'*'.join(numbers)}"

    @property
    def defaults(self) -> Mapping[str, int]:
        """The number of every symbol whose size can be told; of an index the first one."""
        return self.moments[0]

    @cached_property
    def moments(self) -> tuple[Mapping[str, int], ...]:
        """The defaults at each moment of the repetitions around; of long ones at the first and last ones."""
        return self._moments(self._draw(0), max(2, int(_MOST_MOMENTS ** (1 / max(1, len(self.indexes))))))

    def _moments(self, sizes: Mapping[str, int], most: int) -> tuple[Mapping[str, int], ...]:
        moments = [sizes]
        for name, (start, stop) in self.indexes.items():
            moments = [
                {**moment, name: number}
                for moment in moments
                for number in _spread(start.evaluate(moment), stop.evaluate(moment), most)
            ]
        return tuple(moments)

    @cached_property
    def _others(self) -> tuple[Mapping[str, int], ...]:
        """Some multiples of the defaults that keep exact divisions exact."""
        draws = tuple(self._draw(number) for number in range(1, 4))
        others: list[Mapping[str, int]] = []
        for draw in draws:
            with suppress(ExpressionError):
                others.extend(self._moments(draw, 3))
        return tuple(others)

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


def _renamed(found: re.Match[str], meaning: Mapping[str, Expression]) -> str:
    index = Expression.parse(found[1]).substitute(meaning).simplified()
    return f"[{str(index).replace(' ', '')}]"


def _spread(start: int, stop: int, most: int) -> tuple[int, ...]:
    """All whole numbers of a range, or the first ones and the last."""
    if stop - start < most:
        return tuple(range(start, stop + 1))
    return (*range(start, start + max(1, most - 2)), *range(stop - (most > 2), stop + 1))


def suggest(name: str, known: tuple[str, ...]) -> str:
    """`did you mean 'x'?`, or nothing."""
    from difflib import get_close_matches  # only on the way to an error: it would slow every start

    close = get_close_matches(name, known, 1, 0.5)
    return f"did you mean '{close[0]}'?" if close else ""


def _declare(name: str) -> str:
    return f"declare it under axes: {name}: SIZE"


def _family(name: str) -> str:
    return f"declare it under axes: {name}: {{index: i, size: SIZE}}"

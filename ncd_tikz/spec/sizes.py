"""Sizes of axes and parameters: known symbols, no circles, positive whole numbers."""

from __future__ import annotations

from collections.abc import Mapping

from ncd_tikz.axes import Expression, ExpressionError
from ncd_tikz.axes.label import default_label
from ncd_tikz.errors import Position
from ncd_tikz.frozen import frozen
from ncd_tikz.spec.mistakes import Told, did_you_mean, known_names
from ncd_tikz.spec.names import IDENTIFIER
from ncd_tikz.spec.nodes import AxisNode
from ncd_tikz.spec.readers import WRONG
from ncd_tikz.spec.records import Fields
from ncd_tikz.spec.source import Items, Node, Place

LARGEST_SIZE = 2**31 - 1
_STAND_IN = 24  # for a size that only callers know: sizes derived from it often come out


@frozen
class Declared:
    """A declared axis or parameter before its size is checked."""

    name: str
    what: str  # "axis" or "parameter"
    path: str
    fields: Fields | None  # None where it is mistaken
    node: Node

    @property
    def sizes(self) -> tuple[Expression, ...]:
        """The sizes as written; none where they are left out or mistaken."""
        if self.fields is None:
            return ()
        size = self.fields.get("size", ())
        return size if isinstance(size, tuple) else (size,)

    def place(self, index: int) -> Place:
        """Where size number `index` stands."""
        node = self.fields.nodes["size"] if self.fields else self.node
        return node.items[index].place if isinstance(node, Items) else node.place


def declared(table: object, what: str, path: str) -> list[Declared]:
    """The entries of `axes:` or `params:` as the reader gave them."""
    if not isinstance(table, dict):
        return []
    return [
        Declared(_meant(name), what, f"{path}.{name}", None if fields is WRONG else fields, node)
        for name, (fields, node) in table.items()
    ]


def _meant(name: str) -> str:
    """The identifier that a mistaken name starts with, so that its uses are no mistakes, too."""
    match = IDENTIFIER.match(name)
    return match[0] if match else name


class Sizes:
    """All declared sizes of a spec or block, checked together."""

    def __init__(
        self,
        entries: list[Declared],
        settled: Mapping[str, Place],
        whole: bool,
        around: Sizes | None,
        told: Told,
    ) -> None:
        self.told = told
        self.around = around
        self.whole = whole  # every declaration could be read: other names are unknown
        self.entries: dict[str, Declared] = {}
        for entry in entries:
            if entry.name in self.entries and entry.what == self.entries[entry.name].what:
                continue  # one of them is mistaken, and told
            if entry.name in self.entries:
                fact = f"'{entry.name}' is declared as an axis and as a parameter"
                told.tell(entry.node.place, entry.path, fact, hint="declare it once")
            else:
                self.entries[entry.name] = entry
        # Axes that only a block's inputs name: its callers settle them.
        self.settled = {name: place for name, place in settled.items() if name not in self.entries}
        self.made: set[str] = set()  # axes that steps make: their sizes follow
        self.numbers: dict[str, int] = {}
        self.order: list[str] = []

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every name that an expression may speak of."""
        return (*self.entries, *self.settled)

    def check(self) -> None:
        """Tell every mistake; afterwards `order` has every name behind those that its size speaks of."""
        for entry in self.entries.values():
            for index, size in enumerate(entry.sizes):
                self.check_symbols(size, entry.place(index), entry.path)
        self.arrange()
        for name in self.order:
            self.evaluate(self.entries[name])

    def check_symbols(self, size: Expression, place: Place, path: str) -> bool:
        """Whether all symbols of an expression are known; tells those that are not."""
        known = True
        for symbol in size.symbols:
            rank = self.rank(symbol)
            if not rank and not self.whole:
                known = False
            elif not rank:
                hint = did_you_mean(symbol, self.symbols) or f"declare it under axes: {symbol}: SIZE"
                fact = f"unknown size '{symbol}'" + (f" in '{size}'" if str(size) != symbol else "")
                self.told.tell(place, path, fact, known=known_names("sizes", self.symbols), hint=hint)
                known = False
            elif rank > 1:
                fact = f"'{symbol}' is a group of {rank} axes and has no single size"
                self.told.tell(place, path, fact)
                known = False
        return known

    def rank(self, symbol: str) -> int:
        """How many sizes a name has; none where nobody declares it."""
        entry = self.entries.get(symbol)
        if entry is None:
            return 1 if symbol in self.settled or symbol in self.made else 0
        return max(1, len(entry.sizes))

    def arrange(self) -> None:
        """Fill `order`: depth first with a stack of our own, since chains may be long."""
        done: set[str] = set()
        for start in self.entries:
            trail: dict[str, None] = {}
            waiting: list[tuple[str, bool]] = [(start, False)]
            while waiting:
                name, left = waiting.pop()
                if left:
                    del trail[name]
                    done.add(name)
                    self.order.append(name)
                elif name in trail:
                    names = list(trail)
                    self.tell_circle(names[names.index(name) :])
                elif name not in done:
                    trail[name] = None
                    waiting.append((name, True))
                    waiting.extend((symbol, False) for symbol in reversed(self.needs(name)))

    def needs(self, name: str) -> list[str]:
        """The declared names that a size speaks of."""
        symbols = [symbol for size in self.entries[name].sizes for symbol in size.symbols]
        return [symbol for symbol in dict.fromkeys(symbols) if symbol in self.entries]

    def tell_circle(self, circle: list[str]) -> None:
        """Note sizes that need themselves."""
        members = set(circle)
        first = next(name for name in self.entries if name in members)
        turn = circle.index(first)
        names = [*circle[turn:], *circle[:turn], first]
        shown = names if len(names) <= 12 else [*names[:10], "...", first]
        entry = self.entries[first]
        fact = "the size needs itself: " + " -> ".join(shown)
        self.told.tell(entry.place(0), entry.path, fact, hint="give one of them a number")

    def evaluate(self, entry: Declared) -> None:
        """The number of a size, where all it speaks of have one."""
        for index, size in enumerate(entry.sizes):
            if any(symbol not in self.numbers for symbol in size.symbols):
                continue
            number = self.number(size, entry.place(index), entry.path)
            if number is not None and len(entry.sizes) == 1:
                self.numbers[entry.name] = number

    def number(self, size: Expression, place: Place, path: str) -> int | None:
        """A positive whole number, or none and a mistake told."""
        at = " with " + ", ".join(f"{s}={self.numbers[s]}" for s in size.symbols) if size.symbols else ""
        try:
            number = size.evaluate(self.numbers)
        except ExpressionError as error:
            self.told.tell(place, path, error.fact + at, hint=error.hint)
            return None
        if number < 1:
            self.told.tell(place, path, f"the size is {number}{at}; expected a positive whole number")
            return None
        if number > LARGEST_SIZE:
            self.told.tell(place, path, f"the size is {number}{at}; the largest allowed is {LARGEST_SIZE}")
            return None
        return number

    def check_value(self, size: Expression, place: Place, path: str) -> None:
        """Check an expression that is no declaration, such as `below:`."""
        if self.check_symbols(size, place, path) and all(s in self.numbers for s in size.symbols):
            self.number(size, place, path)

    def nodes(self, what: str) -> tuple[AxisNode, ...]:
        """The axes or parameters, every one behind those that its size speaks of."""
        own = tuple(self.node(self.entries[name]) for name in self.order if self.entries[name].what == what)
        if what == "parameter":
            return own
        return (*(self.open_node(name, self.told.position(at)) for name, at in self.settled.items()), *own)

    def node(self, entry: Declared) -> AxisNode:
        """A declared one."""
        at = self.told.position(entry.node.place)
        open_node = self.open_node(entry.name, at)
        values: Mapping[str, str] = entry.fields.values if entry.fields else {}
        label = values.get("label") or (default_label(entry.name) if entry.sizes else open_node.label)
        about = values.get("about") or ("" if entry.sizes else open_node.about)
        return AxisNode(entry.name, entry.sizes or open_node.sizes, label, about, at)

    def open_node(self, name: str, at: Position) -> AxisNode:
        """An axis whose size a block's callers settle; until then it has that of the same name around."""
        if self.around is not None:
            entry = self.around.entries.get(name)
            if entry is None or not entry.sizes:
                return self.around.open_node(name, at)
            sizes = tuple(self.around.default(size) for size in entry.sizes)
            outer = self.around.node(entry)
            return AxisNode(name, sizes, outer.label, outer.about, at)
        return AxisNode(name, (Expression.number(_STAND_IN),), default_label(name), "", at)

    def default(self, size: Expression) -> Expression:
        """The number of a size, where it is known."""
        try:
            return Expression.number(size.evaluate(self.numbers))
        except ExpressionError:
            return Expression.number(_STAND_IN)

"""Sizes of axes and parameters: known symbols, no circles, positive whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from ncd_tikz.axes import Expression, ExpressionError
from ncd_tikz.axes.label import default_label
from ncd_tikz.axes.signature import member_name
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

    @property
    def index(self) -> str:
        """The symbol that the sizes of a family speak of; empty where it is none."""
        return self.fields.get("index", "") if self.fields else ""

    @property
    def is_family(self) -> bool:
        """Whether it has an index, mistaken or not."""
        return self.fields is not None and "index" in self.fields.nodes

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

    @cached_property
    def families(self) -> dict[str, tuple[str, Expression]]:
        """The families of single sizes: the symbol of their index, and their size."""
        return {
            name: (entry.index, entry.sizes[0])
            for name, entry in self.entries.items()
            if entry.index and len(entry.sizes) == 1
        }

    def check(self) -> None:
        """Tell every mistake; afterwards `order` has every name behind those that its size speaks of."""
        for entry in self.entries.values():
            self.check_family(entry)
            for index, size in enumerate(entry.sizes if entry.index or not entry.is_family else ()):
                self.check_symbols(size, entry.place(index), entry.path, (entry.index,))
        self.arrange()
        for name in self.order:
            self.evaluate(self.entries[name])

    def check_family(self, entry: Declared) -> None:
        """A family has sizes, and an index that is nothing else."""
        if not entry.is_family or entry.fields is None:
            return
        place = entry.fields.nodes["index"].place
        if entry.index in self.entries:
            what = self.entries[entry.index].what
            fact = f"the index '{entry.index}' is {'an' if what[0] in 'aeiou' else 'a'} {what}, too"
            self.told.tell(place, f"{entry.path}.index", fact, hint="name one of them otherwise")
        if self.around is not None and "size" not in entry.fields.nodes:
            self.told.tell(entry.node.place, entry.path, "the key 'size' is missing in a family")

    def check_symbols(self, size: Expression, place: Place, path: str, indexes: tuple[str, ...] = ()) -> bool:
        """Whether all names in an expression are known, `indexes` besides; tells those that are not."""
        known = True
        for name, _ in size.families:
            known &= self.check_member(name, size, place, path)
        for symbol in size.symbols:
            if symbol in indexes:
                continue
            if symbol in self.entries and self.entries[symbol].is_family:
                fact = f"'{symbol}' is a family of sizes" + _within(size, symbol)
                self.told.tell(place, path, fact, hint=f"say which one, as in {symbol}[1]")
                known = False
                continue
            rank = self.rank(symbol)
            if not rank and not self.whole:
                known = False
            elif not rank:
                hint = did_you_mean(symbol, self.symbols) or f"declare it under axes: {symbol}: SIZE"
                fact = f"unknown size '{symbol}'" + _within(size, symbol)
                self.told.tell(place, path, fact, known=known_names("sizes", self.symbols), hint=hint)
                known = False
            elif rank > 1:
                fact = f"'{symbol}' is a group of {rank} axes and has no single size"
                self.told.tell(place, path, fact)
                known = False
        return known

    def check_member(self, name: str, size: Expression, place: Place, path: str) -> bool:
        """Whether there is a family of single sizes of that name; tells where there is none."""
        entry = self.entries.get(name)
        if entry is not None and entry.is_family and len(entry.sizes) < 2:
            return True
        if entry is None and not self.whole:
            return False
        families = tuple(each for each, entry in self.entries.items() if entry.is_family)
        fact = f"unknown family '{name}' in '{size}'"
        hint = did_you_mean(name, families) or f"declare it under axes: {name}: {{index: i, size: ...}}"
        if entry is not None:
            fact, hint = f"'{name}' has no index, found '{size}'", f"write {name}"
            if entry.is_family:
                fact, hint = f"'{name}' is a family of groups and has no single size", ""
        self.told.tell(place, path, fact, known=known_names("families", families), hint=hint)
        return False

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
        entry = self.entries[name]
        symbols = [symbol for size in entry.sizes for symbol in size.symbols if symbol != entry.index]
        symbols += [family for size in entry.sizes for family, _ in size.families]
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
            try:
                size = size.resolve(self.families)
            except ExpressionError as error:
                self.told.tell(entry.place(index), entry.path, error.fact, hint=error.hint)
                continue
            if entry.is_family or not self.is_known(size):
                continue
            number = self.number(size, entry.place(index), entry.path)
            if number is not None and len(entry.sizes) == 1:
                self.numbers[entry.name] = number

    def number(self, size: Expression, place: Place, path: str) -> int | None:
        """A positive whole number, or none and a mistake told."""
        size = self.resolved(size)
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

    def check_value(self, size: Expression, place: Place, path: str, indexes: tuple[str, ...] = ()) -> None:
        """Check an expression that is no declaration, such as `below:`, inside repetitions."""
        known = self.check_symbols(size, place, path, indexes)
        if known and self.is_known(self.resolved(size)):
            self.number(size, place, path)

    def is_known(self, size: Expression) -> bool:
        """Whether everything that a resolved size speaks of has a number."""
        return size.is_resolved and all(symbol in self.numbers for symbol in size.symbols)

    def check_family_at(self, entry: Declared, index: Expression, place: Place, path: str) -> None:
        """Tell a family that has no size at an index."""
        for size in entry.sizes if entry.index else ():
            size = self.resolved(size).substitute({entry.index: index})
            if not self.is_known(size):
                continue
            name = member_name(entry.name, index)
            try:
                number = size.evaluate(self.numbers)
            except ExpressionError as error:
                self.told.tell(place, path, f"{name} has no size: {error.fact}", hint=error.hint)
            else:
                if number < 1:
                    fact = f"{name} has the size {number}; expected a positive whole number"
                    self.told.tell(place, path, fact)

    def resolved(self, size: Expression) -> Expression:
        """The same, where every member of a family knows its size."""
        try:
            return size.resolve(self.families)
        except ExpressionError:  # a mistake that is told where it is declared
            return size

    def evaluated(self, size: Expression) -> int | None:
        """The whole number that an expression stands for, where everything that it speaks of has one."""
        try:
            return self.resolved(size).evaluate(self.numbers)
        except ExpressionError:
            return None

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
        sizes = tuple(self.resolved(size) for size in entry.sizes) or open_node.sizes
        return AxisNode(entry.name, sizes, label, about, at, entry.index)

    def open_node(self, name: str, at: Position) -> AxisNode:
        """An axis whose size a block's callers settle; until then it has that of the same name around."""
        if self.around is not None:
            entry = self.around.entries.get(name)
            if entry is None or not entry.sizes or entry.is_family:
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


def _within(size: Expression, symbol: str) -> str:
    return f" in '{size}'" if str(size) != symbol else ""

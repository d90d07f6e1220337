"""What names mean at a moment: the values of a diagram, and those that a repetition takes from outside."""

from __future__ import annotations

from ncd_tikz.axes import Expression
from ncd_tikz.diagram.diagram import Value
from ncd_tikz.frozen import frozen


@frozen
class Kept:
    """Memory under `name`: one tensor at the index `start`, or a family from `start` to `stop`."""

    name: str
    value: int
    start: Expression
    stop: Expression | None = None

    def __str__(self) -> str:
        text = f"{self.name}[{_plain(self.start)}]"
        return f"{text} to {self.name}[{_plain(self.stop)}]" if self.stop else text


class Values:
    """Every value ever assigned, what each name means now, and what is in memory.

    A repetition's body has values of its own; a name from outside becomes one of its inputs when it
    is first used.
    """

    def __init__(self, around: Values | None = None) -> None:
        self.around = around
        self.all: list[Value] = []
        self.now: dict[str, int | None] = {}  # None where a mistake left it unknown
        self.read: set[int] = set()
        self.constants: dict[int, int] = {}  # value outside -> value here, in the order of first use
        self.loaded: dict[int, int] = {}  # the same for memory
        self.memory: list[Kept] = []
        self.lost: set[str] = set()  # memory that a mistake left unknown

    @property
    def names(self) -> tuple[str, ...]:
        """All names that have a meaning."""
        return tuple(dict.fromkeys((*self.now, *(self.around.names if self.around else ()))))

    def assign(self, value: Value) -> int:
        """A new value, which its name means from now on; memory has no name among them."""
        self.all.append(value)
        number = len(self.all) - 1
        if not value.memory:
            self.now[value.name] = number
        return number

    def find(self, name: str) -> int | None:
        """The number of what `name` means; None where a mistake left it unknown.

        Raises:
            KeyError: it has no meaning.
        """
        if name in self.now or self.around is None:
            return self.now[name]
        outside = self.around.find(name)
        if outside is None:
            return None
        if outside not in self.constants:
            self.constants[outside] = self.assign(self.around.all[outside])
        self.around.read.add(outside)
        self.now[name] = self.constants[outside]
        return self.now[name]

    def in_memory(self, name: str) -> list[tuple[Kept, Values]]:
        """What is kept under `name`, the newest first, and where."""
        here = [(each, self) for each in reversed(self.memory) if each.name == name]
        return here + (self.around.in_memory(name) if self.around else [])

    def is_lost(self, name: str) -> bool:
        """Whether a mistake left unknown what is kept under `name`."""
        return name in self.lost or (self.around is not None and self.around.is_lost(name))

    def take(self, kept: Kept, home: Values) -> int:
        """Memory that is kept here or around, as a value here."""
        if home is self:
            number = kept.value
        else:
            assert self.around is not None
            outside = self.around.take(kept, home)
            if outside not in self.loaded:
                self.loaded[outside] = self.assign(self.around.all[outside])
            number = self.loaded[outside]
        self.read.add(number)
        return number


def _plain(index: Expression) -> str:
    return str(index).replace(" ", "")

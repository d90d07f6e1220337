"""Groups and arguments of control sequences in a formula's source."""

from __future__ import annotations

from ncd_tikz.text.formula import Item
from ncd_tikz.text.source import Source

DEPTH = 16  # groups nested deeper than this are skipped


class Arguments:
    """A reading place in a formula; a subclass knows what each token means.

    `alphabet` is the font family that letters take, if one was asked for.
    """

    def __init__(self, source: Source, depth: int = 0) -> None:
        self.source = source
        self.depth = depth
        self.alphabet = ""

    @property
    def deep(self) -> bool:
        """Whether no further group can be opened."""
        return self.depth >= DEPTH

    def extend(self, found: list[Item], token: str) -> None:
        """Add what a token just taken stands for."""
        raise NotImplementedError

    def items(self, ends: tuple[str, ...] = ()) -> list[Item]:
        """Everything up to one of the ends (which stays unread), or to the end of the source."""
        found: list[Item] = []
        alphabet = self.alphabet
        while (token := self.source.peek()) and token not in ends:
            self.source.take()
            self.extend(found, token)
        self.alphabet = alphabet
        return found

    def group(self, end: str = "}") -> list[Item]:
        """Everything up to the end, which is taken too."""
        self.depth += 1
        found = self.items((end,))
        self.source.take()
        self.depth -= 1
        return found

    def argument(self) -> list[Item]:
        """The next argument: a group, or a single token."""
        token = self.source.peek_solid()
        if token in ("", "}") or self.deep:
            return []
        self.source.take()
        if token == "{":
            return self.group()
        found: list[Item] = []
        self.depth += 1
        self.extend(found, token)
        self.depth -= 1
        return found

    def option(self) -> list[Item]:
        """The next argument in brackets; nothing where there is none."""
        if self.source.peek_solid() != "[" or self.deep:
            return []
        self.source.take()
        return self.group("]")

    def raw(self) -> str:
        """The source of the next argument."""
        return self.source.take_raw()

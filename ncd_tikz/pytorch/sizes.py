"""The sizes that a class speaks of: the names of its arguments, of what it derives, and of families."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from ncd_tikz.axes import Expression
from ncd_tikz.diagram import AxisSize, Diagram
from ncd_tikz.pytorch.names import MODULE_ATTRIBUTES, identifiers
from ncd_tikz.pytorch.wrap import wrap


def argument_names(diagram: Diagram) -> dict[str, str]:
    """Symbols and families -> their names in the constructor."""
    single = [entry for entry in diagram.sizes if entry.axis.rank == 1]
    ordered = sorted(single, key=lambda entry: bool(entry.index))  # families last
    return identifiers(entry.axis.name for entry in ordered)


class Sizes:
    """The declared sizes of one diagram as names of Python; knows which the constructor asked for.

    `index` is the symbol that counts the iterations where the diagram is a repetition's body, and
    `forward_index` its variable where one module serves all iterations, so that `forward` is told.
    """

    def __init__(
        self, diagram: Diagram, attributes: Collection[str], index: str = "", forward_index: str = ""
    ) -> None:
        self.index, self.forward_index = index, forward_index
        self.declared = {
            entry.axis.name: entry for entry in diagram.sizes if entry.axis.rank == 1 and not entry.index
        }
        self.families = {
            entry.axis.name: entry for entry in diagram.sizes if entry.axis.rank == 1 and entry.index
        }
        self.local = argument_names(diagram)
        self.stored = {
            symbol: f"{self.local[symbol]}_size"
            if self.local[symbol] in attributes or self.local[symbol] in MODULE_ATTRIBUTES
            else self.local[symbol]
            for symbol in self.declared
        }
        self.needed: set[str] = set()  # in __init__
        self.called: set[str] = set()  # families, in __init__
        self.forward_uses_index = False

    def in_init(self, expression: Expression) -> str:
        """Code of a size in the constructor."""
        self.needed.update(expression.symbols)
        return expression.python(self.local.__getitem__, self._member)

    def in_forward(self, expression: Expression) -> str:
        """Code of a size in `forward`."""
        return expression.python(self._kept)

    def _kept(self, symbol: str) -> str:
        if symbol == self.index and self.forward_index:
            self.forward_uses_index = True
            return self.forward_index
        return f"self.{self.stored[symbol]}"

    def _member(self, family: str, index: str) -> str | None:
        if family not in self.families:
            return None
        self.called.add(family)
        return f"{self.local[family]}({index})"

    def kept(self, code: str) -> tuple[str, ...]:
        """The symbols that `code` of forward takes from self."""
        return tuple(
            symbol for symbol in self.declared if re.search(rf"\bself\.{self.stored[symbol]}\b", code)
        )

    def chosen(self, kept: Iterable[str]) -> tuple[str, ...]:
        """The symbols needed and all they are derived from, each after those it needs; free ones first."""
        order: list[str] = []

        def visit(symbol: str) -> None:
            if symbol not in order:
                for other in self._below(symbol):
                    visit(other)
                order.append(symbol)

        wanted = {*self.needed, *kept}
        for family in self.called:
            entry = self.families[family]
            wanted.update(symbol for symbol in entry.axis.sizes[0].symbols if symbol != entry.index)
        for symbol in self.declared:
            if symbol in wanted:
                visit(symbol)
        free = [symbol for symbol in self.declared if symbol in order and self.is_free(symbol)]
        return (*free, *(symbol for symbol in order if symbol not in free))

    def is_free(self, symbol: str) -> bool:
        """Whether the constructor takes it, with the spec's number as default."""
        return not self._below(symbol)

    def _below(self, symbol: str) -> tuple[str, ...]:
        return () if symbol == self.index else self.declared[symbol].axis.sizes[0].symbols

    def derivations(self, chosen: Iterable[str]) -> list[str]:
        """The lines of the constructor that derive sizes from its arguments."""
        return [
            f"        {self.local[symbol]} = {self.declared[symbol].axis.sizes[0].python(self._in_derived)}"
            for symbol in chosen
            if not self.is_free(symbol)
        ]

    def _in_derived(self, symbol: str) -> str:
        return self.local[symbol]

    def family_functions(self) -> list[str]:
        """The lines of the constructor that define the families it calls."""
        functions: dict[str, list[str]] = {}
        while len(functions) < len(self.called):  # one may call another
            for name in self.called - functions.keys():
                functions[name] = self._function(name, self.families[name])
        return [line for name in self.families if name in functions for line in ("", *functions[name], "")]

    def _function(self, name: str, entry: AxisSize) -> list[str]:
        index = next(iter(identifiers([entry.index], taken=self.local.values()).values()))
        if entry.index == self.index:
            index = self.local[self.index]  # as everybody writes it: c(i) for c_i
        size = entry.axis.sizes[0].python(
            lambda symbol: index if symbol == entry.index else self.local[symbol], self._member
        )
        return [f"        def {self.local[name]}({index}: int) -> int:", *wrap(f"return {size}", 12)]

"""From LaTeX math source to a formula; what is not understood becomes a generous box.

Nothing is ever refused: braces that do not match are closed at the end, and beyond `DEPTH` nested groups the
braces are skipped.
"""

from __future__ import annotations

from ncd_tikz.text.commands import ALPHABETS, BIG, CLASSES, COMMANDS, SPACES, STYLES
from ncd_tikz.text.formula import Accent, Atom, Big, Fixed, Glyph, Group, Item, Space, Style, Words
from ncd_tikz.text.source import Source, is_wide
from ncd_tikz.text.symbols import (
    ACCENTS,
    BIN,
    CHARACTERS,
    CLOSE,
    COMPOSED,
    FUNCTIONS,
    OP,
    OPEN,
    ORD,
    REL,
    SYMBOLS,
    UNICODE,
)

DEPTH = 24


def read_formula(text: str) -> list[Item]:
    """The formula that the text stands for.

    >>> read_formula("x^2")
    [Atom(nucleus=Glyph(family='cmmi', code=120), kind=0, above=[Atom(...)], below=[], limits=None)]
    """
    return Reader(Source(text)).items()


class Reader:
    """Reads one formula, group by group."""

    def __init__(self, source: Source, depth: int = 0) -> None:
        self.source = source
        self.depth = depth
        self.alphabet = ""

    def items(self, ends: tuple[str, ...] = ()) -> list[Item]:
        """Everything up to one of the ends (which stays unread), or to the end of the source."""
        found: list[Item] = []
        alphabet = self.alphabet
        while (token := self.source.peek()) and token not in ends:
            self.source.take()
            self._extend(found, token)
        self.alphabet = alphabet
        return found

    def argument(self) -> list[Item]:
        """The next argument: a group, or a single token."""
        token = self.source.take_solid()
        if token == "{" and self.depth < DEPTH:
            return self._inside("}")
        found: list[Item] = []
        if token and token not in "{}":
            self.depth += 1
            if self.depth < DEPTH:
                self._extend(found, token)
            self.depth -= 1
        return found

    def option(self) -> list[Item] | None:
        """The next argument in brackets, where there is one."""
        if self.source.peek_solid() != "[":
            return None
        self.source.take_solid()
        return self._inside("]")

    def raw(self) -> str:
        """The source of the next argument."""
        return self.source.take_raw()

    def _inside(self, end: str) -> list[Item]:
        self.depth += 1
        found = self.items((end,))
        self.source.take()
        self.depth -= 1
        return found

    def _extend(self, found: list[Item], token: str) -> None:
        first = token[0]
        if first == "\\" and len(token) > 1:
            self._command(found, token[1:])
        elif first == "{":
            if self.depth < DEPTH:
                found.append(_grouped(self._inside("}")))
        elif first in "^_":
            self._script(found, first)
        elif first == "'":
            self._primes(found)
        elif first == "~":
            found.append(Space(words=1.0))
        elif not first.isspace() and first not in "}$&#%\\":
            found.append(self._character(first))

    def _script(self, found: list[Item], mark: str) -> None:
        atom = _last_atom(found)
        argument = self.argument()
        (atom.above if mark == "^" else atom.below).extend(argument)

    def _primes(self, found: list[Item]) -> None:
        atom = _last_atom(found)
        prime = Atom(Glyph("cmsy", 0x30))
        atom.above.append(prime)
        while self.source.peek() == "'":
            self.source.take()
            atom.above.append(Atom(Glyph("cmsy", 0x30)))
        if self.source.peek_solid() == "^":
            self.source.take_solid()
            atom.above.extend(self.argument())

    def _character(self, char: str) -> Atom:
        if char in CHARACTERS:
            kind, family, code = CHARACTERS[char]
            return Atom(Glyph(family, code), kind)
        if char.isascii() and char.isalnum():
            return Atom(self._letter(ord(char), "cmmi" if char.isalpha() else "cmr"))
        name = UNICODE.get(char, "")
        if name in SYMBOLS:
            return self._symbol(name)
        if name:
            return Atom(Group(read_formula("\\" + name)), REL)
        return Atom(Words(char, "serif") if char.isalpha() and not is_wide(char) else Fixed(1.0, 0.9, 0.2))

    def _letter(self, code: int, family: str) -> Glyph:
        alphabet = self.alphabet
        if alphabet in ("msbm", "cmsy") and not 0x41 <= code <= 0x5A:
            alphabet = ""
        if alphabet == "cmmib" and 0x30 <= code <= 0x39:
            alphabet = "cmbx"
        return Glyph(alphabet or family, code)

    def _symbol(self, name: str) -> Atom:
        kind, family, code = SYMBOLS[name]
        bold = {"cmmi": "cmmib", "cmsy": "cmbsy", "cmr": "cmbx"}
        if family == "cmr" and code < 0x0B and self.alphabet:
            return Atom(self._letter(code, family) if self.alphabet != "cmmib" else Glyph("cmbx", code), kind)
        if self.alphabet == "cmmib":
            family = bold.get(family, family)
        return Atom(Glyph(family, code), kind)

    def _command(self, found: list[Item], name: str) -> None:
        if name in SYMBOLS:
            found.append(self._symbol(name))
        elif name in SPACES:
            found.append(SPACES[name])
        elif name in ACCENTS:
            family, code = ACCENTS[name]
            found.append(Atom(Accent(family, code, self.argument())))
        elif name in ALPHABETS:
            alphabet, self.alphabet = self.alphabet, ALPHABETS[name]
            found.append(_grouped(self.argument()))
            self.alphabet = alphabet
        elif name in FUNCTIONS:
            found.append(Atom(Group(_upright(FUNCTIONS[name])), OP))
        elif name in COMPOSED:
            if self.depth < DEPTH:
                found.extend(Reader(Source(COMPOSED[name]), self.depth + 1).items())
        elif name in CLASSES:
            found.append(Atom(Group(self.argument()), CLASSES[name]))
        elif name in BIG:
            kind = {"l": OPEN, "r": CLOSE, "m": REL}.get(name[-1], ORD)
            found.append(Atom(Big(self.source.take_delimiter(), BIG[name]), kind))
        elif name in STYLES:
            found.append(Style(STYLES[name]))
        elif name in COMMANDS:
            COMMANDS[name](self, found)
        else:
            found.append(Atom(Fixed(max(1.0, 0.56 * len(name)), 0.75, 0.25)))


def _upright(text: str) -> list[Item]:
    return [Space(mu=3.0) if char == " " else Atom(Glyph("cmr", ord(char))) for char in text]


def _grouped(items: list[Item]) -> Atom:
    """A group; a single ordinary character without scripts stays what it is, as in TeX."""
    if len(items) == 1 and isinstance(items[0], Atom):
        atom = items[0]
        plain = not atom.above and not atom.below and atom.kind == ORD
        if plain and (isinstance(atom.nucleus, Accent) or not isinstance(atom.nucleus, Words)):
            return Atom(atom.nucleus)
    return Atom(Group(items))


def _last_atom(found: list[Item]) -> Atom:
    if not found or not isinstance(found[-1], Atom):
        found.append(Atom(Group([])))
    atom = found[-1]
    assert isinstance(atom, Atom)
    return atom


__all__ = ["BIN", "DEPTH", "Reader", "read_formula"]

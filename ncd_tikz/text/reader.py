"""From LaTeX math source to a formula; what is not understood becomes a generous box.

Nothing is ever refused: braces that do not match are closed at the end, and beyond `DEPTH` nested groups the
braces are skipped.
"""

from __future__ import annotations

from ncd_tikz.text.arguments import Arguments
from ncd_tikz.text.commands import ALPHABETS, BIG, CLASSES, COMMANDS, SPACES, STYLES, ligated
from ncd_tikz.text.formula import Accent, Atom, Big, Fixed, Glyph, Group, Item, Space, Style, Words
from ncd_tikz.text.source import Source, is_wide
from ncd_tikz.text.symbols import (
    ACCENTS,
    CHARACTERS,
    CLOSE,
    COMPOSED,
    FUNCTIONS,
    OP,
    OPEN,
    OPEN_DOTS,
    ORD,
    REL,
    SYMBOLS,
    UNICODE,
)

_CLOSING = frozenset(("", ")", "]", "\\}", "\\rangle", "\\right", "\\rfloor", "\\rceil"))
_BOLD = {"cmmi": "cmmib", "cmsy": "cmbsy", "cmr": "cmbx"}


def read_formula(text: str) -> list[Item]:
    """The formula that the text stands for.

    >>> [type(item.nucleus).__name__ for item in read_formula(r"\\bar{x} + k^2")]
    ['Accent', 'Glyph', 'Glyph']
    """
    return Reader(Source(text)).items()


class Reader(Arguments):
    """Reads one formula, group by group."""

    def extend(self, found: list[Item], token: str) -> None:
        """Add what a token just taken stands for."""
        first = token[0]
        if first == "\\" and len(token) > 1:
            self._command(found, token[1:])
        elif first == "{":
            if not self.deep:
                found.append(_grouped(self.group()))
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
        if self.alphabet == "cmmib":
            family = _BOLD.get(family, family)
        elif family == "cmr" and code < 0x0B:  # capital Greek letters follow the alphabet
            return Atom(self._letter(code, family), kind)
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
            found.append(_grouped(ligated(self.argument())))
            self.alphabet = alphabet
        elif name in FUNCTIONS:
            found.append(Atom(Group(_upright(FUNCTIONS[name])), OP))
        elif name in COMPOSED:
            if not self.deep:
                found.extend(Reader(Source(COMPOSED[name]), self.depth + 1).items())
            if name in OPEN_DOTS and self.source.peek_solid() in _CLOSING:
                found.append(Space(mu=3))
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
    """A group; a single ordinary atom without scripts stays what it is, as in TeX."""
    if len(items) == 1 and isinstance(items[0], Atom):
        atom = items[0]
        if atom.kind == ORD and not atom.above and not atom.below:
            return Atom(atom.nucleus)
    return Atom(Group(items))


def _last_atom(found: list[Item]) -> Atom:
    if not found or not isinstance(found[-1], Atom):
        found.append(Atom(Group([])))
    atom = found[-1]
    assert isinstance(atom, Atom)
    return atom

"""Control sequences of math that take arguments, and those that change style, alphabet or spacing."""

from __future__ import annotations

from collections.abc import Callable

from ncd_tikz.text.arguments import Arguments
from ncd_tikz.text.formula import (
    Atom,
    Fence,
    Fixed,
    Fraction,
    Glyph,
    Group,
    Hidden,
    Item,
    Line,
    Matrix,
    Root,
    Space,
    Stack,
    Words,
)
from ncd_tikz.text.symbols import BIN, CLOSE, INNER, OP, OPEN, ORD, PUNCT, REL

_JOINING = frozenset(("cmr", "cmbx", "cmss", "cmti"))
# Characters that become one, by their codes in TeX's text fonts.
LIGATURES = {
    (0x66, 0x66): 0x0B,
    (0x66, 0x69): 0x0C,
    (0x66, 0x6C): 0x0D,
    (0x0B, 0x69): 0x0E,
    (0x0B, 0x6C): 0x0F,
    (0x2D, 0x2D): 0x7B,
    (0x7B, 0x2D): 0x7C,
    (0x60, 0x60): 0x5C,
    (0x27, 0x27): 0x22,
}
Command = Callable[[Arguments, list[Item]], None]

ALPHABETS: dict[str, str] = {
    "mathbf": "cmbx",
    "mathrm": "cmr",
    "mathup": "cmr",
    "mathsf": "cmss",
    "mathit": "cmti",
    "mathtt": "cmtt",
    "mathbb": "msbm",
    "mathcal": "cmsy",
    "mathscr": "cmsy",
    "mathfrak": "eufm",
    "mathnormal": "cmmi",
    "boldsymbol": "cmmib",
    "bm": "cmmib",
    "pmb": "cmmib",
    "symbf": "cmbx",
}
SPACES: dict[str, Space] = {
    ",": Space(mu=3),
    "thinspace": Space(mu=3),
    ":": Space(mu=4),
    ">": Space(mu=4),
    "medspace": Space(mu=4),
    ";": Space(mu=5),
    "thickspace": Space(mu=5),
    "!": Space(mu=-3),
    "negthinspace": Space(mu=-3),
    "quad": Space(em=1),
    "qquad": Space(em=2),
    "enspace": Space(em=0.5),
    "enskip": Space(em=0.5),
    " ": Space(words=1),
    "\t": Space(words=1),
    "\n": Space(words=1),
    "space": Space(words=1),
    "joinrel": Space(mu=-3),
}
SPACES.update(
    dict.fromkeys("nobreak relax displaylimits nonumber allowbreak / bgroup egroup - @".split(), Space())
)
STYLES = {"displaystyle": 0, "textstyle": 2, "scriptstyle": 4, "scriptscriptstyle": 6}
CLASSES = {
    "mathord": ORD,
    "mathop": OP,
    "mathbin": BIN,
    "mathrel": REL,
    "mathopen": OPEN,
    "mathclose": CLOSE,
    "mathpunct": PUNCT,
    "mathinner": INNER,
    "ensuremath": ORD,
}
BIG = {
    name + side: height
    for name, height in (("big", 10.8), ("Big", 16.2), ("bigg", 21.6), ("Bigg", 27.0))
    for side in ("", "l", "r", "m")
}


def ligated(items: list[Item]) -> list[Item]:
    """Letters of a text font joined as TeX joins them in formulas too."""
    joined: list[Item] = []
    for item in items:
        before = joined[-1] if joined else None
        if isinstance(item, Atom) and isinstance(item.nucleus, Glyph) and isinstance(before, Atom):
            left, right = before.nucleus, item.nucleus
            if isinstance(left, Glyph) and left.family == right.family in _JOINING:
                code = LIGATURES.get((left.code, right.code))
                if code is not None and not before.above and not before.below:
                    joined[-1] = Atom(Glyph(right.family, code), item.kind, item.above, item.below)
                    continue
        joined.append(item)
    return joined


def _fraction(style: int, rule: bool = True, fences: tuple[str, str] = ("", "")) -> Command:
    def command(reader: Arguments, found: list[Item]) -> None:
        above, below = reader.argument(), reader.argument()
        found.append(Atom(Fraction(above, below, style, rule, fences)))

    return command


def _root(reader: Arguments, found: list[Item]) -> None:
    index = reader.option()
    found.append(Atom(Root(reader.argument(), index)))


def _line(above: bool) -> Command:
    def command(reader: Arguments, found: list[Item]) -> None:
        found.append(Atom(Line(reader.argument(), above)))

    return command


def _words(font: str) -> Command:
    def command(reader: Arguments, found: list[Item]) -> None:
        found.append(Atom(Words(reader.raw(), font)))

    return command


def _operator(reader: Arguments, found: list[Item]) -> None:
    if reader.source.peek() == "*":
        reader.source.take()
    alphabet, reader.alphabet = reader.alphabet, "cmr"
    body = reader.argument()
    reader.alphabet = alphabet
    found.append(Atom(Group([Space(), *ligated(body)]), OP))


def _hidden(width: bool = True, height: bool = True) -> Command:
    def command(reader: Arguments, found: list[Item]) -> None:
        found.append(Atom(Hidden(reader.argument(), width, height)))

    return command


def _stack(above: bool, kind: int = REL) -> Command:
    def command(reader: Arguments, found: list[Item]) -> None:
        script, base = reader.argument(), reader.argument()
        found.append(Atom(Stack(base, script if above else [], [] if above else script), kind))

    return command


def _brace(above: bool, least: float = 0.0) -> Command:
    def command(reader: Arguments, found: list[Item]) -> None:
        body = reader.argument()
        mark: list[Item] = [Atom(Fixed(0.0, 0.4, 0.0))]
        none: list[Item] = []
        atom = Atom(Stack(body, mark if above else none, none if above else mark, least), OP)
        atom.limits = True
        found.append(atom)

    return command


def _limits(value: bool) -> Command:
    def command(reader: Arguments, found: list[Item]) -> None:
        if found and isinstance(found[-1], Atom):
            found[-1].limits = value

    return command


def _left(reader: Arguments, found: list[Item]) -> None:
    left, parts, middles = reader.source.take_delimiter(), [], []
    reader.depth += 1
    while True:
        parts.append([] if reader.deep else reader.items(("\\right", "\\middle", "}")))
        if reader.source.peek() != "\\middle":
            break
        reader.source.take()
        middles.append(reader.source.take_delimiter())
    reader.depth -= 1
    right = "."
    if reader.source.peek() == "\\right":
        reader.source.take()
        right = reader.source.take_delimiter()
    found.append(Atom(Fence(left, parts, middles, right), INNER))


def _right(reader: Arguments, found: list[Item]) -> None:
    reader.source.take_delimiter()


_FENCES = {
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "Bmatrix": ("lbrace", "rbrace"),
    "vmatrix": ("vert", "vert"),
    "Vmatrix": ("Vert", "Vert"),
    "cases": ("lbrace", "."),
}


def _rows(reader: Arguments) -> list[list[list[Item]]]:
    reader.depth += 1
    rows: list[list[list[Item]]] = [[]]
    while not reader.deep:
        rows[-1].append(reader.items(("&", "\\\\", "\\end", "}")))
        token = reader.source.peek()
        if token == "\\\\":
            rows.append([])
        elif token != "&":
            break
        reader.source.take()
    reader.depth -= 1
    return [row for row in rows if any(row)] or [[[]]]


def _begin(reader: Arguments, found: list[Item]) -> None:
    name = reader.raw()
    if name in ("array", "tabular"):
        reader.option()
        reader.raw()
    rows = _rows(reader)
    if reader.source.peek() == "\\end":
        reader.source.take()
        reader.raw()
    fences = _FENCES.get(name, ("", ""))
    found.append(Atom(Matrix(rows, fences, name.startswith("small")), INNER if fences[0] else ORD))


def _substack(reader: Arguments, found: list[Item]) -> None:
    if reader.source.take_solid() == "{":
        found.append(Atom(Matrix(_rows(reader), small=True)))
        if reader.source.peek() == "}":
            reader.source.take()


def _hspace(reader: Arguments, found: list[Item]) -> None:
    if reader.source.peek() == "*":
        reader.source.take()
    found.append(Space(em=length(reader.raw())))


def _mkern(reader: Arguments, found: list[Item]) -> None:
    text = ""
    reader.source.skip_spaces()
    while (char := reader.source.peek()) and (char in "+-." or char.isdigit()) and len(text) < 12:
        text += reader.source.take()
    unit = ""
    while (char := reader.source.peek()) and char.isalpha() and len(unit) < 2:
        unit += reader.source.take()
    found.append(Space(em=length(text + unit)))


_POINTS = {
    "pt": 1.0,
    "em": 10.0,
    "ex": 4.306,
    "mu": 10 / 18,
    "mm": 2.8453,
    "cm": 28.453,
    "in": 72.27,
    "bp": 1.00375,
}


def length(text: str) -> float:
    """A length in em, nothing where it cannot be read; at most a thousand."""
    text = text.strip()
    try:
        value = float(text[:-2]) * _POINTS[text[-2:]] / 10
    except (ValueError, KeyError):
        return 0.0
    return max(-1000.0, min(1000.0, value)) if value == value else 0.0


def _ignored(arguments: int) -> Command:
    def command(reader: Arguments, found: list[Item]) -> None:
        for _ in range(arguments):
            reader.raw()

    return command


def _fixed(width: float, height: float, depth: float, kind: int = ORD) -> Command:
    def command(reader: Arguments, found: list[Item]) -> None:
        found.append(Atom(Fixed(width, height, depth), kind))

    return command


def _pmod(reader: Arguments, found: list[Item]) -> None:
    body = [Atom(Glyph("cmr", ord(letter))) for letter in "mod"]
    inside: list[Item] = [*body, Space(mu=6), *reader.argument()]
    ends = Atom(Glyph("cmr", 0x28), OPEN), Atom(Glyph("cmr", 0x29), CLOSE)
    found += [Space(mu=8), ends[0], *inside, ends[1]]


COMMANDS: dict[str, Command] = {
    "frac": _fraction(-1),
    "dfrac": _fraction(0),
    "cfrac": _fraction(0),
    "tfrac": _fraction(2),
    "binom": _fraction(-1, False, ("(", ")")),
    "dbinom": _fraction(0, False, ("(", ")")),
    "tbinom": _fraction(2, False, ("(", ")")),
    "sqrt": _root,
    "overline": _line(True),
    "underline": _line(False),
    "text": _words(""),
    "textrm": _words("cmr"),
    "textnormal": _words("cmr"),
    "textup": _words(""),
    "textsf": _words("cmss"),
    "textbf": _words("cmbx"),
    "textit": _words("cmti"),
    "emph": _words("cmti"),
    "textsl": _words("cmti"),
    "texttt": _words("cmtt"),
    "textsc": _words(""),
    "mbox": _words(""),
    "hbox": _words(""),
    "operatorname": _operator,
    "phantom": _hidden(),
    "hphantom": _hidden(height=False),
    "smash": _hidden(height=False),
    "vphantom": _hidden(width=False),
    "mathstrut": _fixed(0.0, 0.75, 0.25),
    "strut": _fixed(0.0, 0.84, 0.36),
    "rlap": _hidden(width=False),
    "llap": _hidden(width=False),
    "mathrlap": _hidden(width=False),
    "mathllap": _hidden(width=False),
    "overset": _stack(True),
    "stackrel": _stack(True),
    "underset": _stack(False),
    "overbrace": _brace(True, 1.8),
    "underbrace": _brace(False, 1.8),
    "overrightarrow": _brace(True),
    "overleftarrow": _brace(True),
    "limits": _limits(True),
    "nolimits": _limits(False),
    "left": _left,
    "right": _right,
    "middle": _right,
    "begin": _begin,
    "end": _ignored(1),
    "substack": _substack,
    "hspace": _hspace,
    "mspace": _hspace,
    "kern": _mkern,
    "mkern": _mkern,
    "color": _ignored(1),
    "textcolor": _ignored(1),
    "label": _ignored(1),
    "pmod": _pmod,
    "vdots": _fixed(0.2778, 1.506, 0.0),
    "ddots": _fixed(1.167, 1.506, 0.0, INNER),
    "copyright": _fixed(1.112, 0.75, 0.25),
    "notin": _fixed(0.6667, 0.75, 0.039, REL),
    "cong": _fixed(0.7778, 0.634, 0.05, REL),
    "_": _fixed(0.36, 0.04, 0.0),
    "colorbox": _ignored(1),
}

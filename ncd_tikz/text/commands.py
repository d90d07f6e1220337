"""Control sequences of math that take arguments, and those that change style, alphabet or spacing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ncd_tikz.text.formula import Atom, Fence, Fixed, Fraction, Group, Hidden, Item, Line, Matrix, Root, Space
from ncd_tikz.text.formula import Stack, Words
from ncd_tikz.text.symbols import BIN, CLOSE, INNER, OP, OPEN, ORD, PUNCT, REL

if TYPE_CHECKING:
    from ncd_tikz.text.reader import Reader

Command = Callable[["Reader", list[Item]], None]

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
    "nobreak": Space(),
    "relax": Space(),
    "displaylimits": Space(),
    "nonumber": Space(),
    "allowbreak": Space(),
    "/": Space(),
    "bgroup": Space(),
    "egroup": Space(),
    "-": Space(),
}
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
    for name, height in (("big", 8.5), ("Big", 11.5), ("bigg", 14.5), ("Bigg", 17.5))
    for side in ("", "l", "r", "m")
}


def _fraction(style: int, rule: bool = True, fences: tuple[str, str] = ("", "")) -> Command:
    def command(reader: Reader, found: list[Item]) -> None:
        above, below = reader.argument(), reader.argument()
        found.append(Atom(Fraction(above, below, style, rule, *fences)))

    return command


def _root(reader: Reader, found: list[Item]) -> None:
    index = reader.option()
    found.append(Atom(Root(reader.argument(), index or [])))


def _line(above: bool) -> Command:
    def command(reader: Reader, found: list[Item]) -> None:
        found.append(Atom(Line(reader.argument(), above)))

    return command


def _words(font: str) -> Command:
    def command(reader: Reader, found: list[Item]) -> None:
        found.append(Atom(Words(reader.raw(), font)))

    return command


def _operator(reader: Reader, found: list[Item]) -> None:
    if reader.source.peek() == "*":
        reader.source.take()
    alphabet, reader.alphabet = reader.alphabet, "cmr"
    body = reader.argument()
    reader.alphabet = alphabet
    found.append(Atom(Group([Space(), *body]), OP))


def _hidden(width: bool = True, height: bool = True) -> Command:
    def command(reader: Reader, found: list[Item]) -> None:
        found.append(Atom(Hidden(reader.argument(), width, height)))

    return command


def _stack(above: bool, kind: int = REL) -> Command:
    def command(reader: Reader, found: list[Item]) -> None:
        script, base = reader.argument(), reader.argument()
        found.append(Atom(Stack(base, script if above else [], [] if above else script), kind))

    return command


def _brace(above: bool) -> Command:
    def command(reader: Reader, found: list[Item]) -> None:
        body = reader.argument()
        mark: list[Item] = [Atom(Fixed(0.0, 0.4, 0.0))]
        found.append(Atom(Stack(body, mark if above else [], [] if above else mark), OP, limits=True))

    return command


def _limits(value: bool) -> Command:
    def command(reader: Reader, found: list[Item]) -> None:
        if found and isinstance(found[-1], Atom):
            found[-1].limits = value

    return command


def _left(reader: Reader, found: list[Item]) -> None:
    left, parts, middles = reader.source.take_delimiter(), [], []
    reader.depth += 1
    while True:
        deep = reader.depth > 24
        parts.append([] if deep else reader.items(("\\right", "\\middle", "}")))
        token = reader.source.peek()
        if token != "\\middle":
            break
        reader.source.take()
        middles.append(reader.source.take_delimiter())
    reader.depth -= 1
    right = "."
    if reader.source.peek() == "\\right":
        reader.source.take()
        right = reader.source.take_delimiter()
    found.append(Atom(Fence(left, parts, middles, right), INNER))


def _right(reader: Reader, found: list[Item]) -> None:
    reader.source.take_delimiter()


_FENCES = {
    "p": ("(", ")"),
    "b": ("[", "]"),
    "B": ("lbrace", "rbrace"),
    "v": ("vert", "vert"),
    "V": ("Vert", "Vert"),
}


def _begin(reader: Reader, found: list[Item]) -> None:
    name = reader.raw()
    if name in ("array", "tabular"):
        reader.option()
        reader.raw()
    reader.depth += 1
    rows: list[list[list[Item]]] = [[]]
    while reader.depth < 24:
        rows[-1].append(reader.items(("&", "\\\\", "\\end", "}")))
        token = reader.source.peek()
        if token == "\\\\":
            rows.append([])
        elif token != "&":
            break
        reader.source.take()
    reader.depth -= 1
    if reader.source.peek() == "\\end":
        reader.source.take()
        reader.raw()
    left, right = (
        _FENCES.get(name[:1], ("", "")) if name.endswith("matrix") and name != "matrix" else ("", "")
    )
    if name == "cases":
        left, right = "lbrace", "."
    rows = [row for row in rows if any(row)] or [[[]]]
    found.append(Atom(Matrix(rows, left, right, name.startswith("small")), INNER if left else ORD))


def _substack(reader: Reader, found: list[Item]) -> None:
    rows: list[list[list[Item]]] = []
    if reader.source.take_solid() == "{" and reader.depth < 24:
        reader.depth += 1
        while True:
            rows.append([reader.items(("\\\\", "}"))])
            if reader.source.take() != "\\\\":
                break
        reader.depth -= 1
    found.append(Atom(Matrix(rows or [[[]]], small=True)))


def _hspace(reader: Reader, found: list[Item]) -> None:
    if reader.source.peek() == "*":
        reader.source.take()
    found.append(Space(em=_length(reader.raw())))


def _mkern(reader: Reader, found: list[Item]) -> None:
    text = ""
    reader.source.skip_spaces()
    while (char := reader.source.peek()) and (char in "+-." or char.isdigit()) and len(text) < 12:
        text += reader.source.take()
    unit = ""
    while (char := reader.source.peek()) and char.isalpha() and len(unit) < 2:
        unit += reader.source.take()
    found.append(Space(em=_length(text + unit)))


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


def _length(text: str) -> float:
    """A length in em, nothing where it cannot be read; at most a thousand."""
    text = text.strip()
    try:
        value = float(text[:-2]) * _POINTS[text[-2:]] / 10
    except (ValueError, KeyError):
        return 0.0
    return max(-1000.0, min(1000.0, value)) if value == value else 0.0


def _ignored(arguments: int) -> Command:
    def command(reader: Reader, found: list[Item]) -> None:
        for _ in range(arguments):
            reader.raw()

    return command


def _not(reader: Reader, found: list[Item]) -> None:
    found.append(Space())


def _mod(spaces: float) -> Command:
    def command(reader: Reader, found: list[Item]) -> None:
        found.append(Space(mu=spaces))
        found.append(Atom(Words("mod", "serif"), BIN))

    return command


def _vdots(reader: Reader, found: list[Item]) -> None:
    found.append(Atom(Fixed(0.2778, 1.4, 0.03)))


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
    "mathstrut": lambda reader, found: found.append(Atom(Fixed(0.0, 0.75, 0.25))),
    "strut": lambda reader, found: found.append(Atom(Fixed(0.0, 0.84, 0.36))),
    "rlap": _hidden(width=False),
    "llap": _hidden(width=False),
    "mathrlap": _hidden(width=False),
    "mathllap": _hidden(width=False),
    "overset": _stack(True),
    "stackrel": _stack(True),
    "underset": _stack(False),
    "overbrace": _brace(True),
    "underbrace": _brace(False),
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
    "not": _not,
    "bmod": _mod(0.0),
    "vdots": _vdots,
    "vdotsbox": _vdots,
    "colorbox": _ignored(1),
}

"""How wide TeX sets running text: ligatures, kerning, spaces, fonts, accents, $math$."""

from __future__ import annotations

from ncd_tikz.text.faces import Face, face
from ncd_tikz.text.reader import read_formula
from ncd_tikz.text.setting import Box, Setter
from ncd_tikz.text.source import Source, is_wide

_LIGATURES = {
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
# Characters with their own place in TeX's fonts.
_CODES = {
    "ı": 0x10, "ȷ": 0x11, "ß": 0x19, "æ": 0x1A, "œ": 0x1B, "ø": 0x1C, "Æ": 0x1D, "Œ": 0x1E, "Ø": 0x1F,
    "–": 0x7B, "—": 0x7C, "“": 0x5C, "”": 0x22, "‘": 0x60, "’": 0x27, "¡": 0x3C, "¿": 0x3E,
}  # fmt: skip
_LETTERS = {
    "ss": 0x19,
    "ae": 0x1A,
    "oe": 0x1B,
    "o": 0x1C,
    "AE": 0x1D,
    "OE": 0x1E,
    "O": 0x1F,
    "i": 0x10,
    "j": 0x11,
}
_SYMBOLS = {
    "%": "%", "&": "&", "#": "#", "$": "$", "{": r"$\{$", "}": r"$\}$", "_": "_", "textbackslash": r"$\backslash$",
    "ldots": r"$\ldots$", "dots": r"$\ldots$", "textellipsis": r"$\ldots$", "textasciitilde": "\u223c",
    "textbar": "|", "textless": "<", "textgreater": ">", "textendash": "–", "textemdash": "—",
    "textquoteleft": "‘", "textquoteright": "’", "textbullet": r"$\bullet$", "S": r"$\S$",
    "aa": "a", "AA": "A", "l": "l", "L": "L", "textperiodcentered": r"$\cdot$", "times": r"$\times$",
    "textasciicircum": "^", "lbrack": "[", "rbrack": "]", "textdegree": r"$\circ$", "slash": "/",
}  # fmt: skip
_SPACES = {
    "quad": 1.0, "qquad": 2.0, "enspace": 0.5, "enskip": 0.5, "thinspace": 1 / 6, ",": 1 / 6, "negthinspace": -1 / 6,
    "!": -1 / 6, ":": 2 / 9, ";": 5 / 18,
}  # fmt: skip
_ACCENTS = frozenset("'`^\"~=.") | frozenset(("u", "v", "H", "c", "d", "b", "r", "t", "k"))
_FACTORS = {".": 3000, "?": 3000, "!": 3000, ":": 2000, ";": 1500, ",": 1250}
_UNCHANGED = frozenset(")]'’”\"")
_MATH_ONLY = frozenset("<>|_^\\{}")
_DEPTH = 24

# (family, bold, italic) to the font.
_FONTS = {
    ("cmr", False, False): "cmr",
    ("cmr", True, False): "cmbx",
    ("cmr", False, True): "cmti",
    ("cmr", True, True): "cmbxti",
    ("cmss", False, False): "cmss",
    ("cmss", True, False): "cmssbx",
    ("cmss", False, True): "cmssi",
    ("cmss", True, True): "cmssbx",
    ("cmtt", False, False): "cmtt",
    ("cmtt", True, False): "cmtt",
    ("cmtt", False, True): "cmtt",
    ("cmtt", True, True): "cmtt",
}
_STARTS = {
    "cmr": ("cmr", False, False),
    "cmbx": ("cmr", True, False),
    "cmti": ("cmr", False, True),
    "cmss": ("cmss", False, False),
    "cmssbx": ("cmss", True, False),
    "cmtt": ("cmtt", False, False),
    "serif": ("cmr", False, False),
    "sans": ("cmss", False, False),
    "bold": ("cmr", True, False),
}
_CHANGES = {
    "textbf": "bold", "bfseries": "bold", "bf": "bold", "textmd": "medium", "mdseries": "medium",
    "emph": "emph", "em": "emph", "textit": "italic", "itshape": "italic", "it": "italic", "textsl": "italic",
    "slshape": "italic", "textup": "upright", "upshape": "upright", "textsf": "cmss", "sffamily": "cmss",
    "sf": "cmss", "textrm": "cmr", "rmfamily": "cmr", "rm": "cmr", "texttt": "cmtt", "ttfamily": "cmtt",
    "tt": "cmtt", "textnormal": "normal", "normalfont": "normal",
}  # fmt: skip
_SAME = frozenset(
    "textsc scshape mbox text hbox textcolor relax protect nobreak centering raggedright".split()
)


def set_words(text: str, font: str, size: float) -> Box:
    """The text on one line at a size in pt, in a font of the table or "serif", "sans", "bold".

    >>> round(set_words("fine", "serif", 10.0).width, 2)
    15.56
    """
    line = _Line(size)
    line.font(*_STARTS.get(font, ("cmr", False, False)))
    line.read(Source(text), 0)
    line.end_word()
    return Box(line.width, line.height, line.depth)


class _Line:
    """A line of text that is being set."""

    def __init__(self, size: float) -> None:
        self.size = size
        self.width = self.height = self.depth = 0.0
        self.last = -1  # the character that the next one may join with
        self.factor = 1000
        self.family, self.bold, self.italic = "cmr", False, False
        self.face: Face = face("cmr", size)

    def font(self, family: str, bold: bool, italic: bool) -> None:
        """Change the font."""
        self.end_word()
        self.family, self.bold, self.italic = family, bold, italic
        self.face = face(_FONTS[family, bold, italic], self.size)

    def read(self, source: Source, depth: int) -> None:
        """Set everything up to the closing brace, or to the end."""
        font = self.family, self.bold, self.italic
        while token := source.take():
            if token == "}":
                if depth:
                    break
            elif token == "{":
                self.end_word()
                if depth < _DEPTH:
                    self.read(source, depth + 1)
            elif token == "$":
                self.formula(source)
            elif len(token) > 1:
                self.command(source, token[1:], depth)
            elif token.isspace():
                source.skip_spaces()
                self.space()
            elif token == "~":
                self.space()
            else:
                self.character(token)
        if (self.family, self.bold, self.italic) != font:
            self.font(*font)

    def end_word(self) -> None:
        """Put down the last character."""
        if self.last >= 0:
            self._put(self.last)
        self.last = -1

    def _put(self, code: int) -> None:
        metric = self.face.metric(code)
        if metric is not None:
            self.box(metric.width, metric.height, metric.depth)

    def box(self, width: float, height: float, depth: float) -> None:
        """Put down a box."""
        self.width += width
        self.height = max(self.height, height)
        self.depth = max(self.depth, depth)

    def space(self) -> None:
        """The space between words, wider at the end of a sentence."""
        self.end_word()
        self.width += self.face.space
        if self.factor >= 2000:
            self.width += self.face.parameters[6]

    def character(self, char: str) -> None:
        """One character, which may join the one before it."""
        self._count(char)
        code = _CODES.get(char, ord(char))
        if char in _MATH_ONLY:
            self.end_word()
            if char == "_":
                self.box(0.3 * self.size, 0.0, 0.04 * self.size)
            elif char not in "^\\{}":
                self.box(0.7778 * self.size, 0.75 * self.size, 0.25 * self.size)
            return
        if code >= 128 or char == "\x7f" or ord(char) < 32:
            self._foreign(char)
            return
        joined = _LIGATURES.get((self.last, code)) if self.family != "cmtt" else None
        if joined is not None and (self.family == "cmr" or joined != 0):
            self.last = joined
            return
        if self.last >= 0:
            kern = self.face.kern(self.last, code)
            self.end_word()
            self.width += kern
        self.last = code

    def _count(self, char: str) -> None:
        if char in _FACTORS:
            new = _FACTORS[char]
            self.factor = 1000 if self.factor < 1000 and new > 1000 else new
        elif "A" <= char <= "Z":
            self.factor = 999
        elif char not in _UNCHANGED:
            self.factor = 1000

    def _foreign(self, char: str) -> None:
        """A character that is not in TeX's text fonts."""
        from unicodedata import combining, normalize

        if combining(char) or ord(char) < 32 or char == "\x7f":
            self.height += 0.25 * self.size if combining(char) else 0.0
            return
        plain = normalize("NFKD", char)
        if plain != char and plain[0].isascii() and plain[0] > " ":
            for part in plain[:8]:
                if combining(part):
                    self.accent(part in "\u0323\u0327\u0328\u0331")
                else:
                    self.character(part)
            return
        self.end_word()
        if is_wide(char):
            self.box(1.0 * self.size, 0.88 * self.size, 0.12 * self.size)
        elif char.isspace():
            self.width += self.face.space
        else:
            formula = Setter(self.size, set_words).list(read_formula(char), 2) if not char.isalpha() else None
            if formula is None or not formula.width:
                known = _greek(char, self.size)
                formula = known or Box(0.75 * self.size, 0.7 * self.size, 0.22 * self.size)
            self.box(formula.width, formula.height, formula.depth)

    def accent(self, below: bool) -> None:
        """An accent on the last character."""
        high = 0.0
        if self.last >= 0 and (metric := self.face.metric(self.last)):
            high = metric.height
        if below:
            self.depth = max(self.depth, 0.22 * self.size)
        else:
            self.height = max(self.height, high + 0.265 * self.size)

    def formula(self, source: Source) -> None:
        """Math up to the next dollar."""
        self.end_word()
        start, level = source.place, 0
        while (token := source.take()) and not (token == "$" and level <= 0):
            level += {"{": 1, "}": -1}.get(token, 0)
        text = source.text[start : source.place - 1 if token else source.place]
        if not token and level > 0 and "$" in text:
            text = text[: text.index("$")]
            source.place = start + len(text) + 1
        font = _FONTS[self.family, self.bold, self.italic]
        self.box(*Setter(self.size, set_words, font).list(read_formula(text), 2)[:3])
        self.factor = 1000

    def command(self, source: Source, name: str, depth: int) -> None:
        """A control sequence."""
        if name[0].isalpha():
            source.skip_spaces()
        if name in _CHANGES:
            self._change(source, name, depth)
        elif name in _ACCENTS:
            self._accented(source, name)
        elif name in _LETTERS:
            self._join(_LETTERS[name])
        elif name in _SYMBOLS:
            self._symbol(_SYMBOLS[name])
        elif name in _SPACES:
            self.end_word()
            self.width += _SPACES[name] * self.face.quad
        elif name in (" ", "\n", "\t", "space", "nobreakspace", "\\", "newline"):
            self.factor = 1000
            self.space()
        elif name == "(":
            self.end_word()
            end = source.text.find("\\)", source.place)
            end = end if end >= 0 else len(source.text)
            text, source.place = source.text[source.place : end], end + 2
            self.box(*Setter(self.size, set_words, self.face.family).list(read_formula(text), 2)[:3])
        elif name == "/":
            self._correct()
        elif name not in _SAME and name not in ("-", "@", ")"):
            self.end_word()
            box = Setter(self.size, set_words).list(read_formula("\\" + name), 2)
            self.box(box.width, box.height, box.depth)

    def _symbol(self, text: str) -> None:
        if text[0] == "$" and len(text) > 1:
            self.end_word()
            self.box(*Setter(self.size, set_words).list(read_formula(text[1:-1]), 2)[:3])
        elif text in ("$", "_"):
            if text == "_":
                self.character("_")
            else:
                self._join(0x24)
        else:
            self.character(text)

    def _join(self, code: int) -> None:
        self.end_word()
        self.factor = 1000
        self.last = code

    def _correct(self) -> None:
        metric = self.face.metric(self.last) if self.last >= 0 else None
        self.end_word()
        self.width += metric.italic if metric else 0.0

    def _change(self, source: Source, name: str, depth: int) -> None:
        change = _CHANGES[name]
        font = self.family, self.bold, self.italic
        family, bold, italic = font
        if change in ("cmr", "cmss", "cmtt"):
            family = change
        elif change in ("bold", "medium"):
            bold = change == "bold"
        elif change == "normal":
            family, bold, italic = "cmr", False, False
        else:
            italic = change == "italic" or (change == "emph" and not italic)
        takes_argument = name.startswith("text") or name == "emph"
        self.font(family, bold, italic)
        if takes_argument and depth < _DEPTH:
            self.read(Source(source.take_raw()), depth + 1)
            if italic and not font[2]:
                self._correct()
            self.font(*font)

    def _accented(self, source: Source, name: str) -> None:
        letter = source.take_raw()
        letter = {"\\i": "ı", "\\j": "ȷ"}.get(letter, letter)
        for char in letter[:2]:
            self.character(char)
        self.accent(name in "cdbk")


def _greek(char: str, size: float) -> Box | None:
    from ncd_tikz.text.symbols import UNICODE

    if char not in UNICODE:
        return None
    box = Setter(size, set_words).list(read_formula("\\" + UNICODE[char]), 2)
    return Box(box.width, box.height, box.depth)

"""How wide TeX sets running text: ligatures, kerning, spaces, fonts, accents, formulas between dollars."""

from __future__ import annotations

from ncd_tikz.text.commands import LIGATURES, length
from ncd_tikz.text.faces import Face, face
from ncd_tikz.text.reader import read_formula
from ncd_tikz.text.setter import Setter
from ncd_tikz.text.source import Source, is_wide
from ncd_tikz.text.styles import Box
from ncd_tikz.text.symbols import UNICODE
from ncd_tikz.text.text_commands import (
    ACCENTS,
    CHANGES,
    CODES,
    FACTORS,
    FONTS,
    FORMULAS,
    LETTERS,
    LOGOS,
    MARKS,
    SIZES,
    SKIPPED,
    SPACES,
    STARTS,
    UNCHANGED,
    WORD_SPACES,
)

_DEPTH = 16  # groups nested deeper than this stay one
_LEAN = 0.08  # italic correction of a letter, in em
_CAPITALS = 0.82  # small capitals, as a part of the capital's width
# Width of what the text fonts of TeX show as something else, in em of its largest form.
_STRANGE = {"<": 0.7778, ">": 0.7778, "|": 1.0, "_": 0.36, "\\": 0.5, "{": 0.5, "}": 0.5, "^": 0.5}


def set_words(text: str, font: str, size: float, nesting: int = 0) -> Box:
    """The text on one line at a size in pt, in a font of the table or "serif", "sans", "bold".

    `nesting` counts the formulas around it.

    >>> round(set_words("fine", "serif", 10.0).width, 2)
    15.56
    """
    line = _Line(nesting, size, *STARTS.get(font, ("cmr", False, False)))
    line.read(Source(text), 0)
    line.end_word()
    return Box(max(0.0, line.width), line.height, line.depth)


class _Line:
    """A line of text that is being set."""

    def __init__(self, nesting: int, size: float, family: str, bold: bool, italic: bool) -> None:
        self.width = self.height = self.depth = 0.0
        self._nesting = nesting
        self._normal = size  # what size commands refer to
        self._size, self._family, self._bold, self._italic = size, family, bold, italic
        self._capitals = False
        self._last = -1  # the character that the next one may join or be kerned with
        self._factor = 1000
        self._face: Face = face(FONTS[family][bold + 2 * italic], size)

    def read(self, source: Source, depth: int) -> None:
        """Set everything up to the closing brace, or to the end."""
        font = self._font
        while token := source.take():
            if token == "}":
                if depth:
                    break
            elif token == "{":
                self.end_word()
                if depth < _DEPTH:
                    self.read(source, depth + 1)
            elif token == "$":
                self._dollars(source)
            elif len(token) > 1:
                self._command(source, token[1:], depth)
            elif token == "~":
                self._space()
            elif token.isspace():
                source.skip_spaces()
                self._space()
            else:
                self._character(token)
        if self._font != font:
            self._change(*font)

    def end_word(self) -> None:
        """Put down the last character."""
        if self._last >= 0:
            metric = self._face.metric(self._last)
            if metric is not None:
                self._box(metric.width, metric.height, metric.depth)
        self._last = -1

    @property
    def _font(self) -> tuple[float, str, bool, bool, bool]:
        return self._size, self._family, self._bold, self._italic, self._capitals

    def _change(self, size: float, family: str, bold: bool, italic: bool, capitals: bool) -> None:
        self.end_word()
        self._size, self._family, self._bold, self._italic = size, family, bold, italic
        self._capitals = capitals
        self._face = face(FONTS[family][bold + 2 * italic], size)

    def _box(self, width: float, height: float, depth: float) -> None:
        self.width += width
        self.height, self.depth = max(self.height, height), max(self.depth, depth)

    def _space(self) -> None:
        """The space between words, wider at the end of a sentence."""
        self.end_word()
        self.width += self._face.space
        if self._factor >= 2000:
            self.width += self._face.parameters[6]

    def _character(self, char: str) -> None:
        """One character, which may join the one before it."""
        if char in FACTORS:
            self._factor = 1000 if self._factor < 1000 else FACTORS[char]
        elif char not in UNCHANGED:
            self._factor = 999 if "A" <= char <= "Z" else 1000
        code = CODES.get(char, ord(char))
        em = self._size
        if char in _STRANGE:
            self.end_word()
            width = _STRANGE[char] * (self._face.quad if char == "_" else em)
            self._box(width, *((0.04 * em, 0.0) if char == "_" else (0.75 * em, 0.25 * em)))
        elif code >= 127 or ord(char) < 32:
            self._foreign(char)
        elif self._capitals and char.islower() and char.isascii():
            self.end_word()
            metric = self._face.metric(ord(char.upper()))
            if metric is not None:
                self._box(metric.width * _CAPITALS, metric.height * 0.76, metric.depth)
        else:
            self._join(code)

    def _join(self, code: int) -> None:
        joined = LIGATURES.get((self._last, code)) if self._family != "cmtt" else None
        if joined is not None:
            code = joined
        elif self._last >= 0:
            self.width += self._face.kern(self._last, code)
            self.end_word()
        self._last = code

    def _foreign(self, char: str) -> None:
        """A character that is not in TeX's text fonts."""
        from unicodedata import combining, normalize

        plain = normalize("NFKD", char)
        if combining(char):
            self._accent(MARKS.get(char, 0x7F))
        elif plain != char and plain[0].isascii() and plain[0] > " ":
            accented = len(plain) > 1 and combining(plain[1])
            self._character({"i": "ı", "j": "ȷ"}.get(plain[0], plain[0]) if accented else plain[0])
            for part in plain[1:8]:
                if combining(part):
                    self._accent(MARKS.get(part, 0x7F))
                elif part.isascii():
                    self._character(part)
        elif char.isspace():
            self._space()
        elif char in UNICODE:
            self._formula("\\" + UNICODE[char])
        elif ord(char) > 32 and char != "\x7f":
            self.end_word()
            em = self._size
            self._box(1.0 * em if is_wide(char) or not char.isalpha() else 0.8 * em, 0.88 * em, 0.22 * em)

    def _accent(self, mark: int | None) -> None:
        """An accent on the last character: the mark's code, or None for one below."""
        letter = self._face.metric(self._last) if self._last >= 0 else None
        above = self._face.metric(mark) if mark is not None else None
        high = letter.height if letter else 0.7 * self._size
        if mark is None:
            self.depth = max(self.depth, 0.2 * self._size)
        elif above is not None:
            self.height = max(self.height, above.height + high - self._face.x_height)

    def _formula(self, text: str) -> None:
        self.end_word()
        box = Setter(self._size, set_words, self._face.family, self._nesting + 1).formula(
            read_formula(text), 2
        )
        self._box(box.width, box.height, box.depth)
        self._factor = 1000

    def _dollars(self, source: Source) -> None:
        """The formula up to the next dollar that no brace holds; up to the next one if braces are amiss."""
        start, level = source.place, 0
        while (token := source.take()) and not (token == "$" and level <= 0):
            level += 1 if token == "{" else -1 if token == "}" else 0
        text = source.text[start : source.place - 1 if token else source.place]
        if not token and "$" in text:
            text = text[: text.index("$")]
            source.place = start + len(text) + 1
        self._formula(text)

    def _command(self, source: Source, name: str, depth: int) -> None:
        """A control sequence."""
        if name[0].isalpha():
            source.skip_spaces()
        if name in CHANGES:
            self._changed(source, name, depth)
        elif name in LETTERS:
            self._character(LETTERS[name])
        elif name in ACCENTS:
            letter = source.take_raw()
            mark = ACCENTS[name]
            if mark is not None:
                letter = {"i": "ı", "j": "ȷ"}.get(letter.removeprefix("\\"), letter)
            self._character((letter.lstrip("\\") or "n")[0])
            self._accent(mark)
        elif name in SPACES:
            self.end_word()
            self.width += SPACES[name] * self._face.quad
        elif name in WORD_SPACES:
            self._factor = 1000
            self._space()
        elif name in SIZES:
            self._change(self._normal * SIZES[name] / 10, *self._font[1:])
        elif name in FORMULAS:
            text = FORMULAS[name]
            self._formula(rf"\boldsymbol{{{text}}}" if self._bold else text)
        elif name == "/":
            self._correct()
        else:
            self._rarer(source, name)

    def _rarer(self, source: Source, name: str) -> None:
        if name in SKIPPED:
            for _ in range(SKIPPED[name]):
                source.take_raw()
        elif name in ("textsuperscript", "textsubscript"):
            mark = "^" if name == "textsuperscript" else "_"
            self._formula(f"{{}}{mark}{{\\text{{{source.take_raw()}}}}}")
        elif name in ("ldots", "dots", "textellipsis"):
            for _ in range(3):
                self._join(ord("."))
                self.end_word()
                self.width += self._face.parameters[2]
        elif name == "(":
            end = source.text.find("\\)", source.place)
            end = end if end >= 0 else len(source.text)
            text, source.place = source.text[source.place : end], min(end + 2, len(source.text))
            self._formula(text)
        elif name in ("hspace", "kern", "hskip"):
            self.end_word()
            self.width += length(source.take_raw().lstrip("*")) * self._size
        elif name in LOGOS:
            self.end_word()
            self._box(LOGOS[name] * self._face.quad, 0.69 * self._size, 0.22 * self._size)
        else:
            self._formula("\\" + name)

    def _correct(self) -> None:
        """The space that slanting letters need before upright ones."""
        metric = self._face.metric(self._last) if self._last >= 0 else None
        self.end_word()
        self.width += metric.italic if metric else 0.0

    def _changed(self, source: Source, name: str, depth: int) -> None:
        """A change of font, for an argument or from here on."""
        change, before = CHANGES[name], self._font
        size, family, bold, italic, capitals = before
        if change in FONTS:
            family = change
        elif change in ("bold", "medium"):
            bold = change == "bold"
        elif change == "normal":
            family, bold, italic, capitals = "cmr", False, False, False
        elif change == "capitals":
            italic, capitals = False, True
        else:
            italic = change == "italic" or (change == "emph" and not italic)
            capitals = False
        if before[3] and not italic:
            self.width += 0.0 if self._last >= 0 else _LEAN * size  # of the letter before a space
            self._correct()
        self._change(size, family, bold, italic, capitals)
        if (name.startswith("text") or name == "emph") and depth < _DEPTH:
            self.read(Source(source.take_raw()), depth + 1)
            if not before[3] and source.peek() not in (",", "."):
                self._correct()
            self._change(*before)

"""What control sequences and characters of running text stand for."""

from __future__ import annotations

# Characters with a place of their own in TeX's text fonts.
CODES = {
    "ı": 0x10, "ȷ": 0x11, "ß": 0x19, "æ": 0x1A, "œ": 0x1B, "ø": 0x1C, "Æ": 0x1D, "Œ": 0x1E, "Ø": 0x1F,
    "–": 0x7B, "—": 0x7C, "“": 0x5C, "”": 0x22, "‘": 0x60, "’": 0x27, "¡": 0x3C, "¿": 0x3E,
}  # fmt: skip

# Control sequences that are letters or other characters.
LETTERS = {
    "ss": "ß", "ae": "æ", "oe": "œ", "o": "ø", "AE": "Æ", "OE": "Œ", "O": "Ø", "i": "ı", "j": "ȷ",
    "aa": "å", "AA": "Å", "l": "l", "L": "L", "%": "%", "&": "&", "#": "#", "$": "$",
    "textbar": "|", "textless": "<", "textgreater": ">", "textendash": "–", "textemdash": "—",
    "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”",
    "lbrack": "[", "rbrack": "]", "slash": "/", "textasciicircum": "^", "textasciitilde": "^",
    "textunderscore": "_", "_": "_",
}  # fmt: skip

# Control sequences that are set as a formula.
FORMULAS = {
    "{": r"\{", "}": r"\}", "textbraceleft": r"\{", "textbraceright": r"\}", "textbackslash": r"\backslash",
    "textbullet": r"\bullet", "textperiodcentered": r"\cdot", "times": r"\times", "textdegree": r"^\circ",
    "dag": r"\dagger", "ddag": r"\ddagger", "textasteriskcentered": r"\ast", "S": r"\ddagger\!",
    "P": r"\oplus", "copyright": r"\bigcirc", "textregistered": r"\bigcirc", "texttimes": r"\times",
    "textpm": r"\pm",
}  # fmt: skip

# Spaces in em.
SPACES = {
    "quad": 1.0, "qquad": 2.0, "enspace": 0.5, "enskip": 0.5, "thinspace": 1 / 6, ",": 1 / 6, "!": -1 / 6,
    "negthinspace": -1 / 6, ":": 2 / 9, ";": 5 / 18,
}  # fmt: skip
WORD_SPACES = frozenset((" ", "\n", "\t", "space", "nobreakspace", "\\", "newline"))

# Accents: the code of the mark above, or nothing for a mark below the letter.
ACCENTS = {
    "'": 0x13, "`": 0x12, "^": 0x5E, '"': 0x7F, "~": 0x7E, "=": 0x16, ".": 0x5F, "u": 0x15, "v": 0x14,
    "H": 0x7D, "r": 0x17, "t": 0x15, "c": None, "d": None, "b": None, "k": None,
}  # fmt: skip
MARKS = {
    "\u0301": 0x13, "\u0300": 0x12, "\u0302": 0x5E, "\u0308": 0x7F, "\u0303": 0x7E, "\u0304": 0x16,
    "\u0307": 0x5F, "\u0306": 0x15, "\u030c": 0x14, "\u030b": 0x7D, "\u030a": 0x17,
    "\u0323": None, "\u0327": None, "\u0328": None, "\u0331": None,
}  # fmt: skip

# TeX's space factor: from 2000 on, the space after the character is wider.
FACTORS = {".": 3000, "?": 3000, "!": 3000, ":": 2000, ";": 1500, ",": 1250}
UNCHANGED = frozenset(")]'’”\"")

# Sizes in pt where the document's font has 10 pt.
SIZES = {
    "tiny": 5.0, "scriptsize": 7.0, "footnotesize": 8.0, "small": 9.0, "normalsize": 10.0, "large": 12.0,
    "Large": 14.4, "LARGE": 17.28, "huge": 20.74, "Huge": 24.88,
}  # fmt: skip

# The fonts of a family: upright, bold, italic, bold italic.
FONTS = {
    "cmr": ("cmr", "cmbx", "cmti", "cmbxti"),
    "cmss": ("cmss", "cmssbx", "cmssi", "cmssbx"),
    "cmtt": ("cmtt", "cmtt", "cmtt", "cmtt"),
}
# What is asked for, as family, bold and italic.
STARTS = {
    "cmbx": ("cmr", True, False), "bold": ("cmr", True, False), "cmti": ("cmr", False, True),
    "cmbxti": ("cmr", True, True), "cmss": ("cmss", False, False), "sans": ("cmss", False, False),
    "cmssbx": ("cmss", True, False), "cmssi": ("cmss", False, True), "cmtt": ("cmtt", False, False),
}  # fmt: skip
CHANGES = {
    "textbf": "bold", "bfseries": "bold", "bf": "bold", "textmd": "medium", "mdseries": "medium",
    "emph": "emph", "em": "emph", "textit": "italic", "itshape": "italic", "it": "italic", "textsl": "italic",
    "slshape": "italic", "textup": "upright", "upshape": "upright", "textsf": "cmss", "sffamily": "cmss",
    "sf": "cmss", "textrm": "cmr", "rmfamily": "cmr", "rm": "cmr", "texttt": "cmtt", "ttfamily": "cmtt",
    "tt": "cmtt", "textnormal": "normal", "normalfont": "normal", "textsc": "capitals", "scshape": "capitals",
}  # fmt: skip
# How many arguments to leave out; what follows is text again.
SKIPPED = {
    "mbox": 0, "text": 0, "hbox": 0, "relax": 0, "protect": 0, "nobreak": 0, "centering": 0, "raggedright": 0,
    "-": 0, "@": 0, ")": 0, "underline": 0, "color": 1, "textcolor": 1, "label": 1, "raisebox": 1, "strut": 0,
    "ensuremath": 0, "leavevmode": 0, "noindent": 0, "begin": 1, "end": 1, "MakeUppercase": 0, "uppercase": 0,
}  # fmt: skip
# Widths in em of names that are pictures of themselves, in the wider of the fonts' ways.
LOGOS = {"TeX": 1.87, "LaTeX": 2.57, "LaTeXe": 3.2}

r"""LaTeX's control sequences for running text, and what each stands for in Unicode."""

from __future__ import annotations

import re

LETTERS = {
    "ss": "ß", "ae": "æ", "oe": "œ", "o": "ø", "AE": "Æ", "OE": "Œ", "O": "Ø", "i": "ı", "j": "ȷ",
    "aa": "å", "AA": "Å", "l": "ł", "L": "Ł", "%": "%", "&": "&", "#": "#", "$": "$", "_": "_",
    "{": "{", "}": "}", "textbar": "|", "textless": "<", "textgreater": ">", "textendash": "–",
    "textemdash": "—", "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“",
    "textquotedblright": "”", "textasciicircum": "^", "textasciitilde": "~", "textunderscore": "_",
    "textbraceleft": "{", "textbraceright": "}", "textbackslash": "\\", "textbullet": "•",
    "textperiodcentered": "·", "textdegree": "°", "dag": "†", "ddag": "‡", "S": "§", "P": "¶",
    "copyright": "©", "textregistered": "®", "texttrademark": "™", "texteuro": "€", "pounds": "£",
    "ldots": "…", "dots": "…", "textellipsis": "…", "TeX": "TeX", "LaTeX": "LaTeX",
    " ": " ", ",": "\u2009", "quad": "\u2003", "qquad": "\u2003\u2003", "enspace": "\u2002",
    "thinspace": "\u2009", "nobreakspace": "\u00a0", "-": "", "/": "",
}  # fmt: skip
# Accents, as the combining characters that follow a letter.
MARKS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "r": "\u030a", "c": "\u0327", "d": "\u0323",
    "b": "\u0331",
}  # fmt: skip
FONTS = frozenset("textbf textmd textit textsl textsf textrm texttt textup textnormal emph mbox".split())

_PIECE = r"""(?x)  # compiled when first used: drawing TikZ does without
    \\(?P<mark>['`^"~=.]|[uvHrcdb](?![A-Za-z]))\ *\{?(?P<letter>[A-Za-z]|\\[ij](?![A-Za-z]))\}?
    |\\(?:(?P<name>[A-Za-z]+)\ *|(?P<sign>.))
    |(?P<joined>---|--|``|''|[`'~{}])"""
_JOINED = {"---": "—", "--": "–", "``": "“", "''": "”", "`": "‘", "'": "’", "~": "\u00a0", "{": "", "}": ""}


def spelled(text: str) -> str:
    r"""Text without dollars as the Unicode that a reader sees; fonts are left out.

    >>> spelled(r"G\'erard \emph{and} \c{c}a -- 50\%"), spelled(r"\LaTeX{} \{x\}")
    ('Gérard and ça – 50%', 'LaTeX {x}')
    """
    from unicodedata import normalize

    return normalize("NFC", re.sub(_PIECE, _meant, text))


def _meant(match: re.Match[str]) -> str:
    if match["joined"]:
        return _JOINED[match["joined"]]
    if match["mark"]:
        return match["letter"].lstrip("\\") + MARKS[match["mark"]]
    name = match["name"] or match["sign"]
    return "" if name in FONTS else LETTERS.get(name, match[0])

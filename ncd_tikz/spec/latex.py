r"""Which LaTeX may stand in a spec: what every document can set that loads tikz, and nothing that acts there.

Braces and dollars must be balanced, the characters # % & stand only behind a backslash, and control
sequences are LaTeX's own that set symbols and text: see `commands`.
"""

from __future__ import annotations

import re
from typing import Literal

from ncd_tikz.spec.commands import (
    ALPHABETS,
    DELIMITERS,
    FENCED,
    MATH,
    UNICODE,
    WORDS,
    instead,
)
from ncd_tikz.text.spelling import FONTS, LETTERS, MARKS

LONGEST = {"math": 300, "text": 2000}

_TOKEN = re.compile(r"\\(?:[A-Za-z@]+|.|$)|\^\^|[{}$%#&_^~<>|]|[^\x00-\x7f]", re.DOTALL)

_REFUSED_NAMES = """
input include includeonly includegraphics includepdf openin openout closein closeout read readline
write immediate special shipout output message errmessage show showthe typeout
def edef gdef xdef let futurelet chardef mathchardef countdef dimendef skipdef toksdef
newcommand renewcommand providecommand DeclareRobustCommand DeclareMathOperator
NewDocumentCommand RenewDocumentCommand ProvideDocumentCommand DeclareDocumentCommand
newenvironment renewenvironment newcount newdimen newtoks newbox newif newwrite newread newskip
csname endcsname expandafter noexpand unexpanded expanded string detokenize meaning scantokens
catcode lccode uccode sfcode mathcode delcode endlinechar escapechar newlinechar
directlua latelua luaexec luadirect lua ShellEscape
begin end begingroup endgroup bgroup egroup aftergroup afterassignment global long outer protected
usepackage RequirePackage documentclass LoadClass makeatletter makeatother AtBeginDocument
AtEndDocument loop repeat relax unless else fi or hbox vbox vtop vcenter halign valign
setbox box copy unhbox unvbox count dimen skip toks advance multiply divide
par newline linebreak newpage clearpage pagebreak footnote marginpar label verb lstinline
tikz pgfkeys pgfset tikzset usetikzlibrary pgfplotsset foreach draw path fill node
hypersetup href url write18 font nullfont fontsize selectfont jobname batchmode nonstopmode
errorstopmode scrollmode tracingall endinput noindent indent everypar
"""
_REFUSED = frozenset(_REFUSED_NAMES.split())
_REFUSED_STARTS = ("pdf", "lua", "every", "xetex", "XeTeX", "tracing", "ExplSyntax")
_MATH = re.compile(r"\\(?:[A-Za-z]+|.)|\S")
_FORMULA = re.compile(r"(?<!\\)\$((?:\\.|[^$\\])*)\$")
_UNPAIRED = r"\left and \right do not pair", ""
_BESIDES = frozenset((*LETTERS, *MARKS, *FONTS))
_LARGE = frozenset(
    """sum prod int coprod oint bigcup bigcap biguplus bigwedge bigvee bigoplus bigotimes bigodot bigsqcup
    smallint lim liminf limsup max min sup inf det gcd Pr""".split()
)
_ACCENTED = r"\s*(?:[A-Za-z]|\\[ij](?![A-Za-z])|\{(?:[A-Za-z]|\\[ij])\})"
_IF = re.compile(r"if(?!f$)")


def wrong_latex(text: str, mode: Literal["math", "text"]) -> tuple[str, str] | None:
    r"""Why `text` cannot be set: fact and hint; None where it can.

    In mode "math" the whole is mathematics and has no dollars; in "text" they surround it.

    >>> wrong_latex(r"\bar{x}_{1}", "math"), wrong_latex("Scores $s$ by head", "text")
    (None, None)
    >>> wrong_latex(r"\input{secret}", "text")
    ("found '\\input', which is not allowed in a spec", 'only what sets symbols and text is')
    >>> wrong_latex("a_b", "text")
    ("found '_' outside of mathematics", "write '$a_b$' for mathematics or '\\_' for the character")
    """
    if len(text) > LONGEST[mode]:
        return f"the text is too long: at most {LONGEST[mode]} characters are allowed", ""
    inside = mode == "math"
    depth = 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token[0] == "\\":
            wrong = _control(token, inside) or (None if inside else _taken(token, text[match.end() :]))
            if wrong:
                return wrong
        elif token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
            if depth < 0:
                return "found '}' without '{'", ""
        elif token == "$":
            if mode == "math":
                return "found '$' in what is mathematics already", "leave the dollars away"
            if depth:
                return f"found '$' inside braces in {_shown(text)}", "put the dollars outside of the braces"
            if text[match.end() : match.end() + 1] == "$":
                return "found '$$'", "mathematics stands between single dollars"
            inside = not inside
        else:
            wrong = _character(token, inside, text)
            if wrong:
                return wrong
    if depth:
        return f"found '{{' without '}}' in {_shown(text)}", ""
    if inside and mode == "text":
        return f"found '$' without a second one in {_shown(text)}", r"write \$ for the character"
    for formula in [text] if mode == "math" else _FORMULA.findall(text):
        wrong = _mathematics(formula)
        if wrong:
            return wrong
    return None


def _control(token: str, inside: bool) -> tuple[str, str] | None:
    name = token[1:]
    if not name:
        return "found a backslash at the end", ""
    if name in "()[]":
        return f"found {token!r}".replace("\\\\", "\\"), "mathematics stands between single dollars"
    if name in ("\\", "\n"):
        return "found a line break", "the text is set on one line, or broken where it fits"
    if not name[0].isascii():
        return f"found a backslash before {name!r}", ""
    refused = name in _REFUSED or name.startswith(_REFUSED_STARTS) or "@" in name or _IF.match(name)
    if refused:
        return f"found '{token}', which is not allowed in a spec", "only what sets symbols and text is"
    if name in MATH if inside else name in LETTERS or name in MARKS or name in FONTS:
        return None
    if inside and name in _BESIDES:  # may stand in the text of a formula, which is read once more
        return None
    return _misplaced(token, inside)


def _taken(token: str, after: str) -> tuple[str, str] | None:
    """What a command of text is applied to."""
    if token[1:] in FONTS and not after.startswith("{"):
        return f"found '{token}' without its text in braces", ""
    if token[1:] in MARKS and not re.match(_ACCENTED, after):
        return f"found '{token}' without a letter after it", r"as in \'e or \c{c}"
    return None


def _character(token: str, inside: bool, text: str) -> tuple[str, str] | None:
    if token == "^^":
        return "found '^^', which is not allowed in a spec", "only what sets symbols and text is"
    if token in "%#&":
        return f"found {token!r}", f"write \\{token} for the character"
    if token in "<>|" and not inside:
        return f"found {token!r} in text, which TeX's fonts show as another character", f"write ${token}$"
    if token in "_^" and not inside:
        words = [word for word in text.split() if token in word]
        example = words[0] if words else token
        return (
            f"found {token!r} outside of mathematics",
            f"write '${example}$' for mathematics or '\\{token}' for the character",
        )
    if not token.isascii() and (inside or token not in UNICODE):
        where = "mathematics" if inside else "text"
        fact = f"found {token!r} in {where}, which pdflatex cannot set"
        return fact, _spelled(token, inside)
    return None


def _misplaced(token: str, inside: bool) -> tuple[str, str]:
    where = "mathematics" if inside else "text"
    return f"found '{token}', which LaTeX with tikz alone does not know in {where}", instead(
        token[1:], inside
    )


def _spelled(token: str, inside: bool) -> str:
    from ncd_tikz.text.symbols import UNICODE as SYMBOLS

    if token in SYMBOLS:
        command = f"\\{SYMBOLS[token]}"
        return f"write '{command}'" if inside else f"write '${command}$'"
    if inside:
        return r"write its command, such as \alpha"
    return "Latin letters with accents and common signs can be; Greek stands in mathematics, as in $\\alpha$"


def _mathematics(text: str) -> tuple[str, str] | None:
    """What stops TeX inside mathematics: scripts that stand twice, commands without all their arguments."""
    return _Formula(_MATH.findall(text)).group("")


class _Formula:
    """Reads tokens as TeX does, as far as it takes to see what would stop it."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def group(self, ends: str) -> tuple[str, str] | None:
        """Up to the brace that ends a group, or the end."""
        seen, fences = "", 0  # scripts of the last symbol, and fences open
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token == ends:
                break
            if token in ("_", "^", "'"):
                kind = "^" if token == "'" else token
                if kind in seen and not (token == "'" and seen.endswith("'")):
                    return f"found a second {token!r} on one symbol", "put the first in braces: {x_1}_2"
                seen += token
                self.at += 1
                wrong = None if token == "'" else self.argument(token)
            elif token == "{":
                seen = ""
                self.at += 1
                wrong = self.group("}")
                self.at += 1
            else:
                fences += (token == r"\left") - (token == r"\right")
                if fences < 0 or (token == r"\middle" and not fences):
                    return _UNPAIRED
                seen = ""
                wrong = self.command(token)
            if wrong:
                return wrong
        return _UNPAIRED if fences else None

    def command(self, token: str) -> tuple[str, str] | None:
        """A symbol or command, and what it takes."""
        self.at += 1
        name = token[1:]
        if not name:
            return None
        if name not in MATH:
            return _control(token, True) or _misplaced(token, True)
        if name in FENCED:
            after = self.tokens[self.at] if self.at < len(self.tokens) else ""
            if after not in DELIMITERS:
                return f"found '{token}' without a delimiter after it", r"such as \left( or \right."
            self.at += 1
            return None
        if name in ("limits", "nolimits"):
            before = self.tokens[self.at - 2] if self.at > 1 else ""
            if before[1:] not in _LARGE:
                return f"found '{token}', which follows sums and their like only", ""
        if name == "sqrt" and self.tokens[self.at : self.at + 1] == ["["]:
            if "]" not in self.tokens[self.at :]:
                return "found '[' without ']'", ""
            self.at = self.tokens.index("]", self.at) + 1
        for _ in range(MATH.get(name, 0)):
            wrong = self.text(token) if name in WORDS else self.argument(token)
            if wrong:
                return wrong
        return None

    def argument(self, of: str) -> tuple[str, str] | None:
        """One argument: a group or a single symbol."""
        token = self.tokens[self.at] if self.at < len(self.tokens) else "}"
        if token == "}":
            return f"found '{of}' without what it is applied to", ""
        name = token[1:]
        if of in ("_", "^") and name in ALPHABETS:
            return self.command(token)
        if token in ("_", "^", "'") or MATH.get(name, 0) or name in FENCED:
            return f"found {token!r} where {of!r} wants its argument".replace(
                "\\\\", "\\"
            ), "put it in braces"
        if token != "{":
            self.at += 1
            return None
        self.at += 1
        wrong = self.group("}")
        self.at += 1
        return wrong

    def text(self, of: str) -> tuple[str, str] | None:
        """The text that a command such as `\\textrm` takes in a formula."""
        if self.at >= len(self.tokens) or self.tokens[self.at] != "{":
            return f"found '{of}' without its text in braces", ""
        depth, begin = 0, self.at + 1
        while self.at < len(self.tokens):
            depth += (self.tokens[self.at] == "{") - (self.tokens[self.at] == "}")
            self.at += 1
            if not depth:
                break
        return wrong_latex(" ".join(self.tokens[begin : self.at - 1]), "text")


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...").replace("\\\\", "\\")

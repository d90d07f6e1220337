r"""Which LaTeX may stand in a spec: it goes into the author's document, so nothing that acts there.

Braces and dollars must be balanced, the characters # % & stand only behind a backslash, and control
sequences that read or write files, define, or change how TeX reads are refused. Commands that
only set symbols - `\bar`, `\mathrm`, and the author's own - are welcome.
"""

from __future__ import annotations

import re
from typing import Literal

LONGEST = {"math": 300, "text": 2000}

_TOKEN = re.compile(r"\\(?:[A-Za-z@]+|.|$)|\^\^|[{}$%#&_^~]|[^\x00-\x7f]", re.DOTALL)

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
_WANTING_NAMES = """
bar hat tilde vec dot ddot check breve acute grave widehat widetilde overline underline overbrace
mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak boldsymbol bm operatorname text textbf
textit textrm textsf sqrt frac dfrac tfrac
"""
_WANTING = frozenset("\\" + name for name in _WANTING_NAMES.split())
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
            wrong = _control(token)
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


def _control(token: str) -> tuple[str, str] | None:
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
    return None


def _character(token: str, inside: bool, text: str) -> tuple[str, str] | None:
    if token == "^^":
        return "found '^^', which is not allowed in a spec", "only what sets symbols and text is"
    if token in "%#&":
        return f"found {token!r}", f"write \\{token} for the character"
    if token in "_^" and not inside:
        words = [word for word in text.split() if token in word]
        example = words[0] if words else token
        return (
            f"found {token!r} outside of mathematics",
            f"write '${example}$' for mathematics or '\\{token}' for the character",
        )
    if inside and not token.isascii():
        fact = f"found {token!r} in mathematics, which pdflatex cannot set"
        return fact, r"write its command, such as \alpha"
    return None


def _mathematics(text: str) -> tuple[str, str] | None:
    """What stops TeX inside mathematics: scripts that stand twice or raise nothing, commands left alone."""
    seen: list[str] = [""]  # scripts of the last symbol, for every open brace
    wants = ""  # a script or command that waits for what it is applied to
    fences = 0
    for match in _MATH.finditer(text):
        token = match[0]
        if token in "_^'" and len(token) == 1:
            kind = "^" if token == "'" else token
            if wants:
                return f"found {token!r} where {wants!r} wants its argument", "put it in braces"
            if kind in seen[-1] and not (token == "'" and seen[-1].endswith("'")):
                return f"found a second {token!r} on one symbol", "put the first in braces: {x_1}_2"
            seen[-1] += "'" if token == "'" else token
            wants = "" if token == "'" else token
        elif token == "{":
            seen[-1] = seen[-1] if wants in ("_", "^") else ""
            seen.append("")
            wants = ""
        elif token == "}":
            if wants:
                break
            seen.pop()
        else:
            fences += (token == r"\left") - (token == r"\right")
            if wants not in ("_", "^"):
                seen[-1] = ""
            wants = token if token in _WANTING else ""
    if wants:
        return f"found '{wants}' without what it is applied to", ""
    if fences:
        return r"\left and \right do not pair", ""
    return None


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...").replace("\\\\", "\\")

r"""The control sequences that a spec may use: LaTeX's own, which need no package, and what replaces others.

A figure promises to need tikz and nothing else, so what amsmath, amssymb or the author define is
refused with a remedy. Every one of these is set by pdflatex and by the SVG alike.
"""

from __future__ import annotations

from ncd_tikz.text.spelling import FONTS, LETTERS, MARKS

_SYMBOLS = r"""
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi
psi omega varepsilon vartheta varpi varrho varsigma varphi Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi
Psi Omega imath jmath ell wp partial flat natural sharp aleph Re Im prime infty emptyset nabla top bot
triangle forall exists neg lnot clubsuit diamondsuit heartsuit spadesuit vert Vert backslash hbar angle star
triangleright triangleleft times ast div diamond pm mp oplus ominus otimes oslash odot bigcirc circ bullet
cdot cap cup uplus sqcap sqcup wedge land vee lor setminus wr amalg dagger ddagger bigtriangleup
bigtriangledown leq le geq ge equiv sim simeq approx prec succ preceq succeq asymp subset supset subseteq
supseteq in ni owns ll gg mid parallel perp propto leftarrow gets rightarrow to leftrightarrow Leftarrow
Rightarrow Leftrightarrow nearrow searrow nwarrow swarrow sqsubseteq sqsupseteq vdash dashv uparrow downarrow
updownarrow Uparrow Downarrow Updownarrow not smile frown leftharpoonup leftharpoondown rightharpoonup
rightharpoondown lbrace langle lfloor lceil rbrace rangle rfloor rceil lbrack rbrack cdotp ldotp sum prod int
bigcup bigcap biguplus bigwedge bigvee coprod oint bigoplus bigotimes bigodot bigsqcup smallint log lg ln lim
sin arcsin sinh cos arccos cosh tan arctan tanh cot coth sec csc max min sup inf arg ker dim hom det exp Pr
gcd deg liminf limsup ldots dots cdots vdots ddots ne neq doteq surd colon bmod iff mapsto hookrightarrow
hookleftarrow longrightarrow longleftarrow longleftrightarrow longmapsto Longrightarrow Longleftarrow
Longleftrightarrow models bowtie notin cong rightleftharpoons limits nolimits displaystyle textstyle
scriptstyle scriptscriptstyle thinspace negthinspace quad qquad enspace mathstrut
"""
_ACCENTS = "hat tilde bar vec dot ddot acute grave check breve mathring widehat widetilde"
_ALPHABETS = "mathbf mathrm mathsf mathit mathtt mathcal mathnormal"
_WORDS = "textrm textnormal textsf textbf textit texttt mbox"  # what they take is text
_SIDES = "big bigl bigr bigm Big Bigl Bigr Bigm bigg biggl biggr biggm Bigg Biggl Biggr Biggm"

# What stands in mathematics, and how many arguments it takes.
MATH: dict[str, int] = {
    **dict.fromkeys((*_SYMBOLS.split(), *",:;>! #$%&_{}|"), 0),
    **dict.fromkeys(_ACCENTS.split() + _ALPHABETS.split() + _WORDS.split(), 1),
    **dict.fromkeys("sqrt overline underline overbrace underbrace overrightarrow overleftarrow".split(), 1),
    **dict.fromkeys("phantom hphantom vphantom smash pmod".split(), 1),
    **dict.fromkeys("frac stackrel".split(), 2),
    **dict.fromkeys((*_SIDES.split(), "left", "right", "middle"), 0),
}
ALPHABETS = frozenset((_ALPHABETS + " " + _WORDS).split())
WORDS = frozenset(_WORDS.split())
FENCED = frozenset((*_SIDES.split(), "left", "right", "middle"))  # a delimiter follows
DELIMITERS = frozenset(
    r"( ) [ ] / | . < > \{ \} \| \lfloor \rfloor \lceil \rceil \langle \rangle \lbrace \rbrace \lbrack "
    r"\rbrack \vert \Vert \backslash \uparrow \downarrow \updownarrow \Uparrow \Downarrow "
    r"\Updownarrow".split()
)

# What OT1, the fonts of every document, has of Unicode's letters and signs.
UNICODE = frozenset(
    "\u00a0¡¿©®£§¶°±²³·×÷ß–—‘’“”†‡•…€™"
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿ"
    "ĀāĂăĆćĈĉĊċČčĎďĒēĔĕĖėĚěĜĝĞğĠġĢģĤĥĨĩĪīĬĭİıĴĵĶķĹĺĻļĽľŁłŃńŅņŇňŌōŎŏŐőŒœŔŕŖŗŘřŚśŜŝŞşŠšŢţŤť"
    "ŨũŪūŬŭŮůŰűŴŵŶŷŸŹźŻżŽžȘșȚț"
)

_WHY = "figures need tikz and no other package"
_INSTEAD = {
    "text": r"\textrm{...}", "operatorname": r"\mathrm{...}", "mathbb": r"\mathbf{...} or \mathcal{...}",
    "mathfrak": r"\mathcal{...}", "mathscr": r"\mathcal{...}", "boldsymbol": r"\mathbf{...}",
    "bm": r"\mathbf{...}", "pmb": r"\mathbf{...}", "symbf": r"\mathbf{...}", "mathup": r"\mathrm{...}",
    "dfrac": r"\frac", "tfrac": r"\frac", "cfrac": r"\frac", "lvert": r"\vert", "rvert": r"\vert",
    "lVert": r"\Vert", "rVert": r"\Vert", "implies": r"\Rightarrow", "impliedby": r"\Leftarrow",
    "dotsc": r"\ldots", "dotso": r"\ldots", "dotsb": r"\cdots", "dotsm": r"\cdots", "overset": r"\stackrel",
    "leqslant": r"\leq", "geqslant": r"\geq", "varnothing": r"\emptyset", "coloneqq": ":=",
    "leadsto": r"\rightarrow", "sqsubset": r"\sqsubseteq", "sqsupset": r"\sqsupseteq", "hslash": r"\hbar",
    "em": r"\emph{...}", "bfseries": r"\textbf{...}", "itshape": r"\textit{...}", "bf": r"\textbf{...}",
    "it": r"\textit{...}", "rm": r"\textrm{...}", "tt": r"\texttt{...}", "sf": r"\textsf{...}",
    "textsuperscript": "$^{...}$", "textsubscript": "$_{...}$",
    "hspace": r"\, or \quad", "kern": r"\, or \quad", "mkern": r"\, or \quad",
}  # fmt: skip


def instead(name: str, inside: bool) -> str:
    r"""What to write where a command of a package, or none at all, stands.

    >>> instead("text", True), instead("alhpa", True)
    ("write '\\textrm{...}': figures need tikz and no other package", "did you mean '\\alpha'?")
    >>> instead("alpha", False)
    "write '$\\alpha$': it is mathematics"
    """
    if not inside and name in MATH:
        return f"write '$\\{name}{'{...}' * MATH[name]}$': it is mathematics"
    if not inside and name == "text":
        return r"leave '\text' out: it is text already"
    if inside and name in (*LETTERS, *MARKS, *FONTS):
        return "it stands in text only, outside of the dollars"
    if name in _INSTEAD:
        return f"write '{_INSTEAD[name]}': {_WHY}"
    from ncd_tikz.spec.mistakes import did_you_mean

    close = did_you_mean(name, MATH if inside else (*LETTERS, *FONTS)) if len(name) > 3 else ""
    return close.replace("'", "'\\", 1) if close else f"leave it out: {_WHY}"

"""What TeX's math characters and control sequences stand for: class, font family and code.

The numbers are those of LaTeX's `fontmath.ltx` and of `amssymb.sty`.
"""

from __future__ import annotations

ORD, OP, BIN, REL, OPEN, CLOSE, PUNCT, INNER = range(8)

Symbol = tuple[int, str, int]  # class, family, code

CHARACTERS: dict[str, Symbol] = {
    "+": (BIN, "cmr", 0x2B),
    "-": (BIN, "cmsy", 0x00),
    "*": (BIN, "cmsy", 0x03),
    "/": (ORD, "cmmi", 0x3D),
    "=": (REL, "cmr", 0x3D),
    "<": (REL, "cmmi", 0x3C),
    ">": (REL, "cmmi", 0x3E),
    ":": (REL, "cmr", 0x3A),
    ";": (PUNCT, "cmr", 0x3B),
    ",": (PUNCT, "cmmi", 0x3B),
    ".": (ORD, "cmmi", 0x3A),
    "(": (OPEN, "cmr", 0x28),
    ")": (CLOSE, "cmr", 0x29),
    "[": (OPEN, "cmr", 0x5B),
    "]": (CLOSE, "cmr", 0x5D),
    "|": (ORD, "cmsy", 0x6A),
    "!": (CLOSE, "cmr", 0x21),
    "?": (CLOSE, "cmr", 0x3F),
    "@": (ORD, "cmr", 0x40),
    '"': (ORD, "cmr", 0x22),
    "`": (ORD, "cmr", 0x60),
}

_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi "
    "chi psi omega varepsilon vartheta varpi varrho varsigma varphi"
).split()
_CAPITALS = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split()


def _listed(kind: int, family: str, text: str) -> dict[str, Symbol]:
    words = (word.partition(":") for word in text.split())
    return {name: (kind, family, int(code, 16)) for name, _, code in words}


SYMBOLS: dict[str, Symbol] = {
    **{name: (ORD, "cmmi", 0x0B + place) for place, name in enumerate(_GREEK)},
    **{name: (ORD, "cmr", place) for place, name in enumerate(_CAPITALS)},
    **_listed(ORD, "cmr", "#:23 $:24 %:25 &:26"),
    **_listed(ORD, "cmmi", "imath:7b jmath:7c ell:60 wp:7d partial:40 flat:5b natural:5c sharp:5d"),
    **_listed(
        ORD,
        "cmsy",
        "aleph:40 Re:3c Im:3d prime:30 infty:31 emptyset:3b nabla:72 top:3e bot:3f triangle:34 forall:38 "
        "exists:39 neg:3a lnot:3a clubsuit:7c diamondsuit:7d heartsuit:7e spadesuit:7f vert:6a "
        "Vert:6b |:6b backslash:6e",
    ),
    **_listed(ORD, "msbm", "hbar:7e hslash:7d varnothing:3f nexists:40 Bbbk:7c eth:67"),
    **_listed(
        ORD, "msam", "square:03 blacksquare:04 Box:03 lozenge:06 Diamond:06 blacklozenge:07 bigstar:46"
    ),
    **_listed(
        ORD, "msam", "checkmark:58 complement:7b measuredangle:5d angle:5c maltese:7a yen:55 circledR:72"
    ),
    **_listed(BIN, "cmmi", "star:3f triangleright:2e triangleleft:2f"),
    **_listed(
        BIN,
        "cmsy",
        "times:02 ast:03 div:04 diamond:05 pm:06 mp:07 oplus:08 ominus:09 otimes:0a oslash:0b odot:0c "
        "bigcirc:0d circ:0e bullet:0f cdot:01 cap:5c cup:5b uplus:5d sqcap:75 sqcup:74 wedge:5e land:5e "
        "vee:5f lor:5f setminus:6e wr:6f amalg:71 dagger:79 ddagger:7a bigtriangleup:34 bigtriangledown:35",
    ),
    **_listed(BIN, "msam", "boxplus:01 boxtimes:02 boxminus:0c boxdot:00 circledast:7e dotplus:75"),
    **_listed(BIN, "msbm", "ltimes:6e rtimes:6f smallsetminus:72 divideontimes:3e"),
    **_listed(
        REL,
        "cmsy",
        "leq:14 le:14 geq:15 ge:15 equiv:11 sim:18 simeq:27 approx:19 prec:1e succ:1f preceq:16 succeq:17 "
        "asymp:10 subset:1a supset:1b subseteq:12 supseteq:13 in:32 ni:33 owns:33 ll:1c gg:1d mid:6a "
        "parallel:6b perp:3f propto:2f leftarrow:20 gets:20 rightarrow:21 to:21 leftrightarrow:24 "
        "Leftarrow:28 Rightarrow:29 Leftrightarrow:2c nearrow:25 searrow:26 nwarrow:2d swarrow:2e "
        "sqsubseteq:76 sqsupseteq:77 vdash:60 dashv:61 uparrow:22 downarrow:23 updownarrow:6c Uparrow:2a "
        "Downarrow:2b Updownarrow:6d not:36",
    ),
    **_listed(
        REL,
        "cmmi",
        "smile:5e frown:5f lhook:2c rhook:2d leftharpoonup:28 leftharpoondown:29 rightharpoonup:2a",
    ),
    **_listed(REL, "cmmi", "rightharpoondown:2b"),
    **_listed(
        REL,
        "msam",
        "leqslant:36 geqslant:3e lesssim:2e gtrsim:26 trianglelefteq:45 trianglerighteq:44 triangleq:2c "
        "therefore:29 because:2a rightrightarrows:13 leftleftarrows:12 rightleftarrows:1c rightsquigarrow:20 "
        "leadsto:20 twoheadrightarrow:10 rightarrowtail:1a circlearrowleft:09 circlearrowright:08 vDash:0f "
        "Vdash:0d backsim:76 doteqdot:2b lessapprox:2f gtrapprox:27 multimap:28 sqsubset:40 sqsupset:41",
    ),
    **_listed(REL, "msbm", "approxeq:75 nleq:02 ngeq:03 nless:04 ngtr:05 nmid:2d nparallel:2c nsubseteq:2a"),
    **_listed(REL, "msbm", "nsim:1c thicksim:73 thickapprox:74 subsetneq:28 supsetneq:29 curvearrowright:79"),
    **_listed(OPEN, "cmsy", "lbrace:66 {:66 langle:68 lfloor:62 lceil:64"),
    **_listed(CLOSE, "cmsy", "rbrace:67 }:67 rangle:69 rfloor:63 rceil:65"),
    **_listed(OPEN, "cmsy", "lvert:6a lVert:6b"),
    **_listed(CLOSE, "cmsy", "rvert:6a rVert:6b"),
    **_listed(OPEN, "cmr", "lparen:28 lbrack:5b"),
    **_listed(CLOSE, "cmr", "rparen:29 rbrack:5d"),
    **_listed(PUNCT, "cmsy", "cdotp:01"),
    **_listed(PUNCT, "cmmi", "ldotp:3a"),
    **_listed(
        OP,
        "cmex",
        "sum:50 prod:51 int:52 bigcup:53 bigcap:54 biguplus:55 bigwedge:56 bigvee:57 coprod:60 oint:48 "
        "bigoplus:4c bigotimes:4e bigodot:4a bigsqcup:46",
    ),
    **_listed(OP, "cmsy", "smallint:73 surdsign:70"),
}

# Names set upright as operators; a space in the value is a thin space.
FUNCTIONS: dict[str, str] = {
    **{
        name: name
        for name in (
            "log lg ln lim sin arcsin sinh cos arccos cosh tan arctan tanh cot coth sec csc max min sup inf "
            "arg ker dim hom det exp Pr gcd deg"
        ).split()
    },
    "liminf": "lim inf",
    "limsup": "lim sup",
    "injlim": "inj lim",
    "projlim": "proj lim",
}

# Symbols that are set as a short formula of others.
COMPOSED: dict[str, str] = {
    "ldots": r"\mathinner{\ldotp\ldotp\ldotp}",
    "dots": r"\mathinner{\ldotp\ldotp\ldotp}",
    "dotsc": r"\mathinner{\ldotp\ldotp\ldotp}",
    "dotso": r"\mathinner{\ldotp\ldotp\ldotp}",
    "cdots": r"\mathinner{\cdotp\cdotp\cdotp}",
    "dotsb": r"\mathinner{\cdotp\cdotp\cdotp}",
    "dotsm": r"\mathinner{\cdotp\cdotp\cdotp}",
    "ne": r"\mathrel{\not=}",
    "neq": r"\mathrel{\not=}",
    "doteq": r"\overset{\textstyle.}{=}",
    "surd": r"{\surdsign}",
    "colon": r"\mkern2mu{:}\mkern6mu",
    "bmod": r"\mkern1mu\mathbin{\mathrm{mod}}\mkern1mu",
    "mod": r"\mkern12mu\mathrm{mod}\mkern6mu",
    "iff": r"\;\Longleftrightarrow\;",
    "implies": r"\;\Longrightarrow\;",
    "impliedby": r"\;\Longleftarrow\;",
    "mapsto": r"\mathrel{\rightarrow}",
    "hookrightarrow": r"\mathrel{\lhook\joinrel\rightarrow}",
    "hookleftarrow": r"\mathrel{\lhook\joinrel\rightarrow}",
    "longrightarrow": r"\mathrel{\mathord{\smash-}\joinrel\mathord{\rightarrow}}",
    "longleftarrow": r"\mathrel{\mathord{\smash-}\joinrel\mathord{\rightarrow}}",
    "longleftrightarrow": r"\mathrel{\mathord{\leftarrow}\joinrel\mathord{\rightarrow}}",
    "longmapsto": r"\mathrel{\mathord{\smash-}\joinrel\mathord{\rightarrow}}",
    "Longrightarrow": r"\mathrel{\mathord{=}\joinrel\mathord{\Rightarrow}}",
    "Longleftarrow": r"\mathrel{\mathord{=}\joinrel\mathord{\Rightarrow}}",
    "Longleftrightarrow": r"\mathrel{\mathord{\Leftarrow}\joinrel\mathord{\Rightarrow}}",
    "models": r"\mathrel{\mathord{|}\joinrel\mathord{=}}",
    "coloneqq": r"\mathrel{:=}",
    "bowtie": r"\mathrel{\mathord{\triangleright}\joinrel\mathord{\triangleleft}}",
}
# Dots that amsmath sets off by a thin space from what closes.
OPEN_DOTS = ("dots", "cdots", "dotsb", "dotsc", "dotsm", "dotso")

# Unicode characters that mean a control sequence.
UNICODE: dict[str, str] = {
    **dict(zip("αβγδϵζηθικλμνξπρστυϕχψωεϑϖϱςφ", _GREEK, strict=True)),
    **dict(zip("ΓΔΘΛΞΠΣΥΦΨΩ", _CAPITALS, strict=True)),
    **dict(
        zip(
            "×·÷±∓∞∂∇∈∉∋⊂⊃⊆⊇∪∩∧∨¬∀∃∅≤≥≠≡≈∼≃∝→←↔⇒⇐⇔↦∑∏∫√⊕⊗⊙∘∙⋆…⋯′⟨⟩⌊⌋⌈⌉∥ℓℏ−∗⋅",
            "times cdot div pm mp infty partial nabla in notin ni subset supset subseteq supseteq cup "
            "cap wedge vee neg forall exists emptyset leq geq neq equiv approx sim simeq propto "
            "rightarrow leftarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow mapsto sum prod "
            "int surd oplus otimes odot circ bullet star ldots cdots prime langle rangle lfloor "
            "rfloor lceil rceil parallel ell hbar minus ast cdot".split(),
            strict=True,
        )
    ),
}
SYMBOLS["minus"] = CHARACTERS["-"]

# Accents: family and code.
ACCENTS: dict[str, tuple[str, int]] = {
    "hat": ("cmr", 0x5E),
    "tilde": ("cmr", 0x7E),
    "bar": ("cmr", 0x16),
    "vec": ("cmmi", 0x7E),
    "dot": ("cmr", 0x5F),
    "ddot": ("cmr", 0x7F),
    "acute": ("cmr", 0x13),
    "grave": ("cmr", 0x12),
    "check": ("cmr", 0x14),
    "breve": ("cmr", 0x15),
    "mathring": ("cmr", 0x17),
    "widehat": ("cmex", 0x62),
    "widetilde": ("cmex", 0x65),
}

# Delimiters: the small form and the large one in cmex.
DELIMITERS: dict[str, tuple[str, int, int]] = {
    "(": ("cmr", 0x28, 0x00),
    ")": ("cmr", 0x29, 0x01),
    "[": ("cmr", 0x5B, 0x02),
    "]": ("cmr", 0x5D, 0x03),
    "<": ("cmsy", 0x68, 0x0A),
    ">": ("cmsy", 0x69, 0x0B),
    "/": ("cmr", 0x2F, 0x0E),
    "|": ("cmsy", 0x6A, 0x0C),
    "lfloor": ("cmsy", 0x62, 0x04),
    "rfloor": ("cmsy", 0x63, 0x05),
    "lceil": ("cmsy", 0x64, 0x06),
    "rceil": ("cmsy", 0x65, 0x07),
    "lbrace": ("cmsy", 0x66, 0x08),
    "rbrace": ("cmsy", 0x67, 0x09),
    "langle": ("cmsy", 0x68, 0x0A),
    "rangle": ("cmsy", 0x69, 0x0B),
    "vert": ("cmsy", 0x6A, 0x0C),
    "Vert": ("cmsy", 0x6B, 0x0D),
    "backslash": ("cmsy", 0x6E, 0x0F),
    "uparrow": ("cmsy", 0x22, 0x78),
    "downarrow": ("cmsy", 0x23, 0x79),
    "updownarrow": ("cmsy", 0x6C, 0x3F),
    "surd": ("cmsy", 0x70, 0x70),
}
DELIMITERS.update(
    {
        "\\{": DELIMITERS["lbrace"],
        "\\}": DELIMITERS["rbrace"],
        "{": DELIMITERS["lbrace"],
        "}": DELIMITERS["rbrace"],
        "\\|": DELIMITERS["Vert"],
        "lvert": DELIMITERS["vert"],
        "rvert": DELIMITERS["vert"],
        "lVert": DELIMITERS["Vert"],
        "rVert": DELIMITERS["Vert"],
        "lbrack": DELIMITERS["["],
        "rbrack": DELIMITERS["]"],
        "lparen": DELIMITERS["("],
        "rparen": DELIMITERS[")"],
    }
)

"""Names, LaTeX and widths: what may stand in a spec and what may not."""

from __future__ import annotations

import keyword
import shutil
import subprocess
from pathlib import Path

import pytest

from ncd_tikz.spec import PRESETS, width_of
from ncd_tikz.spec.commands import FENCED, MATH, UNICODE
from ncd_tikz.spec.latex import wrong_latex
from ncd_tikz.spec.names import wrong_name
from ncd_tikz.text.spelling import FONTS, LETTERS, MARKS


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "",
        r"\bar{x}",
        "x'",
        "x_1",
        "x^2_1",
        "x'^2",
        r"k^{-1/2}",
        r"\mathrm{softmax}",
        r"\hat{Y}_{i,j}",
        r"\left(x\right)",
        r"\mathbf L_+",
        r"x\iff y",
        r"a\,b\;c",
        r"\frac12",
        r"x_{a_{b_c}}",
        r"\#",
        r"\&",
        r"\{x\}",
        "x''",
        r"x_\mathrm{max}",
        r"\textrm{as in text}",
        r"\sqrt[3]{x}",
        r"\sum\limits_{i}x_i",
        r"\bigl(x\bigr)",
        r"28\times 28",
        r"\lfloor n/2\rfloor",
    ],
)
def test_mathematics_that_is_welcome(text: str) -> None:
    assert wrong_latex(text, "math") is None


@pytest.mark.parametrize(
    "text",
    [
        "Multi-Head Attention",
        "Learned layers generate $Q$, $K$ and $V$.",
        r"50\% off",
        r"Add \& Norm",
        r"\$5",
        "a~b",
        "é ok – and “so”",
        r"\textbf{bold} and $x_1^2$",
        r"\emph{so} $\bar{x}$",
        r"G\'erard",
        "",
        r"\c{c}a, na\"\i ve, Stra\ss e",
        "Żółć, œuvre, Ğ",
        "parentheses (x)",
    ],
)
def test_text_that_is_welcome(text: str) -> None:
    assert wrong_latex(text, "text") is None


@pytest.mark.parametrize(
    "command",
    r"""
    \input \include \openin \openout \read \write \write18 \immediate \special \shipout \def \edef
    \gdef \xdef \let \futurelet \newcommand \renewcommand \csname \endcsname \expandafter \catcode
    \lccode \uccode \directlua \latelua \begin \end \begingroup \aftergroup \global \usepackage
    \RequirePackage \documentclass \makeatletter \loop \scantokens \ifx \iftrue \else \fi \unless
    \hbox \vbox \halign \setbox \verb \pgfkeys \tikzset \foreach \pdfliteral \pdfextension \luaexec
    \everypar \everymath \ExplSyntaxOn \font \jobname \endinput \AtEndDocument
    """.split(),
)
def test_commands_that_act_are_refused(command: str) -> None:
    for mode, text in (
        ("math", f"x{command} y"),
        ("text", f"see {command}{{y}}"),
        ("text", f"${command} y$"),
    ):
        wrong = wrong_latex(text, mode)  # type: ignore[arg-type]
        assert wrong is not None
        assert "not allowed" in wrong[0]


@pytest.mark.parametrize(
    "text", ["{", "}", "x}{", "a%", "#1", "a&b", "$x$", "^^M", "\\", "x_1_2", "x^", "\\hat", "α"]
)
def test_mathematics_that_breaks_a_document(text: str) -> None:
    assert wrong_latex(text, "math") is not None


@pytest.mark.parametrize(
    "text", ["$", "$x", "a_b", "a^b", "$$x$$", "{$x$}", "$x_1_2$", "\\(x\\)", "a\\\\b", "{", "50%"]
)
def test_text_that_breaks_a_document(text: str) -> None:
    assert wrong_latex(text, "text") is not None


@pytest.mark.parametrize(
    ("text", "mode", "remedy"),
    [
        (r"\text{in}", "math", r"\textrm{...}"),
        (r"\boldsymbol{x}", "math", r"\mathbf{...}"),
        (r"\mathbb{R}", "math", r"\mathbf{...} or \mathcal{...}"),
        (r"\operatorname{Attn}", "math", r"\mathrm{...}"),
        (r"\foo", "math", "tikz"),
        (r"\R", "math", "tikz"),
        (r"\alhpa", "math", r"did you mean '\alpha'?"),
        (r"\text{in}", "text", "it is text already"),
        (r"\alpha", "text", r"'$\alpha$'"),
        (r"by \citet{vaswani}", "text", "tikz"),
        (r"{\bfseries x}", "text", r"\textbf{...}"),
        ("Внимание", "text", "Latin"),
        ("注意", "text", "Latin"),
        ("α", "text", r"'$\alpha$'"),
        ("α", "math", r"\alpha"),
        ("a < b", "text", "$<$"),
        (r"$\'e$", "text", "outside of the dollars"),
        (r"\frac{1}", "math", ""),
        (r"\left x", "math", r"\left("),
        (r"x\limits_1", "math", ""),
        (r"\textrm{a_b}", "math", ""),
        (r"\textbf x", "text", ""),
        ("\\'", "text", ""),
    ],
)
def test_what_a_document_with_tikz_alone_cannot_set(text: str, mode: str, remedy: str) -> None:
    wrong = wrong_latex(text, mode)  # type: ignore[arg-type]
    assert wrong is not None
    assert remedy in wrong[1]


@pytest.mark.tex
@pytest.mark.slow
def test_every_allowed_command_needs_tikz_only(tmp_path: Path) -> None:
    """Each is set by itself in a document that loads tikz; TeX stops at the first that it does not know."""
    pieces = []
    for name, count in MATH.items():
        before = r"\sum" if name.endswith("limits") else ""
        after = "{x}" * count + ("(" if name in FENCED else "")
        if name in ("left", "right", "middle"):
            piece = r"\left(x\middle|y\right)"
        else:
            piece = f"{before}\\{name}{after} x"
        assert wrong_latex(piece, "math") is None, piece
        pieces.append(f"${piece}$")
    pieces += [f"a\\{name} b" for name in LETTERS]
    pieces += [f"\\{name}{{e}}" for name in (*MARKS, *FONTS)]
    pieces += sorted(UNICODE)
    for piece in pieces:
        assert wrong_latex(" ".join(piece.split()), "text") is None, piece
    pdflatex = shutil.which("pdflatex")
    if pdflatex is None:
        pytest.skip("TeX is not here")
    lines = [r"\documentclass{article}\usepackage{tikz}\tracinglostchars=2", r"\begin{document}"]
    lines += [
        *(rf"\hbox{{{piece}}}\sffamily\hbox{{{piece}}}\rmfamily" for piece in pieces),
        r"\end{document}",
    ]
    (tmp_path / "all.tex").write_text("\n".join(lines), encoding="utf-8")
    command = [pdflatex, "-halt-on-error", "-interaction=nonstopmode", "-file-line-error", "all.tex"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=120
    )
    assert done.returncode == 0, done.stdout[-1500:]
    log = (tmp_path / "all.log").read_text(encoding="utf-8", errors="replace")
    assert "Missing character" not in log


def test_words_of_python_are_no_names() -> None:
    for word in keyword.kwlist:
        assert wrong_name(word, "value") is not None


@pytest.mark.parametrize("name", ["x", "Y", "d_ff", "n1", "type_", "match", "beta", "print", "F", "nn"])
def test_names_of_values(name: str) -> None:
    assert wrong_name(name, "value") is None


@pytest.mark.parametrize("name", ["", "_", "_x", "__class__", "1x", "x y", "x-y", "x.y", "é", "x'", "self"])
def test_no_names_of_values(name: str) -> None:
    assert wrong_name(name, "value") is not None


@pytest.mark.torch
def test_axes_hide_nothing_of_a_module() -> None:
    torch = pytest.importorskip("torch")
    for name, value in vars(torch.nn.Module).items():
        if not getattr(value, "__module__", "torch").startswith("torch"):
            continue  # packages add methods of their own when they are imported
        assert wrong_name(name, "axis") is not None, name
    for name in ("x", "m", "k", "h", "c", "d_model", "heads", "width"):
        assert wrong_name(name, "axis") is None


@pytest.mark.parametrize(
    ("text", "points"), [("1in", 72.27), ("2.54cm", 72.27), ("25.4 mm", 72.27), ("72bp", 72.27), (".5pc", 6)]
)
def test_lengths(text: str, points: float) -> None:
    assert width_of(text).points == pytest.approx(points, abs=1e-3)


@pytest.mark.parametrize(
    "text", ["", "5", "in", "-1in", "0pt", "1e3pt", "5 px", "5 em", "1in+1in", "nan in", "٣in"]
)
def test_no_lengths(text: str) -> None:
    with pytest.raises(ValueError, match=r"width|length"):
        width_of(text)


def test_presets() -> None:
    for name in PRESETS:
        width = width_of(name)
        assert 200 < width.points < 600
        assert width.font in ("", "small", "footnotesize")
        assert width_of(width.length).points == width.points
    for name in ("neurips", "icml", "icml-column", "iclr", "tmlr", "acl-column", "a4"):
        assert name in PRESETS

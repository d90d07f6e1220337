"""Fragments in documents of every kind: three engines, friendly and hostile authors, LaTeXML."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import ncd_tikz
from ncd_tikz.render import to_tikz
from tests.render.figures import FIGURES, figure

pytestmark = [pytest.mark.tex, pytest.mark.slow]

WRONG = re.compile(r"^!|warning|overfull|underfull", re.IGNORECASE)
HARMLESS = re.compile(r"infwarerr|rerunfilecheck|There were undefined references")

HOSTILE = r"""
\usetikzlibrary{arrows.meta,decorations.pathmorphing,calc,quotes}
\tikzset{
  every node/.style={draw,red,font=\Huge,inner sep=2cm,minimum size=3cm,text width=4cm,align=right,rotate=30},
  every path/.style={blue,line width=4pt,-Stealth,rounded corners,dashed,double},
  every picture/.style={scale=3,rotate=20,x=3cm,opacity=.3,baseline=(current bounding box.center)},
  every scope/.style={scale=2}, every circle/.style={radius=3cm}, every rectangle node/.style={fill=green},
  every label/.style={draw}, every text node part/.style={yellow},
  execute at begin picture={\draw (0,0) -- (9,9);}, execute at end picture={\draw (0,0) -- (9,9);},
  execute at begin node=X, execute at end node=Y, font=\tiny, text=green, text opacity=.2,
  ncd wire/.style={red}, ncd text/.style={green}, ncd line/.append style={red}, sans/.style={red},
  line cap=round, line join=bevel, shape=circle, transform shape, inner sep=1cm, outer sep=2cm,
  minimum size=2cm, anchor=north}
\pgfkeys{/pgf/inner sep=3cm}
\definecolor{ncd-grey}{rgb}{1,0,0}
\def\ncdline{9pt}
"""
ACTIVE = r"""
\catcode`\:=13 \catcode`\;=13 \catcode`\!=13 \catcode`\?=13 \catcode`\"=13 \catcode`\'=13
\catcode`\<=13 \catcode`\>=13 \catcode`\|=13
\def:{BAD}\def;{BAD}\def!{BAD}\def?{BAD}\def"{BAD}\def'{BAD}\def<{BAD}\def>{BAD}\def|{BAD}
"""


def document(
    names: tuple[str, ...], preamble: str = "", before: str = "", tikz: str = "\\usepackage{tikz}"
) -> str:
    figures = "\n\\newpage\n".join(f"\\noindent\\input{{{name}}}" for name in names)
    return (
        "\\documentclass{article}\n\\usepackage[paperwidth=60cm,paperheight=40cm,margin=1cm]{geometry}\n"
        f"{tikz}\n{preamble}\n\\begin{{document}}\\pagestyle{{empty}}\n{before}\n{figures}\n\\end{{document}}\n"
    )


def write(folder: Path, source: str, names: tuple[str, ...]) -> None:
    for name in names:
        (folder / f"{name}.tex").write_text(to_tikz(figure(name)), encoding="ascii")
    (folder / "paper.tex").write_text(source, encoding="ascii")


def run(folder: Path, *command: str) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is missing")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def typeset(folder: Path, engine: str) -> None:
    """Run an engine without shell-escape; its log must be clean."""
    run(folder, engine, "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "paper.tex")
    log = (folder / "paper.log").read_text("latin-1").splitlines()
    assert [line for line in log if WRONG.search(line) and not HARMLESS.search(line)] == []


def pages(folder: Path) -> list[bytes]:
    """The pages as pixels."""
    run(folder, "pdftoppm", "-r", "60", "paper.pdf", "page")
    return [path.read_bytes() for path in sorted(folder.glob("page*.ppm"))]


def all_drawn(folder: Path, engine: str) -> list[bytes]:
    """All figures on pages of their own, by an engine that says nothing against them."""
    folder.mkdir()
    write(folder, document(FIGURES), FIGURES)
    typeset(folder, engine)
    if engine == "latex":
        run(folder, "dvips", "-q", "paper.dvi")
        run(folder, "ps2pdf", "paper.ps")
    drawn = pages(folder)
    assert len(drawn) == len(FIGURES)
    assert all(len(set(page[::7])) > 5 for page in drawn)
    return drawn


@pytest.mark.parametrize("engine", ["xelatex", "latex"])
def test_all_figures_compile_without_a_warning(engine: str, tmp_path: Path) -> None:
    """With pdflatex they do in the next test."""
    all_drawn(tmp_path / "paper", engine)


def test_a_hostile_author_changes_no_pixel(tmp_path: Path) -> None:
    """All hostility at once: styles, the font and the colour around a figure, and active characters."""
    wanted = all_drawn(tmp_path / "friendly", "pdflatex")
    hostile = tmp_path / "hostile"
    hostile.mkdir()
    write(hostile, document(FIGURES, HOSTILE, r"\bfseries\itshape\color{red}" + ACTIVE), FIGURES)
    run(hostile, "pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex")
    changed = [name for name, one, other in zip(FIGURES, wanted, pages(hostile), strict=True) if one != other]
    assert changed == []


def test_the_comparison_would_notice(tmp_path: Path) -> None:
    """The same hostile author against a picture that does not defend itself."""
    naked = "\\begin{tikzpicture}\\draw (0,0) -- (3,1) node {m};\\end{tikzpicture}"
    drawn = []
    for kind, preamble in (("friendly", ""), ("hostile", HOSTILE)):
        folder = tmp_path / kind
        folder.mkdir()
        (folder / "naked.tex").write_text(naked)
        (folder / "paper.tex").write_text(document(("naked",), preamble))
        run(folder, "pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex")
        drawn.append(pages(folder))
    assert drawn[0] != drawn[1]


def test_a_fragment_leaves_the_author_alone(tmp_path: Path) -> None:
    after = (
        "\\begin{tikzpicture}\\draw (0,0) -- (3,1) node {m};\\end{tikzpicture}"
        "\\ifcsname ncdline\\endcsname BAD\\fi\\ifcsname ncddefault\\endcsname BAD\\fi"
        "\\pgfkeysifdefined{/ncd/palette}{BAD}{}\\pgfkeysifdefined{/tikz/ncd wire/.@cmd}{BAD}{}"
        "\\ifcsname\\string\\color@ncd-grey\\endcsname BAD\\fi\\the\\catcode`:"
    )
    drawn = []
    for kind, first in (("without", ""), ("with", "\\setbox0\\hbox{\\input{by_hand}}")):
        folder = tmp_path / kind
        folder.mkdir()
        write(folder, document((), HOSTILE, first + after), ("by_hand",))
        run(folder, "pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex")
        drawn.append(pages(folder))
    # \ncdline is the hostile author's own: it must still be there, and be as before.
    assert drawn[0] == drawn[1]


def test_the_box_is_the_scenes_bounds_and_nothing_beside(tmp_path: Path) -> None:
    measured = (
        "\\setbox0\\hbox{\\input{by_hand}}\\typeout{told<\\the\\wd0,\\the\\ht0,\\the\\dp0>}"
        "\\setbox0\\vbox{\\input{by_hand}}\\typeout{told<\\the\\wd0>}"
    )
    write(tmp_path, document((), "", measured), ("by_hand",))
    typeset(tmp_path, "pdflatex")
    log = (tmp_path / "paper.log").read_text("latin-1")
    width, height, depth = (
        float(word.removesuffix("pt")) for word in re.findall(r"told<(.*?)>", log)[0].split(",")
    )
    left, top, right, bottom = figure("by_hand").bounds
    assert width == pytest.approx((right - left) * 13.5, abs=0.02)
    assert height + depth == pytest.approx((bottom - top) * 13.5, abs=0.02)


@pytest.mark.parametrize("size", ["scriptsize", "footnotesize", "large"])
def test_a_figure_grows_with_the_documents_font(size: str, tmp_path: Path) -> None:
    told = "\\typeout{told<\\the\\dimexpr\\wd0*1000/\\dimexpr1em\\relax>}"
    measured = f"\\{size}\\setbox0\\hbox{{\\input{{by_hand}}}}{told}"
    write(tmp_path, document((), "", measured), ("by_hand",))
    typeset(tmp_path, "pdflatex")
    log = (tmp_path / "paper.log").read_text("latin-1")
    em = float(re.findall(r"told<(.*?)>", log)[0].removesuffix("pt")) * 65536 / 1000
    left, _, right, _ = figure("by_hand").bounds
    assert em == pytest.approx((right - left) * 1.35, rel=0.01)


def test_a_figure_grows_where_letters_are_wider_than_those_that_were_measured(tmp_path: Path) -> None:
    measured = "\\setbox0\\hbox{\\input{by_hand}}\\typeout{told<\\the\\wd0>}"
    sample = "\\setbox0\\hbox{\\sffamily Learned layers generate attention}\\typeout{told<\\the\\wd0>}"
    told = []
    for kind, preamble in (("measured", ""), ("wider", "\\usepackage{mathptmx,helvet}")):
        folder = tmp_path / kind
        folder.mkdir()
        write(folder, document((), preamble, measured + sample), ("by_hand",))
        typeset(folder, "pdflatex")
        log = (folder / "paper.log").read_text("latin-1")
        told.append([float(word.removesuffix("pt")) for word in re.findall(r"told<(.*?)>", log)])
    wider = told[1][1] / told[0][1]
    assert wider > 1.05
    assert told[1][0] / told[0][0] == pytest.approx(wider, rel=0.015)


def test_the_style_file_sets_palette_font_line_width_and_shadow(tmp_path: Path) -> None:
    shutil.copy(Path(ncd_tikz.__file__).parent / "latex" / "ncdtikz.sty", tmp_path)
    loaded = "\\usepackage[palette=okabe-ito, font=\\small, line width=0.9pt]{ncdtikz}"
    keys = "\\typeout{told<\\pgfkeysvalueof{/ncd/palette},\\pgfkeysvalueof{/ncd/line width}>}"
    group = f"{{\\ncdset{{palette=grayscale,shadow=false}}{keys}\\input{{by_hand}}}}"
    inner = f"{keys}{group}{keys}\\input{{by_hand}}"
    write(tmp_path, document((), "", inner, tikz=loaded), ("by_hand",))
    typeset(tmp_path, "pdflatex")
    log = (tmp_path / "paper.log").read_text("latin-1")
    assert re.findall(r"told<(.*?)>", log)[:3] == ["okabe-ito,0.9pt", "grayscale,0.9pt", "okabe-ito,0.9pt"]


@pytest.mark.parametrize("wrong", ["palette=pastel", "colour=red", "shadow=maybe"])
def test_a_misspelt_option_is_an_error(wrong: str, tmp_path: Path) -> None:
    shutil.copy(Path(ncd_tikz.__file__).parent / "latex" / "ncdtikz.sty", tmp_path)
    (tmp_path / "paper.tex").write_text(document((), "", "x", tikz=f"\\usepackage[{wrong}]{{ncdtikz}}"))
    with pytest.raises(AssertionError, match="pgfkeys"):
        run(tmp_path, "pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex")


def test_keys_work_without_the_style_file(tmp_path: Path) -> None:
    drawn = []
    for palette in ("reference", "grayscale"):
        folder = tmp_path / palette
        folder.mkdir()
        write(folder, document(("by_hand",), f"\\pgfkeys{{/ncd/palette/.initial={palette}}}"), ("by_hand",))
        typeset(folder, "pdflatex")
        drawn.append(pages(folder))
    assert drawn[0] != drawn[1]


def test_alternative_text_reaches_a_tikz_that_knows_it(tmp_path: Path) -> None:
    known = "\\tikzset{alt/.code={\\typeout{told<#1>}}}"
    write(tmp_path, document(("by_hand",), known), ("by_hand",))
    typeset(tmp_path, "pdflatex")
    log = " ".join((tmp_path / "paper.log").read_text("latin-1").splitlines())
    assert "told<Diagram of bar y by m and bar x by m" in log


def test_latexml_converts_figures_without_an_error(tmp_path: Path) -> None:
    names = ("multi_head_attention", "everything")  # it takes a minute for a large one
    write(tmp_path, document(names), names)
    if shutil.which("latexml") is None:
        pytest.skip("latexml is missing")
    for command in (
        ("latexml", "--dest=paper.xml", "paper.tex"),
        ("latexmlpost", "--dest=paper.html", "paper.xml"),
    ):
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        told = [line for line in done.stderr.splitlines() if re.match(r"(Error|Fatal|Warning):", line)]
        assert told == []
    html = (tmp_path / "paper.html").read_text("utf-8")
    assert html.count("<svg") >= len(names)
    assert "ltx_ERROR" not in html


def test_an_unknown_palette_is_a_warning_and_not_the_end(tmp_path: Path) -> None:
    name = FIGURES[0]
    drawn = []
    for palette in ("reference", "neon"):
        before = f"\\pgfkeys{{/ncd/palette/.initial={palette}}}"
        write(tmp_path, document((name,), before=before), (name,))
        run(tmp_path, "pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex")
        log = (tmp_path / "paper.log").read_text("latin-1").replace("\n", "")
        assert ("There is no palette `neon'" in log) is (palette == "neon")
        drawn.append(pages(tmp_path))
    assert drawn[0] == drawn[1]

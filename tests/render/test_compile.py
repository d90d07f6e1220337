from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ncd_tikz.errors import RenderError, ToolMissing
from ncd_tikz.render import compile_pdf, pdf_to_png, standalone
from tests.render.figures import FIGURES, figure
from tests.render.scenes import attention

HELLO = "\\documentclass{article}\n\\begin{document}\n%s\n\\end{document}\n"


def test_a_missing_program_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match=r"pdflatex is missing\n.*apt-get install texlive-latex-base"):
        compile_pdf(HELLO % "x")
    with pytest.raises(ToolMissing, match=r"pdftoppm is missing\n.*apt-get install poppler-utils"):
        pdf_to_png(b"")


def test_standalone_says_only_what_differs_from_the_defaults() -> None:
    assert "/ncd/palette/.initial" not in standalone(attention())
    themed = standalone(attention(), palette="okabe-ito", shadow=False)
    assert "\\pgfkeys{/ncd/palette/.initial=okabe-ito}" in themed
    assert "\\pgfkeys{/ncd/shadow/.initial=false}" in themed
    with pytest.raises(RenderError, match="no palette"):
        standalone(attention(), palette="rainbow")


@pytest.mark.tex
class TestWithTeX:
    def test_an_error_tells_the_line_of_the_fragment(self) -> None:
        broken = standalone(attention()).replace("{We copy", "{\\nosuch We copy")
        with pytest.raises(RenderError) as caught:
            compile_pdf(broken)
        message = str(caught.value)
        assert "TeX refused the figure: Undefined control sequence." in message
        number = int(message.split("line ")[1].split(" of the fragment")[0])
        fragment = broken[broken.index("% by_hand") :].splitlines()
        assert "\\nosuch" in fragment[number - 1]

    def test_a_missing_package_is_a_missing_tool(self) -> None:
        with pytest.raises(ToolMissing, match=r"nosuch\.sty is missing"):
            compile_pdf("\\documentclass{article}\\usepackage{nosuch}\\begin{document}x\\end{document}")

    @pytest.mark.parametrize(
        "attack",
        [
            r"\input{/etc/passwd}",
            r"\input{../secret}",
            r"\immediate\openout5=/tmp/ncd-tikz-attack \immediate\write5{x}",
            r"\immediate\write18{touch /tmp/ncd-tikz-attack}",
        ],
    )
    def test_tex_cannot_leave_its_folder(self, attack: str) -> None:
        target = Path("/tmp/ncd-tikz-attack")
        assert not target.exists()
        try:
            pdf = compile_pdf(HELLO % f"x {attack}")
        except RenderError:
            pass
        else:
            assert b"root:" not in pdf
        assert not target.exists()

    @pytest.mark.slow
    def test_an_endless_document_is_given_up(self) -> None:
        with pytest.raises(RenderError, match="stopped after 1 seconds"):
            compile_pdf(HELLO % r"\def\x{\x}\x", timeout=1)

    def test_no_pdf_is_an_error(self) -> None:
        with pytest.raises(RenderError):
            compile_pdf(HELLO % "")

    def test_png(self) -> None:
        if shutil.which("pdftoppm") is None:
            pytest.skip("pdftoppm is missing")
        picture = pdf_to_png(compile_pdf(HELLO % "x"), dpi=36)
        assert picture.startswith(b"\x89PNG")
        with pytest.raises(RenderError, match="pdftoppm"):
            pdf_to_png(b"no PDF")

    @pytest.mark.slow
    @pytest.mark.parametrize("name", FIGURES)
    def test_standalone_has_no_bitmap_fonts_and_text_that_can_be_searched(
        self, name: str, tmp_path: Path
    ) -> None:
        if shutil.which("pdffonts") is None:
            pytest.skip("pdffonts is missing")
        path = tmp_path / "figure.pdf"
        path.write_bytes(compile_pdf(standalone(figure(name))))
        fonts = subprocess.run(["pdffonts", str(path)], capture_output=True, text=True, check=True).stdout
        rows = fonts.splitlines()[2:]
        assert rows
        for row in rows:
            assert "Type 1" in row and "Type 3" not in row and row.split()[-5] == "yes", row

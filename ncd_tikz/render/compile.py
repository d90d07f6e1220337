"""LaTeX documents to PDF and PNG, by programs that are on the machine, in a folder of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ncd_tikz.errors import RenderError, ToolMissing

TIMEOUT = 120.0  # seconds
_NAME = "figure"
# TeX may neither start programs nor touch files outside of its folder, and writes no date.
_ENVIRONMENT = {
    "openin_any": "p",
    "openout_any": "p",
    "shell_escape": "f",
    "SOURCE_DATE_EPOCH": "0",
    "FORCE_SOURCE_DATE": "1",
    "max_print_line": "1000",
}
_PDFLATEX = (
    "pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "-file-line-error",
)  # fmt: skip
_FRAGMENT = "% Drawn by ncd-tikz"


def compile_pdf(document: str, *, timeout: float = TIMEOUT) -> bytes:
    """A LaTeX document's PDF, by pdflatex; the same document gives the same bytes.

    Args:
        document: the whole source, as `standalone` makes it.
        timeout: seconds before it is given up.

    Raises:
        ToolMissing: pdflatex, the class or TikZ is not installed; says which package has it.
        RenderError: TeX refused the document; says what, and which line of the figure.
    """
    _require("pdflatex", "texlive-latex-base texlive-latex-extra texlive-pictures")
    with _folder() as folder:
        source, pdf = folder / f"{_NAME}.tex", folder / f"{_NAME}.pdf"
        source.write_text(document, encoding="utf-8")
        done = _run((*_PDFLATEX, source.name), folder, timeout)
        if done.returncode or not pdf.is_file():
            log = folder / f"{_NAME}.log"
            _refuse(log.read_text("utf-8", "replace") if log.is_file() else done.stdout, document)
        return pdf.read_bytes()


def pdf_to_png(pdf: bytes, *, dpi: int = 200, timeout: float = TIMEOUT) -> bytes:
    """The first page as PNG, by pdftoppm.

    Raises:
        ToolMissing: pdftoppm is not installed.
        RenderError: it could not read the PDF.
    """
    _require("pdftoppm", "poppler-utils")
    with _folder() as folder:
        (folder / f"{_NAME}.pdf").write_bytes(pdf)
        command = ("pdftoppm", "-png", "-singlefile", "-r", str(dpi), f"{_NAME}.pdf", _NAME)
        done = _run(command, folder, timeout)
        picture = folder / f"{_NAME}.png"
        if done.returncode or not picture.is_file():
            raise RenderError(f"pdftoppm could not turn the PDF into a PNG\n  {_last_line(done.stderr)}")
        return picture.read_bytes()


def _require(tool: str, packages: str) -> None:
    if shutil.which(tool) is None:
        raise ToolMissing(tool, f"on Debian and Ubuntu: sudo apt-get install {packages}")


class _folder:
    """A temporary folder as a `Path`, removed afterwards."""

    def __init__(self) -> None:
        self._held = tempfile.TemporaryDirectory(prefix="ncd-tikz-", ignore_cleanup_errors=True)

    def __enter__(self) -> Path:
        return Path(self._held.name)

    def __exit__(self, *problem: object) -> None:
        self._held.cleanup()


def _run(command: tuple[str, ...], folder: Path, timeout: float) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **_ENVIRONMENT},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as problem:
        raise RenderError(f"{command[0]} was stopped after {timeout:g} seconds without a result") from problem


def _refuse(log: str, document: str) -> None:
    """Raise what the log's first error says, with the line of the figure it stands in."""
    lines = log.splitlines()
    first = next((i for i, line in enumerate(lines) if line.startswith(("!", f"./{_NAME}.tex:"))), None)
    if first is None:
        raise RenderError(f"pdflatex gave no PDF\n  {_last_line(log)}")
    fact = lines[first].lstrip("! ").removeprefix(f"./{_NAME}.tex:")
    if "' not found" in fact and (".sty'" in fact or ".cls'" in fact):
        missing = fact.partition("`")[2].partition("'")[0]
        package = "texlive-pictures" if missing == "tikz.sty" else "texlive-latex-extra"
        raise ToolMissing(missing, f"on Debian and Ubuntu: sudo apt-get install {package}")
    if "Dimension too large" in fact:
        raise RenderError(
            "the figure is larger than TeX can set (5.7 m)\n"
            "  break it into rows by a width in the spec, such as  figure: {width: neurips},\n"
            "  or draw it as SVG: -f svg"
        )
    if "TeX capacity exceeded" in fact:
        raise RenderError("the figure has more in it than TeX's memory holds\n  draw it as SVG: -f svg")
    number, _, words = fact.partition(":")
    told = [f"TeX refused the figure: {words.strip() if number.isdigit() else fact}"]
    told += [f"  {line}" for line in lines[first + 1 : first + 8] if line.startswith("l.")][:1]
    if number.isdigit():
        told.append(f"  {_place(int(number), document)}")
    raise RenderError("\n".join(told))


def _place(number: int, document: str) -> str:
    """Line `number` of the document as a line of the fragment in it."""
    lines = document.splitlines()
    text = lines[number - 1].strip() if number <= len(lines) else ""
    drawn = next((i for i, line in enumerate(lines) if line.startswith(_FRAGMENT)), None)
    if drawn is None or number < drawn:
        return f"line {number}: {text}"
    return f"line {number - drawn + 1} of the fragment: {text}"


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"

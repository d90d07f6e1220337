"""`ncd-tikz doctor`: what is missing on this machine."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import click

from ncd_tikz.cli.terminal import bad, bold, faint, good, remark, say, table

SECONDS = 20  # no tool needs longer to tell its version


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that may be missing: how to find it, what for, and what installs it."""

    name: str
    purpose: str
    find: Callable[[str], str]  # what was found, or empty
    debian: str = ""  # package
    python: str = ""  # requirement


def _program(name: str) -> str:
    return shutil.which(name) or ""


def _tex_file(name: str) -> str:
    kpsewhich = shutil.which("kpsewhich")
    if kpsewhich is None:
        return ""
    try:
        found = subprocess.run(
            [kpsewhich, name], capture_output=True, text=True, timeout=SECONDS, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found.stdout.strip()


def _module(name: str) -> str:
    """Where a Python package lies; it is not imported."""
    spec = find_spec(name)
    return str(Path(spec.origin).parent) if spec is not None and spec.origin else ""


TOOLS = (
    Tool("pdflatex", "PDF and PNG figures", _program, debian="texlive-latex-base"),
    Tool("tikz.sty", "every figure in TeX", _tex_file, debian="texlive-pictures"),
    Tool("standalone.cls", "standalone documents", _tex_file, debian="texlive-latex-extra"),
    Tool("lmodern.sty", "fonts of standalone documents", _tex_file, debian="lmodern"),
    Tool("latexmk", "papers that rebuild themselves", _program, debian="latexmk"),
    Tool("xelatex", "papers set by XeLaTeX", _program, debian="texlive-xetex"),
    Tool("dvips", "papers set by latex and dvips", _program, debian="texlive-binaries"),
    Tool("pdftoppm", "PNG figures", _program, debian="poppler-utils"),
    Tool("torch", "check, and running modules", _module, python="torch"),
    Tool("ziamath", "mathematics in SVG", _module, python="ziamath"),
    Tool("pylatex", "standalone documents", _module, python="pylatex"),
)


@click.command("doctor", short_help="Say what is missing on this machine and how to mend it.")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Look for the tools that parts of ncd-tikz need, and say what installs those that are missing.

    TikZ fragments, SVG and PyTorch source need nothing but this package. Exit code 3 tells that
    something is missing.

    \b
    Example:
      ncd-tikz doctor
    """
    from ncd_tikz import __version__

    version = ".".join(str(part) for part in sys.version_info[:3])
    say(bold(f"ncd-tikz {__version__}, Python {version}"))
    rows, missing = [], []
    for tool in TOOLS:
        found = tool.find(tool.name)
        rows.append((good("ok") if found else bad("missing"), tool.name, tool.purpose, faint(found)))
        if not found:
            missing.append(tool)
    for line in table(rows):
        say(line)
    if not missing:
        say(good("nothing is missing"))
        return
    say("")
    for line in remedies(missing):
        say(line)
    remark(f"missing: {', '.join(tool.name for tool in missing)}")
    ctx.exit(3)


def remedies(missing: list[Tool]) -> list[str]:
    """The commands that mend it, one per installer."""
    lines = []
    packages = sorted({tool.debian for tool in missing if tool.debian})
    if packages:
        if shutil.which("apt-get"):
            lines.append(f"to mend: sudo apt-get install {' '.join(packages)}")
        elif sys.platform == "darwin":
            lines.append("to mend: brew install --cask mactex && brew install poppler")
        else:
            lines.append(f"to mend: install TeX Live, tug.org/texlive (on Debian: {' '.join(packages)})")
    requirements = sorted({tool.python for tool in missing if tool.python})
    if requirements:
        quoted = " ".join(f"'{each}'" if "[" in each else each for each in requirements)
        lines.append(f"to mend: {Path(sys.executable).name} -m pip install {quoted}")
    return lines

"""`ncd-tikz draw`: where figures go, in which formats, and that bad input writes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "Outcome"]  # noqa: F821 - see conftest.py


def test_the_default_is_a_fragment_in_the_current_folder(ncd: Run, here: Path) -> None:
    assert ncd("draw", "good.yaml").code == 0
    fragment = (here / "small.tex").read_text(encoding="utf-8")
    assert "\\begin{tikzpicture}" in fragment
    assert "\\documentclass" not in fragment


def test_standard_output_has_the_bytes_of_the_file_and_nothing_else(ncd: Run, here: Path) -> None:
    ncd("draw", "good.yaml")
    printed = ncd("draw", "good.yaml", "-o", "-")
    assert printed.out == (here / "small.tex").read_text(encoding="utf-8")
    assert printed.err == ""


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["-f", "svg"], {"small.svg"}),
        (["-f", "tikz,svg"], {"small.tex", "small.svg"}),
        (["-f", "tikz", "-f", "standalone"], {"small.tex", "small_standalone.tex"}),
        (["-o", "figures"], {"figures/small.tex"}),
        (["-o", "new/folder/fig.svg"], {"new/folder/fig.svg"}),
        (["-o", "fig.v2/"], {"fig.v2/small.tex"}),
        (["-o", "fig.tikz"], {"fig.tikz"}),
        (["-o", "fig.tex", "-f", "standalone"], {"fig.tex"}),
    ],
)
def test_formats_and_outputs(ncd: Run, here: Path, arguments: list[str], names: set[str]) -> None:
    before = set(_names(here))
    assert ncd("draw", "good.yaml", *arguments).code == 0
    assert set(_names(here)) - before == names


def _names(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]


def test_several_specs_and_the_catalogue(ncd: Run, here: Path) -> None:
    assert ncd("draw", "good.yaml", "@multi_head_attention", "-o", "out").code == 0
    assert set(_names(here / "out")) == {"small.tex", "multi_head_attention.tex"}


@pytest.mark.slow
def test_a_spec_from_standard_input(process: Run, here: Path) -> None:
    text = (here / "good.yaml").read_text(encoding="utf-8")
    piped = process("draw", "-", "-o", "-", text=text)
    assert piped.code == 0
    assert piped.out == process("draw", "good.yaml", "-o", "-", cwd=here).out


def test_a_mistake_in_one_spec_writes_none(ncd: Run, here: Path, untouched: Callable[[], bool]) -> None:
    outcome = ncd("draw", "good.yaml", "bad.yaml")
    assert outcome.code == 2
    assert untouched()


def test_every_mistake_of_every_spec_is_told(ncd: Run, here: Path) -> None:
    (here / "worse.yaml").write_text("ncd: 1\nname: no name\n", encoding="utf-8")
    said = ncd("draw", "bad.yaml", "missing.yaml", "worse.yaml").err
    assert "linaer" in said
    assert "'linear'" in said
    assert "sofmax" in said
    assert "missing.yaml" in said
    assert "worse.yaml:" in said
    assert (
        said.index("linaer") < said.index("sofmax") < said.index("missing.yaml") < said.index("worse.yaml:")
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["goood.yaml"], "did you mean 'good.yaml'"),
        (["good"], "did you mean 'good.yaml'"),
        (["@multi_head_atention"], "did you mean '@multi_head_attention'"),
        (["multi_head_attention"], "'@multi_head_attention'"),
        (["."], "is a folder"),
        (["good.yaml", "-o", "good.yaml/figures"], "good.yaml"),
        (["good.yaml", "-o", "plain"], "is a file, not a folder"),
        (["good.yaml", "-o", ""], "-o is empty"),
        (["good.yaml", "-o", "fig.json"], "no format writes"),
        (["good.yaml", "-o", "fig.xyz"], "-o fig.xyz/"),
        (["good.yaml", "-o", "fig.pdf", "-f", "svg"], "'fig.pdf' ends in .pdf, and what is written in .svg"),
        (["good.yaml", "-f", "pfd"], "did you mean 'pdf'"),
        (["good.yaml", "-f", ""], "there are: tikz"),
        (["good.yaml", "--dpi", "1e9"], "--dpi"),
        (["good.yaml", "--palette", "neon"], "okabe-ito"),
        (["good.yaml", "@multi_head_attention", "-o", "-"], "do not fit on standard output"),
        (["good.yaml", "@multi_head_attention", "-o", "x.tex"], "do not fit in the one file"),
        (["good.yaml", "same.yaml"], "two specs would write"),
        (["binary.yaml"], "binary.yaml"),
        (["empty.yaml"], "empty.yaml"),
        (["a\0b.yaml"], "a\0b.yaml"),
        (["x" * 5000], "cannot be read"),
        ([""], "''"),
        ([], "no spec given"),
        (["--formt", "pdf", "good.yaml"], "--format"),
    ],
)
def test_bad_arguments_are_told_and_nothing_is_written(
    ncd: Run, here: Path, arguments: list[str], words: str
) -> None:
    (here / "binary.yaml").write_bytes(bytes(range(256)))
    (here / "empty.yaml").touch()
    (here / "plain").touch()
    (here / "same.yaml").write_bytes((here / "good.yaml").read_bytes())
    before = _names(here)
    outcome = ncd("draw", *arguments)
    assert outcome.code == 2
    assert words in outcome.err
    assert outcome.out == ""
    assert _names(here) == before


def test_an_old_figure_survives_a_spec_that_breaks(ncd: Run, here: Path) -> None:
    ncd("draw", "good.yaml")
    old = (here / "small.tex").read_bytes()
    (here / "good.yaml").write_bytes((here / "bad.yaml").read_bytes())
    assert ncd("draw", "good.yaml").code == 2
    assert (here / "small.tex").read_bytes() == old


def test_a_folder_in_the_way_of_a_figure(ncd: Run, here: Path) -> None:
    (here / "small.tex").mkdir()
    outcome = ncd("draw", "good.yaml", "-f", "svg,tikz")
    assert outcome.code == 2
    assert "in the way" in outcome.err
    assert not (here / "small.svg").exists()


def test_the_same_spec_twice_is_drawn_once(ncd: Run, here: Path) -> None:
    assert ncd("draw", "good.yaml", "good.yaml", "-o", "-").code == 0


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(ncd: Run, here: Path) -> None:
    closed = here / "closed"
    closed.mkdir(mode=0o500)
    outcome = ncd("draw", "good.yaml", "-o", "closed")
    assert outcome.code == 2
    assert "Permission denied" in outcome.err


def test_an_output_that_cannot_be_written(ncd: Run, here: Path) -> None:
    """/proc takes no files, not even from root."""
    if not Path("/proc/self").is_dir():
        pytest.skip("no /proc")
    outcome = ncd("draw", "good.yaml", "-o", "/proc/figures")
    assert outcome.code == 2
    assert "/proc/figures" in outcome.err
    outcome = ncd("draw", "good.yaml", "-o", "/proc/small.tex")
    assert outcome.code == 2
    assert "'/proc/small.tex'" in outcome.err
    assert ".part" not in outcome.err


@pytest.mark.tex
@pytest.mark.slow
def test_pdf_and_png(ncd: Run, here: Path) -> None:
    assert ncd("draw", "good.yaml", "-f", "pdf,png", "--palette", "grayscale", "--no-shadow").code == 0
    assert (here / "small.pdf").read_bytes().startswith(b"%PDF")
    assert (here / "small.png").read_bytes().startswith(b"\x89PNG")


def test_without_tex_a_pdf_is_refused_by_code_3(
    ncd: Run, here: Path, untouched: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(here / "nothing"))
    outcome = ncd("draw", "good.yaml", "-f", "tikz,pdf")
    assert outcome.code == 3
    assert "pdflatex" in outcome.err
    assert "apt-get install" in outcome.err
    assert untouched()


@pytest.mark.tex
@pytest.mark.slow
def test_a_figure_that_tex_refuses_names_its_spec_and_nothing_is_written(
    ncd: Run, here: Path, untouched: Callable[[], bool]
) -> None:
    steps = "".join("  - {op: linear, map: m -> m, label: W}\n  - relu\n" for n in range(450))
    text = f"ncd: 1\nname: long\naxes: {{m: 8}}\ninputs: {{X: m}}\nsteps:\n{steps}outputs: X\n"
    folder = here.parent / f"{here.name}-specs"
    folder.mkdir()
    (folder / "long.yaml").write_text(text, encoding="utf-8")
    outcome = ncd("draw", "good.yaml", folder / "long.yaml", "-f", "pdf", "-o", "out")
    assert outcome.code == 2
    assert "long.yaml: the figure is larger than TeX can set" in outcome.err
    assert "figure: {width: neurips}" in outcome.err
    assert "nothing is written" in outcome.err
    assert untouched()


def test_the_catalogue_is_listed(ncd: Run) -> None:
    assert "@multi_head_attention\n" in ncd("draw", "--list").out

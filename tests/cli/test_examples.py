"""The examples that the help of each command shows are true: they run."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from ncd_tikz.cli.program import COMMANDS, Program, program, run
from ncd_tikz.resources import spec_path

Run = Callable[..., "Outcome"]  # noqa: F821 - see conftest.py


def examples() -> list[str]:
    """The lines of all helps that call the program, without comments and what follows in the shell."""
    helps = [program.help or ""]
    context = click.Context(program)
    assert isinstance(program, Program)
    for name, _ in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None
        helps.append(command.help or "")
    lines = [line.strip() for text in helps for line in text.splitlines()]
    found = [line for line in lines if line.startswith("ncd-tikz ") and "..." not in line]
    return list(dict.fromkeys(re.split(r"\s+#|\s+[|>]\s", line)[0].strip() for line in found))


def marked(line: str) -> object:
    """The line as a parameter, with what it needs."""
    marks = []
    if re.search(r"\bpdf\b", line):
        marks += [pytest.mark.tex, pytest.mark.slow]
    if line.startswith("ncd-tikz check"):
        marks += [pytest.mark.torch, pytest.mark.slow]
    if line.startswith("ncd-tikz ops -o"):
        marks += [pytest.mark.slow]
    return pytest.param(line, marks=marks)


def test_there_are_examples_of_every_command() -> None:
    assert len(examples()) > 15
    assert {line.split()[1] for line in examples()} == {name for name, _ in COMMANDS}


def give_it_a_module() -> None:
    """The spec names a module of its own, whose parameters are not mapped yet."""
    assert run(["torch", "attention.yaml", "-o", "theirs.py"]) == 0
    with Path("attention.yaml").open("a", encoding="utf-8") as stream:
        stream.write("check: [{against: 'theirs:SelfAttention', init: {m: m, k: k, h: h}}]\n")


@pytest.mark.parametrize("line", [marked(line) for line in examples() if line != "ncd-tikz check"])
def test_it_runs(ncd: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    (tmp_path / "specs").mkdir()
    for name in ("model.yaml", "attention.yaml", "specs/one.yaml"):
        shutil.copy(spec_path("@self_attention"), tmp_path / name)
    monkeypatch.chdir(tmp_path)
    if "--propose" in line:
        give_it_a_module()
    arguments = shlex.split(line)[1:]
    expanded = [
        path
        for word in arguments
        for path in (sorted(map(str, Path().glob(word))) if "*" in word else [word])
    ]
    outcome = ncd(*expanded)
    assert outcome.code in ((0, 3) if arguments[0] == "doctor" else (0,)), outcome

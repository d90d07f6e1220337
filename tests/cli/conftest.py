"""Running the command line, in this process or as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ncd_tikz.cli.program import run

GOOD = """\
ncd: 1
name: small
axes: {x: 22, m: 128, d: 4*m}
inputs: {X: x m}
steps:
  - {op: linear, in: X, out: u, map: m -> d}
  - relu
  - {op: softmax, over: x}
outputs: u
"""
BAD = GOOD.replace("op: softmax", "op: sofmax").replace("op: linear", "op: linaer")


@dataclass(frozen=True)
class Outcome:
    """What a run left: its exit code and what it said."""

    code: int
    out: str
    err: str


@pytest.fixture
def ncd(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run the command line in this process."""

    def call(*arguments: str | Path) -> Outcome:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err, said.err
        return Outcome(code, said.out, said.err)

    return call


@pytest.fixture
def process() -> Callable[..., Outcome]:
    """Run `python -m ncd_tikz` as a process."""

    def call(
        *arguments: str | Path, cwd: Path | None = None, text: str | None = None, **variables: str
    ) -> Outcome:
        done = subprocess.run(
            [sys.executable, "-m", "ncd_tikz", *map(str, arguments)],
            cwd=cwd,
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, **variables},
            timeout=1200,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Outcome(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder with one good and one bad spec."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(BAD, encoding="utf-8")
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`, hidden ones too."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def untouched(here: Path) -> Callable[[], bool]:
    """Whether the current folder is as it was."""
    before = files(here)
    return lambda: files(here) == before

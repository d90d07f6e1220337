"""The program as a whole: help, codes, colours, pipes and interruptions."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from ncd_tikz import __version__
from ncd_tikz.cli.program import COMMANDS, program

Run = Callable[..., "Outcome"]  # noqa: F821 - see conftest.py
NAMES = [name for name, _ in COMMANDS]


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help_with_examples(ncd: Run, name: str, flag: str) -> None:
    outcome = ncd(name, flag)
    assert outcome.code == 0
    assert "Example" in outcome.out
    assert f"ncd-tikz {name}" in outcome.out


@pytest.mark.parametrize("name", NAMES)
def test_the_short_help_is_the_same_in_both_places(name: str) -> None:
    command = program.get_command(click.Context(program), name)
    assert command is not None
    assert command.name == name
    assert command.short_help == dict(COMMANDS)[name]


def test_help_lists_every_command(ncd: Run) -> None:
    said = ncd("--help").out
    assert all(f"\n  {name} " in said for name in NAMES)


def test_version(ncd: Run) -> None:
    assert ncd("--version").out == f"ncd-tikz {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["drw"], "did you mean 'draw'?"),
        (["model.yaml"], "ncd-tikz draw model.yaml"),
        (["@self_attention"], "ncd-tikz draw @self_attention"),
        (["frobnicate"], "commands: draw"),
        (["--verison"], "--version"),
        (["ops", "sofmax"], "did you mean 'softmax'?"),
        (["ops", "a", "b"], "b"),
        (["torch"], "SPEC"),
        (["check", "--draws", "0"], "--draws"),
        (["check", "@nothing"], "the catalogue has no spec"),
        (["schema", "-o", "/dev/null/x.json"], "/dev/null"),
        (["init"], "NAME"),
    ],
)
def test_bad_arguments_are_code_2(ncd: Run, arguments: list[str], words: str) -> None:
    outcome = ncd(*arguments)
    assert outcome.code == 2
    assert words in outcome.err
    assert outcome.out == ""


def test_no_arguments_shows_the_help(ncd: Run) -> None:
    assert ncd() == ncd("--help")


def test_a_mistake_of_ours_is_not_the_users(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import ncd_tikz.resources
    from ncd_tikz.cli.program import run

    monkeypatch.setattr(ncd_tikz.resources, "spec_names", lambda: 1 / 0)
    assert run(["draw", "--list"]) == 70
    assert "mistake in ncd-tikz" in capsys.readouterr().err


def test_messages_have_no_colour_in_a_pipe(process: Run, here: Path) -> None:
    assert "\x1b" not in process("draw", "bad.yaml", cwd=here).err


def _in_terminal(arguments: list[str], cwd: Path, **variables: str) -> bytes:
    """What the program shows on a terminal of its own."""
    pty = pytest.importorskip("pty")
    try:
        main, side = pty.openpty()
    except OSError:  # a container may have no pseudo-terminals
        pytest.skip("this machine has no pseudo-terminals")
    environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}
    child = subprocess.Popen(
        [sys.executable, "-m", "ncd_tikz", *arguments],
        stdin=subprocess.DEVNULL, stdout=side, stderr=side, cwd=cwd,
        env={**environment, "TERM": "xterm", **variables},
    )  # fmt: skip
    os.close(side)
    shown = b""
    while True:
        try:
            piece = os.read(main, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(main)
    child.wait(timeout=60)
    return shown


@pytest.mark.slow
def test_colour_on_a_terminal_unless_refused(here: Path) -> None:
    arguments = ["draw", "bad.yaml"]
    assert b"\x1b[31m" in _in_terminal(arguments, here)
    assert b"\x1b" not in _in_terminal(arguments, here, NO_COLOR="1")
    assert b"\x1b" not in _in_terminal(arguments, here, TERM="dumb")


def test_help_obeys_no_color(here: Path) -> None:
    assert b"\x1b" not in _in_terminal(["doctor"], here, NO_COLOR="1")


def test_a_reader_that_goes_away_is_no_error_message(here: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "ncd_tikz", "schema"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=here,
    )  # fmt: skip
    assert child.stdout is not None and child.stderr is not None
    child.stdout.close()
    assert child.stderr.read() == b""
    assert child.wait(timeout=60) in (0, 141)


SLOW_WRITER = """
import os, sys, time
import ncd_tikz.render.files as files
real = os.replace
def stall(*arguments):
    print("writing", flush=True)
    time.sleep(60)
files.Path.replace = stall
from ncd_tikz.cli import main
main()
"""


@pytest.mark.parametrize("kill", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.slow
def test_a_killed_run_leaves_the_old_file_whole(here: Path, kill: signal.Signals) -> None:
    (here / "small.tex").write_text("old", encoding="utf-8")
    child = subprocess.Popen(
        [sys.executable, "-c", SLOW_WRITER, "draw", "good.yaml"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=here,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert child.stdout is not None and child.stderr is not None
    assert child.stdout.readline() == b"writing\n"
    time.sleep(0.05)
    child.send_signal(kill)
    message = child.stderr.read()
    code = child.wait(timeout=60)
    assert (here / "small.tex").read_text(encoding="utf-8") == "old"
    names = {path.name for path in here.iterdir()}
    if kill == signal.SIGKILL:
        assert names - {f".small.tex.{child.pid}.part"} == {"good.yaml", "bad.yaml", "small.tex"}
        return
    assert code == (130 if kill == signal.SIGINT else 143)
    assert (b"interrupted" in message) is (kill == signal.SIGINT)
    assert b"Traceback" not in message
    assert names == {"good.yaml", "bad.yaml", "small.tex"}


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands for pdflatex")
@pytest.mark.slow
def test_a_terminated_run_leaves_no_temporary_folder(here: Path) -> None:
    tools, folder = here / "bin", here / "tmp"
    tools.mkdir()
    folder.mkdir()
    fake = tools / "pdflatex"
    fake.write_text("#!/bin/sh\ntouch started\nexec sleep 60\n", encoding="utf-8")
    fake.chmod(0o755)
    child = subprocess.Popen(
        [sys.executable, "-m", "ncd_tikz", "draw", "good.yaml", "-f", "pdf"],
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=here,
        env={**os.environ, "TMPDIR": str(folder), "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
    )  # fmt: skip
    for _ in range(300):
        if list(folder.glob("*/started")):
            break
        time.sleep(0.1)
    assert list(folder.glob("*/started"))
    child.terminate()
    assert child.wait(timeout=60) == 143
    assert child.stderr is not None
    assert b"Traceback" not in child.stderr.read()
    assert list(folder.iterdir()) == []

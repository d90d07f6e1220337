"""Workflow commands, read back as GitHub's runner reads them."""

from __future__ import annotations

import re
from pathlib import Path

from ncd_tikz.cli.reports import github
from ncd_tikz.cli.reports.characters import visible
from ncd_tikz.cli.reports.outcome import Checked
from tests.cli.reports.samples import ALL, NASTY, thousands

ROOT, HERE = Path("/home/me"), Path("/home/me/here")


def read(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Each line as name, properties and message, unescaped as the runner does it."""
    found = []
    for line in text.split("\n")[:-1]:
        match = re.fullmatch(r"::(\w+)(?: ([^\r\n]*?))?::(.*)", line)
        assert match, line
        properties = dict(pair.split("=", 1) for pair in match[2].split(",")) if match[2] else {}
        unescaped = {
            key: _unescape(value.replace("%3A", ":").replace("%2C", ",")) for key, value in properties.items()
        }
        found.append((match[1], unescaped, _unescape(match[3])))
    return found


def _unescape(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def test_each_problem_is_an_error_at_its_line() -> None:
    commands = read(github.text(ALL, ROOT, HERE))
    name, properties, message = commands[0]
    assert name == "error"
    assert properties == {
        "file": "here/specs/attention.yaml",
        "line": "21",
        "col": "5",
        "title": "ncd-tikz: attention: A sum, softmax or norm over another axis",
    }
    assert message.startswith("mypackage.attention:Attention: steps[5] (softmax)")
    assert message.endswith("try: softmax(dim=-2) in attention.py:33")
    assert commands[-1] == ("notice", {"title": "ncd-tikz"}, "4 of 8 checks are good")
    assert any(message == "nothing was checked" for _, _, message in commands)
    stale = next(each for each in commands if each[1].get("file") == "here/figures/attention.svg")
    assert stale[2].endswith("run: ncd-tikz draw specs/attention.yaml -o figures/attention.svg")


def test_the_best_problem_of_every_verdict_comes_first() -> None:
    messages = [message for _, _, message in read(github.text(ALL, ROOT, HERE))]
    scale = next(n for n, message in enumerate(messages) if "factor 4" in message)
    assert scale > next(n for n, message in enumerate(messages) if "SIGSEGV" in message)


def test_nothing_ends_a_command_early() -> None:
    text = github.text(ALL, ROOT, HERE)
    (odd,) = [each for each in read(text) if "odd" in each[1].get("title", "") and each[0] == "error"]
    assert odd[1]["file"] == "here/specs/a b,c:d%é.yaml"
    assert odd[2].startswith(f"odd.名:Thing: {visible(NASTY)}")
    assert all(line.startswith("::") for line in text.splitlines())


def test_thousands() -> None:
    (many,) = thousands()
    assert len(read(github.text((many,), ROOT, HERE))) == 5001


def test_long_messages_are_cut() -> None:
    from dataclasses import replace

    from tests.cli.reports.samples import AXIS, WRONG

    long = replace(WRONG, problems=(replace(AXIS, words="x" * 100_000),))
    (error, _) = read(github.text((Checked("a", "a.yaml", (long,)),), ROOT, HERE))
    assert len(error[2]) < 5000

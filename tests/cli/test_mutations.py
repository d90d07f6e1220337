"""Specs broken at random: always a clear message and code 2, or a figure; never anything else."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ncd_tikz.resources import spec_names, spec_path

Run = Callable[..., "Outcome"]  # noqa: F821 - see conftest.py
WORDS = (
    "", "~", "[]", "{}", "null", "true", "-1", "0", "1.5", ".nan", "1e400", "99999999999", "x'", "'", '"',
    "x x", ":", "-", "&a", "*a", "!!python/object:os.system", "<<", "[[[", "{op: relu}", "m -> k h", "->",
    "k**(-1/2)", "1/0", "9**9**9", "__import__('os')", "\t", "\u202e", "é", "\\input{x}", "$", "%", "#",
    "in", "out", "map", "over", "y m",
)  # fmt: skip


def mutate(text: str, chance: random.Random) -> str:
    """One to three small wounds."""
    for _ in range(chance.randint(1, 3)):
        lines = text.split("\n")
        line = chance.randrange(len(lines))
        tokens = list(re.finditer(r"[\w'.*/+-]+", text)) or [re.match("", text)]
        match chance.randrange(8):
            case 0:
                del lines[line]
            case 1:
                lines.insert(line, lines[chance.randrange(len(lines))])
            case 2:
                lines[line] = " " * chance.randint(1, 4) + lines[line]
            case 3:
                cut = chance.randrange(len(text) + 1)
                text = text[:cut]
                continue
            case 4 | 5:
                found = chance.choice(tokens)
                assert found is not None
                text = text[: found.start()] + chance.choice(WORDS) + text[found.end() :]
                continue
            case 6:
                found, other = chance.choice(tokens), chance.choice(tokens)
                assert found is not None and other is not None
                text = text[: found.start()] + other[0] + text[found.end() :]
                continue
            case _:
                cut = chance.randrange(len(text) + 1)
                text = text[:cut] + chance.choice("{}[],:-'\"#&*!|>%@`\0\x07") + text[cut:]
                continue
        text = "\n".join(lines)
    return text


def put_through(ncd: Run, here: Path, name: str, seeds: range) -> list[int]:
    """The exit codes of that many mutants of one spec; asserts what holds for each of them."""
    whole = spec_path(name).read_text(encoding="utf-8")
    spec, figure = here / "mutant.yaml", here / "figure.tex"
    codes = []
    for seed in seeds:
        spec.write_text(mutate(whole, random.Random(f"{name} {seed}")), encoding="utf-8")
        figure.write_text("old", encoding="utf-8")
        outcome = ncd("draw", "mutant.yaml", "-o", "figure.tex")
        where = f"{name}, seed {seed}: {outcome.err}"
        assert outcome.code in (0, 2), where
        assert outcome.out == "", where
        if outcome.code == 2:
            assert re.match(r"ncd-tikz: mutant\.yaml:\d+:\d+: \S", outcome.err), where
            assert figure.read_text(encoding="utf-8") == "old", where
        else:
            assert "\\begin{tikzpicture}" in figure.read_text(encoding="utf-8"), where
        codes.append(outcome.code)
    return codes


@pytest.mark.parametrize("name", spec_names())
def test_a_few_mutants_of_every_spec(ncd: Run, here: Path, name: str) -> None:
    codes = put_through(ncd, here, name, range(12))
    assert 2 in codes


@pytest.mark.slow
@pytest.mark.parametrize("name", spec_names())
def test_many_mutants_of_every_spec(ncd: Run, here: Path, name: str) -> None:
    codes = put_through(ncd, here, name, range(12, 212))
    assert codes.count(2) > 50

"""The same spec gives the same bytes: under any hash seed, from any folder, in any locale."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from ncd_tikz.resources import spec_names, spec_path

Run = Callable[..., "Outcome"]  # noqa: F821 - see conftest.py
SETTINGS = [("0", "C", "a"), ("1", "C.UTF-8", "b"), ("4242", "C", "b")]


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.mark.slow
def test_figures_and_modules_are_the_same_everywhere(process: Run, tmp_path: Path) -> None:
    specs = [f"@{name}" for name in spec_names()]
    found = []
    for index, (seed, locale, name) in enumerate(SETTINGS):
        folder, out = tmp_path / name, tmp_path / f"out{index}"
        folder.mkdir(exist_ok=True)
        surroundings = {"PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONUTF8": "0", "TZ": "Asia/Tokyo"}
        for arguments in (["draw", "-f", "tikz,svg,standalone"], ["torch"]):
            outcome = process(*arguments, *specs, "-o", out, cwd=folder, **surroundings)
            assert outcome.code == 0, outcome.err
        found.append(digests(out))
    assert len(found[0]) == 4 * len(specs)
    assert found[0] == found[1] == found[2]


@pytest.mark.tex
@pytest.mark.slow
def test_pdfs_are_the_same_too(process: Run, tmp_path: Path) -> None:
    found = []
    for index, (seed, locale, _) in enumerate(SETTINGS[:2]):
        out = tmp_path / f"out{index}"
        surroundings = {"PYTHONHASHSEED": seed, "LC_ALL": locale}
        assert process("draw", "@multi_head_attention", "-f", "pdf", "-o", out, **surroundings).code == 0
        found.append(digests(out))
    assert found[0] == found[1]


def test_a_file_and_the_catalogue_give_the_same_figure(process: Run, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere.yaml"
    copy.write_bytes(spec_path("multi_head_attention").read_bytes())
    ours = process("draw", "@multi_head_attention", "-o", "-").out
    assert ours
    assert ours == process("draw", copy, "-o", "-").out


@pytest.mark.slow
def test_messages_are_the_same_under_any_hash_seed(process: Run, here: Path) -> None:
    said = {process("draw", "bad.yaml", cwd=here, PYTHONHASHSEED=seed).err for seed in ("0", "1", "4242")}
    assert len(said) == 1

"""Blocks from other files, typed like those of the spec itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ncd_tikz.diagram import BlockCall, load
from ncd_tikz.errors import SpecError

COMMON = """\
ncd: 1
blocks:
  twice:
    params: {n1: 4}
    axes: {n0: 3, c: {index: i, size: "n1*2**i"}}
    inputs: {a: n0}
    steps:
      - {op: linear, map: 'n0 -> c[0]'}
      - {op: repeat, times: 2, carry: {a: 'c[i-1]'}, steps: [{op: linear, map: 'c[i-1] -> c[i]'}]}
    outputs: a
"""
SPEC = """\
ncd: 1
name: t
import: [{from: common.yaml, blocks: [twice]}]
axes: {x: 5, m: 6}
inputs: {X: x m}
steps: [{op: twice, with: {n1: 2*m}}]
outputs: X
"""


def write(folder: Path, common: str = COMMON, spec: str = SPEC) -> Path:
    (folder / "common.yaml").write_text(common, encoding="utf-8")
    (folder / "spec.yaml").write_text(spec, encoding="utf-8")
    return folder / "spec.yaml"


def test_a_block_from_another_file(tmp_path: Path) -> None:
    diagram = load(write(tmp_path))
    call = diagram.steps[0].operation
    assert isinstance(call, BlockCall)
    made = diagram.values[1].tensor.axes[1]
    assert made.sizes[0].evaluate({"m": 6}) == 48
    assert [str(value.tensor) for value in call.diagram.values] == ["(n0)", "(c[0])", "(c[2])"]
    assert diagram.blocks == (call.diagram,)


def test_mistakes_of_the_block_are_told_in_its_file(tmp_path: Path) -> None:
    wrong = COMMON.replace("map: 'c[i-1] -> c[i]'", "map: 'c[i-1] -> c[i+1]'")
    with pytest.raises(SpecError) as told:
        load(write(tmp_path, wrong))
    (mistake,) = told.value.mistakes
    assert Path(mistake.position.file).name == "common.yaml" and mistake.position.line == 9
    assert "an iteration leaves 'a' with axes (c[i+1]), the next one takes (c[i])" in mistake.fact
    assert mistake.path.endswith("blocks.twice.steps[1].steps[0]")


def test_mistakes_of_its_use_are_told_here(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as told:
        load(write(tmp_path, spec=SPEC.replace("n1: 2*m", "n0: 2*m")))
    (mistake,) = told.value.mistakes
    assert Path(mistake.position.file).name == "spec.yaml"
    assert "axis 'n0' of a has size 2*m (= 12), found m (= 6)" in mistake.fact


@pytest.mark.parametrize("source", ["nothing.yaml", "folder.yaml", "pipe.yaml", "@nothing"])
def test_what_cannot_be_read_is_told_once(source: str, tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(SpecError) as told:
        load(write(tmp_path, spec=SPEC.replace("common.yaml, blocks: [twice]", f"'{source}'")))
    (mistake,) = told.value.mistakes
    assert mistake.path == "import[0].from"


def test_a_whole_spec_must_be_asked_for(tmp_path: Path) -> None:
    whole = COMMON + "name: whole\ninputs: {X: n}\naxes: {n: 3}\nsteps: [relu]\noutputs: X\n"
    used = SPEC.replace("twice, with: {n1: 2*m}", "whole")
    with pytest.raises(SpecError) as told:
        load(write(tmp_path, whole, used.replace(", blocks: [twice]", "")))
    (mistake,) = told.value.mistakes
    assert mistake.hint == "it is a whole spec: import: [{from: 'common.yaml', blocks: [whole]}]"
    assert load(write(tmp_path, whole, used.replace("[twice]", "[whole]"))).blocks[0].name == "whole"

"""The small commands: torch, check, ops, schema, init and doctor."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ncd_tikz.operations import OPERATIONS

Run = Callable[..., "Outcome"]  # noqa: F821 - see conftest.py


def test_torch_writes_a_module(ncd: Run, here: Path) -> None:
    assert ncd("torch", "good.yaml").code == 0
    module = ast.parse((here / "small.py").read_text(encoding="utf-8"))
    assert "Small" in [node.name for node in module.body if isinstance(node, ast.ClassDef)]


def test_torch_to_standard_output(ncd: Run, here: Path) -> None:
    outcome = ncd("torch", "good.yaml", "-o", "-")
    ast.parse(outcome.out)
    assert outcome.err == ""


def test_torch_writes_nothing_from_a_bad_spec(ncd: Run, here: Path, untouched: Callable[[], bool]) -> None:
    assert ncd("torch", "good.yaml", "bad.yaml").code == 2
    assert untouched()


@pytest.mark.torch
@pytest.mark.slow
def test_check_agrees(ncd: Run, here: Path) -> None:
    outcome = ncd("check", "good.yaml", "--draws", "2", "--seed", "7")
    assert outcome.code == 0
    assert "same" in outcome.out


@pytest.mark.torch
@pytest.mark.slow
def test_check_finds_a_module_that_differs(process: Run, here: Path) -> None:
    (here / "theirs.py").write_text(
        "import torch\n\n\n"
        "class Softmax(torch.nn.Module):\n"
        "    def forward(self, X):\n"
        "        return X.softmax(dim=-1)  # over m, where the spec says x\n",
        encoding="utf-8",
    )
    spec = here / "mine.yaml"
    spec.write_text(
        "ncd: 1\nname: mine\naxes: {x: 22, m: 128}\ninputs: {X: x m}\n"
        "steps:\n  - {op: softmax, in: X, over: x, out: y}\noutputs: y\n"
        "check:\n  - {against: theirs:Softmax}\n",
        encoding="utf-8",
    )
    outcome = process("check", spec, cwd=here)
    assert outcome.code == 1, outcome
    assert "DIFFERS" in outcome.out
    assert "theirs:Softmax" in outcome.out
    plain = process("check", spec, "--format", "json", cwd=here)
    assert plain.code == 1
    (report,) = json.loads(plain.out)["specs"]
    assert [verdict["ok"] for verdict in report["verdicts"]] == [True, False, True]


EQUATION = """\
ncd: 1
name: twice
axes: {x: 3, m: 4}
inputs: {X: x m}
equation:
  - steps: [{op: relu, in: X, out: Y}, {op: relu, in: Y, out: Y}]
    outputs: Y
  - steps: [{op: relu, in: X, out: Y}]
    outputs: Y
"""
REPETITION = """\
ncd: 1
name: deep
axes: {x: 3, m: 4, N: 2}
inputs: {X: x m}
steps:
  - op: repeat
    times: N
    in: X
    out: Y
    steps: [{op: linear, map: m -> m, label: U, out: "C[i]"}, relu]
  - {op: add, in: [Y, "C[1]"], out: Z}
outputs: Z
"""


@pytest.mark.torch
@pytest.mark.slow
def test_check_proves_equations(ncd: Run, here: Path) -> None:
    (here / "twice.yaml").write_text(EQUATION, encoding="utf-8")
    (here / "false.yaml").write_text(
        EQUATION.replace("op: relu, in: Y", "op: square, in: Y"), encoding="utf-8"
    )
    good = ncd("check", "twice.yaml", "--draws", "1")
    assert good.code == 0, good
    assert "side 1 = side 2: same function" in good.out
    false = ncd("check", "false.yaml", "--draws", "1")
    assert false.code == 1
    assert "side 1 = side 2: NOT the same function" in false.out
    assert "smallest example" in false.out
    (report,) = json.loads(ncd("check", "false.yaml", "--draws", "1", "--format", "json").out)["specs"]
    assert [each["ok"] for each in report["verdicts"]] == [True, True, False, True]


@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.parametrize("text", [EQUATION, REPETITION], ids=["equation", "repetition"])
def test_every_command_takes_the_whole_language(ncd: Run, here: Path, text: str) -> None:
    (here / "spec.yaml").write_text(text, encoding="utf-8")
    assert ncd("draw", "spec.yaml", "-f", "tikz,svg,standalone", "-o", "figures").code == 0
    assert ncd("torch", "spec.yaml", "-o", "modules").code == 0
    checked = ncd("check", "spec.yaml", "--draws", "1")
    assert checked.code == 0, checked.out
    assert ncd("init", "again", "--from", "spec.yaml").code == 0
    assert ncd("draw", "again.yaml", "-o", "-").code == 0


@pytest.mark.torch
@pytest.mark.slow
def test_a_check_that_cannot_be_imported_is_code_2(ncd: Run, here: Path) -> None:
    text = (here / "good.yaml").read_text(encoding="utf-8")
    (here / "lost.yaml").write_text(text + "check: [{against: nowhere.at.all:Thing}]\n", encoding="utf-8")
    (here / "wrong.yaml").write_text(
        text + "check: [{against: 'torch.nn:ReLU', init: {foo: x}, parameters: {u.weight: a, u.bias: b}}]\n",
        encoding="utf-8",
    )
    lost = ncd("check", "lost.yaml", "--draws", "1")
    assert lost.code == 2
    assert "lost.yaml:10:9: there is no module 'nowhere'" in lost.out
    wrong = ncd("check", "wrong.yaml", "--draws", "1")
    assert wrong.code == 1
    assert "NOT COMPARED" in wrong.out
    assert "NOT the same" not in wrong.out


@pytest.mark.torch
@pytest.mark.slow
def test_check_is_silent_about_numpy(here: Path) -> None:
    code = "import sys; sys.modules['numpy'] = None; from ncd_tikz.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", "good.yaml", "--draws", "1"],
        cwd=here, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_check_without_torch_is_code_3(ncd: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ncd_tikz.cli.checking

    monkeypatch.setattr(ncd_tikz.cli.checking, "find_spec", lambda name: None)
    outcome = ncd("check", "good.yaml")
    assert outcome.code == 3
    assert "pip install torch" in outcome.err


def test_the_python_check_without_torch_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    import ncd_tikz

    assert issubclass(ncd_tikz.SpecError, ncd_tikz.NcdError)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ncd_tikz.NcdError, match="pip install torch"):
        ncd_tikz.check(ncd_tikz.load("@self_attention"))


def test_ops_lists_all(ncd: Run) -> None:
    said = ncd("ops").out
    for operation in OPERATIONS:
        assert f"\n{operation.name} " in f"\n{said}"
        assert all(field.name in said for field in operation.fields)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
@pytest.mark.slow
def test_an_explained_operation_is_a_spec(ncd: Run, tmp_path: Path, operation: type) -> None:
    explained = ncd("ops", operation.name)  # type: ignore[attr-defined]
    assert explained.code == 0
    spec = tmp_path / "explained.yaml"
    spec.write_text(explained.out, encoding="utf-8")
    assert ncd("draw", spec, "-o", "-").code == 0


def test_structure_is_explained_too(ncd: Run, tmp_path: Path) -> None:
    said = ncd("ops").out
    for name, field in (("block", "with"), ("repeat", "times"), ("memory", "out")):
        assert f"\n{name} " in said
        explained = ncd("ops", name)
        assert f"#   {field} " in explained.out
        spec = tmp_path / "explained.yaml"
        spec.write_text(explained.out, encoding="utf-8")
        assert ncd("draw", spec, "-o", "-").code == 0


def test_ops_draws_one(ncd: Run, here: Path) -> None:
    assert ncd("ops", "softmax", "-o", "softmax.svg").code == 0
    assert "<svg" in (here / "softmax.svg").read_text(encoding="utf-8")
    assert ncd("ops", "softmax", "-o", "softmax.tex").code == 0
    assert "tikzpicture" in (here / "softmax.tex").read_text(encoding="utf-8")
    assert ncd("ops", "softmax", "-o", "pictures").code == 0
    assert (here / "pictures" / "softmax.svg").is_file()


@pytest.mark.slow
def test_ops_draws_all(ncd: Run, here: Path) -> None:
    assert ncd("ops", "-o", "pictures").code == 0
    drawn = {path.stem for path in (here / "pictures").glob("*.svg")}
    assert {operation.name for operation in OPERATIONS} < drawn
    refused = ncd("ops", "-o", "all.svg")
    assert refused.code == 2
    assert not (here / "all.svg").exists()
    assert ncd("ops", "softmax", "-o", "softmax.pdf").code == 2


@pytest.mark.slow
def test_schema_is_json_schema(ncd: Run, here: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    printed = ncd("schema")
    schema = json.loads(printed.out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert ncd("schema", "-o", "editor/ncd.json").code == 0
    assert (here / "editor" / "ncd.json").read_text(encoding="utf-8") == printed.out


def test_init_makes_a_spec_that_draws(ncd: Run, here: Path) -> None:
    assert ncd("init", "my_model").code == 0
    assert ncd("draw", "my_model.yaml").code == 0
    assert (here / "my_model.tex").is_file()


def test_init_from_the_catalogue(ncd: Run, here: Path) -> None:
    assert ncd("init", "mine", "--from", "@multi_head_attention").code == 0
    assert ncd("draw", "mine.yaml").code == 0
    assert (here / "mine.tex").is_file()


def test_init_from_a_file(ncd: Run, here: Path) -> None:
    assert ncd("init", "mine", "--from", "good.yaml").code == 0
    copied = (here / "mine.yaml").read_text(encoding="utf-8")
    assert copied == (here / "good.yaml").read_text(encoding="utf-8").replace("name: small", "name: mine")
    missing = ncd("init", "other", "--from", "nowhere.yaml")
    assert missing.code == 2
    assert "nowhere.yaml" in missing.err


def test_init_keeps_imports_true(ncd: Run, here: Path) -> None:
    text = (here / "good.yaml").read_text(encoding="utf-8")
    (here / "parts.yaml").write_text(
        "ncd: 1\nblocks:\n  twice:\n    axes: {d: 2}\n    inputs: {a: d}\n"
        "    steps: [{op: add, in: [a, a], out: b}]\n    outputs: b\n",
        encoding="utf-8",
    )
    (here / "user.yaml").write_text(
        text.replace("  - relu", "  - twice") + "import: [{from: parts.yaml, blocks: [twice]}]\n",
        encoding="utf-8",
    )
    assert ncd("draw", "user.yaml", "-o", "-").code == 0
    assert ncd("init", "copied", "--from", "user.yaml", "-o", "drafts").code == 0
    assert "from: '../parts.yaml'" in (here / "drafts" / "copied.yaml").read_text(encoding="utf-8")
    assert ncd("draw", "drafts/copied.yaml", "-o", "-").code == 0


def test_a_catalogue_spec_that_imports_is_copied_with_the_catalogue_s_name() -> None:
    from ncd_tikz.cli.init import _imported

    assert _imported("unet.yaml", None, Path("drafts")) == "@unet"


def test_init_to_standard_output(ncd: Run, here: Path, untouched: Callable[[], bool]) -> None:
    printed = ncd("init", "mine", "-o", "-")
    assert printed.code == 0
    assert "name: mine" in printed.out
    assert ncd("init", "mine", "-o", "-", "--paper").code == 2
    assert ncd("init", "mine", "-o", "mine.yaml").code == 2
    assert untouched()


def test_init_never_overwrites(ncd: Run, here: Path) -> None:
    (here / "mine.yaml").write_text("precious", encoding="utf-8")
    outcome = ncd("init", "mine")
    assert outcome.code == 2
    assert "already there" in outcome.err
    assert (here / "mine.yaml").read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize("name", ["1st", "my model", "class", "a/b", "", "é", "../x", "x" * 300])
def test_init_refuses_names_that_are_none(ncd: Run, here: Path, name: str) -> None:
    before = sorted(here.parent.rglob("*"))
    assert ncd("init", name).code == 2
    assert sorted(here.parent.rglob("*")) == before


def test_init_suggests_a_name(ncd: Run, here: Path) -> None:
    assert "did you mean 'my_model'?" in ncd("init", "My-Model.yaml").err


@pytest.mark.tex
@pytest.mark.slow
def test_init_makes_a_paper_that_builds(ncd: Run, here: Path) -> None:
    import os
    import subprocess
    import sys

    assert ncd("init", "my_model", "--paper").code == 0
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["make"], cwd=here / "my_model", env={**os.environ, "PATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert (here / "my_model" / "paper.pdf").is_file()


def test_doctor_says_what_mends(ncd: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(here / "nothing"))
    outcome = ncd("doctor")
    assert outcome.code == 3
    assert "missing  pdflatex" in outcome.out
    assert "texlive-latex-base" in outcome.out
    assert "ok " in outcome.out  # Python's own packages are there


@pytest.mark.tex
@pytest.mark.torch
def test_doctor_is_content(ncd: Run) -> None:
    outcome = ncd("doctor")
    if "xelatex" in outcome.err or "latexmk" in outcome.err:
        pytest.skip("TeX Live is here only in part")
    assert outcome.code == 0
    assert "nothing is missing" in outcome.out

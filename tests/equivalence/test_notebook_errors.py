"""Errors of real notebooks are caught and named; and no check passes that compared nothing."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from ncd_tikz.cli.program import run  # noqa: E402
from ncd_tikz.diagram import loads  # noqa: E402
from ncd_tikz.equivalence import Report, check  # noqa: E402
from ncd_tikz.errors import SpecError  # noqa: E402
from tests.equivalence.notebook_errors.specs import (  # noqa: E402
    ATTENTION,
    ERRORS,
    HOME,
    OF_ATTENTION,
    SOUND,
    Error,
    spec_of,
)

SCALE = "  - {op: scale, in: s, by: m**(-1/2)}\n"


def checked(text: str, draws: int = 1) -> Report:
    torch.set_num_threads(1)
    return check(loads(text, "notebook.yaml"), draws=draws)


@pytest.mark.parametrize("error", SOUND, ids=lambda each: each.module)
def test_what_has_no_error_is_the_same(error: Error) -> None:
    report = checked(spec_of(error))
    assert report.ok, report.text()
    assert all(verdict.entries > 50 for verdict in report.verdicts)
    assert not any(verdict.findings for verdict in report.verdicts)


@pytest.mark.slow
@pytest.mark.parametrize("error", ERRORS, ids=lambda each: each.module)
def test_an_error_is_caught_and_named(error: Error) -> None:
    generated, theirs = checked(spec_of(error)).verdicts
    assert generated.ok, generated.text()
    assert not theirs.ok
    assert theirs.findings, theirs.text()
    first = theirs.findings[0]
    assert first.rule in error.rules, theirs.text()
    assert first.step.startswith(error.step), theirs.text()
    assert first.parameter == error.parameter or not error.parameter, theirs.text()
    for words in error.words:
        assert words in str(first), theirs.text()
    assert first.at is not None
    assert str(first) in theirs.text()
    assert "notebook.yaml:" in theirs.text()


@pytest.mark.slow
def test_a_person_is_told_what_to_try() -> None:
    """Every first finding has a remedy, or says what is there and what is expected."""
    for error in ERRORS[:6]:
        first = checked(spec_of(error)).verdicts[1].findings[0]
        assert first.remedy or "expected" in first.words, str(first)


def test_what_nothing_explains_still_has_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ncd_tikz.equivalence.foreign.verdict.diagnose", lambda subject, draw: ())
    error = next(each for each in ERRORS if each.module == "ScaleLeftOut")
    (found,) = checked(spec_of(error)).verdicts[1].findings
    assert found.rule == "output"
    assert found.words.startswith("output z: differs by")
    assert found.at is not None


@pytest.mark.slow
def test_a_mistake_on_both_sides_passes_unless_a_reference_is_named() -> None:
    """The spec leaves out the scale, as the author's module does: only somebody else can tell."""
    text = ATTENTION.replace(SCALE, "") + f"check:\n  - against: {HOME}:ScaleLeftOut\n{OF_ATTENTION}"
    assert checked(text).ok
    reference = """\
  - against: torch.nn:MultiheadAttention
    init: {embed_dim: m, num_heads: 1, bias: false, batch_first: true}
    arguments: {X: [query, key, value]}
    options: {need_weights: false}
    outputs: {z: '[0]'}
    parameters:
      Q.weight: 'in_proj_weight[0:m]'
      K.weight: 'in_proj_weight[m:2*m]'
      V.weight: 'in_proj_weight[2*m:3*m]'
      O.weight: out_proj.weight
"""
    mapped = "  - {op: linear, in: z, out: z, map: m' -> m, label: O, bias: false}\noutputs: z\n"
    whole = ATTENTION.replace("outputs: z\n", mapped)
    assert checked(f"{whole}check:\n{reference}").ok
    report = checked(f"{whole.replace(SCALE, '')}check:\n{reference}")
    assert not report.ok
    assert [verdict.ok for verdict in report.verdicts] == [True, False]
    assert "1/2" in report.verdicts[1].findings[0].words, report.text()


def test_the_function_of_torch_is_a_reference_too() -> None:
    text = """\
ncd: 1
name: attention
axes: {x: 7, y: 5, k: 3}
inputs: {Q: y k, K: x k, V: x k}
steps:
  - {op: einsum, in: [Q, K], out: s, map: "y k, x k -> y x"}
  - {op: scale, in: s, by: k**(-1/2)}
  - {op: softmax, in: s, over: x}
  - {op: einsum, in: [s, V], out: z, map: "y x, x k -> y k"}
outputs: z
check:
  - against: torch.nn.functional:scaled_dot_product_attention
"""
    assert checked(text).ok
    report = checked(text.replace("  - {op: scale, in: s, by: k**(-1/2)}\n", ""))
    assert not report.ok
    assert "**(-1/2)" in report.verdicts[1].findings[0].words


NOTHING = """\
ncd: 1
name: nothing
axes: {x: 7}
inputs: {X: x}
steps:
  - {op: square, in: X, out: Y}
outputs: Y
check:
  - against: %s
"""


@pytest.mark.parametrize(
    "against", [f"{HOME}:NothingComparable", "nowhere.at.all:Thing", f"{HOME}:Absent", "math:pi"]
)
def test_a_module_that_gives_nothing_to_compare_fails(against: str) -> None:
    generated, theirs = checked(NOTHING % against).verdicts
    assert generated.ok
    assert not theirs.ok
    assert theirs.findings


def test_all_that_is_not_a_number_is_not_the_same() -> None:
    text = NOTHING.replace(
        "{op: square, in: X, out: Y}", "{op: function, name: f, in: X, map: x -> x', out: Y}"
    )
    text = text.replace("name: f,", f"name: f, call: {HOME}:not_a_number,") % f"{HOME}:NothingComparable"
    report = checked(text)
    assert not report.ok
    assert {verdict.state for verdict in report.verdicts} <= {"undefined", "differs", "not compared"}


def test_no_draws_are_no_check() -> None:
    report = checked(spec_of(SOUND[1]), draws=0)
    assert not report.ok
    assert "nothing was compared" in report.text()


@pytest.mark.parametrize("check_key", ["check: []\n", "check:\n", "check: {}\n"])
def test_an_empty_check_is_a_mistake(check_key: str) -> None:
    with pytest.raises(SpecError, match="check: expected a list of checks"):
        loads(ATTENTION + check_key, "notebook.yaml")


@pytest.mark.slow
def test_the_command_line_says_so_too(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    """From the folder that the author's modules are in, in a process of its own where that is so."""
    spec = tmp_path / "notebook.yaml"
    spec.write_text(spec_of(next(each for each in ERRORS if each.module == "ScaleLeftOut")), encoding="utf-8")
    assert run(["check", str(spec), "--draws", "1"]) == 1
    said = capsys.readouterr().out
    assert "steps[4] (scale" in said
    spec.write_text(ATTENTION + "check: []\n", encoding="utf-8")
    assert run(["check", str(spec)]) == 2

"""The parts of the gallery: mathematics, facts, pages and links, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("mkdocs")
pytest.importorskip("latex2mathml")

import markdown

from ncd_tikz.cli.reference import references
from ncd_tikz.operations import OPERATIONS
from ncd_tikz.resources import spec_names
from tools.gallery import pages
from tools.gallery.entries import Entry, Facts, facts_of
from tools.gallery.mathematics import MathExtension, html, mathml
from tools.gallery.site import rewritten

SPEC = """ncd: 1
name: small
title: A $\\bar{x}$ of it
description: Softmax over $\\bar{x}$ \\& more.
axes: {x: {size: 2, label: '\\bar{x}'}, d: 2*x}
inputs: {X: x d}
steps: [{op: linear, in: X, map: d -> x', label: U}]
outputs: X
"""


@pytest.mark.torch
def test_facts_of_a_spec() -> None:
    facts = facts_of(Entry("operations", "small", SPEC), draws=1, cache_folder=None)
    assert facts.troubles == []
    assert facts.learned == 2 * 4 + 2
    assert [each["name"] for each in facts.parameters] == ["U.weight", "U.bias"]
    assert [(each["name"], each["value"]) for each in facts.sizes] == [("x", "2"), ("d", "4")]
    assert "<math" in facts.sizes[1]["formula"]
    assert "<math" in facts.description
    assert "&amp; more" in facts.description
    assert [each["state"] for each in facts.verdicts] == ["same", "same"]
    assert facts.operations == ["linear"]
    assert facts.svg.startswith("<svg") or "<svg" in facts.svg[:200]


@pytest.mark.torch
def test_facts_are_kept_until_the_spec_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = facts_of(Entry("operations", "small", SPEC), draws=1, cache_folder=tmp_path)
    monkeypatch.setattr("tools.gallery.entries._make", lambda *given: Facts(title="made anew"))
    assert facts_of(Entry("operations", "small", SPEC), draws=1, cache_folder=tmp_path) == first
    changed = Entry("operations", "small", SPEC.replace("size: 2", "size: 3"))
    assert facts_of(changed, draws=1, cache_folder=tmp_path).title == "made anew"


@pytest.mark.torch
def test_a_broken_spec_is_told_and_has_a_page() -> None:
    entry = Entry("operations", "softmax", SPEC.replace("map: d", "map: q"))
    facts = facts_of(entry, draws=1, cache_folder=None)
    assert any("softmax.yaml:7" in trouble for trouble in facts.troubles)
    (softmax,) = [each for each in references() if each.name == "softmax"]
    page = pages.operation_page(softmax, entry, facts, {("operations", "softmax"): facts})
    assert "Not as it should be" in page
    assert "softmax.yaml:7" in page


def test_what_only_a_check_finds_is_a_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    from ncd_tikz.layout import wiring

    monkeypatch.setattr(wiring, "unfaithful", lambda diagram: "the picture shows other inputs")
    facts = facts_of(Entry("operations", "small", SPEC), draws=1, cache_folder=None)
    assert facts.troubles == ["figure: the picture shows other inputs"]


def test_what_a_check_said_already_is_shown_and_not_looked_for_again(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    said = [
        {"subject": "generated module", "ok": True, "state": "same", "text": "same function"},
        {"subject": "figure", "ok": True, "state": "shown", "text": "it shows the spec"},
    ]
    entry = Entry("operations", "small", SPEC)
    facts = facts_of(entry, 1, tmp_path, said)
    assert facts.troubles == []
    assert facts.verdicts[1] == {"state": "same", "text": "figure: it shows the spec"}
    said[0] = {"subject": "generated module", "ok": False, "state": "differs", "text": "another function"}
    facts = facts_of(entry, 1, tmp_path, said)
    assert facts.troubles == ["check: generated module: another function"]
    assert facts.verdicts[0]["state"] == "differs"


def test_every_operation_has_a_page() -> None:
    for operation in references():
        page = pages.operation_page(
            operation, Entry("operations", operation.name, operation.example), Facts(), {}
        )
        assert all(f"<code>{field.name}</code>" in page for field in operation.fields)
    assert {each.name for each in OPERATIONS} < {each.name for each in references()}


def test_a_spec_of_no_subject_is_in_the_gallery() -> None:
    made = {("gallery", "self_attention"): Facts(title="S"), ("gallery", "nobody_knows"): Facts(title="N")}
    index = pages.spec_index(made)
    assert 'href="nobody_knows.html"' in index
    assert "## More" in index
    assert index.count("ncd-card") == 2


def test_every_subject_is_of_specs_and_none_is_under_two() -> None:
    named = [name for subject in pages.SUBJECTS.values() for name in subject]
    assert len(named) == len(set(named))
    assert set(named) <= set(spec_names())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a $x$ b", 1),
        ("`$x$` and `$y$`", 0),
        ("costs 3$ or 4$ more", 0),
        ("$a$, $b$ and $$c$$", 3),
        ("a\\$b$ c", 0),
        ("```\n$x$\n```", 0),
        ("| $a_1$ | $b_2$ |\n|---|---|\n| $c*d*e$ | f |", 3),
    ],
)
def test_dollars_in_markdown(text: str, expected: int) -> None:
    extensions = ["tables", "pymdownx.superfences", MathExtension()]
    written = markdown.markdown(text, extensions=extensions)
    assert written.count("<math") == expected
    assert written.count("</math>") == expected


@pytest.mark.parametrize("latex", ["\\nothing{x}", "\\left(x"])
def test_what_cannot_be_set_is_told(latex: str) -> None:
    with pytest.raises(ValueError, match="cannot be set"):
        mathml(latex)


def test_text_is_quoted() -> None:
    assert html("a < b \\& c") == "a &lt; b &amp; c"
    assert "&lt;" in mathml("a<b")


@pytest.mark.parametrize(
    ("link", "source", "target", "expected"),
    [
        ("[x](docs/figures.md#a)", "README.md", "index.md", "[x](figures.md#a)"),
        ("[x](../README.md)", "docs/spec.md", "spec.md", "[x](index.md)"),
        ("[x](https://example.org/a)", "README.md", "index.md", "[x](https://example.org/a)"),
        ("[x](#a)", "README.md", "index.md", "[x](#a)"),
        ("[x](notebooks/n.ipynb)", "docs/spec.md", "spec.md", "[x](notebooks/n.md)"),
        ('<img src="docs/a.svg">', "README.md", "index.md", '<img src="a.svg">'),
        ("```\n[x](a/b)\n```", "README.md", "index.md", "```\n[x](a/b)\n```"),
        ("```yaml wrong\n[x](a/b)\n```", "README.md", "index.md", "```yaml\n[x](a/b)\n```"),
    ],
)
def test_links_lead_to_the_pages_of_the_site(link: str, source: str, target: str, expected: str) -> None:
    wrong: list[str] = []
    assert rewritten(link, source, target, wrong) == expected
    assert wrong == []

"""The reference of the language is true: its examples run, its messages are told, and no word is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ncd_tikz.diagram import loads
from ncd_tikz.errors import SpecError
from ncd_tikz.layout import lay_out
from ncd_tikz.operations import OPERATIONS, ROOMS
from ncd_tikz.operations.contract import FieldType
from ncd_tikz.scene import COLORS
from ncd_tikz.spec import PRESETS
from ncd_tikz.spec import definitions as words
from ncd_tikz.spec.records import Record
from tests.spec.test_schema import errors

PAGE = Path(__file__).parents[2] / "docs" / "spec.md"
TEXT = PAGE.read_text(encoding="utf-8")
HEAD = "ncd: 1\nname: example\n"
BLOCK = re.compile(r"^```yaml( wrong)?\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
EXAMPLES = [
    (TEXT.count("\n", 0, match.start()) + 1, bool(match[1]), match[2], match[3])
    for match in BLOCK.finditer(TEXT)
]
RIGHT = {line: text for line, wrong, text, _ in EXAMPLES if not wrong}
WRONG = {line: (text, message) for line, wrong, text, message in EXAMPLES if wrong}


def whole(text: str) -> str:
    """An example with the lines that every spec begins with."""
    return text if text.startswith("ncd:") else HEAD + text


@pytest.mark.parametrize("line", RIGHT)
def test_an_example_is_a_spec(line: int) -> None:
    diagram = loads(whole(RIGHT[line]), "example.yaml")
    assert errors(whole(RIGHT[line])) == []
    assert lay_out(diagram).items


@pytest.mark.parametrize("line", WRONG)
def test_a_mistake_is_told_as_shown(line: int) -> None:
    text, message = WRONG[line]
    with pytest.raises(SpecError) as caught:
        loads(whole(text), "example.yaml")
    assert str(caught.value) == re.sub(r"\(all \d+:", f"(all {len(ROOMS)}:", message.strip())


def test_there_are_examples_of_everything() -> None:
    assert len(RIGHT) >= 12
    assert len(WRONG) >= 3
    for section in re.findall(r"^## (.*)", TEXT, re.MULTILINE):
        body = TEXT.partition(f"## {section}\n")[2].partition("\n## ")[0]
        assert "```yaml" in body, section


RECORDS = [value for value in vars(words).values() if isinstance(value, Record)]


@pytest.mark.parametrize("record", RECORDS, ids=[record.what for record in RECORDS])
def test_every_word_is_explained(record: Record) -> None:
    for key in record.keys:
        assert f"`{key.name}`" in TEXT or f"`{key.name}:" in TEXT, f"{key.name} in {record.what}"


def test_every_kind_of_field_is_explained() -> None:
    for kind in FieldType.__args__:  # type: ignore[attr-defined]
        assert kind in TEXT, kind
    used = {field.type for operation in OPERATIONS for field in operation.fields}
    assert used <= set(FieldType.__args__)  # type: ignore[attr-defined]


def test_presets_and_colours_are_listed() -> None:
    for name in (*PRESETS, *COLORS):
        assert f"`{name}`" in TEXT, name

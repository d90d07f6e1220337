"""The JSON Schema says what the reader says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ncd_tikz.operations import OPERATIONS
from ncd_tikz.spec import read, schema
from ncd_tikz.spec.mistakes import Told
from ncd_tikz.spec.source import Entries, Items, Node, parse
from tests.spec.table import GOODS, TABLE, Fault, good_text

jsonschema = pytest.importorskip("jsonschema")

CATALOGUE = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))
VALIDATOR = jsonschema.Draft202012Validator(schema())

# What a schema cannot say: how names, sizes and LaTeX hang together.
BEYOND = (
    "unknown value",
    "unknown operation",
    "version 1.0",
    "unknown size",
    "unknown axis",
    "is neither a value",
    "is no input",
    "twice",
    "needs the size",
    "has no size",
    "there is a block",
    "uses itself",
    "does not come out",
    "divides by",
    "the size is",
    "too large",
    "has no single size",
    "declared as",
    "first step",
    "for inputs of kind index",
    "'below' is missing",
    "takes 1 input",
    "gives 1 output",
    "word of Python",
    "taken in",
    "taken by",
    "is an operation and cannot",
    "too long a name",
    "nested too deeply",
    "too long",
    "not a whole number",
    "the size needs itself",
    "a width",
    "is no part of an expression",
    "was expected",
    "is no name of an axis",
    "is no size of an axis",
    "without '('",
    "without ')'",
    "inside a group",
    "empty group",
    "beside a comma",
    "'size' is missing in an axis",
    "is a family",
    "is no family",
    "unknown family",
    "without ']'",
    "expression, found nothing",
    "found the index",
    "behind '",
    "has no index",
    "the index 'b' is",
    "is empty",
    "the most allowed is",
    "it carries",
    "nothing is saved",
    "has no axis",
    "this is the first",
    "cannot be read",
    "relative to this file",
    "the catalogue has no",
    "there is no block",
    "imports itself",
    "equation[1]: the key 'inputs'",
)
LATEX = (".title:", ".text:", ".label:", ": title:", ".relation: found")


def plain(node: Node) -> Any:
    """A tree as JSON has it."""
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    if isinstance(node, Entries):
        return {key: plain(child) for key, (_, child) in node.entries.items()}
    return node.value


def errors(text: str) -> list[str]:
    """What the schema finds in a YAML text."""
    told = Told("a.yaml")
    node = parse(text, told)
    assert node is not None
    assert told.mistakes == []
    return [error.message for error in VALIDATOR.iter_errors(plain(node))]


def structural() -> list[Fault]:
    """The faults of the table that a schema can find."""
    found = []
    for fault in TABLE:
        told = Told("a.yaml")
        if parse(fault.text(), told) is None or told.mistakes:
            continue
        if any(words in fault.first for words in BEYOND) or any(place in fault.first for place in LATEX):
            continue
        found.append(fault)
    return found


@pytest.mark.slow
def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(schema())) == schema()


def test_it_is_the_same_every_time() -> None:
    assert json.dumps(schema()) == json.dumps(schema())


@pytest.mark.parametrize("path", CATALOGUE, ids=[path.stem for path in CATALOGUE])
def test_the_catalogue_is_valid(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert read(text, str(path))[1] == ()
    assert errors(text) == []


@pytest.mark.parametrize("name", GOODS)
def test_the_good_specs_are_valid(name: str) -> None:
    assert errors(good_text(name)) == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.name for operation in OPERATIONS])
def test_the_operations_examples_are_valid(operation: Any) -> None:
    assert read(operation.example, operation.name)[1] == ()
    assert errors(operation.example) == []


def test_every_operation_has_its_own_steps() -> None:
    definitions = schema()["$defs"]
    for operation in OPERATIONS:
        properties = definitions[f"step_{operation.name}"]["properties"]
        for field in operation.fields:
            assert properties[field.name]["description"] == field.about


@pytest.mark.slow
def test_structural_faults_are_invalid() -> None:
    faults = structural()
    assert len(faults) >= 75
    assert [fault.title for fault in faults if not errors(fault.text())] == []

"""The spec language as JSON Schema, from the definitions that read it."""

from __future__ import annotations

from typing import Any

from ncd_tikz.operations import OPERATIONS
from ncd_tikz.spec.definitions import (
    BLOCK,
    BLOCK_STEP,
    OUTPUTS,
    REPEAT,
    REPEAT_STEP,
    SIDE,
    SPEC,
    VERSION,
    step_record,
)
from ncd_tikz.spec.given import GIVEN
from ncd_tikz.spec.names import IDENTIFIER_PATTERN
from ncd_tikz.spec.readers import Schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def language() -> Schema:
    """JSON Schema (draft 2020-12) of a whole spec.

    >>> sorted(language()["properties"])[:4]
    ['axes', 'blocks', 'check', 'description']
    """
    schema = SPEC.schema()
    schema["properties"]["ncd"]["const"] = VERSION
    schema["anyOf"] = [{"required": ["inputs", "steps", "outputs"]}, {"required": ["equation"]}]
    schema["not"] = {"anyOf": [{"required": ["equation", key]} for key in ("steps", "outputs")]}
    definitions: dict[str, Any] = {
        "equation": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/side"}},
        "side": SIDE.schema(),
        "steps": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/step"}},
        "outputs": OUTPUTS.schema(),
        "blocks": {
            "type": "object",
            "propertyNames": {"pattern": IDENTIFIER_PATTERN},
            "additionalProperties": {"$ref": "#/$defs/block"},
        },
        "block": BLOCK.schema(),
        "step": _step(),
        "given": GIVEN.definition(),
    }
    definitions["step_repeat"] = {
        **_operation_step(REPEAT, REPEAT_STEP.schema()),
        "oneOf": [
            {"required": ["for"], "not": {"required": ["index"]}},
            {"required": ["times"]},
        ],
    }
    for operation in OPERATIONS:
        definitions[f"step_{operation.name}"] = _operation_step(
            operation.name, step_record(operation).schema()
        )
    return {
        "$schema": DIALECT,
        "title": f"ncd-tikz spec, version {VERSION}",
        "description": "A neural-network architecture: the source of its figure and of its PyTorch module",
        **schema,
        "$defs": definitions,
    }


def _step() -> Schema:
    """A bare word, or for every operation its own keys; any other word is a block."""
    names = [*(operation.name for operation in OPERATIONS), REPEAT]
    bare = [
        operation.name for operation in OPERATIONS if not any(field.required for field in operation.fields)
    ]
    choose: list[Schema] = [
        {
            "if": {"required": ["op"], "properties": {"op": {"const": name}}},
            "then": {"$ref": f"#/$defs/step_{name}"},
        }
        for name in names
    ]
    block = BLOCK_STEP.schema()
    of_block = {"if": {"properties": {"op": {"enum": names}}, "required": ["op"]}, "else": block}
    word = {
        "anyOf": [
            {"enum": bare},
            {"type": "string", "pattern": IDENTIFIER_PATTERN, "not": {"enum": names}},
        ]
    }
    mapping = {
        "type": "object",
        "required": ["op"],
        "properties": {"op": {"anyOf": [{"enum": names}, {"type": "string", "pattern": IDENTIFIER_PATTERN}]}},
        "allOf": [*choose, of_block],
    }
    return {"anyOf": [word, mapping]}


def _operation_step(name: str, schema: Schema) -> Schema:
    schema["properties"]["op"] = {"const": name, "description": schema.get("description", name)}
    return schema

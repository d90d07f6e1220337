"""YAML text in, a checked spec out: every node with its place, every mistake told at once."""

from __future__ import annotations

from typing import Any

from ncd_tikz.spec.load import load_spec, read, text_of
from ncd_tikz.spec.nodes import (
    AxisNode,
    CheckNode,
    FigureNode,
    GroupNode,
    InputNode,
    NoteNode,
    OutputNode,
    Spec,
    StepNode,
)
from ncd_tikz.spec.presets import PRESETS, Width, width_of


def schema() -> dict[str, Any]:
    """The spec language as JSON Schema, for editors; from the definitions that validate."""
    from ncd_tikz.spec.json_schema import language

    return language()


__all__ = [
    "PRESETS",
    "AxisNode",
    "CheckNode",
    "FigureNode",
    "GroupNode",
    "InputNode",
    "NoteNode",
    "OutputNode",
    "Spec",
    "StepNode",
    "Width",
    "load_spec",
    "read",
    "schema",
    "text_of",
    "width_of",
]

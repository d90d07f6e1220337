"""Readable, fast PyTorch modules from diagrams. Writing source needs no torch; running it does."""

from __future__ import annotations

from ncd_tikz.pytorch.module import run_source, to_module
from ncd_tikz.pytorch.names import part_name
from ncd_tikz.pytorch.source import arguments, class_names, main_class, side_classes, to_source
from ncd_tikz.pytorch.variables import variable_names

__all__ = [
    "arguments",
    "class_names",
    "main_class",
    "part_name",
    "run_source",
    "side_classes",
    "to_module",
    "to_source",
    "variable_names",
]

"""Readable, fast PyTorch modules from diagrams. Writing source needs no torch; running it does."""

from __future__ import annotations

from ncd_tikz.pytorch.module import run_source, to_module
from ncd_tikz.pytorch.names import part_name
from ncd_tikz.pytorch.source import arguments, main_class, to_source, variable_names

__all__ = ["arguments", "main_class", "part_name", "run_source", "to_module", "to_source", "variable_names"]

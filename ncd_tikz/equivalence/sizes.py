"""Sizes of what is inside a diagram, and those that a caller may choose."""

from __future__ import annotations

from ncd_tikz.diagram import Diagram
from ncd_tikz.diagram.concrete import body_sizes, complete, inner_sizes, iterations

__all__ = ["body_sizes", "complete", "free_symbols", "inner_sizes", "iterations"]


def free_symbols(diagram: Diagram) -> tuple[str, ...]:
    """The declared symbols that a caller may choose."""
    return tuple(
        entry.axis.name
        for entry in diagram.sizes
        if entry.axis.rank == 1 and not entry.index and not entry.derived and not entry.axis.sizes[0].symbols
    )

"""Modules under `check:` that may be missing: those of the shipped catalogue."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from ncd_tikz.cli.terminal import remark

if TYPE_CHECKING:
    from ncd_tikz.diagram import Diagram


def installed(diagram: Diagram) -> tuple[int, ...]:
    """The places of the entries under `check:` whose packages are installed; nothing is imported."""
    return tuple(
        place for place, node in enumerate(diagram.checks) if _is_installed(package_of(node.against))
    )


def package_of(against: str) -> str:
    """`transformers` of `transformers.models.bert:BertModel`."""
    return against.partition(":")[0].partition(".")[0]


def tell_left_out(diagrams: Sequence[Diagram], compared: Mapping[int, Sequence[int]]) -> None:
    """One line that says what is not compared.

    Args:
        diagrams: the specs.
        compared: of the spec at each place, the places of the entries that are.
    """
    left = [
        package_of(node.against)
        for number, diagram in enumerate(diagrams)
        for place, node in enumerate(diagram.checks)
        if place not in compared[number]
    ]
    if left:
        packages = ", ".join(sorted(set(left)))
        count = f"{len(left)} modules" if len(left) > 1 else "a module"
        remark(f"left out: {count} under check: of packages that are not installed: {packages}")


def _is_installed(package: str) -> bool:
    if package in sys.modules or package in sys.builtin_module_names:
        return True
    try:
        return PathFinder.find_spec(package, [str(Path.cwd()), *sys.path]) is not None
    except (ImportError, ValueError):
        return False

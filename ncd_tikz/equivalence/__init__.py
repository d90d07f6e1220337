"""Do the spec, the generated module and other people's modules compute the same function?

Everything below is imported when first used: reports can be read, and checks run in processes of
their own, without torch in this one.
"""

from __future__ import annotations

import sys
import warnings
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ncd_tikz.equivalence.check import check
    from ncd_tikz.equivalence.evaluate import evaluate, learned
    from ncd_tikz.equivalence.lift import lift
    from ncd_tikz.equivalence.report import Comparison, Draw, Finding, Parting, Report, Verdict

# torch says so when it is imported without NumPy, which nothing here needs.
warnings.filterwarnings("ignore", message="Failed to initialize NumPy", category=UserWarning)

__all__ = [
    "Comparison",
    "Draw",
    "Finding",
    "Parting",
    "Report",
    "Verdict",
    "check",
    "evaluate",
    "learned",
    "lift",
]

_HOMES = {
    **dict.fromkeys(("Comparison", "Draw", "Finding", "Parting", "Report", "Verdict"), "report"),
    "check": "check",
    "evaluate": "evaluate",
    "learned": "evaluate",
    "lift": "lift",
}


class _Room(ModuleType):
    """Three functions are called as the files they stand in; importing a file must not hide its function."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Room


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ncd_tikz.equivalence' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"ncd_tikz.equivalence.{_HOMES[name]}"), name)

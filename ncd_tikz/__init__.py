"""Neural circuit diagrams from YAML: TikZ and SVG figures, PyTorch modules, and proof that they agree.

Everything below is imported when first used, so `import ncd_tikz` costs nothing and torch is never
imported before a module is built or checked.

>>> sorted(__all__)
['Diagram', 'NcdError', 'SpecError', 'check', 'load', 'loads', 'to_svg', 'to_tikz', 'to_torch']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ncd_tikz.api import check, to_svg, to_tikz, to_torch
    from ncd_tikz.diagram.diagram import Diagram
    from ncd_tikz.diagram.load import load, loads
    from ncd_tikz.errors import NcdError, SpecError

__version__ = "0.1.0"

__all__ = ["Diagram", "NcdError", "SpecError", "check", "load", "loads", "to_svg", "to_tikz", "to_torch"]

_HOMES = {
    "Diagram": "ncd_tikz.diagram",
    "NcdError": "ncd_tikz.errors",
    "SpecError": "ncd_tikz.errors",
    "check": "ncd_tikz.api",
    "load": "ncd_tikz.diagram",
    "loads": "ncd_tikz.diagram",
    "to_svg": "ncd_tikz.api",
    "to_tikz": "ncd_tikz.api",
    "to_torch": "ncd_tikz.api",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'ncd_tikz' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]

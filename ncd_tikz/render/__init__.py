"""A positioned scene as TikZ, SVG and whole documents; nothing here knows what an operation is.

Each target is imported when it is first asked for: drawing TikZ waits for nothing that only PDF or SVG need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ncd_tikz.render.compile import compile_pdf, pdf_to_png
    from ncd_tikz.render.document import standalone
    from ncd_tikz.render.palettes import PALETTES
    from ncd_tikz.render.svg import to_svg
    from ncd_tikz.render.tikz import to_tikz

__all__ = ["PALETTES", "compile_pdf", "pdf_to_png", "standalone", "to_svg", "to_tikz"]

_HOMES = {
    "PALETTES": "palettes",
    "compile_pdf": "compile",
    "pdf_to_png": "compile",
    "standalone": "document",
    "to_svg": "svg",
    "to_tikz": "tikz",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'ncd_tikz.render' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"ncd_tikz.render.{home}"), name)

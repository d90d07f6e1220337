"""Building a diagram's module: the generated source, run."""

from __future__ import annotations

import linecache
from typing import TYPE_CHECKING, Any

from ncd_tikz.pytorch.source import main_class, to_source

if TYPE_CHECKING:
    from torch import nn

    from ncd_tikz.diagram import Diagram


def to_module(diagram: Diagram, **sizes: int) -> nn.Module:
    """The diagram as a PyTorch module.

    Args:
        diagram: what to build.
        sizes: axes and parameters, as keyword arguments of the generated class; the spec's numbers
            where left out.

    Raises:
        TypeError: a size that the class does not take.
    """
    namespace = run_source(to_source(diagram), f"<ncd-tikz {diagram.name} {diagram.digest}>")
    module: nn.Module = namespace[main_class(diagram)](**sizes)
    return module


def run_source(source: str, file: str) -> dict[str, Any]:
    """Run generated source; its lines show in tracebacks under the name `file`."""
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {"__name__": "ncd_tikz_generated"}
    exec(compile(source, file, "exec"), namespace)
    return namespace

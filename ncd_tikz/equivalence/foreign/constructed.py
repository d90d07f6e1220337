"""A module of torch.nn that was made where its result is meant: `nn.Softmax(scores)`."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import nn

from ncd_tikz.diagram import BlockCall, Diagram, Repeat, Step

_QUOTED = re.compile(r"'(\w+)'")
_LAST = re.compile(r"not (?:Tensor )?'?(\w+)'?$")
_LACKING = re.compile(r"'\w+' object has no attribute '(\w+)'")


def constructed(error: BaseException) -> str:
    """The module that was computed with as if it were a tensor, by its class; empty where none was.

    >>> constructed(TypeError("unsupported operand type(s) for @: 'Softmax' and 'Tensor'"))
    'Softmax'
    >>> constructed(AttributeError("'Linear' object has no attribute 'wieght'"))
    ''
    """
    text = str(error).strip().split("\n")[0]
    lacking = _LACKING.search(text)
    if not isinstance(error, (TypeError, AttributeError)) or (
        lacking and not hasattr(torch.Tensor, lacking[1])
    ):
        return ""
    names = [*_QUOTED.findall(text), *_LAST.findall(text)]
    return next((name for name in names if is_module(name)), "")


def is_module(name: str) -> bool:
    """Whether torch.nn has a module of that name."""
    kind = getattr(nn, name, None)
    return isinstance(kind, type) and issubclass(kind, nn.Module)


def remedy(name: str) -> str:
    """What to write in its place."""
    return f"{name} was made, not called: {name}(...)(x) in place of {name}(x)"


def step_of(name: str, diagram: Diagram) -> tuple[str, Step] | None:
    """The only step that does what the module does, with its path; None where none does, or several."""
    wanted = re.sub(r"\d+d$", "", name).lower()
    found = [
        (path, step) for path, step in _steps(diagram, "") if step.operation.name.replace("_", "") == wanted
    ]
    return found[0] if len(found) == 1 else None


def _steps(diagram: Diagram, outer: str) -> Iterator[tuple[str, Step]]:
    for step in diagram.steps:
        path = f"{outer}{step.path}"
        yield path, step
        if isinstance(step.operation, (BlockCall, Repeat)):
            yield from _steps(step.operation.diagram, f"{path} > ")

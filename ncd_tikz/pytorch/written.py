"""A class as it is written: whole lines, and what it is there for."""

from __future__ import annotations

from dataclasses import dataclass

from ncd_tikz.diagram import Diagram
from ncd_tikz.pytorch.fronts import Flags


@dataclass(frozen=True, slots=True)
class Role:
    """What a class is there for, besides its diagram."""

    inside: bool = False
    index: str = ""  # the symbol that counts iterations, of a repetition's body
    shared: bool = False  # a body that serves all iterations
    unbatched: Flags = ()  # which inputs may lack axes in front
    name: str = ""  # of a repetition's body, after the step that repeats it
    title: str = ""


@dataclass(frozen=True, slots=True)
class ClassSource:
    """One class, ready for the template: whole lines."""

    name: str
    diagram: Diagram
    role: Role
    arguments: tuple[str, ...]  # symbols, in source order
    docstring: tuple[str, ...]
    init: tuple[str, ...]
    forward: tuple[str, ...]
    forward_index: bool  # forward is told the index
    imports: tuple[str, ...]

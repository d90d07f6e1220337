"""Repetition: a body whose results are fed back to its start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ncd_tikz.axes import Application, Expression, Tensor
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import MemoryCard
from ncd_tikz.operations import Operation, Scope

if TYPE_CHECKING:
    from ncd_tikz.diagram.diagram import Diagram
    from ncd_tikz.glyphs import Glyph


@frozen
class Repeat(Operation):
    """The body for `index` = start, ..., stop, with fresh parameters each time unless they are shared.

    The body's first `carried` inputs and outputs are fed back. Its further inputs are constant, or
    families that earlier repetitions saved (`memory` values, taken whole; a `Load` step inside says
    which one). Its further outputs are the families that it saves (made by `Save` steps inside).
    The symbol `index` is among the body's `sizes`, as a parameter.
    """

    name: ClassVar[str] = "repeat"
    about: ClassVar[str] = "its steps again and again, the running value fed back"
    inputs: ClassVar[tuple[int, int | None]] = (1, None)
    example: ClassVar[str] = """\
ncd: 1
name: repeat_example
axes: {x: 3, m: 4, N: 2}
inputs: {X: x m}
steps:
  - {op: repeat, times: N, index: i, in: X, out: Y, steps: [{op: linear, map: m -> m'}, relu]}
outputs: Y
"""

    diagram: Diagram
    index: str
    start: Expression
    stop: Expression
    carried: int
    share: bool = False

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Typed where it is built: the body is inferred on the values that it takes."""
        raise NotImplementedError

    def glyph(self, application: Application, label: str) -> Glyph:
        """Never drawn itself: it is opened, between large parentheses."""
        raise NotImplementedError


@frozen
class Save(Operation):
    """Keep a tensor in memory under `memory` (`C`), at an index; y = x."""

    name: ClassVar[str] = "save"
    about: ClassVar[str] = "keep a tensor for later: y = x"
    example: ClassVar[str] = Repeat.example

    memory: str
    at: Expression | None
    text: str  # LaTeX: `C_{\lambda}`

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The tensor itself."""
        return inputs

    def glyph(self, application: Application, label: str) -> Glyph:
        """A card in which the wires end."""
        return MemoryCard(self.text, saves=True, memory=self.memory)


@frozen
class Load(Operation):
    """Take a tensor from memory, of a family the one that was saved at the index: y = x[at]."""

    name: ClassVar[str] = "load"
    about: ClassVar[str] = "take a tensor that was kept: y = x"
    example: ClassVar[str] = Repeat.example

    memory: str
    at: Expression | None
    text: str

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The tensor itself."""
        return inputs

    def glyph(self, application: Application, label: str) -> Glyph:
        """A card from which the wires come."""
        return MemoryCard(self.text, saves=False, memory=self.memory)

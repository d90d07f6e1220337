"""Discard: a tensor that is not used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Tensor
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, Ground
from ncd_tikz.operations.contract import Call, Operation, Scope, Source


@frozen
class Discard(Operation):
    """Every wire of the tensor ends, and nothing is made of it."""

    name: ClassVar[str] = "discard"
    about: ClassVar[str] = "use a tensor no further"
    example: ClassVar[str] = """\
ncd: 1
name: discard_example
axes: {x: 5, m: 3}
inputs: {a: x m, b: x}
steps:
  - {op: discard, in: b, out: []}
  - {op: relu, in: a, out: c}
outputs: c
"""

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Every axis is taken."""
        return Application(inputs, (tuple(range(len(inputs[0].axes))),), ())

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Nothing."""
        return ()

    def source(self, call: Call) -> Source:
        """Nothing."""
        return Source("")

    def glyph(self, application: Application, label: str) -> Glyph:
        """The wires end."""
        return Ground()

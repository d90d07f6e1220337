"""Entries left out at random while training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Floating, Glyph
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, need


@frozen
class Dropout(Operation):
    """While training, zero with probability p and x / (1 - p) otherwise; in evaluation x itself.

    Specs mean evaluation: the base definition is the identity.
    """

    name: ClassVar[str] = "dropout"
    about: ClassVar[str] = "training: 0 with probability p, else x / (1 - p); evaluation: y = x"
    fields: ClassVar[tuple[Field, ...]] = (Field("p", "number", "probability of zero", default=0.5),)
    example: ClassVar[str] = """\
ncd: 1
name: dropout_example
axes: {x: 5, m: 3}
inputs: {X: x m}
steps:
  - {op: dropout, in: X, p: 0.1}
outputs: X
"""

    p: float = 0.5

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Every axis passes over."""
        need("real", inputs, self.name)
        if not 0 <= self.p <= 1:
            raise ShapeError(f"expected a probability between 0 and 1, found {self.p!r}", field="p")
        return apply(inputs, ((),), ((),), scope)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The identity."""
        return (inputs[0] * 1,)

    def source(self, call: Call) -> Source:
        """`nn.Dropout`."""
        return Source(f"self.{call.attribute}({call.arguments[0]})", f"nn.Dropout({self.p!r})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """A D with its probability floats over the wires."""
        return Floating(label or f"D_{{{self.p:g}}}")

"""Multiplication by a number that depends on sizes only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Expression, ExpressionError, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Floating, Glyph
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, need


@frozen
class Scale(Operation):
    """y = by * x; `by` is a real number such as `k**(-1/2)`."""

    name: ClassVar[str] = "scale"
    about: ClassVar[str] = "multiply by a number: y = by * x"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("by", "expression", "real expression over sizes, as in k**(-1/2)", required=True),
    )
    example: ClassVar[str] = """\
ncd: 1
name: scale_example
axes: {y: 4, x: 5, k: 3}
inputs: {s: y x}
steps:
  - {op: scale, in: s, by: k**(-1/2)}
outputs: s
"""

    by: Expression

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Every axis passes over."""
        need("real", inputs, self.name)
        try:
            self.by.evaluate_real(scope.defaults)
        except ExpressionError as error:
            raise ShapeError(error.fact, error.hint, "by") from error
        return apply(inputs, ((),), ((),), scope)

    def label(self, labels: Mapping[str, str]) -> str:
        """The factor, as LaTeX."""
        return self.by.latex(labels)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """One number times another."""
        return (inputs[0] * self.by.evaluate_real(sizes),)

    def source(self, call: Call) -> Source:
        """A product."""
        factor = self.by.real_python(lambda name: call.size(Expression.symbol(name)))
        if set(factor) & set("+-%/"):
            factor = factor if factor.count("**") == 1 and " " not in factor else f"({factor})"
        return Source(f"{call.arguments[0]} * {factor}")

    def glyph(self, application: Application, label: str) -> Glyph:
        """The factor between arrow tail and head; it may ride on a contraction's arrow."""
        return Floating(label or self.label({}), rides=True)

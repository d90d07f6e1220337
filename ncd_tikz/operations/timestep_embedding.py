"""A number as waves: how far a diffusion has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Expression, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Box, Glyph
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply
from ncd_tikz.operations.parameter import named_axes
from ncd_tikz.operations.sizing import moments_of


@frozen
class TimestepEmbedding(Operation):
    """y[j] = sin(scale t w[j]) and y[j + n] = cos(scale t w[j]), w[j] = period ** (-j / (n - shift)).

    t is one number, real or an index; j counts the n = m / 2 waves of the m features that `axes` names.
    With `first: cos` the cosines stand first.
    Source: Ho et al., Denoising Diffusion Probabilistic Models, 2020, appendix B (there `shift` is 1).
    """

    name: ClassVar[str] = "timestep_embedding"
    about: ClassVar[str] = "a number as waves: y[j] = sin(t period^(-j / (n - shift))), y[j + n] the cosine"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("axes", "axes", "the features, an even number of them, as in 'm'", required=True),
        Field("period", "number", "the slowest wave is 2 pi times as long", default=10000),
        Field("shift", "number", "wave n - shift has that period, n the number of waves", default=0),
        Field(
            "first", "choice", "whether sines or cosines stand first", default="sin", choices=("sin", "cos")
        ),
        Field("scale", "number", "the number is multiplied by this", default=1),
    )
    example: ClassVar[str] = """\
ncd: 1
name: timestep_embedding_example
axes: {b: 3, m: 4}
inputs:
  t: {axes: b, kind: index, below: 1000}
steps:
  - {op: timestep_embedding, in: t, out: e, axes: m}
  - {op: linear, in: e, out: y, map: m -> m', label: W}
outputs: y
"""

    axes: tuple[str, ...]
    period: float = 10000
    shift: float = 0
    first: str = "sin"
    scale: float = 1

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Every axis passes over; the features come last."""
        if inputs[0].kind == "mask":
            raise ShapeError(f"timestep_embedding takes numbers or indexes, found {inputs[0]}", field="in")
        axes = named_axes(self.axes, scope)
        if len(axes) != 1 or axes[0].rank != 1:
            found = " ".join(self.axes) or "none"
            raise ShapeError(f"expected one single axis of features, found {found}", "as in axes: m", "axes")
        if self.period <= 0:
            raise ShapeError(f"expected a period above zero, found {self.period!r}", field="period")
        for (count,) in moments_of(axes[0].sizes, scope, "axes"):
            if count % 2:
                raise ShapeError(f"expected an even number of features, found {count}", field="axes")
            if count / 2 <= self.shift:
                fact = f"expected a shift below the number of waves {count // 2}, found {self.shift!r}"
                raise ShapeError(fact, field="shift")
        return apply(inputs, ((),), (axes,), scope, "axes")

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Wave by wave."""
        (axis,) = application.made_axes(0)
        waves = axis.sizes[0].evaluate(sizes) // 2
        number = inputs[0] if inputs[0].is_floating_point() else inputs[0].double()
        result = number.new_zeros(2 * waves)
        for wave in range(waves):
            angle = number * (self.scale / self.period ** (wave / (waves - self.shift)))
            places = (wave, wave + waves) if self.first == "sin" else (wave + waves, wave)
            result[places[0]], result[places[1]] = angle.sin(), angle.cos()
        return (result,)

    def source(self, call: Call) -> Source:
        """All waves at once, in single precision at least."""
        (code,), prefix = call.arguments, call.attribute
        (axis,) = call.application.made_axes(0)
        like = code
        if call.application.inputs[0].kind == "index":
            like = call.like or "next(self.parameters(), torch.empty(()))"
        kind = f"{prefix}_kind"
        count = call.size(Expression(("/", axis.sizes[0].tree, 2)).simplified())
        waves = f"({count})" if set(count) & set(" /") else count
        less = f"({count} - {self.shift!r})" if self.shift else waves
        before = (
            f"{kind} = {like}.dtype",
            f"{prefix}_wide = torch.promote_types({kind}, torch.float32)",
            f"{prefix}_wave = torch.arange({count}, dtype={prefix}_wide, device={code}.device)",
            f"{prefix}_rate = {self._factor()}{float(self.period)!r} ** (-{prefix}_wave / {less})",
            f"{prefix}_angle = {code}[..., None] * {prefix}_rate",
        )
        parts = [f"{prefix}_angle.{each}()" for each in ("sin", "cos")]
        parts = parts if self.first == "sin" else parts[::-1]
        return Source(f"torch.cat([{', '.join(parts)}], -1).to({kind})", before=before)

    def _factor(self) -> str:
        return f"{self.scale!r} * " if self.scale != 1 else ""

    def glyph(self, application: Application, label: str) -> Glyph:
        """A box with its letters."""
        return Box(label or r"\mathrm{TE}")

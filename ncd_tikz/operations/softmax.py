"""Softmax over one or more axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Tensor
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, Triangle
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import in_place, need


@frozen
class Softmax(Operation):
    """y[i] = exp(x[i]) / sum_j exp(x[j]); i runs over the axes named by `over`, together."""

    name: ClassVar[str] = "softmax"
    about: ClassVar[str] = "y[i] = exp(x[i]) / sum_j exp(x[j]), i over the named axes"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("over", "axes", "axis, or axes together, that sum to one", required=True),
    )
    example: ClassVar[str] = """\
ncd: 1
name: softmax_example
axes: {y: 4, x: 5, h: 2}
inputs: {s: y x h}
steps:
  - {op: softmax, in: s, out: p, over: x}
outputs: p
"""

    over: tuple[str, ...]

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The named axes are taken and made where they stand."""
        need("real", inputs, self.name)
        return in_place(inputs[0], self.over)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Exponentials over their sum; the largest is taken off first, for range."""
        powers = (inputs[0] - inputs[0].amax()).exp()
        return (powers / powers.sum(),)

    def source(self, call: Call) -> Source:
        """`softmax` for one axis; by the logarithm of the sum for several."""
        (argument,) = call.arguments
        count = len(call.application.inputs[0].axes)
        axes = [position - count for position in call.application.own[0]]
        if len(axes) == 1:
            return Source(f"{argument}.softmax({axes[0]})")
        return Source(f"torch.exp({argument} - {argument}.logsumexp({tuple(axes)}, keepdim=True))")

    def glyph(self, application: Application, label: str) -> Glyph:
        """An open triangle on the wire."""
        return Triangle()

"""A learned linear map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Expression, Signature, Tensor
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, LearnedCard
from ncd_tikz.operations.arranging import flattened, made_placed, own_last, sizes_code, unflattened
from ncd_tikz.operations.contract import Call, Field, Operation, Parameter, Scope, Source
from ncd_tikz.operations.fitting import apply, made, need, positions, sides


@frozen
class Linear(Operation):
    """y[j] = sum_i weight[j, i] x[i] + bias[j]; i and j may each be several axes.

    The weight is kept as `torch.nn.Linear` keeps it: output axes before input axes, each side
    flattened in the order of `map`.
    """

    name: ClassVar[str] = "linear"
    about: ClassVar[str] = "learned linear map: y[j] = sum_i weight[j, i] x[i] + bias[j]"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("map", "map", "axes it takes and axes it makes, as in 'm -> k h'", required=True),
        Field("bias", "bool", "whether it adds a learned bias", default=True),
    )
    example: ClassVar[str] = """\
ncd: 1
name: linear_example
axes: {x: 5, m: 6, k: 3, h: 2}
inputs: {X: x m}
steps:
  - {op: linear, in: X, out: q, map: m -> k h, label: Q}
outputs: q
"""

    map: Signature
    bias: bool = True

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Axes of `map`'s left are taken, those of its right stand in their place."""
        need("real", inputs, self.name)
        sides(self.map, 1)
        own = (positions(inputs[0], self.map.inputs[0], "map"),)
        return apply(inputs, own, made(self.map, inputs, scope), scope)

    def parameters(self, application: Application) -> tuple[Parameter, ...]:
        """`weight`, and `bias` where there is one."""
        taken, new = application.own_axes(0), application.made_axes(0)
        weight = Parameter("weight", (*new, *taken), (len(new), len(taken)))
        return (weight, Parameter("bias", new, (len(new),))) if self.bias else (weight,)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Multiply, sum over the own axes, add."""
        product = parameters["weight"] * inputs[0]
        own = len(application.own[0])
        result = product.sum(tuple(range(-own, 0))) if own else product
        return (result + parameters["bias"] if self.bias else result,)

    def source(self, call: Call) -> Source:
        """`nn.Linear` on flattened axes."""
        taken, new = call.application.own_axes(0), call.application.made_axes(0)
        widths = [
            call.init_size(Expression.product(size for axis in axes for size in axis.sizes))
            for axes in (taken, new)
        ]
        argument = flattened(own_last(call), len(taken))
        code = unflattened(f"self.{call.attribute}({argument})", sizes_code(new, call))
        bias = "" if self.bias else ", bias=False"
        return Source(made_placed(code, call), f"nn.Linear({', '.join(widths)}{bias})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """A bold L on a card."""
        return LearnedCard(name=label, sub="+" if self.bias else "")

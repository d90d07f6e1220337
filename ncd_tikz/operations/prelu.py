"""A rectifier whose slope below zero is learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Tensor
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Floating, Glyph, LearnedCard
from ncd_tikz.operations.channel_norms import channel_axes, channels_code, dims_of, module_call, spread
from ncd_tikz.operations.contract import Call, Field, Operation, Parameter, Scope, Source
from ncd_tikz.operations.fitting import apply, in_place, need


@frozen
class Prelu(Operation):
    """y = max(x, 0) + weight * min(x, 0): one learned slope, or one for each of the `channels`.

    The weight is kept as `torch.nn.PReLU` keeps it, the channels flattened in the order of `channels`.
    """

    name: ClassVar[str] = "prelu"
    about: ClassVar[str] = (
        "y = max(x, 0) + weight * min(x, 0), the slope learned; one, or one for each channel"
    )
    fields: ClassVar[tuple[Field, ...]] = (
        Field("channels", "axes", "axes with a slope of their own; left out: one slope for all", default=()),
        Field("slope", "number", "slope that it begins with", default=0.25),
    )
    example: ClassVar[str] = """\
ncd: 1
name: prelu_example
axes: {x: 5, c: 3}
inputs: {X: c x}
steps:
  - {op: prelu, in: X, channels: c}
outputs: X
"""

    channels: tuple[str, ...] = ()
    slope: float = 0.25

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Channels are taken and made where they stand; without any every axis passes over."""
        need("real", inputs, self.name)
        if self.channels:
            return in_place(inputs[0], self.channels, "channels")
        return apply(inputs, ((),), ((),), scope)

    def parameters(self, application: Application) -> tuple[Parameter, ...]:
        """`weight`."""
        axes = channel_axes(application, self.channels)
        return (Parameter("weight", axes, (len(axes),)),)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Each side has its slope."""
        slope = spread(parameters["weight"], dims_of(application, self.channels), inputs[0].dim())
        return (inputs[0].clamp(min=0) + slope * inputs[0].clamp(max=0),)

    def source(self, call: Call) -> Source:
        """`nn.PReLU`."""
        settings = [f"init={self.slope!r}"] if self.slope != 0.25 else []
        if not self.channels:
            return Source(f"self.{call.attribute}({call.arguments[0]})", f"nn.PReLU({', '.join(settings)})")
        source, _ = module_call(call, self.channels, (), most=1)
        settings.insert(0, channels_code(call, self.channels))
        return replace(source, init=f"nn.PReLU({', '.join(settings)})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """A bold R: over the wires, or on a card on those of the channels."""
        if application.own[0]:
            return LearnedCard(r"\mathbf{R}", name=label)
        return Floating(rf"\mathbf{{R}}^{{{label}}}" if label else r"\mathbf{R}")

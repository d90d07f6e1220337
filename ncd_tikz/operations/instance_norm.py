"""Instance normalisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Expression, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, NormCircle
from ncd_tikz.operations.channel_norms import (
    bind_channels,
    channel_axes,
    channels_code,
    check_entries,
    check_eps,
    dims_of,
    entries_of,
    module_call,
    spread,
)
from ncd_tikz.operations.contract import Call, Field, Operation, Parameter, Scope, Source
from ncd_tikz.operations.fitting import need


@frozen
class InstanceNorm(Operation):
    """y = (x - mean) / sqrt(variance + eps) * weight + bias, over `over`, each channel on its own.

    Statistics are those of the entries, in training and in evaluation. Parameters are kept as
    `torch.nn.InstanceNorm2d` keeps them, the channels flattened in the order of `channels`.
    """

    name: ClassVar[str] = "instance_norm"
    about: ClassVar[str] = "y = (x - mean) / sqrt(var + eps) * weight + bias, over axes of each channel"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("over", "axes", "axes of which the statistics are taken", required=True),
        Field("channels", "axes", "axes with statistics, weight and bias of their own", required=True),
        Field("eps", "number", "keeps the root away from zero", default=1e-5),
        Field("affine", "bool", "whether it has a learned weight and bias", default=False),
    )
    example: ClassVar[str] = """\
ncd: 1
name: instance_norm_example
axes: {b: 2, c: 3, x: 5}
inputs: {X: b c x}
steps:
  - {op: instance_norm, in: X, over: x, channels: c}
outputs: X
"""

    over: tuple[str, ...]
    channels: tuple[str, ...]
    eps: float = 1e-5
    affine: bool = False

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The named axes are taken and made where they stand."""
        need("real", inputs, self.name)
        check_eps(self.eps)
        if not self.over:
            raise ShapeError(
                f"expected the name of an axis, found none; the tensor has {inputs[0]}", field="over"
            )
        application = bind_channels(inputs[0], self.over, self.channels)
        check_entries(self.centred(application), scope, "over")
        return application

    def centred(self, application: Application) -> Expression:
        """The entries of one channel."""
        return entries_of(application, self.over)

    def parameters(self, application: Application) -> tuple[Parameter, ...]:
        """`weight` and `bias`, where there are any."""
        axes = channel_axes(application, self.channels)
        names = ("weight", "bias") if self.affine else ()
        return tuple(Parameter(name, axes, (len(axes),)) for name in names)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """By mean and mean square."""
        entries = inputs[0]
        channels, over = dims_of(application, self.channels), dims_of(application, self.over)
        centred = entries - entries.mean(over, keepdim=True)
        result = centred / ((centred * centred).mean(over, keepdim=True) + self.eps) ** 0.5
        if self.affine:
            weight, bias = (spread(parameters[name], channels, entries.dim()) for name in ("weight", "bias"))
            result = result * weight + bias
        return (result,)

    def source(self, call: Call) -> Source:
        """`nn.InstanceNorm1d` on flattened axes: see `module_call` why not 2d and 3d."""
        source, _ = module_call(call, self.channels, (), most=1)
        settings = [channels_code(call, self.channels)]
        settings += [f"eps={self.eps!r}"] if self.eps != 1e-5 else []
        settings += ["affine=True"] if self.affine else []
        return replace(source, init=f"nn.InstanceNorm1d({', '.join(settings)})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """A circle with a dot."""
        return NormCircle(mark="dot", learned=self.affine)

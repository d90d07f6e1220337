"""Batch normalisation."""

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
    check_eps,
    dims_of,
    entries_of,
    gathered,
    module_call,
    spread,
)
from ncd_tikz.operations.contract import Call, Field, Operation, Parameter, Scope, Source
from ncd_tikz.operations.fitting import need, positions

STATISTICS = ("running_mean", "running_var")


@frozen
class BatchNorm(Operation):
    """y = (x - mean) / sqrt(variance + eps) * weight + bias, one mean and variance for each channel.

    In evaluation mean and variance are the running ones. In training they are those of all entries of
    a channel, and the running ones follow: running = (1 - momentum) running + momentum batch, where
    the batch's variance is divided by one less than the number of entries. Axes in front of the
    module's inputs are then part of the batch, as in torch; in evaluation they are broadcast.

    Parameters and buffers are kept as `torch.nn.BatchNorm2d` keeps them, the channels flattened in
    the order of `channels`.
    """

    name: ClassVar[str] = "batch_norm"
    about: ClassVar[str] = "y = (x - mean) / sqrt(var + eps) * weight + bias, statistics of each channel"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("over", "axes", "axes of which the statistics are taken, the batch first", required=True),
        Field("channels", "axes", "axes with statistics, weight and bias of their own", required=True),
        Field("eps", "number", "keeps the root away from zero", default=1e-5),
        Field("momentum", "number", "how fast the running statistics follow", default=0.1),
        Field("affine", "bool", "whether it has a learned weight and bias", default=True),
    )
    example: ClassVar[str] = """\
ncd: 1
name: batch_norm_example
axes: {b: 4, c: 3, x: 5}
inputs: {X: b c x}
steps:
  - {op: batch_norm, in: X, over: b x, channels: c}
outputs: X
"""

    over: tuple[str, ...]
    channels: tuple[str, ...]
    eps: float = 1e-5
    momentum: float = 0.1
    affine: bool = True

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """All axes are taken and made where they stand."""
        need("real", inputs, self.name)
        check_eps(self.eps)
        if not 0 <= self.momentum <= 1:
            raise ShapeError(
                f"expected a momentum between 0 and 1, found {self.momentum!r}", field="momentum"
            )
        if not self.over:
            raise ShapeError(
                f"expected the name of an axis, found none; the tensor has {inputs[0]}", field="over"
            )
        application = bind_channels(inputs[0], self.over, self.channels)
        for name in inputs[0].names:
            if name not in (*self.over, *self.channels):
                fact = f"the axis '{name}' is neither among over nor among channels"
                remedy = (
                    f"over: {' '.join((*self.over, name))}, or channels: {' '.join((*self.channels, name))}"
                )
                raise ShapeError(fact, remedy, "over")
        return application

    def centred(self, application: Application) -> Expression:
        """The entries of one channel, in training."""
        return entries_of(application, self.over)

    def parameters(self, application: Application) -> tuple[Parameter, ...]:
        """`weight` and `bias`, then the buffers."""
        axes = channel_axes(application, self.channels)
        learned = ("weight", "bias") if self.affine else ()
        return (
            *(Parameter(name, axes, (len(axes),)) for name in learned),
            *(Parameter(name, axes, (len(axes),), buffer=True) for name in STATISTICS),
            Parameter("num_batches_tracked", (), (), buffer=True),
        )

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """By the running statistics."""
        wide = self._wide(parameters, application)
        return (self._scaled(inputs[0], wide["running_mean"], wide["running_var"], wide),)

    def training_base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """By the statistics of these entries; then what the buffers become."""
        entries = inputs[0]
        channels = dims_of(application, self.channels)
        taken = [place for place in range(entries.dim()) if place not in channels]
        count = entries.numel() // parameters["running_mean"].numel()
        mean = entries.sum(taken, keepdim=True) / count
        squares = ((entries - mean) ** 2).sum(taken, keepdim=True)
        result = self._scaled(entries, mean, squares / count, self._wide(parameters, application))
        batch = {"running_mean": mean, "running_var": squares / (count - 1)}
        followed = [
            (1 - self.momentum) * parameters[name] + self.momentum * gathered(batch[name].detach(), channels)
            for name in STATISTICS
        ]
        return (result, *followed, parameters["num_batches_tracked"] + 1)

    def _wide(self, parameters: Mapping[str, Any], application: Application) -> dict[str, Any]:
        """Everything that channels have, made to broadcast against the entries."""
        channels, count = dims_of(application, self.channels), len(application.own[0])
        return {
            name: spread(numbers, channels, count)
            for name, numbers in parameters.items()
            if name != "num_batches_tracked"
        }

    def _scaled(self, entries: Any, mean: Any, variance: Any, wide: Mapping[str, Any]) -> Any:
        result = (entries - mean) / (variance + self.eps) ** 0.5
        return result * wide["weight"] + wide["bias"] if self.affine else result

    def source(self, call: Call) -> Source:
        """`nn.BatchNorm1d`, 2d or 3d, after the number of axes besides batch and channels."""
        source, behind = module_call(call, self.channels, self.over[:1], most=3)
        settings = [channels_code(call, self.channels)]
        settings += [f"eps={self.eps!r}"] if self.eps != 1e-5 else []
        settings += [f"momentum={self.momentum!r}"] if self.momentum != 0.1 else []
        settings += [] if self.affine else ["affine=False"]
        return replace(source, init=f"nn.BatchNorm{max(behind, 1)}d({', '.join(settings)})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """A circle on the channels, which the other wires touch, the batch first."""
        touching = positions(application.inputs[0], self.over, "over")
        return NormCircle(learned=self.affine, touching=tuple((0, place) for place in touching))

"""Group normalisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Expression, ExpressionError, Tensor
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
from ncd_tikz.operations.sizing import number_of


@frozen
class GroupNorm(Operation):
    """y = (x - mean) / sqrt(variance + eps) * weight + bias, over `over` and a group of the channels.

    The channels are parted into `groups` of neighbours, each with a mean and a variance of its own;
    every channel has its weight and bias. Parameters are kept as `torch.nn.GroupNorm` keeps them.
    """

    name: ClassVar[str] = "group_norm"
    about: ClassVar[str] = (
        "y = (x - mean) / sqrt(var + eps) * weight + bias, over axes and groups of channels"
    )
    fields: ClassVar[tuple[Field, ...]] = (
        Field("channels", "axes", "axes that are parted into groups, with a weight and bias", required=True),
        Field("groups", "expression", "how many groups there are", required=True),
        Field("over", "axes", "further axes of which the statistics are taken", default=()),
        Field("eps", "number", "keeps the root away from zero", default=1e-5),
        Field("affine", "bool", "whether it has a learned weight and bias", default=True),
    )
    example: ClassVar[str] = """\
ncd: 1
name: group_norm_example
axes: {b: 2, c: 6, x: 5}
inputs: {X: b c x}
steps:
  - {op: group_norm, in: X, over: x, channels: c, groups: 3}
outputs: X
"""

    channels: tuple[str, ...]
    groups: Expression
    over: tuple[str, ...] = ()
    eps: float = 1e-5
    affine: bool = True

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The named axes are taken and made where they stand."""
        need("real", inputs, self.name)
        check_eps(self.eps)
        application = bind_channels(inputs[0], self.over, self.channels)
        groups = number_of(self.groups, scope, "groups")
        if groups < 1:
            raise ShapeError(f"expected one group or more, found {groups}", field="groups")
        try:
            self._parted(application).evaluate(scope.defaults)
        except ExpressionError as error:
            fact = f"the channels cannot be parted into {groups} groups of one size: {error.fact}"
            raise ShapeError(fact, error.hint, "groups") from error
        check_entries(self.centred(application), scope, "groups")
        return application

    def _parted(self, application: Application) -> Expression:
        """The channels of one group."""
        whole = entries_of(application, self.channels)
        return Expression(("/", whole.tree, self.groups.tree))

    def centred(self, application: Application) -> Expression:
        """A group's channels, along the further axes."""
        return Expression.product([self._parted(application), entries_of(application, self.over)])

    def parameters(self, application: Application) -> tuple[Parameter, ...]:
        """`weight` and `bias`, unless left out."""
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
        """Group by group, by mean and mean square."""
        entries = inputs[0]
        channels = dims_of(application, self.channels)
        order = [*channels, *(place for place in range(entries.dim()) if place not in channels)]
        ordered = entries.permute(order)
        groups = ordered.reshape(self.groups.evaluate(sizes), -1)
        centred = groups - groups.mean(1, keepdim=True)
        whole = centred / ((centred * centred).mean(1, keepdim=True) + self.eps) ** 0.5
        result = whole.reshape(ordered.shape).permute([order.index(place) for place in range(len(order))])
        if self.affine:
            weight, bias = (spread(parameters[name], channels, entries.dim()) for name in ("weight", "bias"))
            result = result * weight + bias
        return (result,)

    def source(self, call: Call) -> Source:
        """`nn.GroupNorm`."""
        source, _ = module_call(call, self.channels, (), most=3)
        settings = [call.init_size(self.groups), channels_code(call, self.channels)]
        settings += [f"eps={self.eps!r}"] if self.eps != 1e-5 else []
        settings += [] if self.affine else ["affine=False"]
        return replace(source, init=f"nn.GroupNorm({', '.join(settings)})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """A circle with a cross."""
        return NormCircle(mark="cross", learned=self.affine)

"""Nearest upsampling of one to three axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Signature, Tensor
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, Resampling
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.counting import Multiple
from ncd_tikz.operations.roles import roles, source_of_rows
from ncd_tikz.operations.spatial import (
    NO_CHANNELS,
    Sizes,
    bind_spatial,
    check_least,
    each,
    numbers,
    rank_of,
    written,
)


@frozen
class Upsample(Operation):
    """y[x'] = x[floor(x' / factor)]."""

    name: ClassVar[str] = "upsample"
    about: ClassVar[str] = "nearest upsampling: y[x'] = x[floor(x' / factor)]"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("over", "transition", "axes that grow, and those they become, as in 'x -> y'", required=True),
        Field("factor", "sizes", "how often each entry recurs, on all axes or on each", required=True),
    )
    example: ClassVar[str] = """\
ncd: 1
name: upsample_example
axes: {c: 3, x: {size: [2, 3]}}
inputs: {X: x c}
steps:
  - {op: upsample, in: X, out: Y, over: x -> y, factor: 2}
outputs: Y
"""

    over: Signature
    factor: Sizes

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Axes grow where they stand; new sizes follow, or are checked."""
        factors = each(self.factor, rank_of(inputs[0], self.over), "factor")
        check_least(factors, 1, "factor", scope)
        rules = [Multiple(factor) for factor in factors]
        return bind_spatial(inputs, scope, self.name, self.over, NO_CHANNELS, rules)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """By indexes, axis by axis."""
        who = roles(application, self.over)
        tensor = inputs[0].permute(who.own_order)
        for dim, factor in enumerate(each(self.factor, tensor.dim(), "factor")):
            times = factor.evaluate(sizes)
            index = [place // times for place in range(times * tensor.shape[dim])]
            tensor = tensor.movedim(dim, -1)[..., index].movedim(-1, dim)
        return (tensor.permute(who.made_order),)

    def source(self, call: Call) -> Source:
        """`interpolate`."""
        who = roles(call.application, self.over)
        factors = each(self.factor, who.rank, "factor")
        scale = numbers(factors, call.size)

        def write(rows: str) -> str:
            # `nearest` itself rounds wrongly for some whole factors, such as 41.
            return f'F.interpolate({rows}[None], scale_factor={scale}, mode="nearest-exact")[0]'

        source = source_of_rows(call, who, write)
        return Source(source.forward, imports=("import torch.nn.functional as F",), before=source.before)

    def glyph(self, application: Application, label: str) -> Glyph:
        """A trapezoid that widens."""
        factors = each(self.factor, roles(application, self.over).rank, "factor")
        return Resampling(written(factors, application, ""))

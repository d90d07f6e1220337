"""The table of sines that tells positions apart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Box, Glyph
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply
from ncd_tikz.operations.parameter import named_axes


@frozen
class PositionalEncoding(Operation):
    """y[x, 2 j] = sin(x / period ** (2 j / m)), y[x, 2 j + 1] = cos(x / period ** (2 j / m)).

    A fixed table, made of nothing; `axes` are the positions x, counted from zero, and the m features.
    Source: Vaswani et al., Attention Is All You Need, 2017, section 3.5.
    """

    name: ClassVar[str] = "positional_encoding"
    about: ClassVar[str] = "fixed table: y[x, 2j] = sin(x / period^(2j/m)), y[x, 2j+1] the cosine"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("axes", "axes", "the positions, then the features, as in 'x m'", required=True),
        Field("period", "number", "the slowest wave is 2 pi times as long", default=10000),
    )
    inputs: ClassVar[tuple[int, int | None]] = (0, 0)
    example: ClassVar[str] = """\
ncd: 1
name: positional_encoding_example
axes: {x: 5, m: 4}
inputs: {X: x m}
steps:
  - {op: positional_encoding, axes: x m, out: pos}
  - {op: add, in: [X, pos], out: Y}
outputs: Y
"""

    axes: tuple[str, ...]
    period: float = 10000

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Only made axes."""
        axes = named_axes(self.axes, scope)
        if len(axes) != 2 or any(axis.rank != 1 for axis in axes):
            found = " ".join(self.axes) or "none"
            fact = f"expected two single axes, of positions and of features, found {found}"
            raise ShapeError(fact, "as in axes: x m", "axes")
        if self.period <= 0:
            raise ShapeError(f"expected a period above zero, found {self.period!r}", field="period")
        return apply(inputs, (), (axes,), scope, "axes")

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Number by number."""
        import torch

        positions, features = (axis.sizes[0].evaluate(sizes) for axis in application.made_axes(0))
        waves = (math.sin, math.cos)
        table = [
            [waves[m % 2](x / self.period ** ((m - m % 2) / features)) for m in range(features)]
            for x in range(positions)
        ]
        return (torch.tensor(table, dtype=torch.float64),)

    def source(self, call: Call) -> Source:
        """Sines and cosines in turns, in single precision at least."""
        positions, features = (call.size(axis.sizes[0]) for axis in call.application.made_axes(0))
        width = f"({features})" if " " in features else features
        wide = ""
        if call.like:
            wide = f", dtype=torch.promote_types({call.like}.dtype, torch.float32), device={call.like}.device"
        before = (
            f"place = torch.arange({positions}{wide})[:, None]",
            f"feature = torch.arange({features}{wide})",
            f"angle = place / {float(self.period)!r} ** ((feature - feature % 2) / {width})",
        )
        table = "torch.where(feature % 2 == 0, angle.sin(), angle.cos())"
        return Source(f"{table}.to({call.like}.dtype)" if call.like else table, before=before)

    def glyph(self, application: Application, label: str) -> Glyph:
        """A box with its letters."""
        return Box(label or r"\mathrm{PE}")

"""Attention with linear biases: what is far away counts less, by fixed slopes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Box, Glyph
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.distances import Sizes, ago_code, bind_table, others, placed
from ncd_tikz.operations.unit import like


@frozen
class Alibi(Operation):
    """y[h, x, x'] = -slope[h] |x - x'|, x the position that asks and x' the one that answers.

    The slopes of n heads, n a power of two, are 2 ** (-8 (h + 1) / n). Otherwise those of the next
    smaller power come first, then every other one of the next larger power's.
    Source: Press, Smith and Lewis, Train Short, Test Long, 2022, section 3, and its code.
    """

    name: ClassVar[str] = "alibi"
    about: ClassVar[str] = "y[h, x, x'] = -slope[h] |x - x'|, the slopes fixed: 2^(-8 (h + 1) / heads)"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("over", "axes", "the axis that asks, then the one that answers", required=True),
        Field("axes", "axes", 'all axes of the result: heads and those two, as in "h x x\'"', required=True),
        Field("offset", "sizes", "the position of the first one that asks; left out: 0", default=()),
    )
    inputs: ClassVar[tuple[int, int | None]] = (0, 0)
    example: ClassVar[str] = """\
ncd: 1
name: alibi_example
axes: {x: 5, h: 6}
inputs: {s: h x x'}
steps:
  - {op: alibi, over: "x x'", axes: "h x x'", out: a}
  - {op: add, in: [s, a], out: s}
outputs: s
"""

    over: tuple[str, ...]
    axes: tuple[str, ...]
    offset: Sizes = ()

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Only made axes."""
        application = bind_table(self.over, self.axes, self.offset, scope)
        heads = others(application, self.over)
        if len(heads) != 1 or heads[0].rank != 1:
            fact = f"expected one single axis of heads, found {' '.join(self.axes)}"
            raise ShapeError(fact, f"as in axes: h {' '.join(self.over)}", "axes")
        return application

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Number by number."""
        import torch

        made = application.made_axes(0)
        order = [axis.name for axis in made]
        extents = {axis.name: axis.sizes[0].evaluate(sizes) for axis in made}
        (head,) = (name for name in order if name not in self.over)
        first = self.offset[0].evaluate(sizes) if self.offset else 0
        asks, answers = (range(extents[name]) for name in self.over)
        table = [
            [[-slope * abs(first + one - other) for other in answers] for one in asks]
            for slope in _slopes(extents[head])
        ]
        have = [head, *self.over]
        whole = torch.tensor(table, dtype=torch.float64)
        return (whole.permute([have.index(name) for name in order]),)

    def source(self, call: Call) -> Source:
        """One exponent for each head, times the distances."""
        prefix, settings = call.attribute, like(call)
        (head,) = others(call.application, self.over)
        heads = call.size(head.sizes[0])
        whole = heads if heads.replace(".", "").isidentifier() else f"({heads})"
        before = (
            f"{prefix}_power = 2 ** ({whole}.bit_length() - 1)",
            f"{prefix}_head = torch.arange({heads}{settings})",
            f"{prefix}_between = {prefix}_head - {prefix}_power + 0.5",
            f"{prefix}_place = ({prefix}_head + 1).where({prefix}_head < {prefix}_power, {prefix}_between)",
            f"{prefix}_slope = 2.0 ** (-8 * {prefix}_place / {prefix}_power)",
            *ago_code(call, self.over, self.offset, settings),
        )
        code = f"-{prefix}_slope[:, None, None] * {prefix}_ago.abs()"
        result = placed(f"({code})", call, (head.name, *self.over))
        return Source(code if result == f"({code})" else result, before=before)

    def glyph(self, application: Application, label: str) -> Glyph:
        """A box with its name."""
        return Box(label or r"\mathrm{ALiBi}")


def _slopes(heads: int) -> list[float]:
    """Of a power of two they are geometric; else those of the neighbouring powers are mixed."""
    power = 1
    while 2 * power <= heads:
        power *= 2
    slopes = [(2 ** (-8 / power)) ** (head + 1) for head in range(power)]
    between = [(2 ** (-4 / power)) ** (head + 1) for head in range(2 * power)][::2]
    return [*slopes, *between[: heads - power]]

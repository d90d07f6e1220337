"""Indexes: one entry along an axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Expression, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, Pentagon
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply
from ncd_tikz.operations.sizing import moments_of, single


@frozen
class Index(Operation):
    """y = x[at], along each of the axes named by `over`.

    `at` is a whole-number expression for each axis, counted from zero; -1 is the last entry.
    """

    name: ClassVar[str] = "index"
    about: ClassVar[str] = "one entry along an axis: y = x[at], counted from zero"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("over", "axes", "the axis, or axes, that are indexed", required=True),
        Field("at", "sizes", "which entry, for each axis: 2, n - 1, or [2, 0]", required=True),
    )
    example: ClassVar[str] = """\
ncd: 1
name: index_example
axes: {a: 4, b: 3}
inputs: {A: a b}
steps:
  - {op: index, in: A, out: y, over: a, at: 2}
outputs: y
"""

    over: tuple[str, ...]
    at: tuple[Expression, ...]

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The named axes are taken, all others pass."""
        (tensor,) = inputs
        if not self.over:
            raise ShapeError(
                f"expected the name of an axis, found none; the tensor has {tensor}", field="over"
            )
        own = tuple(single(tensor, name, "over") for name in self.over)
        if len(set(own)) < len(own):
            raise ShapeError(f"an axis is named twice: {' '.join(self.over)}", field="over")
        if len(self.at) != len(own):
            fact = f"expected an index for each of the axes {' '.join(self.over)}, found {len(self.at)}"
            raise ShapeError(fact, "several stand in a list: at: [2, 0]", "at")
        for place, at in zip(own, self.at, strict=True):
            axis = tensor.axes[place]
            for size, number in moments_of((axis.sizes[0], at), scope, "at"):
                if not -size <= number < size:
                    said = str(at) if str(at) == str(number) else f"{at} (= {number})"
                    fact = f"the index {said} is outside of the axis {axis.name}={size}"
                    raise ShapeError(fact, f"its entries are 0 to {size - 1}", "at")
        return replace(apply(inputs, (own,), ((),), scope), kinds=((tensor.kind, tensor.below),))

    def label(self, labels: Mapping[str, str]) -> str:
        """The indexes, as LaTeX."""
        return ",".join(at.latex(labels) for at in self.at)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Axis by axis."""
        result = inputs[0]
        for at in self.at:
            result = result[at.evaluate(sizes)]
        return (result,)

    def source(self, call: Call) -> Source:
        """Subscripts."""
        places = dict(zip(call.application.own[0], self.at, strict=True))
        count = len(call.application.inputs[0].axes)
        slots = [call.size(places[place]) if place in places else ":" for place in range(min(places), count)]
        return Source(f"{call.arguments[0]}[..., {', '.join(slots)}]")

    def glyph(self, application: Application, label: str) -> Glyph:
        """A blue pentagon in which the wire ends."""
        return Pentagon(label or self.label({}))

"""The largest entries along an axis, kept where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Expression, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Box, Glyph
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import in_place, need
from ncd_tikz.operations.sizing import moments_of, single
from ncd_tikz.operations.stack import one_name

OUTSIDE = {"hidden": float("-inf"), "zero": 0.0}


@frozen
class KeepTopK(Operation):
    """y[i] = x[i] where x[i] is among the `count` largest; elsewhere minus infinity, or zero.

    Before a softmax the others are `hidden`: so a mixture of experts picks and weighs them.
    Source: Shazeer et al., Outrageously Large Neural Networks, 2017, equation 5.
    """

    name: ClassVar[str] = "keep_top_k"
    about: ClassVar[str] = "y[i] = x[i] where among the largest along an axis, elsewhere -infinity or zero"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("over", "axes", "the axis along which the largest entries are sought", required=True),
        Field("count", "expression", "how many are kept", required=True),
        Field(
            "outside",
            "choice",
            "hidden: -infinity elsewhere, for a softmax; zero: zero elsewhere",
            default="hidden",
            choices=("hidden", "zero"),
        ),
    )
    ties: ClassVar[bool] = True
    example: ClassVar[str] = """\
ncd: 1
name: keep_top_k_example
axes: {x: 5, e: 8, t: 2}
inputs: {r: x e}
steps:
  - {op: keep_top_k, in: r, over: e, count: t, out: w}
  - {op: softmax, in: w, over: e}
outputs: w
"""

    over: tuple[str, ...]
    count: Expression
    outside: str = "hidden"

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The axis is taken and made where it stands."""
        need("real", inputs, self.name)
        place = single(inputs[0], one_name(self.over, "over"), "over")
        axis = inputs[0].axes[place]
        for count, whole in moments_of((self.count, axis.sizes[0]), scope, "count"):
            if not 1 <= count <= whole:
                raise ShapeError(f"cannot keep {count} entries of {axis.name}={whole}", field="count")
        return in_place(inputs[0], self.over)

    def label(self, labels: Mapping[str, str]) -> str:
        """How many are kept, as LaTeX."""
        return rf"\mathrm{{Top}}_{{{self.count.latex(labels)}}}"

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The first in order go back to their places."""
        kept = (-inputs[0]).argsort()[: self.count.evaluate(sizes)]
        nothing = inputs[0].new_full(tuple(inputs[0].shape), OUTSIDE[self.outside])
        return (nothing.index_copy(0, kept, inputs[0].index_select(0, kept)),)

    def source(self, call: Call) -> Source:
        """What is below the least of the largest is filled."""
        (code,) = call.arguments
        (place,) = call.application.own[0]
        dim = place - len(call.application.inputs[0].axes)
        least = f"{call.attribute}_least"
        before = f"{least} = {code}.topk({call.size(self.count)}, {dim}).values.amin({dim}, keepdim=True)"
        fill = "0.0" if self.outside == "zero" else 'float("-inf")'
        return Source(f"{code}.masked_fill({code} < {least}, {fill})", before=(before,))

    def glyph(self, application: Application, label: str) -> Glyph:
        """A box that says how many."""
        return Box(label or self.label({}))

"""The largest entries along an axis, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Signature, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Box, Glyph
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, need
from ncd_tikz.operations.scope import UnknownAxis
from ncd_tikz.operations.sizing import number_of, single


@frozen
class TopK(Operation):
    """v[j] = the j-th largest x[i], and n[j] the i where it stands: an index below the axis's size.

    `along: x -> k` takes as many as the declared axis k is long; with `largest: false` the smallest.
    """

    name: ClassVar[str] = "top_k"
    about: ClassVar[str] = "v[j] = the j-th largest x[i], n[j] = that i; two outputs, values and indexes"
    fields: ClassVar[tuple[Field, ...]] = (
        Field(
            "along", "transition", "the axis, and the one that counts those taken: 'x -> k'", required=True
        ),
        Field("largest", "bool", "whether the largest are taken, or the smallest", default=True),
    )
    ties: ClassVar[bool] = True
    example: ClassVar[str] = """\
ncd: 1
name: top_k_example
axes: {b: 2, x: 6, k: 3}
inputs: {X: b x}
steps:
  - {op: top_k, in: X, out: [v, n], along: x -> k}
outputs: [v, n]
"""

    along: Signature
    largest: bool = True

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """What is taken stands where the axis stood, in both outputs."""
        need("real", inputs, self.name)
        left, right = self.along.inputs, self.along.outputs
        if len(left) != 1 or len(right) != 1 or len(left[0]) != 1 or len(right[0]) != 1:
            fact = f"expected one axis and the one that counts those taken, found '{self.along}'"
            raise ShapeError(fact, "as in x -> k", "along")
        place = single(inputs[0], left[0][0], "along")
        try:
            taken = scope.resolve(right[0][0])
        except UnknownAxis as error:
            raise UnknownAxis(error.fact, error.hint, "along") from None
        whole = inputs[0].axes[place]
        if taken.rank != 1:
            raise ShapeError(f"expected a single axis, found the group '{taken.name}'", field="along")
        if number_of(taken.sizes[0], scope, "along") > number_of(whole.sizes[0], scope, "along"):
            fact = f"cannot take {scope.size_text(taken)} entries of {scope.size_text(whole)}"
            raise ShapeError(fact, field="along")
        application = apply(inputs, ((place,),), ((taken,), (taken,)), scope, "along")
        return replace(application, kinds=(("real", None), ("index", whole.sizes[0])))

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The first in order."""
        (axis,) = application.made_axes(0)
        count = axis.sizes[0].evaluate(sizes)
        order = (-inputs[0] if self.largest else inputs[0]).argsort()[:count]
        return inputs[0].index_select(0, order), order

    def source(self, call: Call) -> Source:
        """`topk`."""
        (place,) = call.application.own[0]
        count = call.size(call.application.made_axes(0)[0].sizes[0])
        dim = place - len(call.application.inputs[0].axes)
        largest = "" if self.largest else ", largest=False"
        return Source(f"{call.arguments[0]}.topk({count}, {dim}{largest})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """A box with its name."""
        return Box(label or (r"\mathrm{Top}" if self.largest else r"\mathrm{Least}"))

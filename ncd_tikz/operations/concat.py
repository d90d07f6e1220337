"""Concatenation: tensors side by side along one axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Signature, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Concatenation, Glyph
from ncd_tikz.operations.arranging import alike
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, of_one_kind
from ncd_tikz.operations.sizing import axis_of_size, single, total

OWN = ("own",)  # stands for the axis that is joined, whatever it is called


@frozen
class Concat(Operation):
    """y[i] = a[i] where i < c, b[i - c] after that; the axis after is the sum of those before.

    `along: c -> e` joins the axes called c of all inputs, `along: "c, d -> e"` names one of each.
    Axes shared by name meet, the others are broadcast.
    """

    name: ClassVar[str] = "concat"
    about: ClassVar[str] = "tensors side by side along one axis: y = a[0], ..., a[c-1], b[0], ..., b[d-1]"
    fields: ClassVar[tuple[Field, ...]] = (
        Field(
            "along",
            "map",
            "the axis that is joined, and its name after, as in 'c -> e' or 'c, d -> e'",
            required=True,
        ),
    )
    inputs: ClassVar[tuple[int, int | None]] = (2, None)
    example: ClassVar[str] = """\
ncd: 1
name: concat_example
axes: {x: 5, c: 3, d: 2}
inputs: {a: x c, b: x d}
steps:
  - {op: concat, in: [a, b], out: y, along: "c, d -> e"}
outputs: y
"""

    along: Signature

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The sum stands where the first input's axis stood."""
        kind = of_one_kind(inputs, scope, self.name)
        names = self._names(len(inputs))
        places = [single(tensor, name, "along") for tensor, name in zip(inputs, names, strict=True)]
        sizes = [tensor.axes[place].sizes[0] for tensor, place in zip(inputs, places, strict=True)]
        after = axis_of_size(self.along.outputs[0][0], total(sizes), scope, "along")
        application = apply(inputs, tuple((place,) for place in places), ((after,),), scope, "along")
        return replace(application, kinds=(kind,))

    def _names(self, count: int) -> tuple[str, ...]:
        left, right = self.along.inputs, self.along.outputs
        if any(len(names) != 1 for names in (*left, *right)) or len(right) != 1:
            fact = f"expected one axis of each input and one after, found '{self.along}'"
            raise ShapeError(fact, "as in c -> e, or c, d -> e", "along")
        if len(left) not in (1, count):
            fact = f"expected one axis, or one for each of {count} inputs, found '{self.along}'"
            raise ShapeError(fact, field="along")
        names = tuple(name for (name,) in left)
        return names * count if len(names) == 1 else names

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Entry after entry."""
        whole = inputs[0].new_zeros(sum(tensor.shape[0] for tensor in inputs))
        start = 0
        for tensor in inputs:
            places = (whole.new_ones(tensor.shape[0]).cumsum(0) - 1 + start).long()
            whole = whole.index_put((places,), tensor)
            start += tensor.shape[0]
        return (whole,)

    def source(self, call: Call) -> Source:
        """`torch.cat`."""
        (output,) = call.application.outputs
        want = [out.axis.name if out.sources else OWN for out in output]
        have = [
            [OWN if place in own else name for place, name in enumerate(tensor.names)]
            for tensor, own in zip(call.application.inputs, call.application.own, strict=True)
        ]
        operands = ", ".join(alike(call, have, want))
        return Source(f"torch.cat([{operands}], {want.index(OWN) - len(want)})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """A thick bar; shared axes meet in dots."""
        return Concatenation(parts=len(application.inputs))

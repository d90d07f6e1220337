"""Stacking: tensors of one shape beside each other, along a new axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Expression, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Concatenation, Glyph
from ncd_tikz.operations.arranging import alike
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, moved_before, of_one_kind
from ncd_tikz.operations.sizing import axis_of_size


@frozen
class Stack(Operation):
    """y[0] = a, y[1] = b, ...: a new axis, as long as there are inputs.

    Axes shared by name meet, the others are broadcast. The new axis stands last, or before the one
    that `before` names.
    """

    name: ClassVar[str] = "stack"
    about: ClassVar[str] = "tensors beside each other along a new axis: y[0] = a, y[1] = b, ..."
    fields: ClassVar[tuple[Field, ...]] = (
        Field("along", "axes", "the new axis", required=True),
        Field("before", "axes", "the axis that it stands before; left out: it is the last", default=()),
    )
    inputs: ClassVar[tuple[int, int | None]] = (2, None)
    example: ClassVar[str] = """\
ncd: 1
name: stack_example
axes: {x: 5, m: 3}
inputs: {a: x m, b: m x}
steps:
  - {op: stack, in: [a, b], out: y, along: t}
outputs: y
"""

    along: tuple[str, ...]
    before: tuple[str, ...] = ()

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Every axis passes over, and one is made."""
        kind = of_one_kind(inputs, scope, self.name)
        name = one_name(self.along, "along")
        axis = axis_of_size(name, Expression.number(len(inputs)), scope, "along")
        application = apply(inputs, tuple(() for _ in inputs), ((axis,),), scope, "along")
        application = replace(application, kinds=(kind,))
        return moved_before(application, one_name(self.before, "before") if self.before else "")

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """One number after another."""
        whole = inputs[0].new_zeros(len(inputs))
        for number, entry in enumerate(inputs):
            place = (whole[:1] * 0).long() + number
            whole = whole.index_put((place,), entry.reshape(1))
        return (whole,)

    def source(self, call: Call) -> Source:
        """`torch.stack`."""
        (output,) = call.application.outputs
        want = [out.axis.name for out in output if out.sources]
        operands = ", ".join(alike(call, [tensor.names for tensor in call.application.inputs], want))
        place = next(number for number, out in enumerate(output) if not out.sources)
        return Source(f"torch.stack([{operands}], {place - len(output)})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """A thick bar, from which the new axis starts."""
        return Concatenation(parts=len(application.inputs))


def one_name(names: tuple[str, ...], field: str) -> str:
    """The only one.

    Raises:
        ShapeError: there are several, or none.
    """
    if len(names) != 1:
        raise ShapeError(f"expected the name of one axis, found {' '.join(names) or 'none'}", field=field)
    return names[0]

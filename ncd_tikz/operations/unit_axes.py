"""Axes of size one: dropped, or made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Axis, Expression, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, UnitAxis
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, moved_before, positions
from ncd_tikz.operations.sizing import axis_of_size, is_one
from ncd_tikz.operations.stack import one_name


@frozen
class Squeeze(Operation):
    """y = x[0], along each of the axes named by `over`, whose size is one."""

    name: ClassVar[str] = "squeeze"
    about: ClassVar[str] = "drop axes of size one: y = x[0]"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("over", "axes", "axes of size one that are dropped", required=True),
    )
    example: ClassVar[str] = """\
ncd: 1
name: squeeze_example
axes: {x: 5}
inputs: {X: x 1}
steps:
  - {op: squeeze, in: X, out: y, over: 1}
outputs: y
"""

    over: tuple[str, ...]

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The named axes are taken, all others pass."""
        (tensor,) = inputs
        if not self.over:
            raise ShapeError(
                f"expected the name of an axis, found none; the tensor has {tensor}", field="over"
            )
        own = positions(tensor, self.over, "over")
        for place in own:
            axis = tensor.axes[place]
            if not all(is_one(size, scope) for size in axis.sizes):
                fact = f"only axes of size one can be dropped, found {scope.size_text(axis)}"
                raise ShapeError(fact, _remedy(axis, scope), "over")
        return replace(apply(inputs, (own,), ((),), scope), kinds=((tensor.kind, tensor.below),))

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The only number."""
        return (inputs[0].reshape(()),)

    def source(self, call: Call) -> Source:
        """`squeeze`."""
        count = len(call.application.inputs[0].axes)
        dims = [place - count for place in sorted(call.application.own[0])]
        return Source(f"{call.arguments[0]}.squeeze({dims[0] if len(dims) == 1 else tuple(dims)})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """The wire goes in an arrow head."""
        return UnitAxis()


def _remedy(axis: Axis, scope: Scope) -> str:
    if scope.size_text(axis) == f"{axis.name}=1":
        return "its size is 1 by default only: name the axis 1 where it is always one"
    return f"take one of its entries: {{op: index, over: {axis.name}, at: 0}}"


@frozen
class Unsqueeze(Operation):
    """y[0] = x along a new axis of size one; last, or before the axis that `before` names."""

    name: ClassVar[str] = "unsqueeze"
    about: ClassVar[str] = "make an axis of size one: y[0] = x"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("along", "axes", "the new axis", required=True),
        Field("before", "axes", "the axis that it stands before; left out: it is the last", default=()),
    )
    example: ClassVar[str] = """\
ncd: 1
name: unsqueeze_example
axes: {x: 5}
inputs: {X: x}
steps:
  - {op: unsqueeze, in: X, out: y, along: t}
outputs: y
"""

    along: tuple[str, ...]
    before: tuple[str, ...] = ()

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Every axis passes over, and one is made."""
        axis = axis_of_size(one_name(self.along, "along"), Expression.number(1), scope, "along")
        application = apply(inputs, ((),), ((axis,),), scope, "along")
        application = replace(application, kinds=((inputs[0].kind, inputs[0].below),))
        return moved_before(application, one_name(self.before, "before") if self.before else "")

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The number, alone."""
        return (inputs[0].reshape(1),)

    def source(self, call: Call) -> Source:
        """`unsqueeze`."""
        (output,) = call.application.outputs
        place = next(number for number, out in enumerate(output) if not out.sources)
        return Source(f"{call.arguments[0]}.unsqueeze({place - len(output)})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """The wire comes from an arrow tail."""
        return UnitAxis()

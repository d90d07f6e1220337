"""Pools over whole axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, Reduction
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, need, positions

_FIELDS = (Field("over", "axes", "axes that are pooled, and gone", required=True),)


def _bind(inputs: tuple[Tensor, ...], scope: Scope, name: str, over: tuple[str, ...]) -> Application:
    need("real", inputs, name)
    if not over:
        raise ShapeError(
            f"expected the name of an axis, found none; the tensor has {inputs[0]}", field="over"
        )
    return apply(inputs, (positions(inputs[0], over, "over"),), ((),), scope, "over")


def _dims(call: Call) -> str:
    count = len(call.application.inputs[0].axes)
    dims = sorted(position - count for position in call.application.own[0])
    return str(dims[0]) if len(dims) == 1 else str(tuple(dims))


@frozen
class GlobalAveragePool(Operation):
    """y = mean of x[i], i over the named axes together."""

    name: ClassVar[str] = "global_average_pool"
    about: ClassVar[str] = "y = mean_i x[i], i over the named axes together"
    fields: ClassVar[tuple[Field, ...]] = _FIELDS
    example: ClassVar[str] = """\
ncd: 1
name: global_average_pool_example
axes: {c: 3, h: 4, w: 5}
inputs: {X: c h w}
steps:
  - {op: global_average_pool, in: X, out: y, over: h w}
outputs: y
"""

    over: tuple[str, ...]

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The named axes are taken; none is made."""
        return _bind(inputs, scope, self.name, self.over)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The sum, divided by the number of entries."""
        return (inputs[0].sum() / inputs[0].numel(),)

    def source(self, call: Call) -> Source:
        """`mean`."""
        return Source(f"{call.arguments[0]}.mean({_dims(call)})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """E for the expectation."""
        return Reduction(r"\mathrm{I\!E}")


@frozen
class GlobalMaxPool(Operation):
    """y = max of x[i], i over the named axes together."""

    name: ClassVar[str] = "global_max_pool"
    about: ClassVar[str] = "y = max_i x[i], i over the named axes together"
    fields: ClassVar[tuple[Field, ...]] = _FIELDS
    example: ClassVar[str] = """\
ncd: 1
name: global_max_pool_example
axes: {c: 3, x: {size: [4, 5]}}
inputs: {X: x c}
steps:
  - {op: global_max_pool, in: X, out: y, over: x}
outputs: y
"""

    over: tuple[str, ...]

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The named axes are taken; none is made."""
        return _bind(inputs, scope, self.name, self.over)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The largest entry of all."""
        return (inputs[0].max(),)

    def source(self, call: Call) -> Source:
        """`amax`."""
        return Source(f"{call.arguments[0]}.amax({_dims(call)})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """Max."""
        return Reduction(r"\mathrm{Max}")

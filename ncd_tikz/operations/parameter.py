"""A learned tensor, made of nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Tensor
from ncd_tikz.axes import Axis as AxisType
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, LearnedCard
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.contract import Parameter as LearnedTensor
from ncd_tikz.operations.fitting import apply, distinct
from ncd_tikz.operations.scope import UnknownAxis


@frozen
class Parameter(Operation):
    """y = the parameter itself: a class token, an embedding of positions.

    It is kept under the step's own name (`P`, not `P.weight`), as `torch.nn.Parameter` is, and begins
    as normal numbers with the deviation `std`.
    """

    name: ClassVar[str] = "parameter"
    about: ClassVar[str] = "a learned tensor, made of nothing: y[t, m] = P[t, m]"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("axes", "axes", "its axes, as in 't m'", required=True),
        Field("std", "number", "standard deviation that it begins with", default=0.02),
    )
    inputs: ClassVar[tuple[int, int | None]] = (0, 0)
    example: ClassVar[str] = """\
ncd: 1
name: parameter_example
axes: {b: 2, x: 5, m: 3}
inputs: {X: b x m}
steps:
  - {op: parameter, axes: x m, out: pos, label: P}
  - {op: add, in: [X, pos], out: Y}
outputs: Y
"""

    axes: tuple[str, ...]
    std: float = 0.02

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Only made axes."""
        if self.std < 0:
            raise ShapeError(f"expected a deviation of zero or more, found {self.std!r}", field="std")
        return apply(inputs, (), (named_axes(self.axes, scope),), scope, "axes")

    def parameters(self, application: Application) -> tuple[LearnedTensor, ...]:
        """The tensor, without a name of its own."""
        axes = application.made_axes(0)
        return (LearnedTensor("", axes, (1,) * len(axes)),)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The tensor."""
        return (parameters[""] * 1,)

    def source(self, call: Call) -> Source:
        """`nn.Parameter`."""
        axes = call.application.made_axes(0)
        sizes = ", ".join(call.init_size(size) for axis in axes for size in axis.sizes) or "()"
        drawn = f"torch.randn({sizes}) * {self.std!r}" if self.std else f"torch.zeros({sizes})"
        return Source(f"self.{call.attribute}", f"nn.Parameter({drawn})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """A bold letter on a card."""
        return LearnedCard(letter=rf"\mathbf{{{label}}}" if label else r"\mathbf{P}")


def named_axes(names: tuple[str, ...], scope: Scope) -> tuple[AxisType, ...]:
    """The axes of a tensor that is made of nothing.

    Raises:
        UnknownAxis: nobody declares one of them.
        ShapeError: a name stands twice.
    """
    try:
        axes = tuple(scope.resolve(name) for name in distinct(names))
    except UnknownAxis as error:
        raise UnknownAxis(error.fact, error.hint, "axes") from None
    return axes

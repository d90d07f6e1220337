"""Normalisation over the axes of one position."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Expression, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, NormCircle
from ncd_tikz.operations.arranging import made_placed, own_last
from ncd_tikz.operations.contract import Call, Field, Operation, Parameter, Scope, Source
from ncd_tikz.operations.fitting import in_place, need


@frozen
class LayerNorm(Operation):
    """y = (x - mean) / sqrt(variance + eps) * weight + bias, over the axes named by `over`.

    The variance is that of all entries, divided by their number. Parameters are kept as
    `torch.nn.LayerNorm` keeps them, their axes in the tensor's order.
    """

    name: ClassVar[str] = "layer_norm"
    about: ClassVar[str] = "y = (x - mean x) / sqrt(var x + eps) * weight + bias, over the named axes"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("over", "axes", "axes whose mean becomes zero and variance one", required=True),
        Field("eps", "number", "keeps the root away from zero", default=1e-5),
        Field("affine", "bool", "whether it has a learned weight (and bias)", default=True),
        Field("bias", "bool", "whether it has a learned bias", default=True),
    )
    example: ClassVar[str] = """\
ncd: 1
name: layer_norm_example
axes: {x: 4, m: 6}
inputs: {X: x m}
steps:
  - {op: layer_norm, in: X, over: m}
outputs: X
"""

    over: tuple[str, ...]
    eps: float = 1e-5
    affine: bool = True
    bias: bool = True

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The named axes are taken and made where they stand."""
        need("real", inputs, self.name)
        _check_eps(self.eps)
        return in_place(inputs[0], self.over)

    def parameters(self, application: Application) -> tuple[Parameter, ...]:
        """`weight` and `bias`, unless left out."""
        axes = application.own_axes(0)
        one_each = (1,) * len(axes)
        names = ("weight", "bias") if self.bias else ("weight",)
        return tuple(Parameter(name, axes, one_each) for name in names) if self.affine else ()

    def centred(self, application: Application) -> Expression:
        """All entries along the named axes."""
        return Expression.product(size for axis in application.own_axes(0) for size in axis.sizes)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """By mean and mean square."""
        centred = inputs[0] - inputs[0].mean()
        result = centred / ((centred * centred).mean() + self.eps) ** 0.5
        if self.affine:
            result = result * parameters["weight"]
        return (result + parameters["bias"] if self.affine and self.bias else result,)

    def source(self, call: Call) -> Source:
        """`nn.LayerNorm` on trailing axes."""
        settings = [_widths(call), *([f"eps={self.eps!r}"] if self.eps != 1e-5 else [])]
        if not self.affine:
            settings.append("elementwise_affine=False")
        elif not self.bias:
            settings.append("bias=False")
        code = f"self.{call.attribute}({own_last(call)})"
        return Source(made_placed(code, call), f"nn.LayerNorm({', '.join(settings)})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """A circle with a diameter."""
        return NormCircle(mark="diameter", learned=self.affine)


@frozen
class RmsNorm(Operation):
    """y = x / sqrt(mean of x ** 2 + eps) * weight, over the axes named by `over`.

    The parameter is kept as `torch.nn.RMSNorm` keeps it, its axes in the tensor's order.
    """

    name: ClassVar[str] = "rms_norm"
    about: ClassVar[str] = "y = x / sqrt(mean x^2 + eps) * weight, over the named axes"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("over", "axes", "axes whose mean square becomes one", required=True),
        Field("eps", "number", "keeps the root away from zero", default=1e-6),
        Field("affine", "bool", "whether it has a learned weight", default=True),
    )
    example: ClassVar[str] = """\
ncd: 1
name: rms_norm_example
axes: {x: 4, m: 6}
inputs: {X: m x}
steps:
  - {op: rms_norm, in: X, over: m}
outputs: X
"""

    over: tuple[str, ...]
    eps: float = 1e-6
    affine: bool = True

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The named axes are taken and made where they stand."""
        need("real", inputs, self.name)
        _check_eps(self.eps)
        return in_place(inputs[0], self.over)

    def parameters(self, application: Application) -> tuple[Parameter, ...]:
        """`weight`, unless left out."""
        axes = application.own_axes(0)
        return (Parameter("weight", axes, (1,) * len(axes)),) if self.affine else ()

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """By the mean square."""
        result = inputs[0] / ((inputs[0] * inputs[0]).mean() + self.eps) ** 0.5
        return (result * parameters["weight"] if self.affine else result,)

    def source(self, call: Call) -> Source:
        """`nn.RMSNorm` on trailing axes."""
        settings = [
            _widths(call),
            f"eps={self.eps!r}",
            *([] if self.affine else ["elementwise_affine=False"]),
        ]
        code = f"self.{call.attribute}({own_last(call)})"
        return Source(made_placed(code, call), f"nn.RMSNorm({', '.join(settings)})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """A circle with a tick."""
        return NormCircle(mark="tick", learned=self.affine)


def _widths(call: Call) -> str:
    widths = [call.init_size(size) for axis in call.application.own_axes(0) for size in axis.sizes]
    return widths[0] if len(widths) == 1 else f"({', '.join(widths)})"


def _check_eps(eps: float) -> None:
    if eps < 0:
        raise ShapeError(f"expected eps of zero or more, found {eps!r}", field="eps")

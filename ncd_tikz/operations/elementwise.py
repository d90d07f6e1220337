"""Functions of one number, applied to every entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Tensor
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Floating, Glyph
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, need

_FUNCTIONAL = "import torch.nn.functional as F"


@frozen
class Elementwise(Operation):
    """y = f(x) for every entry: what all of them share.

    A function without fields of its own is not decorated again: it adds nothing.
    """

    letter: ClassVar[str]  # LaTeX, drawn between arrow tail and head
    code: ClassVar[str]  # PyTorch, with {x} for the tensor and the fields' names

    def __init_subclass__(cls) -> None:
        # `frozen` makes the class anew: `super()` without arguments would see the old one
        cls.example = _example(cls.name)

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Every axis passes over."""
        need("real", inputs, self.name)
        return apply(inputs, ((),), ((),), scope)

    def value(self, x: Any) -> Any:
        """The function itself."""
        raise NotImplementedError

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The function of one number."""
        return (self.value(inputs[0]),)

    def source(self, call: Call) -> Source:
        """The library's own."""
        settings = {field.name: repr(getattr(self, field.name)) for field in self.fields}
        code = self.code.format(x=call.arguments[0], **settings)
        return Source(code, imports=(_FUNCTIONAL,) if code.startswith("F.") else ())

    def glyph(self, application: Application, label: str) -> Glyph:
        """The letter floats over the wires."""
        return Floating(label or self.letter)


def _example(name: str) -> str:
    return f"""\
ncd: 1
name: {name}_example
axes: {{x: 5, m: 3}}
inputs: {{a: x m}}
steps:
  - {{op: {name}, in: a, out: b}}
outputs: b
"""


class Relu(Elementwise):
    """max(x, 0)."""

    __slots__ = ()

    name: ClassVar[str] = "relu"
    about: ClassVar[str] = "y = max(x, 0)"
    letter: ClassVar[str] = "R"
    code: ClassVar[str] = "F.relu({x})"

    def value(self, x: Any) -> Any:
        """Negative numbers become zero."""
        return x.clamp(min=0)


@frozen
class LeakyRelu(Elementwise):
    """x where positive, slope * x elsewhere."""

    name: ClassVar[str] = "leaky_relu"
    about: ClassVar[str] = "y = max(x, 0) + slope * min(x, 0)"
    letter: ClassVar[str] = "R_\\ell"
    code: ClassVar[str] = "F.leaky_relu({x}, {slope})"
    fields: ClassVar[tuple[Field, ...]] = (Field("slope", "number", "slope below zero", default=0.01),)

    slope: float = 0.01

    def value(self, x: Any) -> Any:
        """Each side has its slope."""
        return x.clamp(min=0) + self.slope * x.clamp(max=0)


@frozen
class Elu(Elementwise):
    """x where positive, alpha * (exp(x) - 1) elsewhere."""

    name: ClassVar[str] = "elu"
    about: ClassVar[str] = "y = max(x, 0) + alpha * (exp(min(x, 0)) - 1)"
    letter: ClassVar[str] = "E"
    code: ClassVar[str] = "F.elu({x}, {alpha})"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("alpha", "number", "minus the limit at -infinity", default=1.0),
    )

    alpha: float = 1.0

    def value(self, x: Any) -> Any:
        """Bent below zero."""
        return x.clamp(min=0) + self.alpha * (x.clamp(max=0).exp() - 1)


@frozen
class Gelu(Elementwise):
    """x times the normal distribution function of x; or an approximation by tanh, or by the sigmoid.

    Source: Hendrycks and Gimpel, Gaussian Error Linear Units, 2016, section 2.
    """

    name: ClassVar[str] = "gelu"
    about: ClassVar[str] = "y = x (1 + erf(x / sqrt 2)) / 2"
    letter: ClassVar[str] = "G"
    code: ClassVar[str] = "F.gelu({x})"
    fields: ClassVar[tuple[Field, ...]] = (
        Field(
            "approximate",
            "choice",
            "none: exact; tanh: by tanh of a cubic; sigmoid: x / (1 + exp(-1.702 x)), the quick one",
            default="none",
            choices=("none", "tanh", "sigmoid"),
        ),
    )

    approximate: str = "none"

    def value(self, x: Any) -> Any:
        """By the error function, by tanh of a cubic, or by exp."""
        if self.approximate == "sigmoid":
            return x / (1 + (-1.702 * x).exp())
        if self.approximate == "tanh":
            return 0.5 * x * (1 + ((2 / 3.141592653589793) ** 0.5 * (x + 0.044715 * x**3)).tanh())
        return x * (1 + (x / 2**0.5).erf()) / 2

    def source(self, call: Call) -> Source:
        """`F.gelu`; the approximation is named only where it is asked for."""
        if self.approximate == "sigmoid":
            return Source(f"{call.arguments[0]} * torch.sigmoid(1.702 * {call.arguments[0]})")
        option = f', approximate="{self.approximate}"' if self.approximate != "none" else ""
        return Source(f"F.gelu({call.arguments[0]}{option})", imports=(_FUNCTIONAL,))


class Silu(Elementwise):
    """x * sigmoid(x)."""

    __slots__ = ()

    name: ClassVar[str] = "silu"
    about: ClassVar[str] = "y = x / (1 + exp(-x))"
    letter: ClassVar[str] = "S"
    code: ClassVar[str] = "F.silu({x})"

    def value(self, x: Any) -> Any:
        """Smooth relative of relu."""
        return x / (1 + (-x).exp())


class Mish(Elementwise):
    """x * tanh(softplus(x))."""

    __slots__ = ()

    name: ClassVar[str] = "mish"
    about: ClassVar[str] = "y = x tanh(log(1 + exp(x)))"
    letter: ClassVar[str] = "M"
    code: ClassVar[str] = "F.mish({x})"

    def value(self, x: Any) -> Any:
        """By powers of exp(-|x|), which cannot overflow."""
        small = (-x.abs()).exp()
        up, down = 1 + 2 * small, small * small + 2 * small
        return x * (up / (up + 2 * small * small)).where(x > 0, down / (down + 2))


class HardSwish(Elementwise):
    """x times a sigmoid made of straight lines."""

    __slots__ = ()

    name: ClassVar[str] = "hard_swish"
    about: ClassVar[str] = "y = x min(max(x + 3, 0), 6) / 6"
    letter: ClassVar[str] = "H"
    code: ClassVar[str] = "F.hardswish({x})"

    def value(self, x: Any) -> Any:
        """Zero below -3, x above 3."""
        return x * (x + 3).clamp(0, 6) / 6


class Softplus(Elementwise):
    """log(1 + exp(x))."""

    __slots__ = ()

    name: ClassVar[str] = "softplus"
    about: ClassVar[str] = "y = log(1 + exp(x))"
    letter: ClassVar[str] = "\\zeta"
    code: ClassVar[str] = "F.softplus({x})"

    def value(self, x: Any) -> Any:
        """The integral of the sigmoid."""
        return x.clamp(min=0) + (1 + (-x.abs()).exp()).log()


class Sigmoid(Elementwise):
    """1 / (1 + exp(-x))."""

    __slots__ = ()

    name: ClassVar[str] = "sigmoid"
    about: ClassVar[str] = "y = 1 / (1 + exp(-x))"
    letter: ClassVar[str] = "\\sigma"
    code: ClassVar[str] = "{x}.sigmoid()"

    def value(self, x: Any) -> Any:
        """The logistic function."""
        return 1 / (1 + (-x).exp())


class Tanh(Elementwise):
    """(exp(x) - exp(-x)) / (exp(x) + exp(-x))."""

    __slots__ = ()

    name: ClassVar[str] = "tanh"
    about: ClassVar[str] = "y = (exp(x) - exp(-x)) / (exp(x) + exp(-x))"
    letter: ClassVar[str] = "\\tanh"
    code: ClassVar[str] = "{x}.tanh()"

    def value(self, x: Any) -> Any:
        """The hyperbolic tangent, safe where exp would overflow."""
        return 2 / (1 + (-2 * x).exp()) - 1


class Exp(Elementwise):
    """e to the x."""

    __slots__ = ()

    name: ClassVar[str] = "exp"
    about: ClassVar[str] = "y = exp(x)"
    letter: ClassVar[str] = "e^x"
    code: ClassVar[str] = "{x}.exp()"

    def value(self, x: Any) -> Any:
        """Euler's number to a power."""
        return 2.718281828459045**x


class Log(Elementwise):
    """Natural logarithm."""

    __slots__ = ()

    name: ClassVar[str] = "log"
    about: ClassVar[str] = "y = log(x), natural"
    letter: ClassVar[str] = "\\log"
    code: ClassVar[str] = "{x}.log()"

    def value(self, x: Any) -> Any:
        """By the logarithm to base two."""
        return x.log2() * 0.6931471805599453


class Sqrt(Elementwise):
    """Square root."""

    __slots__ = ()

    name: ClassVar[str] = "sqrt"
    about: ClassVar[str] = "y = x ** (1/2)"
    letter: ClassVar[str] = "x^{1/2}"
    code: ClassVar[str] = "{x}.sqrt()"

    def value(self, x: Any) -> Any:
        """To the power of a half."""
        return x**0.5


class Square(Elementwise):
    """x times itself."""

    __slots__ = ()

    name: ClassVar[str] = "square"
    about: ClassVar[str] = "y = x ** 2"
    letter: ClassVar[str] = "x^2"
    code: ClassVar[str] = "{x}.square()"

    def value(self, x: Any) -> Any:
        """A product."""
        return x * x


class Abs(Elementwise):
    """Absolute value."""

    __slots__ = ()

    name: ClassVar[str] = "abs"
    about: ClassVar[str] = "y = |x|"
    letter: ClassVar[str] = "|x|"
    code: ClassVar[str] = "{x}.abs()"

    def value(self, x: Any) -> Any:
        """The larger of both signs."""
        return x.clamp(min=0) + (-x).clamp(min=0)


class Reciprocal(Elementwise):
    """One over x."""

    __slots__ = ()

    name: ClassVar[str] = "reciprocal"
    about: ClassVar[str] = "y = 1 / x"
    letter: ClassVar[str] = "x^{-1}"
    code: ClassVar[str] = "{x}.reciprocal()"

    def value(self, x: Any) -> Any:
        """To the power of minus one."""
        return x**-1


class Negate(Elementwise):
    """Minus x."""

    __slots__ = ()

    name: ClassVar[str] = "negate"
    about: ClassVar[str] = "y = -x"
    letter: ClassVar[str] = "-x"
    code: ClassVar[str] = "-{x}"

    def value(self, x: Any) -> Any:
        """From zero."""
        return 0 - x


class Sin(Elementwise):
    """Sine."""

    __slots__ = ()

    name: ClassVar[str] = "sin"
    about: ClassVar[str] = "y = sin(x)"
    letter: ClassVar[str] = "\\sin"
    code: ClassVar[str] = "{x}.sin()"

    def value(self, x: Any) -> Any:
        """The cosine, a quarter turn later."""
        return (x - 3.141592653589793 / 2).cos()


class Cos(Elementwise):
    """Cosine."""

    __slots__ = ()

    name: ClassVar[str] = "cos"
    about: ClassVar[str] = "y = cos(x)"
    letter: ClassVar[str] = "\\cos"
    code: ClassVar[str] = "{x}.cos()"

    def value(self, x: Any) -> Any:
        """The sine, a quarter turn earlier."""
        return (x + 3.141592653589793 / 2).sin()

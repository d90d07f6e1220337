"""Sums, differences and products of tensors, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Tensor
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, Meeting
from ncd_tikz.operations.arranging import aligned
from ncd_tikz.operations.contract import Call, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, need


class Arithmetic(Operation):
    """Axes shared by name meet, the others are broadcast: what all of them share."""

    __slots__ = ()

    sign: ClassVar[str]  # LaTeX
    mark: ClassVar[str]  # Python

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The first operand's axes, then those that the others bring."""
        need("real", inputs, self.name)
        return apply(inputs, tuple(() for _ in inputs), ((),), scope)

    def source(self, call: Call) -> Source:
        """Operands made to broadcast, joined by the sign."""
        want = [each.axis.name for each in call.application.outputs[0]]
        operands = zip(call.arguments, call.application.inputs, strict=True)
        return Source(f" {self.mark} ".join(aligned(code, tensor.names, want) for code, tensor in operands))

    def glyph(self, application: Application, label: str) -> Glyph:
        """Wires meet in dots, the sign beside them."""
        return Meeting(sign=label or self.sign)


@frozen
class Add(Arithmetic):
    """The sum of two or more tensors."""

    name: ClassVar[str] = "add"
    about: ClassVar[str] = "z = a + b + ...; axes of one name meet, others are broadcast"
    inputs: ClassVar[tuple[int, int | None]] = (2, None)
    sign: ClassVar[str] = "+"
    mark: ClassVar[str] = "+"
    example: ClassVar[str] = """\
ncd: 1
name: add_example
axes: {x: 5, m: 3}
inputs: {a: x m, b: m}
steps:
  - {op: add, in: [a, b], out: c}
outputs: c
"""

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Numbers are summed from the left."""
        return (sum(inputs[1:], inputs[0]),)


@frozen
class Subtract(Arithmetic):
    """The difference of two tensors."""

    name: ClassVar[str] = "subtract"
    about: ClassVar[str] = "z = a - b; axes of one name meet, others are broadcast"
    inputs: ClassVar[tuple[int, int | None]] = (2, 2)
    sign: ClassVar[str] = "-"
    mark: ClassVar[str] = "-"
    example: ClassVar[str] = """\
ncd: 1
name: subtract_example
axes: {x: 5, m: 3}
inputs: {a: x m, b: m x}
steps:
  - {op: subtract, in: [a, b], out: c}
outputs: c
"""

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """One number from another."""
        return (inputs[0] + -inputs[1],)


@frozen
class Multiply(Arithmetic):
    """The product of two or more tensors, entry by entry."""

    name: ClassVar[str] = "multiply"
    about: ClassVar[str] = "z = a * b * ...; axes of one name meet, others are broadcast"
    inputs: ClassVar[tuple[int, int | None]] = (2, None)
    sign: ClassVar[str] = "\\times"
    mark: ClassVar[str] = "*"
    example: ClassVar[str] = """\
ncd: 1
name: multiply_example
axes: {x: 5, m: 3}
inputs: {gate: x, b: x m}
steps:
  - {op: multiply, in: [gate, b], out: c}
outputs: c
"""

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Numbers are multiplied from the left."""
        product = inputs[0]
        for factor in inputs[1:]:
            product = product * factor
        return (product,)

"""The unit: the identity tensor, made of nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Signature, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph
from ncd_tikz.glyphs import Unit as UnitGlyph
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, made


@frozen
class Unit(Operation):
    """y[i, j] = 1 where i = j, 0 elsewhere; `-> b b'` names the two axes.

    Of several pairs the outermost two belong together, then those within them: `-> b c c' b'`.
    """

    name: ClassVar[str] = "unit"
    about: ClassVar[str] = "the identity tensor, made of nothing: y[i, j] = 1 where i = j, else 0"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("map", "map", 'nothing, and the axes it makes, as in "-> b b\'"', required=True),
    )
    inputs: ClassVar[tuple[int, int | None]] = (0, 0)
    example: ClassVar[str] = """\
ncd: 1
name: unit_example
axes: {a: 2, b: 3}
inputs: {A: a b}
steps:
  - {op: unit, out: I, map: "-> b' b''"}
  - {op: einsum, in: [A, I], out: B, map: "a b, b b'' -> a b''"}
outputs: B
"""

    map: Signature

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Only made axes, two of each size."""
        left, right = self.map.inputs, self.map.outputs
        if left != ((),) or len(right) != 1 or not right[0] or len(right[0]) % 2:
            fact = f"expected nothing on the left and pairs of axes on the right, found '{self.map}'"
            raise ShapeError(fact, "as in -> b b'", "map")
        axes = made(self.map, inputs, scope)[0]
        for one, other in _pairs(axes):
            if one.rank != 1 or other.rank != 1:
                raise ShapeError(f"expected single axes, found a group in '{self.map}'", field="map")
            if scope.agree_axes(one, other) != "always":
                found = f"{scope.size_text(one)} and {scope.size_text(other)}"
                hint = "the outermost two axes are a pair, then those within"
                raise ShapeError(f"a unit's axes come in pairs of one size, found {found}", hint, "map")
        return apply(inputs, (), (axes,), scope)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Number by number."""
        from itertools import product

        import torch

        extents = [axis.sizes[0].evaluate(sizes) for axis in application.made_axes(0)]
        result = torch.zeros(extents, dtype=torch.float64)
        for index in product(*map(range, extents)):
            result[index] = float(all(one == other for one, other in _pairs(index)))
        return (result,)

    def source(self, call: Call) -> Source:
        """`torch.eye`, one for each pair."""
        axes = call.application.made_axes(0)
        settings = like(call)
        units = [f"torch.eye({call.size(one.sizes[0])}{settings})" for one, _ in _pairs(axes)]
        if len(units) == 1:
            return Source(units[0])
        names = [call.letters(axis) for axis in axes]
        equation = ",".join(one + other for one, other in _pairs(names))
        return Source(f'torch.einsum("{equation}->{"".join(names)}", {", ".join(units)})')

    def glyph(self, application: Application, label: str) -> Glyph:
        """A half circle to the left, two wires leave it."""
        return UnitGlyph()


def like(call: Call) -> str:
    """Settings of a tensor that is made of nothing: the module's dtype and device."""
    return f", dtype={call.like}.dtype, device={call.like}.device" if call.like else ""


def _pairs(axes: Any) -> list[tuple[Any, Any]]:
    half = len(axes) // 2
    return list(zip(axes[:half], reversed(axes[half:]), strict=True))

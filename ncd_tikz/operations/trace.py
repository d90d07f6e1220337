"""The trace: the sum along a diagonal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, InnerProducts
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, need, positions


@frozen
class Trace(Operation):
    """y = sum_i x[i, i]; i runs over the two axes named by `over`, both alike."""

    name: ClassVar[str] = "trace"
    about: ClassVar[str] = "sum along a diagonal: y = sum_i x[i, i]"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("over", "axes", 'two axes of one size, as in "b b\'"', required=True),
    )
    example: ClassVar[str] = """\
ncd: 1
name: trace_example
axes: {x: 5, b: 3}
inputs: {A: b x b'}
steps:
  - {op: trace, in: A, out: y, over: "b b'"}
outputs: y
"""

    over: tuple[str, ...]

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The two axes are taken, all others pass."""
        need("real", inputs, self.name)
        (tensor,) = inputs
        if len(self.over) != 2:
            raise ShapeError(
                f"expected two axes, found {' '.join(self.over) or 'none'}", "as in b b'", "over"
            )
        own = positions(tensor, self.over, "over")
        one, other = (tensor.axes[place] for place in own)
        if scope.agree_axes(one, other) != "always":
            found = f"{scope.size_text(one)} and {scope.size_text(other)}"
            raise ShapeError(f"a trace needs two axes of one size, found {found}", field="over")
        return apply(inputs, (own,), ((),), scope)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The diagonal, added up."""
        rank = inputs[0].dim() // 2
        count = inputs[0].shape[:rank].numel()
        return (inputs[0].reshape(count, count).diagonal().sum(),)

    def source(self, call: Call) -> Source:
        """`torch.einsum` with a letter met twice."""
        tensor, own = call.application.inputs[0], call.application.own[0]
        half = len(own) // 2
        first = dict(zip(own[half:], own[:half], strict=True))
        names = [call.letters(tensor.axes[first.get(place, place)]) for place in range(len(tensor.axes))]
        right = "".join(name for place, name in enumerate(names) if place not in own)
        return Source(f'torch.einsum("...{"".join(names)}->...{right}", {call.arguments[0]})')

    def glyph(self, application: Application, label: str) -> Glyph:
        """The two wires are closed by a half circle."""
        one, other = application.own[0]
        double = ((0, one), (0, other)) if application.inputs[0].axes[one].rank > 1 else ()
        return InnerProducts((((0, one), (0, other)),), (), not application.outputs[0], double)

"""Positions that must not be seen: minus infinity before a softmax."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, MaskCard, Meeting
from ncd_tikz.operations.arranging import aligned
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, in_place, need


@frozen
class Mask(Operation):
    """y = x where the mask keeps it, -infinity elsewhere.

    Causal: `over: "x x'"` keeps the positions with x' <= x, x the axis that asks and x' the one
    that answers. Given: the second input holds booleans, true keeps; its axes are among the
    first one's.
    """

    name: ClassVar[str] = "mask"
    about: ClassVar[str] = "y = x where kept, -infinity elsewhere; causal over two axes, or by a given mask"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("over", "axes", "causal: the axis that asks, then the one that answers", default=()),
    )
    inputs: ClassVar[tuple[int, int | None]] = (1, 2)
    example: ClassVar[str] = """\
ncd: 1
name: mask_example
axes: {x: 5, h: 2}
inputs:
  s: x x' h
  M: {axes: "x x'", kind: mask}
steps:
  - {op: mask, in: s, out: a, over: "x x'"}
  - {op: mask, in: [s, M], out: b}
outputs: [a, b]
"""

    over: tuple[str, ...] = ()

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Causal: both axes are taken and made where they stand. Given: every axis meets its namesake."""
        need("real", inputs[:1], self.name)
        if len(inputs) == 2:
            return self._bind_given(inputs, scope)
        if len(self.over) != 2:
            found = " ".join(self.over) or "none"
            hint = "or give a mask as second input: in: [s, M]"
            raise ShapeError(
                f"expected two axes, one that asks and one that answers, found {found}", hint, "over"
            )
        application = in_place(inputs[0], self.over)
        one, other = application.own_axes(0)
        if one.rank != 1 or other.rank != 1:
            raise ShapeError(f"expected two single axes, found a group: {' '.join(self.over)}", field="over")
        if scope.agree_axes(one, other) != "always":
            found = f"{scope.size_text(one)} and {scope.size_text(other)}"
            fact = f"a causal mask needs two axes of one size, found {found}"
            raise ShapeError(fact, f"an alias has the size of its axis, such as {one.name}'", "over")
        return application

    def _bind_given(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        if self.over:
            raise ShapeError("expected either two axes or a given mask, found both", "drop over", "over")
        need("mask", inputs[1:], "as its second input mask")
        for name in inputs[1].names:
            if name not in inputs[0].names:
                fact = f"the mask has an axis '{name}' that is not among {inputs[0]}"
                raise ShapeError(fact, "a mask's axes are among those it masks", "in")
        return apply(inputs, ((), ()), ((),), scope)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Entry by entry."""
        if len(inputs) == 2:
            return (inputs[0].where(inputs[1], float("-inf")),)
        result = inputs[0].clone()
        for first in range(result.shape[0]):
            for second in range(result.shape[1]):
                asks, answers = (first, second) if self._asks_first(application) else (second, first)
                if answers > asks:
                    result[first, second] = float("-inf")
        return (result,)

    def _asks_first(self, application: Application) -> bool:
        return application.own_axes(0)[0].name == self.over[0]

    def source(self, call: Call) -> Source:
        """`masked_fill`."""
        names = call.application.inputs[0].names
        code = call.arguments[0]
        if len(call.arguments) == 2:
            keep = aligned(call.arguments[1], call.application.inputs[1].names, names)
            return Source(f'{code}.masked_fill(~{keep}, float("-inf"))')
        count = len(names)
        first, second = call.application.own[0]
        shape = f"{code}.shape[{first - count}], {code}.shape[{second - count}]"
        part = "triu(1)" if self._asks_first(call.application) else "tril(-1)"
        future = f"future = {code}.new_ones({shape}, dtype=torch.bool).{part}"
        slots = [":" if place in (first, second) else "None" for place in range(first, count)]
        index = f"[{', '.join(slots)}]" if "None" in slots else ""
        return Source(f'{code}.masked_fill(future{index}, float("-inf"))', before=(future,))

    def glyph(self, application: Application, label: str) -> Glyph:
        """A card with the kept triangle; a given mask meets what it masks."""
        return (
            MaskCard(causal=True) if len(application.inputs) == 1 else Meeting(sign=label or r"\mathrm{mask}")
        )

"""Positions that must not be seen: minus infinity before a softmax."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Axis, Expression, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, MaskCard, Meeting
from ncd_tikz.operations.arranging import aligned
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, in_place, need
from ncd_tikz.operations.sizing import difference, moments_of, total

Sizes = tuple[Expression, ...]  # one, or none where it is left out


@frozen
class Mask(Operation):
    """y = x where the mask keeps it, -infinity elsewhere.

    Causal: `over: "x x'"` keeps the positions with x' <= x + offset, x the axis that asks and x' the
    one that answers; with a `window` w only those with x' > x + offset - w, and with `causal: false`
    those with |x + offset - x'| < w. Given: the second input holds booleans, true keeps; its axes are
    among the first one's.
    """

    name: ClassVar[str] = "mask"
    about: ClassVar[str] = (
        "y = x where kept, -infinity elsewhere; causal or a window over two axes, or by a given mask"
    )
    fields: ClassVar[tuple[Field, ...]] = (
        Field("over", "axes", "causal: the axis that asks, then the one that answers", default=()),
        Field("window", "sizes", "how many positions are kept, the own one included", default=()),
        Field(
            "causal", "bool", "whether later positions are hidden; else a window on both sides", default=True
        ),
        Field("offset", "sizes", "the position of the first one that asks; left out: 0", default=()),
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
  - {op: mask, in: s, out: b, over: "x x'", window: 2}
  - {op: mask, in: [s, M], out: c}
outputs: [a, b, c]
"""

    over: tuple[str, ...] = ()
    window: Sizes = ()
    causal: bool = True
    offset: Sizes = ()

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
        if not self.offset and scope.agree_axes(one, other) != "always":
            found = f"{scope.size_text(one)} and {scope.size_text(other)}"
            fact = f"a causal mask needs two axes of one size, found {found}"
            hint = f"an alias has the size of its axis, such as {one.name}'; other sizes need an offset"
            raise ShapeError(fact, hint, "over")
        self._check_fields()
        asks, answers = (one, other) if self._asks_first(application) else (other, one)
        self._check_rows(asks, answers, scope)
        return application

    def _check_fields(self) -> None:
        for name, sizes in (("window", self.window), ("offset", self.offset)):
            if len(sizes) > 1:
                raise ShapeError(f"expected one number, found {len(sizes)}", field=name)
        if not (self.causal or self.window):
            raise ShapeError(
                "neither causal nor a window: nothing would be hidden", "say window: 3", "causal"
            )

    def _check_rows(self, asks: Axis, answers: Axis, scope: Scope) -> None:
        """Every position that asks sees one at least: a softmax over nothing is no number."""
        window, offset = self.window[0] if self.window else answers.sizes[0], self._offset()
        sizes = (asks.sizes[0], answers.sizes[0], window, offset)
        field = "offset" if self.offset else "window"
        for count, whole, width, first in moments_of(sizes, scope, field):
            if width < 1:
                raise ShapeError(f"expected a window of one position or more, found {width}", field="window")
            ahead = 0 if self.causal else width - 1
            behind = width - 1 if self.window else first + count
            for at in (first, first + count - 1):
                if at + ahead < 0 or at - behind >= whole:
                    fact = f"the position {at} would see none of {answers.name}={whole}"
                    raise ShapeError(fact, "a softmax needs one at least", field)

    def _offset(self) -> Expression:
        return self.offset[0] if self.offset else Expression.number(0)

    def _bind_given(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        if self.over or self.window or self.offset or not self.causal:
            fact = "expected either two axes or a given mask, found both"
            raise ShapeError(fact, "drop over, window, causal and offset", "over")
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
        offset = self._offset().evaluate(sizes)
        window = self.window[0].evaluate(sizes) if self.window else None
        for first in range(result.shape[0]):
            for second in range(result.shape[1]):
                asks, answers = (first, second) if self._asks_first(application) else (second, first)
                ago = asks + offset - answers
                if (self.causal and ago < 0) or (window is not None and abs(ago) >= window):
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
        slots = [":" if place in (first, second) else "None" for place in range(first, count)]
        index = f"[{', '.join(slots)}]" if "None" in slots else ""
        ones = f"{code}.new_ones({shape}, dtype=torch.bool)"
        if not (self.window or self.offset):
            part = "triu(1)" if self._asks_first(call.application) else "tril(-1)"
            future = f"future = {ones}.{part}"
            return Source(f'{code}.masked_fill(future{index}, float("-inf"))', before=(future,))
        seen = f"{call.attribute}_seen"
        kept = f"{seen} = {ones}{self._bounds(call)}"
        return Source(f'{code}.masked_fill(~{seen}{index}, float("-inf"))', before=(kept,))

    def _bounds(self, call: Call) -> str:
        """Diagonals between which positions are kept: the last one ahead, the first one behind."""
        offset, one, zero = self._offset(), Expression.number(1), Expression.number(0)
        ahead = offset if self.causal else difference(total([offset, self.window[0]]), one)
        behind = [difference(total([offset, one]), self.window[0])] if self.window else []
        if self._asks_first(call.application):
            least = "".join(f".triu({call.size(each)})" for each in behind)
            return f".tril({call.size(ahead.simplified())}){least}"
        most = "".join(f".tril({call.size(difference(zero, each))})" for each in behind)
        return f".triu({call.size(difference(zero, ahead))}){most}"

    def glyph(self, application: Application, label: str) -> Glyph:
        """A card with the kept triangle; a given mask meets what it masks."""
        if len(application.inputs) == 2:
            return Meeting(sign=label or r"\mathrm{mask}")
        return MaskCard(self.causal, window=bool(self.window), shifted=bool(self.offset))

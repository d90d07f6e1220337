"""Slices: neighbouring entries along an axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Axis, Expression, Signature, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, Pentagon
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply
from ncd_tikz.operations.sizing import axis_of_size, difference, moments_of, number_of, single, total

Bound = tuple[Expression, ...]  # one, or none where it is left out


@frozen
class Slice(Operation):
    """y[i] = x[start + step i], for the entries before `stop`.

    Bounds are whole-number expressions as in Python, negative ones counted from the end; left out
    they are the first entry and the end. The axis after has (stop - start) / step entries, rounded up.
    """

    name: ClassVar[str] = "slice"
    about: ClassVar[str] = "neighbouring entries along an axis: y[i] = x[start + step i], before stop"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("along", "transition", "the axis, and its name after, as in 'x -> y'", required=True),
        Field("start", "sizes", "the first entry; left out: 0", default=()),
        Field("stop", "sizes", "the entry after the last one; left out: the end", default=()),
        Field("step", "sizes", "how far apart the entries are; left out: 1", default=()),
    )
    example: ClassVar[str] = """\
ncd: 1
name: slice_example
axes: {a: 6, b: 3}
inputs: {A: a b}
steps:
  - {op: slice, in: A, out: y, along: a -> d, start: 1, stop: 4}
outputs: y
"""

    along: Signature
    start: Bound = ()
    stop: Bound = ()
    step: Bound = ()

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """What is left of the axis stands where the axis stood."""
        (tensor,) = inputs
        left, right = self.along.inputs, self.along.outputs
        if len(left) != 1 or len(right) != 1 or len(left[0]) != 1 or len(right[0]) != 1:
            raise ShapeError(
                f"expected one axis and its name after, found '{self.along}'", "as in x -> y", "along"
            )
        place = single(tensor, left[0][0], "along")
        for name, bound in (("start", self.start), ("stop", self.stop), ("step", self.step)):
            if len(bound) > 1:
                raise ShapeError(f"expected one number, found {len(bound)}", field=name)
        size = self._size(tensor.axes[place], scope)
        after = axis_of_size(right[0][0], size, scope, "along")
        application = apply(inputs, ((place,),), ((after,),), scope, "along")
        return replace(application, kinds=((tensor.kind, tensor.below),))

    def _size(self, axis: Axis, scope: Scope) -> Expression:
        whole = axis.sizes[0]
        start = self._bound(self.start, "start", Expression.number(0), axis, scope)
        stop = self._bound(self.stop, "stop", whole, axis, scope)
        for first, last in moments_of((start, stop), scope, "stop"):
            if first >= last:
                fact = f"expected one entry at least, found those from {start} to before {stop}"
                raise ShapeError(fact, field="stop" if self.stop else "start")
        count = difference(stop, start)
        if self.step and str(self.step[0]) != "1":
            step = self.step[0]
            if number_of(step, scope, "step") < 1:
                raise ShapeError(f"expected a step of one or more, found {step}", field="step")
            above = total([count, step, Expression.number(-1)])
            return Expression(("//", above.tree, step.tree))
        return count

    @staticmethod
    def _bound(bound: Bound, field: str, default: Expression, axis: Axis, scope: Scope) -> Expression:
        """The bound, counted from the first entry."""
        if not bound:
            return default
        for size, number in moments_of((axis.sizes[0], bound[0]), scope, field):
            if not -size <= number <= size:
                said = str(bound[0]) if str(bound[0]) == str(number) else f"{bound[0]} (= {number})"
                raise ShapeError(f"{field} {said} is outside of the axis {axis.name}={size}", field=field)
        number = number_of(bound[0], scope, field)
        return total([axis.sizes[0], bound[0]]) if number < 0 else bound[0]

    def label(self, labels: Mapping[str, str]) -> str:
        """Start and stop with a colon between, as LaTeX."""
        bounds = [self.start, self.stop, *([self.step] if self.step else [])]
        return "{:}".join(bound[0].latex(labels) if bound else "" for bound in bounds)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Entry by entry."""
        count = inputs[0].shape[0]
        start = self.start[0].evaluate(sizes) % count if self.start else 0
        step = self.step[0].evaluate(sizes) if self.step else 1
        (axis,) = application.made_axes(0)
        places = inputs[0].new_ones(axis.sizes[0].evaluate(sizes)).cumsum(0) - 1
        return (inputs[0].index_select(0, (places * step + start).long()),)

    def source(self, call: Call) -> Source:
        """A subscript."""
        (place,) = call.application.own[0]
        bounds = [call.size(bound[0]) if bound else "" for bound in (self.start, self.stop)]
        parts = [*bounds, *([call.size(self.step[0])] if self.step else [])]
        plain = all(part.lstrip("-").isdigit() for part in parts if part)
        code = (":" if plain else " : ").join(parts).strip()
        behind = [":"] * (len(call.application.inputs[0].axes) - place - 1)
        return Source(f"{call.arguments[0]}[..., {', '.join([code, *behind])}]")

    def glyph(self, application: Application, label: str) -> Glyph:
        """A blue pentagon that the wire passes."""
        return Pentagon(label or self.label({}))

"""Splitting: one tensor into several along one axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Axis, Expression, Signature, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Concatenation, Glyph
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply
from ncd_tikz.operations.sizing import axis_of_size, difference, number_of, single, total


@frozen
class Split(Operation):
    """The first entries along an axis, those after them, and so on: each its own tensor.

    `along: "c -> d, e"` names the axis of each part. Declared axes have their size and `sizes` says
    what the others have; without it one undeclared part takes the rest, several share it equally.
    """

    name: ClassVar[str] = "split"
    about: ClassVar[str] = "parts of a tensor along one axis: a = x[0], ..., x[d-1]; b = x[d], ..., x[c-1]"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("along", "map", "the axis that is parted, and those of its parts: 'c -> d, e'", required=True),
        Field("sizes", "sizes", "size of each part, where the axes do not say it", default=()),
    )  # fmt: skip
    example: ClassVar[str] = """\
ncd: 1
name: split_example
axes: {x: 5, c: 6, d: 2}
inputs: {X: x c}
steps:
  - {op: split, in: X, out: [a, b], along: "c -> d, e"}
outputs: [a, b]
"""

    along: Signature
    sizes: tuple[Expression, ...] = ()

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Each part's axis stands where the whole one stood."""
        left, right = self.along.inputs, self.along.outputs
        if len(left) != 1 or any(len(names) != 1 for names in (*left, *right)):
            fact = f"expected one axis before and one of each part, found '{self.along}'"
            raise ShapeError(fact, "as in c -> d, e", "along")
        place = single(inputs[0], left[0][0], "along")
        whole = inputs[0].axes[place]
        parts = self._parts(whole, tuple(name for (name,) in right), scope)
        sizes = [part.sizes[0] for part in parts]
        if scope.agree(total(sizes), whole.sizes[0]) != "always":
            said = " + ".join(scope.size_text(part) for part in parts)
            fact = f"the parts do not make up the whole: {said} is not {scope.size_text(whole)}"
            only = scope.agree(total(sizes), whole.sizes[0]) == "by default"
            hint = f"they agree by their defaults only: the parts have {total(sizes)}" if only else ""
            raise ShapeError(fact, hint, "along")
        application = apply(inputs, ((place,),), tuple((part,) for part in parts), scope, "along")
        return replace(application, kinds=((inputs[0].kind, inputs[0].below),) * len(parts))

    def _parts(self, whole: Axis, names: tuple[str, ...], scope: Scope) -> tuple[Axis, ...]:
        if self.sizes:
            if len(self.sizes) != len(names):
                fact = f"expected a size for each of {len(names)} parts, found {len(self.sizes)}"
                raise ShapeError(fact, field="sizes")
            for size in self.sizes:
                _positive(size, scope, "sizes")
            return tuple(
                axis_of_size(name, size, scope, "along") for name, size in zip(names, self.sizes, strict=True)
            )
        open_ = [name for name in names if not scope.knows(name)]
        known = {name: scope.resolve(name) for name in names if name not in open_}
        groups = [name for name, axis in known.items() if axis.rank != 1]
        if groups:
            raise ShapeError(f"expected single axes, found the group '{groups[0]}'", field="along")
        rest = difference(whole.sizes[0], total(known[name].sizes[0] for name in names if name in known))
        if len(open_) > 1:
            rest = _shared(rest, len(open_), whole, scope)
        if open_:
            _positive(rest, scope, "along")
        return tuple(known.get(name) or axis_of_size(name, rest, scope, "along") for name in names)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Entry by entry."""
        outputs, start = [], 0
        for (axis,) in (application.made_axes(number) for number in range(len(application.outputs))):
            stop = start + axis.sizes[0].evaluate(sizes)
            outputs.append(inputs[0][start:stop])
            start = stop
        return tuple(outputs)

    def source(self, call: Call) -> Source:
        """`split`."""
        application = call.application
        parts = [application.made_axes(number)[0] for number in range(len(application.outputs))]
        sizes = ", ".join(call.size(part.sizes[0]) for part in parts)
        dim = application.own[0][0] - len(application.inputs[0].axes)
        code = f"{call.arguments[0]}.split([{sizes}], {dim})"
        return Source(code if len(parts) > 1 else f"{code}[0]")

    def glyph(self, application: Application, label: str) -> Glyph:
        """A thick bar; what passes it is copied to every part."""
        return Concatenation(parts=len(application.outputs))


def _shared(rest: Expression, parts: int, whole: Axis, scope: Scope) -> Expression:
    if number_of(rest, scope, "along") % parts:
        fact = f"{scope.size_text(whole)} cannot be parted into {parts} equal parts"
        more = "" if rest == whole.sizes[0] else f": {rest} is left for them"
        raise ShapeError(fact + more, "declare the axes of the parts, or give their sizes", "along")
    return Expression(("/", rest.tree, parts))


def _positive(size: Expression, scope: Scope, field: str) -> None:
    number = number_of(size, scope, field)
    if number < 1:
        raise ShapeError(
            f"expected parts of one entry at least, found the size {size} (= {number})", field=field
        )

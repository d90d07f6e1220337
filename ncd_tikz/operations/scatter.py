"""Scattering: entries put where a tensor of indexes says, zero elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Axis, Signature, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, Pentagon
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, need
from ncd_tikz.operations.scope import UnknownAxis
from ncd_tikz.operations.sizing import single


@frozen
class Scatter(Operation):
    """y[i] = sum_j v[j] over the j with n[j] = i: zero where there is none; the transpose of `gather`.

    `along: k -> e` names the axis that both inputs have, and the declared one of the places; the second
    input n holds indexes below the size of e. Other axes that both have meet. After `top_k` it gives
    the largest entries where they stood, and zeros.
    """

    name: ClassVar[str] = "scatter"
    about: ClassVar[str] = "entries put where indexes say, zero elsewhere: y[i] = sum of v[j] with n[j] = i"
    fields: ClassVar[tuple[Field, ...]] = (
        Field(
            "along", "transition", "the axis of the entries, and that of the places: 'k -> e'", required=True
        ),
    )
    inputs: ClassVar[tuple[int, int | None]] = (2, 2)
    example: ClassVar[str] = """\
ncd: 1
name: scatter_example
axes: {b: 2, k: 3, e: 6}
inputs:
  v: b k
  n: {axes: b k, kind: index, below: e}
steps:
  - {op: scatter, in: [v, n], out: y, along: k -> e}
outputs: y
"""

    along: Signature

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The axis of the entries is taken of both inputs; that of the places is made where it stood."""
        _, indexes = inputs
        need("real", inputs[:1], self.name)
        need("index", inputs[1:], "as its second input scatter")
        left, right = self.along.inputs, self.along.outputs
        if len(left) != 1 or len(right) != 1 or len(left[0]) != 1 or len(right[0]) != 1:
            fact = f"expected the axis of the entries and that of the places, found '{self.along}'"
            raise ShapeError(fact, "as in k -> e", "along")
        places = tuple(single(tensor, left[0][0], "along") for tensor in inputs)
        try:
            made = scope.resolve(right[0][0])
        except UnknownAxis as error:
            raise UnknownAxis(error.fact, error.hint, "along") from None
        if made.rank != 1:
            raise ShapeError(f"expected a single axis, found the group '{made.name}'", field="along")
        one, other = (tensor.axes[place] for tensor, place in zip(inputs, places, strict=True))
        if scope.agree_axes(one, other) != "always":
            found = f"{scope.size_text(one)} and {scope.size_text(other)}"
            fact = f"expected an index for each entry, found {found}"
            raise ShapeError(fact, field="along")
        if indexes.below is not None and scope.agree(indexes.below, made.sizes[0]) != "always":
            fact = f"the indexes are below {indexes.below}, the axis is {scope.size_text(made)}"
            raise ShapeError(fact, f"declare the indexes below: {made.sizes[0]}", "along")
        return apply(inputs, tuple((place,) for place in places), ((made,),), scope, "along")

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Each entry is added in its place."""
        (axis,) = application.made_axes(0)
        places = inputs[0].new_zeros(axis.sizes[0].evaluate(sizes))
        return (places.index_add(0, inputs[1], inputs[0]),)

    def source(self, call: Call) -> Source:
        """A sum over one-hot rows: the axes besides may be those of either input."""
        application = call.application
        entries, indexes = application.inputs
        (output,) = application.outputs
        (made,) = application.made_axes(0)

        places = made
        if made.name in entries.names:  # it is called as that of the entries: another letter
            places = Axis(f"{made.name} of places", (), "")

        def letters(axes: Sequence[Axis]) -> str:
            return "..." + "".join(map(call.letters, axes))

        left = f"{letters(entries.axes)},{letters((*indexes.axes, places))}"
        right = letters([out.axis if out.sources else places for out in output])
        rows = f"F.one_hot({call.arguments[1]}, {call.size(made.sizes[0])}).to({call.arguments[0]}.dtype)"
        code = f'torch.einsum("{left}->{right}", {call.arguments[0]}, {rows})'
        return Source(code, imports=("import torch.nn.functional as F",))

    def glyph(self, application: Application, label: str) -> Glyph:
        """The pentagon of an index, turned: the wire of the places starts in it."""
        return Pentagon(label or "n", turned=True)

"""A learned table, read by indexes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Axis, Expression, Signature, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, LearnedCard
from ncd_tikz.operations.arranging import made_placed, sizes_code, unflattened
from ncd_tikz.operations.contract import Call, Field, Operation, Parameter, Scope, Source
from ncd_tikz.operations.fitting import apply, made, need, sides
from ncd_tikz.operations.scope import UnknownAxis


@frozen
class Embedding(Operation):
    """y[m] = weight[t, m]; t is an index below v, as `map: v -> m` says.

    The weight is kept as `torch.nn.Embedding` keeps it: the v axis first.
    """

    name: ClassVar[str] = "embedding"
    about: ClassVar[str] = "read a learned table: y[m] = weight[t, m]"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("map", "map", "size of the vocabulary, and axes of an entry, as in 'v -> m'", required=True),
    )
    example: ClassVar[str] = """\
ncd: 1
name: embedding_example
axes: {x: 5, v: 11, m: 4}
inputs:
  t: {axes: x, kind: index, below: v}
steps:
  - {op: embedding, in: t, out: X, map: v -> m, label: E}
outputs: X
"""

    map: Signature

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Every axis of the indexes passes over; an entry's axes come last."""
        need("index", inputs, self.name)
        sides(self.map, 1)
        left = self.map.inputs[0]
        if len(left) != 1 or left[0].startswith("("):
            raise ShapeError(f"expected one axis on the left of '{self.map}'", "as in v -> m", "map")
        try:
            declared = scope.resolve(left[0])
        except UnknownAxis as error:
            raise UnknownAxis(error.fact, error.hint, "map") from None
        if declared.rank != 1:
            raise ShapeError(
                f"expected a single axis on the left of '{self.map}', found a group", field="map"
            )
        below, vocabulary = inputs[0].below, self._table_axis().sizes[0]
        if below is not None and scope.agree(below, vocabulary) != "always":
            fact = f"the indexes are below {below}, the table has {vocabulary} entries"
            raise ShapeError(
                fact, f"write map: {below} -> ..., or declare the input below: {vocabulary}", "map"
            )
        return apply(inputs, ((),), made(self.map, inputs, scope), scope)

    def _table_axis(self) -> Axis:
        """The table's first axis; its size is known by its name."""
        name = self.map.inputs[0][0]
        size = Expression.number(int(name)) if name.isdigit() else Expression.symbol(name.rstrip("'"))
        return Axis(name, (size,), name)

    def parameters(self, application: Application) -> tuple[Parameter, ...]:
        """`weight`."""
        new = application.made_axes(0)
        return (Parameter("weight", (self._table_axis(), *new), (1, len(new))),)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """One entry of the table."""
        return (parameters["weight"].index_select(0, inputs[0].reshape(1)).squeeze(0),)

    def source(self, call: Call) -> Source:
        """`nn.Embedding`."""
        new = call.application.made_axes(0)
        entries = call.init_size(self._table_axis().sizes[0])
        width = call.init_size(Expression.product(size for axis in new for size in axis.sizes))
        code = unflattened(f"self.{call.attribute}({call.arguments[0]})", sizes_code(new, call))
        return Source(made_placed(code, call), f"nn.Embedding({entries}, {width})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """A bold E on a card."""
        return LearnedCard(letter=r"\mathbf{E}", name=label)

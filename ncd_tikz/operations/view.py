"""Other axes for the same entries: flatten, split, group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Axis, Expression, Signature, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Bar, Glyph
from ncd_tikz.operations.arranging import flattened, made_placed, own_last, sizes_code, unflattened
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, made, need, positions, sides


@frozen
class View(Operation):
    """The same entries in the same order (row-major) under other axes.

    `x y -> p` flattens, where p is declared as `x*y`; `x y -> (x y)` groups; `p -> x y` splits.
    """

    name: ClassVar[str] = "view"
    about: ClassVar[str] = "flatten, split or group axes: y[p] = x[i, j] with p = i J + j"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("map", "map", "axes it takes and axes it makes, as in 'x y -> (x y)'", required=True),
    )
    example: ClassVar[str] = """\
ncd: 1
name: view_example
axes: {c: 2, x: 3, y: 4, p: x*y}
inputs: {image: x y c}
steps:
  - {op: view, in: image, out: pixels, map: x y -> p}
outputs: pixels
"""

    map: Signature

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Axes of both sides must hold equally many entries, whatever the sizes are."""
        need("real", inputs, self.name)
        sides(self.map, 1)
        own = (positions(inputs[0], self.map.inputs[0], "map"),)
        new = made(self.map, inputs, scope)
        taken = tuple(inputs[0].axes[position] for position in own[0])
        before, after = _entries(taken), _entries(new[0])
        agreement = scope.agree(before, after)
        if agreement != "always":
            left, right = _side(taken, scope), _side(new[0], scope)
            fact = f"both sides must hold equally many entries, found {left} and {right}"
            raise ShapeError(fact, _remedy(new[0], before) if agreement == "by default" else "", "map")
        return apply(inputs, own, new, scope)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Row-major entries under new sizes."""
        return (
            inputs[0].reshape(
                [size.evaluate(sizes) for axis in application.made_axes(0) for size in axis.sizes]
            ),
        )

    def source(self, call: Call) -> Source:
        """Flatten what is taken, part it into what is made."""
        taken, new = call.application.own_axes(0), call.application.made_axes(0)
        code = flattened(own_last(call), len(taken))
        return Source(made_placed(unflattened(code, sizes_code(new, call)), call))

    def glyph(self, application: Application, label: str) -> Glyph:
        """A thick bar: wires enter left and leave right."""
        return Bar()


def _entries(axes: tuple[Axis, ...]) -> Expression:
    return Expression.product(size for axis in axes for size in axis.sizes)


def _side(axes: tuple[Axis, ...], scope: Scope) -> str:
    return " ".join(scope.size_text(axis) for axis in axes) or "nothing"


def _remedy(axes: tuple[Axis, ...], entries: Expression) -> str:
    only = "they agree by their defaults only"
    return f"{only}: declare {axes[0].name}: {entries}" if len(axes) == 1 else only

"""Gathering: entries picked by a tensor of indexes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ncd_tikz.axes import Application, OutputAxis, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, Pentagon
from ncd_tikz.operations.arranging import flattened, fronted, moved, sizes_code, unflattened
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, need
from ncd_tikz.operations.sizing import single
from ncd_tikz.operations.stack import one_name


@frozen
class Gather(Operation):
    """y = x[n], along the axis named by `over`; the second input n holds indexes below its size.

    Axes that both inputs have meet; the others of n stand where the axis stood.
    """

    name: ClassVar[str] = "gather"
    about: ClassVar[str] = "entries picked along an axis by a tensor of indexes: y = x[n]"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("over", "axes", "the axis of the first input that the second one indexes", required=True),
    )
    inputs: ClassVar[tuple[int, int | None]] = (2, 2)
    example: ClassVar[str] = """\
ncd: 1
name: gather_example
axes: {b: 2, x: 6, m: 3, k: 4}
inputs:
  X: b x m
  n: {axes: b k, kind: index, below: x}
steps:
  - {op: gather, in: [X, n], out: y, over: x}
outputs: y
"""

    over: tuple[str, ...]

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The named axis is taken; a single index is all that it takes of the other input."""
        entries, indexes = inputs
        need("index", inputs[1:], "as its second input gather")
        place = single(entries, one_name(self.over, "over"), "over")
        size = entries.axes[place].sizes[0]
        if indexes.below is not None and scope.agree(indexes.below, size) != "always":
            fact = (
                f"the indexes are below {indexes.below}, the axis is {scope.size_text(entries.axes[place])}"
            )
            raise ShapeError(fact, f"declare the indexes below: {size}", "over")
        application = apply(inputs, ((place,), ()), ((),), scope)
        (output,) = application.outputs
        kept = [out for out in output if any(number == 0 for number, _ in out.sources)]
        new = [out for out in output if out not in kept]
        before = sum(1 for out in kept if _place(out) < place)
        ordered = (*kept[:before], *new, *kept[before:])
        return replace(application, outputs=(ordered,), kinds=((entries.kind, entries.below),))

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """One entry."""
        return (inputs[0].index_select(0, inputs[1].reshape(1)).squeeze(0),)

    def source(self, call: Call) -> Source:
        """`torch.take_along_dim`, which broadcasts all but the last axis."""
        application = call.application
        entries, indexes = application.inputs
        (place,) = application.own[0]
        (output,) = application.outputs
        shared = [name for name in entries.names if name in indexes.names and name != entries.names[place]]
        rest = [name for name in entries.names if name not in shared and name != entries.names[place]]
        new = [name for name in indexes.names if name not in shared]
        axes = {out.axis.name: out.axis for out in output}
        taken = moved(call.arguments[0], entries.names, [*shared, *rest, entries.names[place]])
        picked = flattened(moved(call.arguments[1], indexes.names, [*shared, *new]), len(new))
        if rest:
            picked += f"[..., {'None, ' * len(rest)}:]"
        taken, picked = fronted(call, [taken, picked], [1 + len(rest) + len(shared)] * 2)
        code = f"torch.take_along_dim({taken}, {picked}, -1)"
        code = unflattened(code, sizes_code([axes[name] for name in new], call))
        return Source(moved(code, [*shared, *rest, *new], [out.axis.name for out in output]))

    def glyph(self, application: Application, label: str) -> Glyph:
        """A blue pentagon in which the wire ends."""
        return Pentagon(label or r"n")


def _place(out: OutputAxis) -> int:
    return next(position for number, position in out.sources if number == 0)

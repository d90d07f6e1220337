"""Reductions: what the entries along axes have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph
from ncd_tikz.glyphs import Reduction as ReductionGlyph
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, need, positions
from ncd_tikz.operations.sizing import single


class Reduction(Operation):
    """One number of all entries along the axes named by `over`: what all of them share."""

    __slots__ = ()

    letter: ClassVar[str]  # LaTeX
    method: ClassVar[str]  # of torch.Tensor
    over: tuple[str, ...]

    def __init_subclass__(cls) -> None:
        # `frozen` makes the class anew: `super()` without arguments would see the old one
        cls.example = _example(cls.name)

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The named axes are taken, all others pass."""
        need("real", inputs, self.name)
        if not self.over:
            fact = f"expected the name of an axis, found none; the tensor has {inputs[0]}"
            raise ShapeError(fact, field="over")
        return apply(inputs, (positions(inputs[0], self.over, "over"),), ((),), scope)

    def source(self, call: Call) -> Source:
        """The library's own."""
        count = len(call.application.inputs[0].axes)
        dims = [place - count for place in sorted(call.application.own[0])]
        return Source(f"{call.arguments[0]}.{self.method}({dims[0] if len(dims) == 1 else tuple(dims)})")

    def glyph(self, application: Application, label: str) -> Glyph:
        """The wire ends in its name, from which an arrow leaves."""
        return ReductionGlyph(label or self.letter)


def _over(what: str) -> tuple[Field, ...]:
    return (Field("over", "axes", what, required=True),)


def _example(name: str) -> str:
    return f"""\
ncd: 1
name: {name}_example
axes: {{x: 5, m: 3}}
inputs: {{a: x m}}
steps:
  - {{op: {name}, in: a, out: b, over: x}}
outputs: b
"""


@frozen
class Sum(Reduction):
    """The sum of the entries."""

    name: ClassVar[str] = "sum"
    about: ClassVar[str] = "y = sum_i x[i], i over the named axes"
    fields: ClassVar[tuple[Field, ...]] = _over("axes whose entries are summed")
    letter: ClassVar[str] = r"\Sigma"
    method: ClassVar[str] = "sum"

    over: tuple[str, ...]

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The last of the partial sums."""
        return (inputs[0].reshape(-1).cumsum(0)[-1],)


@frozen
class Mean(Reduction):
    """The mean of the entries."""

    name: ClassVar[str] = "mean"
    about: ClassVar[str] = "y = (1 / n) sum_i x[i], i over the n entries of the named axes"
    fields: ClassVar[tuple[Field, ...]] = _over("axes whose entries are averaged")
    letter: ClassVar[str] = r"\mathrm{I\!E}"
    method: ClassVar[str] = "mean"

    over: tuple[str, ...]

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Sum by number."""
        return (inputs[0].sum() / inputs[0].numel(),)


@frozen
class Max(Reduction):
    """The largest of the entries."""

    name: ClassVar[str] = "max"
    about: ClassVar[str] = "y = max_i x[i], i over the named axes"
    fields: ClassVar[tuple[Field, ...]] = _over("axes of whose entries the largest is taken")
    letter: ClassVar[str] = r"\mathrm{Max}"
    method: ClassVar[str] = "amax"

    over: tuple[str, ...]

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The last in order."""
        return (inputs[0].reshape(-1).sort().values[-1],)


@frozen
class Min(Reduction):
    """The smallest of the entries."""

    name: ClassVar[str] = "min"
    about: ClassVar[str] = "y = min_i x[i], i over the named axes"
    fields: ClassVar[tuple[Field, ...]] = _over("axes of whose entries the smallest is taken")
    letter: ClassVar[str] = r"\mathrm{Min}"
    method: ClassVar[str] = "amin"

    over: tuple[str, ...]

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The first in order."""
        return (inputs[0].reshape(-1).sort().values[0],)


@frozen
class ArgMax(Reduction):
    """Where the largest entry stands: an index below the axis's size."""

    name: ClassVar[str] = "arg_max"
    about: ClassVar[str] = "y = the i with the largest x[i], i over the named axis; an index"
    fields: ClassVar[tuple[Field, ...]] = _over("the axis along which the largest entry is sought")
    letter: ClassVar[str] = r"\mathrm{ArgMax}"
    method: ClassVar[str] = "argmax"
    ties: ClassVar[bool] = True

    over: tuple[str, ...]

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The named axis is taken, all others pass; of numbers or of indexes, the output holds indexes."""
        if inputs[0].kind != "index":
            need("real", inputs, self.name)
        if len(self.over) != 1:
            found = " ".join(self.over) or "none"
            raise ShapeError(f"expected one axis, found {found}", "several make one by a view", "over")
        place = single(inputs[0], self.over[0], "over")
        below = inputs[0].axes[place].sizes[0]
        return replace(apply(inputs, ((place,),), ((),), scope), kinds=(("index", below),))

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The first of the entries that equal the largest."""
        return ((inputs[0] == inputs[0].max()).nonzero()[0, 0],)

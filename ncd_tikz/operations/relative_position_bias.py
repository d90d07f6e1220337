"""A learned table, read by how far apart two positions are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Axis, Expression, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, LearnedCard
from ncd_tikz.operations.arranging import sizes_code, unflattened
from ncd_tikz.operations.contract import Call, Field, Operation, Parameter, Scope, Source
from ncd_tikz.operations.distances import Sizes, ago_code, bind_table, others, placed
from ncd_tikz.operations.sizing import moments_of

BUCKETS = Expression.number(32)
DISTANCE = Expression.number(128)


@frozen
class RelativePositionBias(Operation):
    """y[h, x, x'] = weight[bucket(x - x'), h], x the position that asks and x' the one that answers.

    Of n buckets n/2 are for what answers later, unless it is `causal`. Of the others, distances below
    half of them have one each; larger ones share them evenly by their logarithm, up to `distance`, and
    the last one has all beyond. The weight is kept as `torch.nn.Embedding` keeps it: buckets first.
    Source: Raffel et al., Exploring the Limits of Transfer Learning (T5), 2019, section 2.1.
    """

    name: ClassVar[str] = "relative_position_bias"
    about: ClassVar[str] = "learned table read by distance: y[h, x, x'] = weight[bucket(x - x'), h]"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("over", "axes", "the axis that asks, then the one that answers", required=True),
        Field("axes", "axes", 'all axes of the result, those two among them, as in "h x x\'"', required=True),
        Field("buckets", "sizes", "entries of the table; left out: 32", default=()),
        Field("distance", "sizes", "from here on all share the last bucket; left out: 128", default=()),
        Field("causal", "bool", "whether all that answers later shares the first bucket", default=False),
        Field("offset", "sizes", "the position of the first one that asks; left out: 0", default=()),
    )
    inputs: ClassVar[tuple[int, int | None]] = (0, 0)
    example: ClassVar[str] = """\
ncd: 1
name: relative_position_bias_example
axes: {x: 6, h: 2, b: 8}
inputs: {s: h x x'}
steps:
  - {op: relative_position_bias, over: "x x'", axes: "h x x'", buckets: b, distance: 5, out: r, label: B}
  - {op: add, in: [s, r], out: s}
outputs: s
"""

    over: tuple[str, ...]
    axes: tuple[str, ...]
    buckets: Sizes = ()
    distance: Sizes = ()
    causal: bool = False
    offset: Sizes = ()

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Only made axes."""
        application = bind_table(self.over, self.axes, self.offset, scope)
        for name, sizes in (("buckets", self.buckets), ("distance", self.distance)):
            if len(sizes) > 1:
                raise ShapeError(f"expected one number, found {len(sizes)}", field=name)
        least = 2 if self.causal else 4
        for buckets, distance in moments_of((self._buckets(), self._distance()), scope, "buckets"):
            if buckets < least:
                raise ShapeError(f"expected {least} buckets or more, found {buckets}", field="buckets")
            near = self._own(buckets) // 2
            if distance <= near:
                fact = f"the distance {distance} is not above {near}, below which each has a bucket"
                raise ShapeError(fact, "give a larger distance, or fewer buckets", "distance")
        return application

    def _buckets(self) -> Expression:
        return self.buckets[0] if self.buckets else BUCKETS

    def _distance(self) -> Expression:
        return self.distance[0] if self.distance else DISTANCE

    def _own(self, buckets: int) -> int:
        """Buckets for what answered before."""
        return buckets if self.causal else buckets // 2

    def parameters(self, application: Application) -> tuple[Parameter, ...]:
        """`weight`."""
        size = self._buckets()
        new = others(application, self.over)
        return (Parameter("weight", (Axis(str(size), (size,), str(size)), *new), (1, len(new))),)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Pair by pair, in whole numbers."""
        made = application.made_axes(0)
        order = [axis.name for axis in made]
        extents = {axis.name: axis.sizes[0].evaluate(sizes) for axis in made}
        weight, buckets = parameters["weight"], self._buckets().evaluate(sizes)
        first = self.offset[0].evaluate(sizes) if self.offset else 0
        rows = [
            self._bucket(first + asks - answers, buckets, self._distance().evaluate(sizes))
            for asks in range(extents[self.over[0]])
            for answers in range(extents[self.over[1]])
        ]
        entries = weight[rows].reshape([*(extents[name] for name in self.over), *weight.shape[1:]])
        have = [*self.over, *(name for name in order if name not in self.over)]
        return (entries.permute([have.index(name) for name in order]),)

    def _bucket(self, ago: int, buckets: int, distance: int) -> int:
        """(a / b) ** c >= (d / b) ** t, without a logarithm, says whether a is in bucket t or beyond."""
        own = self._own(buckets)
        near = own // 2
        start, far = (own, -ago) if ago < 0 and not self.causal else (0, max(ago, 0))
        if far < near:
            return start + far
        count = own - near
        beyond = [t for t in range(1, count) if far**count * near**t >= distance**t * near**count]
        return start + near + len(beyond)

    def source(self, call: Call) -> Source:
        """As the original: a logarithm in single precision, cut to whole numbers."""
        prefix, new = call.attribute, others(call.application, self.over)
        own = self._buckets() if self.causal else _half(self._buckets())
        near = _half(own)
        settings = f", device={call.like or f'self.{prefix}.weight'}.device"
        before = ago_code(call, self.over, self.offset, settings)

        def named(name: str, size: Expression) -> str:
            """Its code, or a variable where that is long."""
            code = call.size(size.simplified())
            if " " in code:
                before.append(f"{prefix}_{name} = {code}")
                return f"{prefix}_{name}"
            return code

        half, count = named("half", own), named("near", near)
        rest = named("rest", Expression(("-", own.tree, near.tree)))
        last = named("last", Expression(("-", own.tree, 1)))
        far, large, bucket = (f"{prefix}_{name}" for name in ("far", "large", "bucket"))
        before += [
            f"{far} = {prefix}_ago.{'clamp(min=0)' if self.causal else 'abs()'}",
            f"{large} = ({far}.clamp(min=1) / {count}).log()",
            f"{large} = {large} * ({rest} / math.log({call.size(self._distance())} / {count}))",
            f"{large} = ({count} + {large}.long()).clamp(max={last})",
            f"{bucket} = torch.where({far} < {count}, {far}, {large})",
        ]
        if not self.causal:
            before.append(f"{bucket} = {bucket} + {half} * ({prefix}_ago < 0)")
        width = call.init_size(Expression.product(size for axis in new for size in axis.sizes))
        code = unflattened(f"self.{prefix}({bucket})", sizes_code(new, call))
        return Source(
            placed(code, call, (*self.over, *(axis.name for axis in new))),
            f"nn.Embedding({call.init_size(self._buckets())}, {width})",
            imports=("import math",),
            before=tuple(before),
        )

    def glyph(self, application: Application, label: str) -> Glyph:
        """A bold letter on a card, of a difference."""
        return LearnedCard(letter=rf"\mathbf{{{label}}}" if label else r"\mathbf{B}", sub=r"\Delta")


def _half(size: Expression) -> Expression:
    """Halved, rounded down."""
    number = size.tree
    return Expression.number(number // 2) if isinstance(number, int) else Expression(("//", number, 2))

"""A learned transposed convolution over one to three axes."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Expression, Signature, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, StarBox
from ncd_tikz.glyphs import Window as WindowGlyph
from ncd_tikz.operations import counting
from ncd_tikz.operations.channels import check_groups, grouped, kernel_axes
from ncd_tikz.operations.contract import Call, Field, Operation, Parameter, Scope, Source
from ncd_tikz.operations.counting import ONE, ZERO
from ncd_tikz.operations.reindexing import Window, transposed
from ncd_tikz.operations.roles import Roles, roles, source_of_maps
from ncd_tikz.operations.spatial import (
    NO_CHANNELS,
    Sizes,
    bind_spatial,
    check_least,
    default,
    each,
    numbers,
    rank_of,
    window_label,
    written,
)


@frozen
class ConvTranspose(Operation):
    """y[s x + e w - p, d] += weight[c, d, w] x[x, c] for all x, w, c; then bias[d]; s stride, e dilation.

    The transpose of a convolution's re-indexing, of size (x - 1) s - 2 p + e (k - 1) + output_padding + 1.
    The weight is kept as `torch.nn.ConvTranspose1d` to `3d` keep it: (c, d / groups, kernel).
    """

    name: ClassVar[str] = "conv_transpose"
    about: ClassVar[str] = (
        "transposed convolution: y[s x + w - p, d] += weight[c, d, w] x[x, c]; plus bias[d]"
    )
    fields: ClassVar[tuple[Field, ...]] = (
        Field(
            "over", "transition", "axes it goes over, and what becomes of them, as in 'x -> y'", required=True
        ),
        Field("map", "map", "channels it takes and makes, as in 'c -> d'", default=NO_CHANNELS),
        Field("kernel", "sizes", "entries of the window, for all axes or for each", required=True),
        Field("stride", "sizes", "from one place of the window to the next", default=(ONE,)),
        Field("dilation", "sizes", "from one entry of the window to the next", default=(ONE,)),
        Field("padding", "sizes", "entries cut off on either side", default=(ZERO,)),
        Field("output_padding", "sizes", "further entries at the end", default=(ZERO,)),
        Field("groups", "expression", "groups of channels that do not see each other", default=ONE),
        Field("bias", "bool", "whether it adds a learned bias", default=True),
        Field("open", "bool", "drawn long: re-indexing, window, learned map", default=False),
    )
    example: ClassVar[str] = """\
ncd: 1
name: conv_transpose_example
axes: {c: 3, d: 4, h: 4, w: 3}
inputs: {X: c h w}
steps:
  - {op: conv_transpose, in: X, out: Y, over: h w -> h2 w2, map: c -> d, kernel: 2, stride: 2, label: K}
outputs: Y
"""

    over: Signature
    kernel: Sizes
    map: Signature = NO_CHANNELS
    stride: Sizes = (ONE,)
    dilation: Sizes = (ONE,)
    padding: Sizes = (ZERO,)
    output_padding: Sizes = (ZERO,)
    groups: Expression = ONE
    bias: bool = True
    open: bool = False

    def _roles(self, application: Application) -> Roles:
        return roles(application, self.over, self.map)

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Channels and re-indexed axes are made where they stood; new sizes follow, or are checked."""
        settings = self._settings(rank_of(inputs[0], self.over))
        for values, least, field in zip(
            settings,
            (1, 1, 1, 0, 0),
            ("kernel", "stride", "dilation", "padding", "output_padding"),
            strict=True,
        ):
            check_least(values, least, field, scope)
        _, stride, dilation, _, more = settings
        for further, *steps in zip(more, stride, dilation, strict=True):
            found, *known = (default(value, scope, "output_padding") for value in (further, *steps))
            if found and None not in known and found >= max(step or 1 for step in known):
                fact = f"expected less than the stride or the dilation under output_padding, found {found}"
                raise ShapeError(fact, field="output_padding")
        rules = [counting.spread(*setting) for setting in zip(*settings, strict=True)]
        application = bind_spatial(inputs, scope, self.name, self.over, self.map, rules)
        check_groups(self._roles(application), self.groups, scope)
        return application

    def _settings(self, rank: int) -> tuple[Sizes, Sizes, Sizes, Sizes, Sizes]:
        return (
            each(self.kernel, rank, "kernel"),
            each(self.stride, rank, "stride"),
            each(self.dilation, rank, "dilation"),
            each(self.padding, rank, "padding"),
            each(self.output_padding, rank, "output_padding"),
        )

    def parameters(self, application: Application) -> tuple[Parameter, ...]:
        """`weight`, and `bias` where there is one."""
        who = self._roles(application)
        taken, new = who.taken_channels, who.made_channels
        kernel = kernel_axes(each(self.kernel, who.rank, "kernel"))
        axes, flatten = grouped(taken, new, self.groups)
        weight = Parameter("weight", (*axes, *kernel), (*flatten, *(1 for _ in kernel)))
        return (weight, Parameter("bias", new, (len(new),))) if self.bias else (weight,)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Weight times input for every entry of the window, then the transpose of re-indexing."""
        who = self._roles(application)
        tensor, rank = inputs[0].permute(who.own_order), who.rank
        groups = self.groups.evaluate(sizes)
        windows, extents = [], []
        places = tuple(tensor.shape[-rank:])
        for size, settings in zip(places, zip(*self._settings(rank), strict=True), strict=True):
            kernel, stride, dilation, padding, more = (setting.evaluate(sizes) for setting in settings)
            windows.append(Window(kernel, stride, dilation, padding, padding))
            extents.append((size - 1) * stride - 2 * padding + dilation * (kernel - 1) + more + 1)
        kernels = [window.kernel for window in windows]
        entries = tensor.reshape(groups, -1, prod(places))
        weight = parameters["weight"].reshape(groups, entries.shape[1], -1)
        entries = (weight.transpose(1, 2) @ entries).reshape(groups, -1, *kernels, *places)
        entries = entries.movedim(tuple(range(2, 2 + rank)), tuple(range(-rank, 0)))
        result = transposed(entries, tuple(windows), tuple(extents))
        channels = [axis.sizes[0] for axis in who.made_channels]
        result = result.reshape([*(size.evaluate(sizes) for size in channels), *extents])
        if self.bias:
            result = result + parameters["bias"].reshape([*result.shape[: who.new], *(1 for _ in extents)])
        return (result.permute(who.made_order),)

    def source(self, call: Call) -> Source:
        """`nn.ConvTranspose1d` to `nn.ConvTranspose3d` on flattened channels."""
        who = self._roles(call.application)
        rank = who.rank
        kernel, stride, dilation, padding, more = self._settings(rank)
        code = call.init_size
        settings = [
            code(counting.product(who.taken_channels)),
            code(counting.product(who.made_channels)),
            numbers(kernel, code),
        ]
        for values, plain, name in (
            (stride, ONE, "stride"),
            (padding, ZERO, "padding"),
            (more, ZERO, "output_padding"),
            (dilation, ONE, "dilation"),
        ):
            if any(value != plain for value in values):
                settings.append(f"{name}={numbers(values, code)}")
        if self.groups != ONE:
            settings.append(f"groups={code(self.groups)}")
        if not self.bias:
            settings.append("bias=False")
        source = source_of_maps(call, who, lambda rows: f"self.{call.attribute}({rows})")
        return Source(source.forward, f"nn.ConvTranspose{rank}d({', '.join(settings)})", before=source.before)

    def glyph(self, application: Application, label: str) -> Glyph:
        """A star box with a T; drawn open, the re-indexing with a T, its window and a bold L."""
        who = self._roles(application)
        kernel, stride, dilation, _, _ = self._settings(who.rank)
        steps, apart = written(stride, application), written(dilation, application)
        if self.open:
            return WindowGlyph(
                r"\mathbf{L}",
                window_label(kernel, application),
                double=len(kernel) > 1,
                stride=steps,
                dilation=apart,
                transposed=True,
                learned=True,
                name=label,
                sub="+" if self.bias else "",
                spatial=who.slots,
            )
        groups = written((self.groups,), application)
        return StarBox(written(kernel, application, ""), steps, apart, groups, transposed=True)

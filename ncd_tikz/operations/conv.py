"""A learned convolution over one to three axes."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Expression, Signature, Tensor
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, StarBox
from ncd_tikz.glyphs import Window as WindowGlyph
from ncd_tikz.operations import counting
from ncd_tikz.operations.channels import check_groups, grouped, kernel_axes
from ncd_tikz.operations.contract import Call, Field, Operation, Parameter, Scope, Source
from ncd_tikz.operations.counting import ONE, ZERO
from ncd_tikz.operations.reindexing import Window, windowed
from ncd_tikz.operations.roles import Roles, roles, source_of_maps
from ncd_tikz.operations.spatial import (
    NO_CHANNELS,
    Sizes,
    bind_spatial,
    check_least,
    each,
    numbers,
    rank_of,
    window_label,
    written,
)

PADDINGS = ("same", "valid", "causal")


@frozen
class Conv(Operation):
    """y[x', d] = sum_{w, c} weight[d, c, w] x[s x' + e w - p, c] + bias[d], s stride, e dilation, p padding.

    Outside of its axes x is zero. The weight is kept as `torch.nn.Conv1d` to `Conv3d` keep it, (d, c /
    groups, kernel); each group of channels d sees its own group of channels c only. `padding: same` pads
    as much as keeps the size under stride one, and an odd entry more at the end; `causal` puts all of that
    in front, so that y[x'] sees nothing after x[x'].
    """

    name: ClassVar[str] = "conv"
    about: ClassVar[str] = (
        "learned convolution: y[x', d] = sum_wc weight[d, c, w] x[s x' + w - p, c] + bias[d]"
    )
    fields: ClassVar[tuple[Field, ...]] = (
        Field(
            "over", "transition", "axes it goes over, and what becomes of them, as in 'x -> y'", required=True
        ),
        Field("map", "map", "channels it takes and makes, as in 'c -> d'", default=NO_CHANNELS),
        Field("kernel", "sizes", "entries of the window, for all axes or for each", required=True),
        Field("stride", "sizes", "from one place of the window to the next", default=(ONE,)),
        Field("dilation", "sizes", "from one entry of the window to the next", default=(ONE,)),
        Field(
            "padding",
            "sizes",
            "zeros on either side; same: as many as keep the size; valid: none; causal: all of those before",
            default=(ZERO,),
            choices=PADDINGS,
        ),
        Field("groups", "expression", "groups of channels that do not see each other", default=ONE),
        Field("bias", "bool", "whether it adds a learned bias", default=True),
        Field("open", "bool", "drawn long: re-indexing, window, learned map", default=False),
    )
    example: ClassVar[str] = """\
ncd: 1
name: conv_example
axes: {c: 3, d: 4, h: 8, w: 6}
inputs: {X: c h w}
steps:
  - {op: conv, in: X, out: Y, over: h w -> h2 w2, map: c -> d, kernel: 3, stride: 2, padding: 1, label: K}
outputs: Y
"""

    over: Signature
    kernel: Sizes
    map: Signature = NO_CHANNELS
    stride: Sizes = (ONE,)
    dilation: Sizes = (ONE,)
    padding: Sizes | str = (ZERO,)
    groups: Expression = ONE
    bias: bool = True
    open: bool = False

    def _roles(self, application: Application) -> Roles:
        return roles(application, self.over, self.map)

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Channels and re-indexed axes are made where they stood; new sizes follow, or are checked."""
        rank = rank_of(inputs[0], self.over)
        kernel, stride, dilation = self._settings(rank)
        before, after = self._paddings(rank)
        for values, least, field in (
            (kernel, 1, "kernel"),
            (stride, 1, "stride"),
            (dilation, 1, "dilation"),
            (before, 0, "padding"),
        ):
            check_least(values, least, field, scope)
        rules = [
            counting.windows(*settings)
            for settings in zip(kernel, stride, dilation, before, after, strict=True)
        ]
        application = bind_spatial(inputs, scope, self.name, self.over, self.map, rules)
        check_groups(self._roles(application), self.groups, scope)
        return application

    def _settings(self, rank: int) -> tuple[Sizes, Sizes, Sizes]:
        return (
            each(self.kernel, rank, "kernel"),
            each(self.stride, rank, "stride"),
            each(self.dilation, rank, "dilation"),
        )

    def _paddings(self, rank: int) -> tuple[Sizes, Sizes]:
        """What is added before and after, for each dimension."""
        if isinstance(self.padding, str):
            if self.padding == "valid":
                return (ZERO,) * rank, (ZERO,) * rank
            kernel, _, dilation = self._settings(rank)
            totals = tuple(counting.reach(*pair) for pair in zip(kernel, dilation, strict=True))
            if self.padding == "causal":
                return totals, (ZERO,) * rank
            before = tuple(counting.halved(total) for total in totals)
            rest = zip(totals, before, strict=True)
            return before, tuple(counting.plus(total, counting.negative(half)) for total, half in rest)
        padding = each(self.padding, rank, "padding")
        return padding, padding

    def parameters(self, application: Application) -> tuple[Parameter, ...]:
        """`weight`, and `bias` where there is one."""
        who = self._roles(application)
        taken, new = who.taken_channels, who.made_channels
        kernel = kernel_axes(each(self.kernel, who.rank, "kernel"))
        axes, flatten = grouped(new, taken, self.groups)
        weight = Parameter("weight", (*axes, *kernel), (*flatten, *(1 for _ in kernel)))
        return (weight, Parameter("bias", new, (len(new),))) if self.bias else (weight,)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Re-index, then sum weight times window over the channels of each group."""
        who = self._roles(application)
        tensor, rank = inputs[0].permute(who.own_order), who.rank
        groups = self.groups.evaluate(sizes)
        windows = tuple(
            Window(*(setting.evaluate(sizes) for setting in settings))
            for settings in zip(*self._settings(rank), *self._paddings(rank), strict=True)
        )
        spatial = tensor.shape[-rank:]
        entries = windowed(tensor.reshape(groups, -1, *spatial), windows)  # g, c, places, window
        places = entries.shape[2 : 2 + rank]
        count = prod(window.kernel for window in windows)
        entries = entries.reshape(groups, entries.shape[1], prod(places), count).movedim(-1, 2)
        weight = parameters["weight"].reshape(groups, -1, entries.shape[1] * count)
        result = weight @ entries.flatten(1, 2)
        channels = [axis.sizes[0] for axis in who.made_channels]
        result = result.reshape([*(size.evaluate(sizes) for size in channels), *places])
        if self.bias:
            result = result + parameters["bias"].reshape([*result.shape[: who.new], *(1 for _ in places)])
        return (result.permute(who.made_order),)

    def source(self, call: Call) -> Source:
        """`nn.Conv1d` to `nn.Conv3d` on flattened channels."""
        who = self._roles(call.application)
        rank = who.rank
        kernel, stride, dilation = self._settings(rank)
        code = call.init_size
        settings = [
            code(counting.product(who.taken_channels)),
            code(counting.product(who.made_channels)),
            numbers(kernel, code),
        ]
        if any(value != ONE for value in stride):
            settings.append(f"stride={numbers(stride, code)}")
        pad = ""
        before, after = self._paddings(rank)
        uneven = before != after and not any(size.symbols for size in (*before, *after))
        if self.padding == "same" and all(value == ONE for value in stride) and not uneven:
            settings.append('padding="same"')  # torch warns where it pads unevenly itself
        elif before != after:
            sides = [call.size(side) for pair in zip(before[::-1], after[::-1], strict=True) for side in pair]
            pad = f", ({', '.join(sides)})"
        elif any(value != ZERO for value in before):
            settings.append(f"padding={numbers(before, code)}")
        if any(value != ONE for value in dilation):
            settings.append(f"dilation={numbers(dilation, code)}")
        if self.groups != ONE:
            settings.append(f"groups={code(self.groups)}")
        if not self.bias:
            settings.append("bias=False")

        def write(argument: str) -> str:
            return f"self.{call.attribute}({f'F.pad({argument}{pad})' if pad else argument})"

        source = source_of_maps(call, who, write)
        imports = ("import torch.nn.functional as F",) if pad else ()
        return Source(
            source.forward, f"nn.Conv{rank}d({', '.join(settings)})", imports=imports, before=source.before
        )

    def glyph(self, application: Application, label: str) -> Glyph:
        """A star box; drawn open, the re-indexing, its window and a bold L."""
        who = self._roles(application)
        kernel, stride, dilation = self._settings(who.rank)
        steps, apart = written(stride, application), written(dilation, application)
        if self.open:
            return WindowGlyph(
                r"\mathbf{L}",
                window_label(kernel, application),
                double=who.rank > 1,
                stride=steps,
                dilation=apart,
                learned=True,
                name=label,
                sub="+" if self.bias else "",
                spatial=who.slots,
            )
        groups = written((self.groups,), application)
        return StarBox(written(kernel, application, ""), steps, apart, groups)

"""Pools over windows of one to three axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Signature, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph
from ncd_tikz.glyphs import Window as WindowGlyph
from ncd_tikz.operations import counting
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.counting import ONE, ZERO
from ncd_tikz.operations.reindexing import Window, windowed
from ncd_tikz.operations.roles import Roles, roles, source_of_rows
from ncd_tikz.operations.spatial import (
    NO_CHANNELS,
    Sizes,
    bind_spatial,
    check_least,
    default,
    each,
    numbers,
    rank_of,
    spatial_axes,
    window_label,
    written,
)

_OVER = Field(
    "over", "transition", "axes it goes over, and what becomes of them, as in 'x -> y'", required=True
)
_KERNEL = Field("kernel", "sizes", "entries of the window, for all axes or for each", required=True)
_STRIDE = Field(
    "stride", "sizes", "from one place of the window to the next; left out: the kernel", default=()
)
_PADDING = Field("padding", "sizes", "entries added on either side, half a window at most", default=(ZERO,))

Settings = tuple[Sizes, Sizes, Sizes, Sizes]


def _settings(kernel: Sizes, stride: Sizes, dilation: Sizes, padding: Sizes, rank: int) -> Settings:
    return (
        each(kernel, rank, "kernel"),
        each(stride or kernel, rank, "stride"),
        each(dilation, rank, "dilation"),
        each(padding, rank, "padding"),
    )


def _bind(
    inputs: tuple[Tensor, ...], scope: Scope, name: str, over: Signature, settings: Settings
) -> Application:
    for values, least, field in zip(
        settings, (1, 1, 1, 0), ("kernel", "stride", "dilation", "padding"), strict=True
    ):
        check_least(values, least, field, scope)
    kernel, stride, dilation, padding = settings
    for width, added in zip(kernel, padding, strict=True):
        whole, part = default(width, scope, "kernel"), default(added, scope, "padding")
        if whole is not None and part is not None and 2 * part > whole:
            fact = f"expected at most half the kernel {whole} under padding, found {part}"
            raise ShapeError(fact, "a window outside of the axis would be empty", "padding")
    _check_entries(inputs[0], over, settings, scope)
    rules = [
        counting.windows(width, step, apart, added, added)
        for width, step, apart, added in zip(kernel, stride, dilation, padding, strict=True)
    ]
    return bind_spatial(inputs, scope, name, over, NO_CHANNELS, rules)


def _check_entries(tensor: Tensor, over: Signature, settings: Settings, scope: Scope) -> None:
    """Refuse a window all of whose entries are outside: its first one inside would be past the end.

    Raises:
        ShapeError: says on which axis.
    """
    sizes = [size for axis in spatial_axes(tensor, over) for size in axis.sizes]
    for size, apart, added in zip(sizes, settings[2], settings[3], strict=True):
        found = default(size, scope, "over"), default(apart, scope, "dilation")
        if None not in found and default(added, scope, "padding") and (found[0] or 0) < (found[1] or 0):
            fact = f"a window of dilation {found[1]} may have no entry on an axis of size {found[0]}"
            raise ShapeError(fact, field="dilation")


def _entries(tensor: Any, settings: Settings, sizes: Mapping[str, int], who: Roles, outside: float) -> Any:
    """The windows' entries in one last axis, the re-indexed axes in the output's order."""
    windows = []
    for each_setting in zip(*settings, strict=True):
        kernel, stride, dilation, padding = (setting.evaluate(sizes) for setting in each_setting)
        windows.append(Window(kernel, stride, dilation, padding, padding))
    entries = windowed(tensor.permute(who.own_order), tuple(windows), outside).flatten(-len(windows))
    return entries.permute([*who.made_order, len(windows)])


def _source(call: Call, function: str, who: Roles, settings: Settings, further: str = "") -> Source:
    kernel, stride, dilation, padding = settings
    arguments = [numbers(kernel, call.size)]
    for name, values, plain in (
        ("stride", stride, kernel),
        ("padding", padding, (ZERO,) * len(kernel)),
        ("dilation", dilation, (ONE,) * len(kernel)),
    ):
        if values != plain:
            arguments.append(f"{name}={numbers(values, call.size)}")
    listed = ", ".join([*arguments, *([further] if further else [])])

    def write(rows: str) -> str:
        if function == "max_pool" and len(kernel) == 3:  # of four dimensions it takes some strides only
            return f"F.max_pool3d({rows}[None], {listed})[0]"
        return f"F.{function}{len(kernel)}d({rows}, {listed})"

    source = source_of_rows(call, who, write)
    return Source(source.forward, imports=("import torch.nn.functional as F",), before=source.before)


def _glyph(letter: str, who: Roles, settings: Settings) -> Glyph:
    kernel, stride, dilation, _ = settings
    return WindowGlyph(
        letter,
        window_label(kernel, who.application),
        double=len(kernel) > 1,
        stride=written(stride, who.application),
        dilation=written(dilation, who.application),
        spatial=who.slots,
    )


@frozen
class MaxPool(Operation):
    """y[x'] = max_w x[s x' + d w - p], minus infinity outside; s is the kernel where it is left out."""

    name: ClassVar[str] = "max_pool"
    about: ClassVar[str] = "y[x'] = max_w x[s x' + d w - p], s the stride, d the dilation, p the padding"
    fields: ClassVar[tuple[Field, ...]] = (
        _OVER,
        _KERNEL,
        _STRIDE,
        Field("dilation", "sizes", "from one entry of the window to the next", default=(ONE,)),
        _PADDING,
    )
    example: ClassVar[str] = """\
ncd: 1
name: max_pool_example
axes: {c: 3, x: {size: [6, 4]}}
inputs: {X: x c}
steps:
  - {op: max_pool, in: X, out: Y, over: x -> y, kernel: 2}
outputs: Y
"""

    over: Signature
    kernel: Sizes
    stride: Sizes = ()
    dilation: Sizes = (ONE,)
    padding: Sizes = (ZERO,)

    def _settings(self, rank: int) -> Settings:
        return _settings(self.kernel, self.stride, self.dilation, self.padding, rank)

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Re-indexed axes are made where they stood; new sizes follow, or are checked."""
        return _bind(inputs, scope, self.name, self.over, self._settings(rank_of(inputs[0], self.over)))

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Re-index, then the largest entry of each window."""
        settings, who = self._settings(inputs[0].dim()), roles(application, self.over)
        return (_entries(inputs[0], settings, sizes, who, float("-inf")).max(-1).values,)

    def source(self, call: Call) -> Source:
        """`max_pool1d` to `max_pool3d`."""
        who = roles(call.application, self.over)
        return _source(call, "max_pool", who, self._settings(who.rank))

    def glyph(self, application: Application, label: str) -> Glyph:
        """Re-indexing, the window, Max."""
        who = roles(application, self.over)
        return _glyph(r"\mathrm{Max}", who, self._settings(who.rank))


@frozen
class AveragePool(Operation):
    """y[x'] = mean_w x[s x' + w - p], zero outside; s is the kernel where it is left out.

    Without `count_include_pad` the mean is that of the entries which the axis has.
    """

    name: ClassVar[str] = "average_pool"
    about: ClassVar[str] = "y[x'] = mean_w x[s x' + w - p], s the stride, p the padding"
    fields: ClassVar[tuple[Field, ...]] = (
        _OVER,
        _KERNEL,
        _STRIDE,
        _PADDING,
        Field("count_include_pad", "bool", "whether the zeros of the padding count", default=True),
    )
    example: ClassVar[str] = """\
ncd: 1
name: average_pool_example
axes: {c: 3, x: 7}
inputs: {X: c x}
steps:
  - {op: average_pool, in: X, out: Y, over: x -> y, kernel: 3, stride: 2, padding: 1}
outputs: Y
"""

    over: Signature
    kernel: Sizes
    stride: Sizes = ()
    padding: Sizes = (ZERO,)
    count_include_pad: bool = True

    def _settings(self, rank: int) -> Settings:
        return _settings(self.kernel, self.stride, (ONE,), self.padding, rank)

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Re-indexed axes are made where they stood; new sizes follow, or are checked."""
        return _bind(inputs, scope, self.name, self.over, self._settings(rank_of(inputs[0], self.over)))

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Re-index, then the mean of each window."""
        settings, who = self._settings(inputs[0].dim()), roles(application, self.over)
        total = _entries(inputs[0], settings, sizes, who, 0.0)
        if self.count_include_pad:
            return (total.mean(-1),)
        present = _entries(inputs[0].new_ones(inputs[0].shape), settings, sizes, who, 0.0)
        return (total.sum(-1) / present.sum(-1),)

    def source(self, call: Call) -> Source:
        """`avg_pool1d` to `avg_pool3d`."""
        further = "" if self.count_include_pad else "count_include_pad=False"
        who = roles(call.application, self.over)
        return _source(call, "avg_pool", who, self._settings(who.rank), further)

    def glyph(self, application: Application, label: str) -> Glyph:
        """Re-indexing, the window, E for the expectation."""
        who = roles(application, self.over)
        return _glyph(r"\mathrm{I\!E}", who, self._settings(who.rank))

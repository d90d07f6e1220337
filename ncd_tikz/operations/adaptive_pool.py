"""Pools whose windows follow from the sizes before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Signature, Tensor
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph
from ncd_tikz.glyphs import Window as WindowGlyph
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.counting import fraction
from ncd_tikz.operations.roles import Roles, roles, source_of_rows
from ncd_tikz.operations.spatial import NO_CHANNELS, bind_spatial

_FIELDS = (
    Field(
        "over",
        "transition",
        "axes it goes over, and those they become, which say their size, as in 'x -> y'",
        required=True,
    ),
)


def _bind(inputs: tuple[Tensor, ...], scope: Scope, name: str, over: Signature) -> Application:
    return bind_spatial(inputs, scope, name, over, NO_CHANNELS, None)


def _pooled(tensor: Any, sizes: Mapping[str, int], who: Roles, pool: Callable[[Any, int], Any]) -> Any:
    """Window x' of n' runs from floor(x' n / n') up to, without, ceil((x' + 1) n / n'), axis by axis."""
    tensor = tensor.permute(who.own_order)
    for dim, new in enumerate(axis.sizes[0].evaluate(sizes) for axis in who.made_axes):
        old = tensor.shape[dim]
        parts = []
        for place in range(new):
            start, end = place * old // new, -(-(place + 1) * old // new)
            parts.append(pool(tensor.narrow(dim, start, end - start), dim))
        first, *others = (part.unsqueeze(dim) for part in parts)
        tensor = _joined(first, others, dim)
    return tensor.permute(who.made_order)


def _joined(first: Any, others: list[Any], dim: int) -> Any:
    shape = list(first.shape)
    shape[dim] += len(others)
    whole = first.new_zeros(shape)
    for place, part in enumerate((first, *others)):
        whole = whole.index_add(dim, whole.new_tensor([float(place)]).long(), part)
    return whole


def _source(call: Call, function: str, who: Roles) -> Source:
    sizes = [call.size(axis.sizes[0]) for axis in who.made_axes]
    made = sizes[0] if len(sizes) == 1 else f"({', '.join(sizes)})"
    source = source_of_rows(call, who, lambda rows: f"F.{function}{len(sizes)}d({rows}, {made})")
    return Source(source.forward, imports=("import torch.nn.functional as F",), before=source.before)


def _glyph(letter: str, who: Roles) -> Glyph:
    pairs = zip(who.taken_axes, who.made_axes, strict=True)
    windows = [fraction(one.label, other.label) for one, other in pairs]
    text = windows[0] if len(set(windows)) == 1 else r"\times ".join(windows)
    stride = text if text.isdigit() else ""  # as long as a fraction it would not fit
    return WindowGlyph(letter, text, double=who.rank > 1, stride=stride, spatial=who.slots)


@frozen
class AdaptiveAveragePool(Operation):
    """y[x'] = mean of x from floor(x' n / n') up to ceil((x' + 1) n / n'); n and n' the sizes."""

    name: ClassVar[str] = "adaptive_average_pool"
    about: ClassVar[str] = "y[x'] = mean of x from floor(x' n / n') up to ceil((x' + 1) n / n')"
    fields: ClassVar[tuple[Field, ...]] = _FIELDS
    example: ClassVar[str] = """\
ncd: 1
name: adaptive_average_pool_example
axes: {c: 2, x: 8, y: 3}
inputs: {X: c x}
steps:
  - {op: adaptive_average_pool, in: X, out: Y, over: x -> y}
outputs: Y
"""

    over: Signature

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The new axes are declared ones, or numbers."""
        return _bind(inputs, scope, self.name, self.over)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The mean of each part."""
        return (_pooled(inputs[0], sizes, roles(application, self.over), lambda part, dim: part.mean(dim)),)

    def source(self, call: Call) -> Source:
        """`adaptive_avg_pool1d` to `adaptive_avg_pool3d`."""
        return _source(call, "adaptive_avg_pool", roles(call.application, self.over))

    def glyph(self, application: Application, label: str) -> Glyph:
        """Re-indexing, the window, E for the expectation."""
        return _glyph(r"\mathrm{I\!E}", roles(application, self.over))


@frozen
class AdaptiveMaxPool(Operation):
    """y[x'] = max of x from floor(x' n / n') up to ceil((x' + 1) n / n'); n and n' the sizes."""

    name: ClassVar[str] = "adaptive_max_pool"
    about: ClassVar[str] = "y[x'] = max of x from floor(x' n / n') up to ceil((x' + 1) n / n')"
    fields: ClassVar[tuple[Field, ...]] = _FIELDS
    example: ClassVar[str] = """\
ncd: 1
name: adaptive_max_pool_example
axes: {c: 2, h: 6, w: 5}
inputs: {X: h w c}
steps:
  - {op: adaptive_max_pool, in: X, out: Y, over: h w -> 3 2}
outputs: Y
"""

    over: Signature

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The new axes are declared ones, or numbers."""
        return _bind(inputs, scope, self.name, self.over)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The largest entry of each part."""
        return (
            _pooled(inputs[0], sizes, roles(application, self.over), lambda part, dim: part.max(dim).values),
        )

    def source(self, call: Call) -> Source:
        """`adaptive_max_pool1d` to `adaptive_max_pool3d`."""
        return _source(call, "adaptive_max_pool", roles(call.application, self.over))

    def glyph(self, application: Application, label: str) -> Glyph:
        """Re-indexing, the window, Max."""
        return _glyph(r"\mathrm{Max}", roles(application, self.over))

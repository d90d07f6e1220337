"""Patches of an image, each mapped to a vector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Signature, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph
from ncd_tikz.operations.contract import Call, Field, Operation, Parameter, Scope, Source
from ncd_tikz.operations.conv import Conv
from ncd_tikz.operations.counting import Parts
from ncd_tikz.operations.spatial import Sizes, bind_spatial, check_least, default, each, spatial_axes


@frozen
class PatchEmbedding(Operation):
    """y[x', d] = sum_{w, c} weight[d, c, w] x[P x' + w, c] + bias[d], w over the P entries of a patch.

    A convolution whose stride is its kernel. The axes must be whole numbers of patches; `view` flattens
    the patches afterwards.
    """

    name: ClassVar[str] = "patch_embedding"
    about: ClassVar[str] = (
        "learned map of patches: y[x', d] = sum_wc weight[d, c, w] x[P x' + w, c] + bias[d]"
    )
    fields: ClassVar[tuple[Field, ...]] = (
        Field(
            "over",
            "transition",
            "axes cut into patches, and those of the patches: 'h w -> i j'",
            required=True,
        ),
        Field("map", "map", "channels it takes and makes, as in 'c -> m'", required=True),
        Field("patch", "sizes", "entries of a patch, along all axes or along each", required=True),
        Field("bias", "bool", "whether it adds a learned bias", default=True),
        Field("open", "bool", "drawn long: re-indexing, window, learned map", default=False),
    )
    example: ClassVar[str] = """\
ncd: 1
name: patch_embedding_example
axes: {c: 3, h: 8, w: 12, m: 5}
inputs: {X: c h w}
steps:
  - {op: patch_embedding, in: X, out: Y, over: h w -> i j, map: c -> m, patch: 4, label: E}
outputs: Y
"""

    over: Signature
    map: Signature
    patch: Sizes
    bias: bool = True
    open: bool = False

    @property
    def _conv(self) -> Conv:
        return Conv(self.over, self.patch, self.map, stride=self.patch, bias=self.bias, open=self.open)

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """As a convolution, but nothing may be left over."""
        axes = spatial_axes(inputs[0], self.over)
        sizes = [size for axis in axes for size in axis.sizes]
        patches = each(self.patch, len(sizes), "patch")
        check_least(patches, 1, "patch", scope)
        for size, patch in zip(sizes, patches, strict=True):
            whole, part = default(size, scope, "over"), default(patch, scope, "patch")
            if whole is not None and part is not None and whole % part:
                fact = f"{whole} entries cannot be cut into patches of {part}: {whole % part} are left over"
                raise ShapeError(fact, field="patch")
        rules = [Parts(patch) for patch in patches]
        return bind_spatial(inputs, scope, self.name, self.over, self.map, rules)

    def parameters(self, application: Application) -> tuple[Parameter, ...]:
        """Those of the convolution."""
        return self._conv.parameters(application)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """That of the convolution."""
        return self._conv.base(inputs, parameters, sizes, application)

    def source(self, call: Call) -> Source:
        """`nn.Conv1d` to `nn.Conv3d` whose stride is the kernel."""
        return self._conv.source(call)

    def glyph(self, application: Application, label: str) -> Glyph:
        """That of the convolution."""
        return self._conv.glyph(application, label)

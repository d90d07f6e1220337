"""Rotary embedding: pairs of entries turn by an angle that grows with their position."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Expression, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, Turn
from ncd_tikz.operations.arranging import aligned, moved
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import in_place, need
from ncd_tikz.operations.sizing import moments_of


@frozen
class RotaryEmbedding(Operation):
    """(y[x, i], y[x, i']) = (a[x, i], a[x, i']) turned by the angle x / period ** (2 j / r).

    The positions x are counted from zero; j counts the r / 2 pairs of the first r entries of the
    depth, all of them where `part` is left out. Pairs are i = j and i' = j + r / 2 (`half`), or
    i = 2 j and i' = 2 j + 1 (`interleaved`).
    Source: Su et al., RoFormer, 2021, section 3.2.2 (interleaved); halves are those of GPT-NeoX and Llama.
    """

    name: ClassVar[str] = "rotary_embedding"
    about: ClassVar[str] = "pairs of entries turned by x / period^(2j/r): x the position, j the pair"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("over", "axes", "the positions, then the depth, as in 'x k'", required=True),
        Field(
            "style",
            "choice",
            "half: entries of both halves are pairs; interleaved: neighbours are",
            default="half",
            choices=("half", "interleaved"),
        ),
        Field("period", "number", "the slowest pair turns once in 2 pi times as many", default=10000),
        Field("part", "sizes", "how many entries are turned, the first ones; left out: all", default=()),
    )
    example: ClassVar[str] = """\
ncd: 1
name: rotary_embedding_example
axes: {x: 5, h: 2, k: 4}
inputs: {Q: x h k}
steps:
  - {op: rotary_embedding, in: Q, over: x k}
outputs: Q
"""

    over: tuple[str, ...]
    style: str = "half"
    period: float = 10000
    part: tuple[Expression, ...] = ()

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Both axes are taken and made where they stand."""
        need("real", inputs, self.name)
        if self.period <= 0:
            raise ShapeError(f"expected a period above zero, found {self.period!r}", field="period")
        if len(self.over) != 2:
            found = " ".join(self.over) or "none"
            fact = f"expected two axes, of positions and of depth, found {found}"
            raise ShapeError(fact, "as in over: x k", "over")
        application = in_place(inputs[0], self.over)
        if any(axis.rank != 1 for axis in application.own_axes(0)):
            raise ShapeError(f"expected two single axes, found a group: {' '.join(self.over)}", field="over")
        if len(self.part) > 1:
            raise ShapeError(f"expected one number, found {len(self.part)}", field="part")
        depth = inputs[0].axes[inputs[0].names.index(self.over[1])]
        field = "part" if self.part else "over"
        for turned, whole in moments_of((self._turned(depth.sizes[0]), depth.sizes[0]), scope, field):
            if turned % 2 or not 0 < turned <= whole:
                fact = f"expected an even number of entries to turn, found {turned} of {depth.name}={whole}"
                raise ShapeError(fact, "each two make a pair", field)
        return application

    def _turned(self, depth: Expression) -> Expression:
        return self.part[0] if self.part else depth

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Pair by pair."""
        straight = application.own_axes(0)[0].name == self.over[0]
        rows = inputs[0] if straight else inputs[0].transpose(0, 1)
        count = self.part[0].evaluate(sizes) if self.part else rows.shape[1]
        result = rows.clone()
        for pair in range(count // 2):
            one, other = (pair, pair + count // 2) if self.style == "half" else (2 * pair, 2 * pair + 1)
            angles = [x / self.period ** (2 * pair / count) for x in range(rows.shape[0])]
            cosines = rows.new_tensor([math.cos(angle) for angle in angles])
            sines = rows.new_tensor([math.sin(angle) for angle in angles])
            result[:, one] = rows[:, one] * cosines - rows[:, other] * sines
            result[:, other] = rows[:, one] * sines + rows[:, other] * cosines
        return (result if straight else result.transpose(0, 1),)

    def source(self, call: Call) -> Source:
        """Sines and cosines of all positions at once; angles in single precision at least."""
        (code,), prefix = call.arguments, call.attribute
        names = call.application.inputs[0].names
        own = [names[position] for position in call.application.own[0]]
        positions, depth = own if own[0] == self.over[0] else own[::-1]
        order = [*(name for name in names if name != depth), depth]
        before = []
        if names[-1] != depth:
            before = [f"{prefix}_in = {moved(code, names, order)}"]
            code = f"{prefix}_in"
        place = order.index(positions)
        axis = next(axis for axis in call.application.inputs[0].axes if axis.name == depth)
        count = call.size(self._turned(axis.sizes[0]))
        less = f"({count})" if " " in count else count
        first, rest_of = (f":{count}", f"{count}:") if count.isdigit() else (f": {count}", f"{count} :")
        wide = f"dtype={prefix}_type, device={code}.device"
        taken = f"{code}[..., {first}]" if self.part else code
        pairs = f"{taken}.chunk(2, -1)"
        if self.style == "interleaved":
            pairs = f"{taken}.unflatten(-1, (-1, 2)).unbind(-1)"
        extent = f"{code}.shape[{place - len(order)}]"
        cosine, sine = (
            aligned(f"{prefix}_angle.{wave}().to({code}.dtype)", (positions, depth), order[place:])
            for wave in ("cos", "sin")
        )
        before += [
            f"{prefix}_type = torch.promote_types({code}.dtype, torch.float32)",
            f"{prefix}_pair = torch.arange(0, {count}, 2, {wide})",
            f"{prefix}_place = torch.arange({extent}, {wide})[:, None]",
            f"{prefix}_angle = {prefix}_place / {float(self.period)!r} ** ({prefix}_pair / {less})",
            f"{prefix}_cos = {cosine}",
            f"{prefix}_sin = {sine}",
            f"{prefix}_one, {prefix}_two = {pairs}",
        ]
        turned = [
            f"{prefix}_one * {prefix}_cos - {prefix}_two * {prefix}_sin",
            f"{prefix}_two * {prefix}_cos + {prefix}_one * {prefix}_sin",
        ]
        rest = [f"{code}[..., {rest_of}]"] if self.part else []
        if self.style == "interleaved":
            result = f"torch.stack([{', '.join(turned)}], -1).flatten(-2)"
            result = f"torch.cat([{', '.join([result, *rest])}], -1)" if rest else result
        else:
            result = f"torch.cat([{', '.join([*turned, *rest])}], -1)"
        return Source(moved(result, order, names), before=tuple(before))

    def glyph(self, application: Application, label: str) -> Glyph:
        """A box on both wires with an arrow that turns."""
        return Turn()

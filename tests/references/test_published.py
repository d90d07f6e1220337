"""Parts of published models, made of operations that every model has, beside torch's own functions."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
torch.set_num_threads(1)

from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from ncd_tikz.diagram import loads  # noqa: E402
from ncd_tikz.equivalence import check  # noqa: E402
from ncd_tikz.pytorch import to_module  # noqa: E402
from tests.references.agreement import compare, normal  # noqa: E402

GROUPED = """\
ncd: 1
name: grouped_queries
axes: {x: 5, m: 8, g: 2, n: 3, k: 4}
inputs: {X: x m}
steps:
  - {op: linear, in: X, out: q, map: m -> g n k, label: Q, bias: false}
  - {op: linear, in: X, out: a, map: m -> g k, label: K, bias: false}
  - {op: linear, in: X, out: v, map: m -> g k, label: V, bias: false}
  - {op: rotary_embedding, in: q, over: x k}
  - {op: rotary_embedding, in: a, over: x k}
  - {op: einsum, in: [q, a], out: s, map: "x g n k, x' g k -> g n x x'"}
  - {op: scale, in: s, by: k**(-1/2)}
  - {op: mask, in: s, over: "x x'", window: 3}
  - {op: softmax, in: s, over: x'}
  - {op: einsum, in: [s, v], out: o, map: "g n x x', x' g k -> x g n k"}
  - {op: linear, in: o, out: Y, map: g n k -> m, label: O, bias: false}
outputs: Y
"""


class GroupedQueries(nn.Module):
    """As Mistral: rotary embedding in halves, keys repeated for the queries of a group, sliding window."""

    def __init__(self, m: int, g: int, n: int, k: int) -> None:
        super().__init__()
        self.q_proj = nn.Linear(m, g * n * k, bias=False)
        self.k_proj = nn.Linear(m, g * k, bias=False)
        self.v_proj = nn.Linear(m, g * k, bias=False)
        self.o_proj = nn.Linear(g * n * k, m, bias=False)
        self.width, self.repeats = k, n

    def forward(self, states: Tensor) -> Tensor:
        count = states.shape[-2]
        q, k, v = (
            each(states).unflatten(-1, (-1, self.width)).transpose(-3, -2)
            for each in (self.q_proj, self.k_proj, self.v_proj)
        )
        rate = 10000 ** -(torch.arange(0, self.width, 2).double() / self.width)
        angles = torch.outer(torch.arange(count).double(), rate).repeat(1, 2)
        half = self.width // 2
        q, k = (
            each * angles.cos() + torch.cat([-each[..., half:], each[..., :half]], -1) * angles.sin()
            for each in (q, k)
        )
        k, v = (each.repeat_interleave(self.repeats, -3) for each in (k, v))
        asks, answers = torch.arange(count)[:, None], torch.arange(count)
        seen = (answers <= asks) & (answers > asks - 3)
        result = F.scaled_dot_product_attention(q, k, v, attn_mask=seen)
        output: Tensor = self.o_proj(result.transpose(-3, -2).flatten(-2))
        return output


def test_grouped_queries() -> None:
    names = {f"{ours}.weight": f"{ours.lower()}_proj.weight" for ours in "QKVO"}
    compare(to_module(loads(GROUPED)), GroupedQueries(8, 2, 3, 4), names, [normal(2, 5, 8)])


@pytest.mark.slow
def test_grouped_queries_mean_what_they_say() -> None:
    assert check(loads(GROUPED)).ok


GATED = """\
ncd: 1
name: gated
axes: {x: 5, m: 4, d: 6, e: 2*d}
inputs: {X: x m}
steps:
  - {op: linear, in: X, out: a, map: m -> e, label: P}
  - {op: split, in: a, out: [u, w], along: 'e -> d, d'}
  - {op: gelu, in: w}
  - {op: multiply, in: [u, w], out: Y}
outputs: Y
"""


class Gated(nn.Module):
    """As GEGLU of diffusers, and `F.glu` with another gate."""

    def __init__(self) -> None:
        super().__init__()
        self.proj = nn.Linear(4, 12)

    def forward(self, states: Tensor) -> Tensor:
        states, gate = self.proj(states).chunk(2, dim=-1)
        return states * F.gelu(gate)


def test_a_gated_unit_is_split_gate_and_product() -> None:
    names = {"P.weight": "proj.weight", "P.bias": "proj.bias"}
    compare(to_module(loads(GATED)), Gated(), names, [normal(2, 5, 4)])
    sigmoid = to_module(loads(GATED.replace("gelu", "sigmoid"))).double()
    x = normal(2, 5, 4)
    assert torch.allclose(sigmoid(x), F.glu(sigmoid.P(x)), rtol=1e-12, atol=1e-12)
    assert check(loads(GATED)).ok


MIXTURE = """\
ncd: 1
name: mixture
axes: {x: 7, m: 4, f: 6, e: 5, t: 2}
inputs: {X: x m}
steps:
  - {op: linear, in: X, out: r, map: m -> e, label: R, bias: false}
  - {op: softmax, in: r, over: e}
  - {op: top_k, in: r, out: [v, n], along: e -> t}
  - {op: sum, in: v, out: z, over: t}
  - {op: reciprocal, in: z}
  - {op: multiply, in: [v, z], out: v}
  - {op: scatter, in: [v, n], out: w, along: t -> e}
  - {op: parameter, out: A, axes: e f m}
  - {op: parameter, out: B, axes: e f m}
  - {op: parameter, out: C, axes: e m f}
  - {op: einsum, in: [X, A], out: g, map: 'x m, e f m -> x e f'}
  - {op: einsum, in: [X, B], out: u, map: 'x m, e f m -> x e f'}
  - {op: silu, in: g}
  - {op: multiply, in: [g, u], out: d}
  - {op: einsum, in: [d, C, w], out: Y, map: 'x e f, e m f, x e -> x m'}
outputs: Y
"""

KEPT = (
    MIXTURE[: MIXTURE.index("  - {op: softmax")]
    + """\
  - {op: keep_top_k, in: r, over: e, count: t, out: w}
  - {op: softmax, in: w, over: e}
"""
    + MIXTURE[MIXTURE.index("  - {op: parameter") :]
)

PICKED = """\
ncd: 1
name: picked
axes: {x: 7, m: 4, f: 6, e: 5, t: 2}
inputs: {X: x m}
steps:
  - {op: linear, in: X, out: r, map: m -> e, label: R, bias: false}
  - {op: top_k, in: r, out: [v, n], along: e -> t}
  - {op: softmax, in: v, over: t}
  - {op: parameter, out: A, axes: e f m}
  - {op: parameter, out: B, axes: e f m}
  - {op: parameter, out: C, axes: e m f}
  - {op: gather, in: [A, n], out: a, over: e}
  - {op: gather, in: [B, n], out: b, over: e}
  - {op: gather, in: [C, n], out: c, over: e}
  - {op: einsum, in: [X, a], out: g, map: 'x m, x t f m -> x t f'}
  - {op: einsum, in: [X, b], out: u, map: 'x m, x t f m -> x t f'}
  - {op: silu, in: g}
  - {op: multiply, in: [g, u], out: d}
  - {op: einsum, in: [d, c, v], out: Y, map: 'x t f, x t m f, x t -> x m'}
outputs: Y
"""


class Mixture(nn.Module):
    """As Mixtral: each expert sees its tokens, and adds its part of the result."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = nn.Linear(4, 5, bias=False)
        self.w1, self.w3 = (nn.Parameter(torch.empty(5, 6, 4)) for _ in range(2))
        self.w2 = nn.Parameter(torch.empty(5, 4, 6))

    def forward(self, states: Tensor) -> Tensor:
        rows = states.flatten(0, -2)
        weights, chosen = torch.topk(F.softmax(self.gate(rows), dim=-1), 2)
        weights = weights / weights.sum(-1, keepdim=True)
        result = torch.zeros_like(rows)
        for expert in range(5):
            token, place = torch.where(chosen == expert)
            inside = F.silu(rows[token] @ self.w1[expert].T) * (rows[token] @ self.w3[expert].T)
            result = result.index_add(0, token, inside @ self.w2[expert].T * weights[token, place, None])
        return result.reshape(states.shape)


@pytest.mark.parametrize("text", [MIXTURE, KEPT, PICKED], ids=["scattered", "kept", "gathered"])
def test_a_mixture_of_experts(text: str) -> None:
    """The experts' weights are one tensor each; the routing weights are zero elsewhere, or pick them."""
    names: dict[str, Any] = {"R.weight": "gate.weight", "A": "w1", "B": "w3", "C": "w2"}
    compare(to_module(loads(text)), Mixture(), names, [normal(2, 7, 4)])
    report = check(loads(text))
    assert report.ok, report.text()

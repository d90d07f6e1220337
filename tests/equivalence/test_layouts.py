"""Groups of axes, axes that only a block knows, and numbers, in the layouts of somebody else's tensors."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from ncd_tikz.axes import Axis, Expression  # noqa: E402
from ncd_tikz.diagram import loads  # noqa: E402
from ncd_tikz.equivalence import check  # noqa: E402
from ncd_tikz.equivalence.foreign.layout import Layout  # noqa: E402

CONVOLUTION = """\
ncd: 1
name: image
axes: {r: 4, x: [r, 2*r], c: 2, d: 3}
inputs: {X: x c}
steps: [{op: conv, in: X, out: Y, over: x, map: c -> d, kernel: 3, padding: 1, label: K}]
outputs: Y
check:
  - against: torch.nn:Conv2d
    init: {in_channels: c, out_channels: d, kernel_size: 3, padding: 1}
    theirs: {X: c x, Y: d x}
    parameters: {K.weight: weight, K.bias: bias}
"""
IN_A_BLOCK = """\
ncd: 1
name: outer
axes: {m: 4, h: 3, p: 5}
inputs: {X: m}
blocks:
  heads:
    params: {p, h}
    axes: {m, k: p + 1}
    inputs: {X: m}
    steps: [{op: linear, in: X, out: Y, map: m -> k h, label: Q}, {op: sum, over: h}]
    outputs: Y
steps: [{op: heads, in: X, out: Y, with: {p: p, h: h}, label: part}]
outputs: Y
check:
  - against: tests.equivalence.test_layouts:Heads
    init: {width: m, heads: h, depth: p + 1}
    parameters:
      part.Q.weight: {of: linear.weight, axes: (h k) m}
      part.Q.bias: {of: linear.bias, axes: (h k)}
"""


class Heads(torch.nn.Module):  # type: ignore[misc]
    """The sum over heads of a linear map whose outputs are heads of depths."""

    def __init__(self, width: int, heads: int, depth: int) -> None:
        super().__init__()
        self.heads, self.linear = heads, torch.nn.Linear(width, heads * depth)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.linear(inputs).unflatten(-1, (self.heads, -1)).sum(-2)


def test_a_group_is_as_many_dimensions_as_it_has_axes() -> None:
    report = check(loads(CONVOLUTION), draws=2)
    assert report.ok, report.text()


def test_in_parentheses_a_group_is_one_dimension() -> None:
    axes = (
        Axis("c", (Expression.parse("2"),), "c"),
        Axis("x", (Expression.parse("3"), Expression.parse("5")), "x"),
    )
    tensor = torch.arange(30.0).reshape(2, 3, 5)
    assert Layout("X", axes, {}, ("x", "c")).to_theirs(tensor).shape == (3, 5, 2)
    flat = Layout("X", axes, {}, ("(x)", "c"))
    assert flat.to_theirs(tensor).shape == (15, 2)
    assert torch.equal(flat.to_ours(flat.to_theirs(tensor)), tensor)


def test_a_number_has_no_dimensions() -> None:
    layout = Layout("t", (), {}, None)
    assert layout.to_theirs(torch.tensor(3.0)).shape == ()
    assert layout.to_ours(torch.tensor(3.0)).shape == ()


def test_sizes_of_a_block_are_known_to_the_layouts_of_its_parameters() -> None:
    report = check(loads(IN_A_BLOCK), draws=2)
    assert report.ok, report.text()

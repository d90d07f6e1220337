"""Pools and upsampling against torch.nn, at random settings: forward and gradients."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

from ncd_tikz.axes import Axis, Expression, Signature, Tensor  # noqa: E402
from ncd_tikz.diagram import expand  # noqa: E402
from ncd_tikz.operations import Scope, make_operation  # noqa: E402
from tests.operations.harness import compare, run  # noqa: E402
from tests.operations.torch_reference import agree, drawn, field, several  # noqa: E402

TRIES = 200
nn = torch.nn
ranks = pytest.mark.parametrize("rank", [1, 2, 3])


def spatial(chance: random.Random, least: Any) -> tuple[int, ...]:
    return tuple(max(1, low) + chance.randint(0, 3 if len(least) < 3 else 1) for low in least)


@pytest.mark.slow
@ranks
def test_max_pool_is_that_of_torch(rank: int) -> None:
    chance = random.Random(20 + rank)
    kind = (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d)[rank - 1]
    for seed in range(TRIES):
        kernel, dilation = several(chance, rank, 1, 3), several(chance, rank, 1, 2)
        stride = chance.choice((None, several(chance, rank, 1, 3)))
        padding = tuple(chance.randint(0, k // 2) for k in kernel)
        # Below its dilation an axis may have a window without entries, at which torch's gradient aborts;
        # and three axes must hold a window without padding.
        added = padding if rank < 3 else (0, 0, 0)
        least = [max(d, d * (k - 1) + 1 - 2 * p) for k, d, p in zip(kernel, dilation, added, strict=True)]
        layout = drawn(chance, spatial(chance, least), [], [])
        fields = {"kernel": field(kernel), "dilation": field(dilation), "padding": field(padding)}
        if stride:
            fields["stride"] = field(stride)
        operation = make_operation("max_pool", {"over": layout.over, **fields})
        agree(operation, layout, kind(kernel, stride, padding, dilation), seed)


@pytest.mark.slow
@ranks
def test_average_pool_is_that_of_torch(rank: int) -> None:
    chance = random.Random(30 + rank)
    kind = (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)[rank - 1]
    for seed in range(TRIES):
        kernel = several(chance, rank, 1, 3)
        stride = chance.choice((None, several(chance, rank, 1, 3)))
        padding = tuple(chance.randint(0, k // 2) for k in kernel)
        counted = chance.random() < 0.5
        added = padding if rank < 3 else (0, 0, 0)  # three axes must hold a window without padding
        least = [k - 2 * p for k, p in zip(kernel, added, strict=True)]
        layout = drawn(chance, spatial(chance, least), [], [])
        fields: dict[str, Any] = {"kernel": field(kernel), "padding": field(padding)}
        if stride:
            fields["stride"] = field(stride)
        operation = make_operation(
            "average_pool", {"over": layout.over, "count_include_pad": counted, **fields}
        )
        agree(operation, layout, kind(kernel, stride, padding, count_include_pad=counted), seed)


ADAPTIVE = {
    "adaptive_average_pool": (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d),
    "adaptive_max_pool": (nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.AdaptiveMaxPool3d),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ADAPTIVE)
@ranks
def test_adaptive_pools_are_those_of_torch(name: str, rank: int) -> None:
    chance = random.Random(f"{name} {rank}")
    for seed in range(TRIES):
        old = several(chance, rank, 1, 6 if rank < 3 else 4)
        new = several(chance, rank, 1, 5 if rank < 3 else 3)
        layout = drawn(chance, old, [], [], new)
        agree(make_operation(name, {"over": layout.over}), layout, ADAPTIVE[name][rank - 1](new), seed)


@pytest.mark.slow
@ranks
def test_upsampling_is_that_of_torch(rank: int) -> None:
    chance = random.Random(50 + rank)
    for seed in range(TRIES):
        factor = several(chance, rank, 1, 4)
        layout = drawn(chance, spatial(chance, [1] * rank), [], [])
        operation = make_operation("upsample", {"over": layout.over, "factor": field(factor)})
        agree(operation, layout, nn.Upsample(scale_factor=factor, mode="nearest"), seed)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_upsampling_repeats_each_entry_exactly(dtype: Any) -> None:
    """torch finds the entry by a division of floats, which `nearest` gets wrong for a factor of 41."""
    x = torch.arange(211, dtype=dtype)
    for factor in range(1, 100):
        layout = drawn(random.Random(1), (211,), [], [])
        operation = make_operation("upsample", {"over": layout.over, "factor": field((factor,))})
        tensor = Tensor((layout.scope.resolve(layout.over.inputs[0][0]),))
        (found,) = run(operation, expand(operation.bind((tensor,), layout.scope)), (x,), {}, {"u": 211})
        assert torch.equal(found, x.repeat_interleave(factor))


GLOBAL: dict[str, Callable[[Any], Any]] = {
    "global_average_pool": lambda x: nn.AdaptiveAvgPool2d(1)(x)[..., 0, 0],
    "global_max_pool": lambda x: nn.AdaptiveMaxPool2d(1)(x)[..., 0, 0],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", GLOBAL)
@pytest.mark.parametrize("order", ["c h w", "h c w", "w h c", "g c"])
def test_global_pools_are_those_of_torch(name: str, order: str) -> None:
    sizes = {"c": 3, "h": 4, "w": 5}
    axes = {each: Axis(each, (Expression.symbol(each),), each) for each in sizes}
    axes["g"] = Axis("g", (Expression.number(4), Expression.number(5)), "g")
    scope = Scope(axes, {each: Expression.number(size) for each, size in sizes.items()})
    tensor = Tensor(tuple(map(scope.resolve, order.split())))
    operation = make_operation(name, {"over": ("g",) if "g" in order else ("h", "w")})
    application = operation.bind((tensor,), scope)
    compare(operation, application, sizes, (2,))
    dims = order.replace("g", "h w").split()
    x = torch.rand([sizes[each] for each in dims], dtype=torch.float64)
    expected = GLOBAL[name](x.permute([dims.index(each) for each in "chw"]))
    for place in range(3):
        own = x.select(dims.index("c"), place).permute(
            [0, 1] if dims.index("h") < dims.index("w") else [1, 0]
        )
        (found,) = operation.base((own,), {}, sizes, application)
        assert torch.allclose(found, expected[place], rtol=1e-10, atol=1e-10)


def test_the_comparison_sees_a_fault() -> None:
    layout = drawn(random.Random(1), (5, 4), [], [])
    fields = {"over": layout.over, "kernel": field((2, 2)), "padding": field((1, 1))}
    agree(make_operation("max_pool", fields), layout, nn.MaxPool2d(2, padding=1), 0)
    agree(make_operation("average_pool", fields), layout, nn.AvgPool2d(2, padding=1), 0)
    for wrong in (nn.AvgPool2d(2, padding=1), nn.MaxPool2d(2, 1, 1), nn.MaxPool2d(2)):
        with pytest.raises(AssertionError):
            agree(make_operation("max_pool", fields), layout, wrong, 0)
    with pytest.raises(AssertionError):
        wrong = nn.AvgPool2d(2, padding=1, count_include_pad=False)
        agree(make_operation("average_pool", fields), layout, wrong, 0)


def test_a_window_outside_of_the_axis_has_no_entries() -> None:
    """The definition alone, by hand: maxima and means at the border."""
    scope = Scope({"x": Axis("x", (Expression.number(3),), "x")})
    tensor, over = Tensor((scope.axes["x"],)), Signature.parse("x -> y")
    fields = {"over": over, "kernel": field((3,)), "stride": field((2,)), "padding": field((1,))}
    x = torch.tensor([-1.0, -2.0, -6.0])
    for name, further, expected in (
        ("max_pool", {}, [-1.0, -2.0]),
        ("average_pool", {}, [-1.0, -8 / 3]),
        ("average_pool", {"count_include_pad": False}, [-1.5, -4.0]),
    ):
        operation = make_operation(name, {**fields, **further})
        (found,) = operation.base((x,), {}, {}, operation.bind((tensor,), scope))
        assert torch.allclose(found, torch.tensor(expected))

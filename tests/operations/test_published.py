"""Operations of published models beside the formulas of their papers."""

from __future__ import annotations

import math
from typing import Any

import pytest

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

from ncd_tikz.diagram import loads  # noqa: E402
from ncd_tikz.errors import ShapeError  # noqa: E402
from ncd_tikz.operations import OPERATIONS, operation_named  # noqa: E402
from ncd_tikz.pytorch import to_module  # noqa: E402
from tests.operations.harness import lift  # noqa: E402
from tests.operations.written import Written, operation, scope_of, tensor  # noqa: E402

SIZES = {"b": 2, "x": 7, "y": 4, "h": 3, "k": 6, "e": 5, "t": 2}
SCOPE = scope_of(SIZES)


def numbers(*shape: int, seed: int = 0) -> Any:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def both(op: Any, axes: tuple[str, ...], *inputs: Any) -> Any:
    """The output by base and by source, which must be the same."""
    types = tuple(
        tensor(text, SCOPE) if tensor_.is_floating_point() else tensor(text, SCOPE, "index", "e")
        for text, tensor_ in zip(axes, inputs, strict=True)
    )
    application = op.bind(types, SCOPE)
    (based,) = lift(op, application, inputs, {}, SIZES)
    found = Written(op, application, SIZES)(*inputs)
    assert torch.allclose(found, based, rtol=1e-12, atol=1e-12)
    return found


# Rotary embedding ------------------------------------------------------------------------------


def rotation(place: int, pairs: list[tuple[int, int]], width: int, period: float) -> Any:
    """The block diagonal matrix of RoFormer, equation 15, for any choice of the pairs."""
    matrix = torch.eye(width, dtype=torch.float64)
    for number, (one, other) in enumerate(pairs):
        angle = place * period ** (-2 * number / (2 * len(pairs)))
        cosine, sine = math.cos(angle), math.sin(angle)
        matrix[one, one], matrix[one, other] = cosine, -sine
        matrix[other, one], matrix[other, other] = sine, cosine
    return matrix


@pytest.mark.parametrize("style", ["half", "interleaved"])
@pytest.mark.parametrize("part", [2, 4, 6])
def test_rotary_embedding_is_a_rotation(style: str, part: int) -> None:
    settings = {} if part == 6 else {"part": part}
    op = operation("rotary_embedding", over="x k", style=style, period=100, **settings)
    q = numbers(2, 7, 3, 6)
    found = both(op, ("b x h k",), q)
    half = part // 2
    pairs = [(n, n + half) if style == "half" else (2 * n, 2 * n + 1) for n in range(half)]
    for place in range(7):
        expected = q[:, place] @ rotation(place, pairs, 6, 100).T
        assert torch.allclose(found[:, place], expected, rtol=1e-12, atol=1e-12)
    crossed = both(op, ("k h x b",), q.permute(3, 2, 1, 0))
    assert torch.allclose(crossed.permute(3, 2, 1, 0), found, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("style", ["half", "interleaved"])
def test_scores_after_a_rotary_embedding_know_distances_only(style: str) -> None:
    op = operation("rotary_embedding", over="x k", style=style)
    row, other = numbers(6), numbers(6, seed=1)
    q, k = (both(op, ("x k",), each.expand(7, 6)) for each in (row, other))
    scores = q @ k.T
    for distance in range(-6, 7):
        diagonal = scores.diagonal(distance)
        assert torch.allclose(diagonal, diagonal[:1].expand_as(diagonal), rtol=1e-12, atol=1e-12)


def test_rotary_embedding_as_llama_writes_it() -> None:
    """`x * cos + rotate_half(x) * sin`, with `cos` of the frequencies twice beside each other."""
    op = operation("rotary_embedding", over="x k", period=500000.0)
    x = numbers(2, 3, 7, 6)
    rate = 1.0 / (500000.0 ** (torch.arange(0, 6, 2, dtype=torch.float64) / 6))
    angles = torch.arange(7, dtype=torch.float64)[:, None] * rate
    twice = torch.cat((angles, angles), -1)
    rotated = torch.cat((-x[..., 3:], x[..., :3]), -1)
    expected = x * twice.cos() + rotated * twice.sin()
    assert torch.allclose(both(op, ("b h x k",), x), expected, rtol=1e-12, atol=1e-12)


def test_rotary_embedding_as_gpt_j_writes_it() -> None:
    """`rotate_every_two`, on a part of the depth."""
    op = operation("rotary_embedding", over="x k", style="interleaved", part=4)
    x = numbers(2, 7, 3, 6)
    rate = 1.0 / (10000.0 ** (torch.arange(0, 4, 2, dtype=torch.float64) / 4))
    angles = (torch.arange(7, dtype=torch.float64)[:, None] * rate)[:, None]
    sine, cosine = (torch.repeat_interleave(wave, 2, 2) for wave in (angles.sin(), angles.cos()))
    turned, rest = x[..., :4], x[..., 4:]
    rotated = torch.stack((-turned[..., 1::2], turned[..., ::2]), -1).flatten(-2)
    expected = torch.cat((turned * cosine + rotated * sine, rest), -1)
    assert torch.allclose(both(op, ("b x h k",), x), expected, rtol=1e-12, atol=1e-12)


# Masks -----------------------------------------------------------------------------------------


def kept(over: str, axes: str, **settings: Any) -> Any:
    shape = [SIZES[name.rstrip("'")] for name in axes.split()]
    return both(operation("mask", over=over, **settings), (axes,), numbers(*shape)).isfinite()


def test_masks_of_decoders() -> None:
    asks, answers = torch.arange(7)[:, None], torch.arange(7)
    assert torch.equal(kept("x x'", "x x'"), answers <= asks)
    sliding = (answers <= asks) & (answers > asks - 3)  # as Mistral hides what is three ago or more
    assert torch.equal(kept("x x'", "x x'", window=3), sliding)
    assert torch.equal(kept("x x'", "x' x", window=3), sliding.T)
    around = (answers - asks).abs() <= 2  # as Longformer and ModernBERT look to both sides
    assert torch.equal(kept("x x'", "x x'", window=3, causal=False), around)
    assert torch.equal(kept("x x'", "x' b x", window=3, causal=False), around[:, None].expand(7, 2, 7))


def test_masks_of_later_positions() -> None:
    """The last four of seven positions ask, as they do where the first ones are kept from before."""
    asks, answers = torch.arange(4)[:, None] + 3, torch.arange(7)
    assert torch.equal(kept("y x", "y x", offset="x - y"), answers <= asks)
    assert torch.equal(kept("y x", "x y", offset="x - y"), (answers <= asks).T)
    sliding = (answers <= asks) & (answers > asks - 2)
    assert torch.equal(kept("y x", "y x", offset="x - y", window=2), sliding)
    assert torch.equal(kept("y x", "x y", offset="x - y", window=2), sliding.T)
    assert torch.equal(kept("y x", "y x", offset=0), answers <= asks - 3)


# Activations -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "settings", "module"),
    [
        ("mish", {}, torch.nn.Mish()),
        ("hard_swish", {}, torch.nn.Hardswish()),
        ("gelu", {"approximate": "tanh"}, torch.nn.GELU("tanh")),
        ("gelu", {}, torch.nn.GELU()),
    ],
)
def test_activations(name: str, settings: dict[str, Any], module: Any) -> None:
    x = torch.cat([numbers(2, 7) * 4, torch.tensor([[-800.0] * 7, [800.0] * 7]).double()]).requires_grad_()
    op = operation(name, **settings)
    found = op.value(x)
    assert torch.allclose(found, module(x), rtol=1e-12, atol=1e-12)
    (ours,), (theirs,) = (torch.autograd.grad(each.sum(), x) for each in (found, module(x)))
    assert torch.allclose(ours, theirs, rtol=1e-10, atol=1e-10)


def test_the_forms_of_gelu() -> None:
    """`gelu_new` of GPT-2, and the quick one of CLIP."""
    x = numbers(2, 7) * 3
    cubic = math.sqrt(2 / math.pi) * (x + 0.044715 * torch.pow(x, 3))
    assert torch.allclose(
        both(operation("gelu", approximate="tanh"), ("b x",), x), 0.5 * x * (1 + torch.tanh(cubic))
    )
    quick = both(operation("gelu", approximate="sigmoid"), ("b x",), x)
    assert torch.allclose(quick, x * torch.sigmoid(1.702 * x), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("channels", ["", "h", "h b"])
def test_prelu_is_nn_prelu(channels: str) -> None:
    x = numbers(2, 7, 3).requires_grad_()
    op = operation("prelu", **({"channels": channels} if channels else {}))
    application = op.bind((tensor("b x h", SCOPE),), SCOPE)
    count = math.prod(SIZES[name] for name in channels.split())
    module = torch.nn.PReLU(count, init=0.25).double()
    module.weight.data = numbers(count, seed=1)
    if not channels:
        expected = module(x)
    elif channels == "h":
        expected = module(x.movedim(2, 1)).movedim(1, 2)
    else:
        expected = module(x.movedim(0, 2).flatten(1)).unflatten(1, (3, 2)).movedim(2, 0)
    written = Written(op, application, SIZES)
    assert list(written.part.weight.shape) == [count]
    assert torch.equal(written.part.weight, torch.full_like(written.part.weight, 0.25))
    written.part.weight.data = module.weight.data.clone()
    weight = module.weight.detach().reshape([SIZES[name] for name in channels.split()])
    (based,) = lift(op, application, [x], {"weight": weight}, SIZES)
    for found in (written(x), based):
        assert torch.allclose(found, expected, rtol=1e-12, atol=1e-12)


# Scatter ---------------------------------------------------------------------------------------


def test_scatter_is_scatter_add() -> None:
    v = numbers(2, 7, 6).requires_grad_()
    n = torch.randint(5, (2, 7, 6), generator=torch.Generator().manual_seed(3))
    found = both(operation("scatter", along="k -> e"), ("b x k", "b x k"), v, n)
    expected = torch.zeros(2, 7, 5, dtype=torch.float64).scatter_add(-1, n, v)
    assert torch.allclose(found, expected, rtol=1e-12, atol=1e-12)
    spread = both(operation("scatter", along="k -> e"), ("b k x", "k"), v.movedim(1, 2), n[0, 0])
    expected = torch.zeros(2, 5, 7, dtype=torch.float64)
    expected = expected.index_add(1, n[0, 0], v.movedim(1, 2))
    assert torch.allclose(spread, expected, rtol=1e-12, atol=1e-12)


def test_keep_top_k_is_top_k_put_back() -> None:
    x = numbers(2, 7, 6)
    kept = both(operation("keep_top_k", over="x", count="h", outside="zero"), ("b x k",), x)
    values, places = x.topk(3, 1)
    assert torch.equal(kept, torch.zeros_like(x).scatter(1, places, values))
    hidden = both(operation("keep_top_k", over="x", count=3), ("b x k",), x)
    assert torch.equal(hidden, kept.masked_fill(kept == 0, -math.inf))


# Biases of positions -----------------------------------------------------------------------------


def t5_bucket(relative: Any, bidirectional: bool, buckets: int, distance: int) -> Any:
    """As T5 writes it, of answers less asks."""
    result = torch.zeros_like(relative)
    if bidirectional:
        buckets //= 2
        result += (relative > 0).long() * buckets
        relative = relative.abs()
    else:
        relative = -torch.min(relative, torch.zeros_like(relative))
    near = buckets // 2
    far = torch.log(relative.float() / near) / math.log(distance / near) * (buckets - near)
    large = (near + far.long()).clamp(max=buckets - 1)
    return result + torch.where(relative < near, relative, large)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(
    ("buckets", "distance"), [(32, 128), (32, 256), (8, 20), (64, 128), (12, 96), (16, 1000)]
)
def test_relative_position_bias_as_t5(causal: bool, buckets: int, distance: int) -> None:
    settings: dict[str, Any] = {"causal": causal}
    if (buckets, distance) != (32, 128):
        settings |= {"buckets": buckets, "distance": distance}
    sizes = {"x": 300, "y": 2, "h": 3}
    scope = scope_of(sizes)
    op = operation("relative_position_bias", over="y x", axes="h y x", offset=150, **settings)
    application = op.bind((), scope)
    written = Written(op, application, sizes)
    weight = numbers(buckets, 3)
    assert written.part.weight.shape == weight.shape
    written.part.weight.data = weight
    relative = torch.arange(300) - torch.arange(150, 152)[:, None]
    expected = weight[t5_bucket(relative, not causal, buckets, distance)].permute(2, 0, 1)
    (based,) = op.base((), {"weight": weight}, sizes, application)
    assert torch.equal(written(), expected) and torch.equal(based, expected)


def test_alibi_has_the_slopes_of_the_paper() -> None:
    def table(heads: int) -> Any:
        sizes = {"x": 6, "h": heads}
        op = operation("alibi", over="x x'", axes="h x x'")
        application = op.bind((), scope_of(sizes))
        (based,) = op.base((), {}, sizes, application)
        found = Written(op, application, sizes)()
        assert torch.allclose(found, based, rtol=1e-12, atol=0)
        return found

    place = torch.arange(6, dtype=torch.float64)
    ago = (place[:, None] - place).abs()
    assert torch.allclose(table(8), -(0.5 ** torch.arange(1.0, 9).double())[:, None, None] * ago)
    start = 2 ** (-(2 ** -(math.log2(16) - 3)))  # as the paper's code
    assert torch.allclose(table(16)[:, 0, 1], -torch.tensor([start ** (1 + i) for i in range(16)]).double())
    eight, sixteen = table(8)[:, 0, 1], table(16)[:, 0, 1]
    assert torch.allclose(table(11)[:, 0, 1], torch.cat([eight, sixteen[0::2][:3]]))


# Time steps ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("shift", "flip", "scale", "period"), [(0, True, 1, 10000), (1, False, 1000, 50)])
def test_timestep_embedding_as_diffusers(shift: float, flip: bool, scale: float, period: int) -> None:
    """`get_timestep_embedding`, in double precision."""
    settings = {"shift": shift, "first": "cos" if flip else "sin", "scale": scale, "period": period}
    op = operation("timestep_embedding", axes="k", **settings)
    half = 3
    rate = torch.exp(-math.log(period) * torch.arange(half).double() / (half - shift))
    for steps in (torch.tensor([0, 3]), torch.tensor([0.25, 2.5]).double()):
        angle = scale * steps[:, None].double() * rate
        expected = torch.cat([angle.sin(), angle.cos()], -1)
        if flip:
            expected = torch.cat([expected[:, half:], expected[:, :half]], -1)
        assert torch.allclose(both(op, ("b",), steps), expected, rtol=1e-10, atol=1e-10)


def test_timestep_embedding_follows_the_parameters_where_nothing_is_real() -> None:
    module = to_module(loads(operation_named("timestep_embedding").example))
    step = torch.tensor([1, 2, 3])
    assert module(step).dtype == torch.float32
    assert module.double()(step).dtype == torch.float64
    assert module.bfloat16()(step).dtype == torch.bfloat16


REFUSED: list[tuple[str, dict[str, Any], tuple[str, ...], str, str]] = [
    ("rotary_embedding", {"over": "x"}, ("x k",), "expected two axes, of positions and of depth", "over"),
    ("rotary_embedding", {"over": "k x"}, ("x k",), "even number of entries to turn, found 7 of x=7", "over"),
    ("rotary_embedding", {"over": "x k", "part": 8}, ("x k",), "found 8 of k=6", "part"),
    ("rotary_embedding", {"over": "x k", "part": 3}, ("x k",), "found 3 of k=6", "part"),
    ("rotary_embedding", {"over": "x k", "period": 0}, ("x k",), "expected a period above zero", "period"),
    ("mask", {"over": "x x'", "window": 0}, ("x x'",), "a window of one position or more, found 0", "window"),
    ("mask", {"over": "x x'", "causal": False}, ("x x'",), "nothing would be hidden", "causal"),
    ("mask", {"over": "y x"}, ("y x",), "needs two axes of one size, found y=4 and x=7", "over"),
    ("mask", {"over": "y x", "offset": -1}, ("y x",), "the position -1 would see none of x=7", "offset"),
    (
        "mask",
        {"over": "x y", "offset": 0, "window": 2},
        ("x y",),
        "6 would see none of y=4",
        "offset",
    ),
    ("mask", {"window": 2}, ("x y", "?"), "expected either two axes or a given mask, found both", "over"),
    ("relative_position_bias", {"over": "x", "axes": "h x y"}, (), "two axes, one that asks", "over"),
    ("relative_position_bias", {"over": "x y", "axes": "h x"}, (), "an axis 'y' among the axes", "axes"),
    (
        "relative_position_bias", {"over": "x y", "axes": "h x y", "buckets": 3}, (),
        "expected 4 buckets or more, found 3", "buckets",
    ),
    (
        "relative_position_bias", {"over": "x y", "axes": "h x y", "distance": 8}, (),
        "the distance 8 is not above 8", "distance",
    ),
    ("alibi", {"over": "x y", "axes": "x y"}, (), "expected one single axis of heads, found x y", "axes"),
    ("alibi", {"over": "x y", "axes": "h u y"}, (), "nothing declares an axis 'u'", "axes"),
    ("timestep_embedding", {"axes": "x"}, ("b",), "expected an even number of features, found 7", "axes"),
    ("timestep_embedding", {"axes": "x k"}, ("b",), "expected one single axis of features", "axes"),
    ("timestep_embedding", {"axes": "t", "shift": 1}, ("b",), "a shift below the number of waves 1", "shift"),
    ("timestep_embedding", {"axes": "k"}, ("?",), "takes numbers or indexes", "in"),
    ("prelu", {"channels": "e"}, ("x k",), "expected an axis 'e', found (x, k)", "channels"),
    ("keep_top_k", {"over": "k", "count": 7}, ("x k",), "cannot keep 7 entries of k=6", "count"),
    ("keep_top_k", {"over": "x k", "count": 1}, ("x k",), "expected", "over"),
    ("scatter", {"along": "k -> e"}, ("x k", "x"), "scatter takes indexes, found numbers", "in"),
    ("scatter", {"along": "k -> h"}, ("x k", "k !"), "the indexes are below e, the axis is h=3", "along"),
    ("scatter", {"along": "k -> u"}, ("x k", "k !"), "nothing declares an axis 'u'", "along"),
    ("scatter", {"along": "k e -> e"}, ("x k", "k !"), "the axis of the entries and that of the", "along"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "settings", "axes", "fact", "field"), REFUSED)
def test_refused(name: str, settings: dict[str, Any], axes: tuple[str, ...], fact: str, field: str) -> None:
    types = []
    for text in axes:
        if text == "?":
            types.append(tensor("x", SCOPE, "mask"))
        elif text.endswith("!"):
            types.append(tensor(text[:-1], SCOPE, "index", "e"))
        else:
            types.append(tensor(text, SCOPE))
    with pytest.raises(ShapeError) as error:
        operation(name, **settings).bind(tuple(types), SCOPE)
    assert fact in error.value.fact and error.value.field == field


def test_operations_that_jump_where_entries_are_equal() -> None:
    assert {room.name for room in OPERATIONS if room.ties} == {"top_k", "keep_top_k", "arg_max"}

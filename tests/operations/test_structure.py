"""Operations that arrange tensors, against torch's own functions; and what they refuse."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

from ncd_tikz.axes import Expression  # noqa: E402
from ncd_tikz.errors import ShapeError  # noqa: E402
from ncd_tikz.operations import operation_named  # noqa: E402
from tests.operations.harness import lift  # noqa: E402
from tests.operations.written import Written, operation, scope_of, tensor  # noqa: E402

SIZES = {"b": 2, "c": 6, "d": 4, "k": 3, "m": 5, "t": 1, "x": 7}
SCOPE = scope_of(SIZES)


def numbers(*shape: int, seed: int = 0) -> Any:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def both(op: Any, types: tuple[Any, ...], *inputs: Any) -> list[Any]:
    """The outputs by base and by source, which must be the same."""
    application = op.bind(types, SCOPE)
    based = lift(op, application, inputs, {}, SIZES)
    found = Written(op, application, SIZES)(*inputs)
    found = list(found) if isinstance(found, tuple) else [found]
    for one, other in zip(found, based, strict=True):
        assert one.dtype == other.dtype and torch.equal(one, other)
    return found


def types(*texts: str) -> tuple[Any, ...]:
    return tuple(tensor(text, SCOPE) for text in texts)


def names(op: Any, *inputs: Any) -> list[tuple[str, ...]]:
    """The axes of the outputs."""
    return [each.names for each in op.bind(inputs, SCOPE).results]


def test_concat_is_cat() -> None:
    a, b, c = numbers(2, 6, 7), numbers(2, 4, 7, seed=1), numbers(7, 3, 2, seed=2)
    op = operation("concat", along="c, d, k -> e")
    (found,) = both(op, types("b c x", "b d x", "x k b"), a, b, c)
    assert torch.equal(found, torch.cat([a, b, c.permute(2, 1, 0)], 1))
    assert names(op, *types("b c x", "b d x", "x k b")) == [("b", "e", "x")]


def test_the_sum_of_a_concatenation_is_an_expression() -> None:
    op = operation("concat", along="c, d -> e")
    (result,) = op.bind(types("b c", "d b"), SCOPE).results
    assert result.axes[1].sizes == (Expression.parse("c + d"),)
    declared = scope_of({**SIZES, "e": "d + c"})
    (result,) = op.bind((tensor("c", declared), tensor("d", declared)), declared).results
    assert result.axes[0].sizes == (Expression.symbol("e"),)


def test_concat_and_stack_expand_what_lacks_the_axes_in_front() -> None:
    """A class token has no batch; the positions it goes before have one, or two."""
    token, patches = numbers(1, 5), numbers(3, 2, 7, 5, seed=1)
    op = operation("concat", along="t, x -> n")
    written = Written(op, op.bind(types("t m", "x m"), SCOPE), SIZES, (True, False))
    expected = torch.cat([token.expand(3, 2, 1, 5), patches], 2)
    assert torch.equal(written(token, patches), expected)
    assert torch.equal(written(token.expand(3, 2, 1, 5), patches), expected)  # it may have them as well
    assert torch.equal(written(token, patches[0, 0]), expected[0, 0])
    assert written.source.forward == "torch.cat([t0.expand(*t1.shape[:-2], -1, -1), t1], -2)"
    unknown = Written(op, op.bind(types("t m", "x m"), SCOPE), SIZES, (True, True))
    assert torch.equal(unknown(token, patches), expected)
    op = operation("stack", along="2")
    written = Written(op, op.bind(types("t m", "m"), SCOPE), SIZES, (True, False))
    row = numbers(3, 2, 5)
    expected = torch.stack([token.expand(3, 2, 1, 5), row[..., None, :]], -1)
    assert torch.equal(written(token, row), expected)


def test_split_is_split_and_chunk() -> None:
    x = numbers(2, 6, 7)
    first, second = both(operation("split", along="c -> d, e"), types("b c x"), x)
    assert torch.equal(first, x.split([4, 2], 1)[0]) and torch.equal(second, x.split([4, 2], 1)[1])
    for found, expected in zip(
        both(operation("split", along="c -> u, v, w"), types("b c x"), x), x.chunk(3, 1), strict=True
    ):
        assert torch.equal(found, expected)
    parts = both(operation("split", along="x -> u, v", sizes=["2", "x - 2"]), types("b c x"), x)
    assert [part.shape[-1] for part in parts] == [2, 5]
    assert torch.equal(torch.cat(parts, -1), x)


def test_concat_undoes_split() -> None:
    x = numbers(2, 6, 7)
    parts = both(operation("split", along="c -> d, e"), types("b c x"), x)
    scope = scope_of({**SIZES, "e": 2})
    join = operation("concat", along="d, e -> c")
    with pytest.raises(ShapeError, match="the size of 'c' would be d \\+ e"):  # by default only
        join.bind((tensor("b d x", scope), tensor("b e x", scope)), scope)
    scope = scope_of({**SIZES, "c": "d + e", "e": 2})
    application = join.bind((tensor("b d x", scope), tensor("b e x", scope)), scope)
    (found,) = lift(join, application, parts, {}, {**SIZES, "e": 2})
    assert torch.equal(found, x)


def test_stack_squeeze_and_unsqueeze() -> None:
    a, b = numbers(2, 6), numbers(6, 2, seed=1)
    (found,) = both(operation("stack", along="u", before="c"), types("b c", "c b"), a, b)
    assert torch.equal(found, torch.stack([a, b.mT], 1))
    (found,) = both(operation("unsqueeze", along="u", before="b"), types("b c"), a)
    assert torch.equal(found, a[None])
    (found,) = both(operation("squeeze", over="1"), types("b 1 c"), a[:, None])
    assert torch.equal(found, a)


def test_index_and_slice_are_subscripts() -> None:
    x = numbers(2, 6, 7)
    (found,) = both(operation("index", over="x b", at=["c - 1", -1]), types("b c x"), x)
    assert torch.equal(found, x[-1, :, 5])
    for start, stop, step in ((None, 3, None), (2, None, None), (-3, -1, None), (1, 6, 2), (0, "d", "k")):
        settings = {"start": start, "stop": stop, "step": step}
        op = operation("slice", along="x -> u", **{key: v for key, v in settings.items() if v is not None})
        (found,) = both(op, types("b c x"), x)
        plain = [SIZES.get(v, v) if isinstance(v, str) else v for v in (start, stop, step)]
        assert torch.equal(found, x[:, :, slice(*plain)])
    (result,) = operation("slice", along="x -> u", start=1).bind(types("b x"), SCOPE).results
    assert result.axes[1].sizes == (Expression.parse("x - 1"),)


def test_labels_of_indexes_and_slices() -> None:
    assert operation("index", over="x", at="i_a").label({"i_a": "i_a"}) == "i_a"
    assert operation("index", over="x c", at=["i - 1", 2]).label({"i": "\\lambda"}) == "\\lambda-1,2"
    assert operation("slice", along="x -> u", start=1, stop=4).label({}) == "1{:}4"
    assert operation("slice", along="x -> u", start=1, step=2).label({}) == "1{:}{:}2"


def test_gather_is_gather_and_index_select() -> None:
    x = numbers(2, 7, 5)
    generator = torch.Generator().manual_seed(0)
    picked = torch.randint(7, (3,), generator=generator)
    indexes = (tensor("k", SCOPE, "index", "x"),)
    (found,) = both(operation("gather", over="x"), (*types("b x m"), *indexes), x, picked)
    assert torch.equal(found, x.index_select(1, picked))
    picked = torch.randint(7, (2, 3, 5), generator=generator)
    indexes = (tensor("b k m", SCOPE, "index", "x"),)
    (found,) = both(operation("gather", over="x"), (*types("b x m"), *indexes), x, picked)
    assert torch.equal(found, torch.gather(x, 1, picked))
    op = operation("gather", over="x")
    assert names(op, *types("b x m"), tensor("d k", SCOPE, "index", "x")) == [("b", "d", "k", "m")]


def test_top_k_then_gather_gives_the_values_back() -> None:
    x = numbers(2, 7, 5)
    op = operation("top_k", along="x -> k")
    values, picked = both(op, types("b x m"), x)
    expected = x.topk(3, 1)
    assert torch.equal(values, expected.values) and torch.equal(picked, expected.indices)
    results = op.bind(types("b x m"), SCOPE).results
    assert [result.kind for result in results] == ["real", "index"]
    assert results[1].below == Expression.symbol("x")
    (found,) = both(operation("gather", over="x"), (*types("b x m"), results[1]), x, picked)
    assert torch.equal(found, values)


@pytest.mark.parametrize("name", ["sum", "mean", "max", "min"])
@pytest.mark.parametrize("over", ["x", "b", "m b", "b x m"])
def test_reductions(name: str, over: str) -> None:
    x = numbers(2, 7, 5).requires_grad_()
    op = operation(name, over=over)
    application = op.bind(types("b x m"), SCOPE)
    dims = tuple("bxm".index(axis) for axis in over.split())
    expected = getattr(x, {"max": "amax", "min": "amin"}.get(name, name))(dims)
    (based,) = lift(op, application, [x], {}, SIZES)
    for found in (based, Written(op, application, SIZES)(x)):
        assert torch.allclose(found, expected, rtol=1e-10, atol=1e-10)
        (gradient,) = torch.autograd.grad(found.square().sum(), x, retain_graph=True)
        (wanted,) = torch.autograd.grad(expected.square().sum(), x, retain_graph=True)
        assert torch.allclose(gradient, wanted, rtol=1e-10, atol=1e-10)


def test_arg_max_gives_indexes_below_the_size() -> None:
    x = numbers(2, 7, 5)
    op = operation("arg_max", over="x")
    (found,) = both(op, types("b x m"), x)
    assert torch.equal(found, x.argmax(1))
    (result,) = op.bind(types("b x m"), SCOPE).results
    assert (result.kind, result.below) == ("index", Expression.symbol("x"))
    ties = torch.tensor([1.0, 3.0, 3.0, 2.0, 3.0, 0.0, 3.0], dtype=torch.float64)
    assert both(op, types("x"), ties)[0] == 1


def test_unit_is_the_identity() -> None:
    (found,) = both(operation("unit", map="-> m m'"), ())
    assert torch.equal(found, torch.eye(5, dtype=torch.float64))
    (found,) = both(operation("unit", map="-> b m m' b'"), ())
    expected = torch.einsum("ad,bc->abcd", torch.eye(2).double(), torch.eye(5).double())
    assert torch.equal(found, expected)


def test_trace_is_trace() -> None:
    x = numbers(5, 3, 5)
    op = operation("trace", over="m' m")
    application = op.bind(types("m k m'"), SCOPE)
    expected = torch.stack([x[:, k].trace() for k in range(3)])
    (based,) = lift(op, application, [x], {}, SIZES)
    for found in (based, Written(op, application, SIZES)(x)):
        assert torch.allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_discard_takes_all_and_gives_nothing() -> None:
    op = operation("discard")
    application = op.bind(types("b x"), SCOPE)
    assert application.own == ((0, 1),) and application.results == ()
    assert op.base((numbers(2, 7),), {}, SIZES, application) == ()


def test_a_parameter_is_kept_under_the_step() -> None:
    op = operation("parameter", axes="t m")
    application = op.bind((), SCOPE)
    (parameter,) = op.parameters(application)
    assert (parameter.name, parameter.buffer) == ("", False)
    torch.manual_seed(0)
    written = Written(op, application, {**SIZES, "t": 40, "m": 50})
    assert list(written.state_dict()) == ["part"]
    assert isinstance(written.part, torch.nn.Parameter) and written.part.shape == (40, 50)
    assert abs(float(written.part.detach().std()) - 0.02) < 0.002
    zeros = operation("parameter", axes="t m", std=0)
    assert not Written(zeros, zeros.bind((), SCOPE), SIZES).part.any()


@pytest.mark.parametrize(("positions", "features"), [(50, 16), (7, 5), (3, 2), (4, 1)])
def test_positional_encoding(positions: int, features: int) -> None:
    """The table as the annotated transformer writes it: even features sines, odd ones cosines."""
    op = operation("positional_encoding", axes="x m")
    application = op.bind((), SCOPE)
    sizes = {**SIZES, "x": positions, "m": features}
    expected = torch.zeros(positions, features + 1, dtype=torch.float64)
    place = torch.arange(positions, dtype=torch.float64)[:, None]
    rate = torch.exp(torch.arange(0, features, 2, dtype=torch.float64) * -(math.log(10000.0) / features))
    expected[:, 0::2][:, : len(rate)] = torch.sin(place * rate)
    expected[:, 1::2][:, : len(rate)] = torch.cos(place * rate)
    expected = expected[:, :features]
    (based,) = op.base((), {}, sizes, application)
    for found in (based, Written(op, application, sizes)()):
        assert found.dtype == torch.float64
        assert torch.allclose(found, expected, rtol=1e-10, atol=1e-10)


# Linear stand-ins ------------------------------------------------------------------------------


def linear(text: str, letter: str = "F") -> Any:
    return operation("function", name=letter, map=text, linear=True)


def applied(op: Any, axes: tuple[str, ...], *inputs: Any) -> Any:
    application = op.bind(types(*axes), SCOPE)
    (based,) = lift(op, application, inputs, {}, SIZES)
    found = Written(op, application, SIZES)(*inputs)
    assert torch.allclose(found, based, rtol=1e-10, atol=1e-10)
    return found


def test_a_linear_stand_in_is_linear() -> None:
    op = linear("c -> k m")
    one, other = numbers(2, 6), numbers(2, 6, seed=1)
    whole = applied(op, ("b c",), 2 * one - 3 * other)
    parts = 2 * applied(op, ("b c",), one) - 3 * applied(op, ("b c",), other)
    assert torch.allclose(whole, parts, rtol=1e-10, atol=1e-10)
    assert not torch.allclose(applied(linear("c -> k m", "G"), ("b c",), one), applied(op, ("b c",), one))


def test_the_associated_transpose_has_the_same_coefficients() -> None:
    """F: c -> k m, and F^T: k c -> m; every way to close the wires gives one number."""
    one, two, three = numbers(6), numbers(3, seed=1), numbers(5, seed=2)
    forth = torch.einsum("km,k,m->", applied(linear("c -> k m"), ("c",), one), two, three)
    outer = torch.einsum("k,c->kc", two, one)
    back = applied(linear("k c -> m"), ("k c",), outer) @ three
    swapped = applied(linear("c k -> m"), ("k c",), outer) @ three
    apart = applied(linear("c, k -> m"), ("c", "k"), one, two) @ three
    closed = applied(linear("c k m ->"), ("c k m",), torch.einsum("c,k,m->ckm", one, two, three))
    for other in (back, swapped, apart, closed):
        assert torch.allclose(forth, other, rtol=1e-10, atol=1e-10)
    assert abs(float(forth)) > 1e-3


def test_the_coefficients_are_as_documented() -> None:
    seed = operation_named("function").make({"name": "F", "map": linear("c ->").map})._seed()
    found = applied(linear("c -> k"), ("c",), torch.eye(6, dtype=torch.float64)[4])
    expected = [((37 * n * n + 11 * n + seed) % 10007) / 5003 - 1 for n in range(12, 15)]
    assert torch.allclose(found, torch.tensor(expected, dtype=torch.float64), rtol=1e-12, atol=0)


# What is refused -------------------------------------------------------------------------------

REFUSED: list[tuple[str, dict[str, Any], tuple[str, ...], str, str]] = [
    ("concat", {"along": "c -> e"}, ("b c", "b d"), "expected an axis 'c', found (b, d)", "along"),
    (
        "concat", {"along": "c, d, k -> e"}, ("c", "d"),
        "expected one axis, or one for each of 2 inputs", "along",
    ),
    (
        "concat", {"along": "c d -> e"}, ("c d", "c d"),
        "expected one axis of each input and one after", "along",
    ),
    ("concat", {"along": "c, d -> m"}, ("c", "d"), "the size of 'm' would be c + d (= 10), but", "along"),
    ("concat", {"along": "c, d -> b"}, ("c b", "d"), "the size of 'b' would be c + d (= 10), but", "along"),
    ("concat", {"along": "c -> e"}, ("c !", "c"), "concat takes entries of one kind, found indexes", "in"),
    (
        "split", {"along": "c -> d, k"}, ("c",),
        "the parts do not make up the whole: d=4 + k=3 is not c=6", "along",
    ),
    ("split", {"along": "c -> u, v, w, z"}, ("c",), "c=6 cannot be parted into 4 equal parts", "along"),
    (
        "split", {"along": "d -> c, u"}, ("d",),
        "expected parts of one entry at least, found the size d - c", "along",
    ),
    (
        "split", {"along": "c -> u, v", "sizes": [1]}, ("c",),
        "expected a size for each of 2 parts, found 1", "sizes",
    ),
    (
        "split", {"along": "c -> u, v", "sizes": [0, 6]}, ("c",),
        "expected parts of one entry at least", "sizes",
    ),
    ("split", {"along": "c -> u v"}, ("c",), "expected one axis before and one of each part", "along"),
    (
        "stack", {"along": "k"}, ("c", "c"),
        "the size of 'k' would be 2, but it is declared with size 3", "along",
    ),
    ("stack", {"along": "u v"}, ("c", "c"), "expected the name of one axis, found u v", "along"),
    ("stack", {"along": "u", "before": "b"}, ("c", "c"), "expected an axis 'b', found (c, u)", "before"),
    (
        "stack", {"along": "u", "before": "u"}, ("c", "c"),
        "the new axis 'u' cannot stand before itself", "before",
    ),
    ("squeeze", {"over": "c"}, ("b c",), "only axes of size one can be dropped, found c=6", "over"),
    ("squeeze", {"over": "t"}, ("b t",), "only axes of size one can be dropped, found t=1", "over"),
    ("squeeze", {"over": ""}, ("b",), "expected the name of an axis, found none", "over"),
    (
        "unsqueeze", {"along": "c"}, ("b",),
        "the size of 'c' would be 1, but it is declared with size 6", "along",
    ),
    ("index", {"over": "c", "at": 6}, ("b c",), "the index 6 is outside of the axis c=6", "at"),
    (
        "index", {"over": "c", "at": "d - x - 4"}, ("b c",),
        "the index d - x - 4 (= -7) is outside of the axis", "at",
    ),
    (
        "index", {"over": "b c", "at": 1}, ("b c",),
        "expected an index for each of the axes b c, found 1", "at",
    ),
    ("index", {"over": "c c", "at": [1, 1]}, ("b c",), "an axis is named twice: c c", "over"),
    ("index", {"over": "c", "at": "c/4"}, ("b c",), "6/4 does not come out as a whole number", "at"),
    ("index", {"over": "c", "at": "q"}, ("b c",), "nothing is known about the size of 'q'", "at"),
    ("slice", {"along": "c -> u", "start": 4, "stop": 4}, ("c",), "expected one entry at least", "stop"),
    ("slice", {"along": "c -> u", "stop": 7}, ("c",), "stop 7 is outside of the axis c=6", "stop"),
    ("slice", {"along": "c -> u", "step": 0}, ("c",), "expected a step of one or more, found 0", "step"),
    ("slice", {"along": "c -> u", "start": [1, 2]}, ("c",), "expected one number, found 2", "start"),
    (
        "slice", {"along": "c -> d", "stop": 3}, ("c",),
        "the size of 'd' would be 3, but it is declared", "along",
    ),
    ("gather", {"over": "x"}, ("b x", "k"), "as its second input gather takes indexes, found numbers", "in"),
    ("gather", {"over": "b"}, ("b x", "k !"), "the indexes are below x, the axis is b=2", "over"),
    ("gather", {"over": "b x"}, ("b x", "k !"), "expected the name of one axis, found b x", "over"),
    ("top_k", {"along": "k -> c"}, ("k",), "cannot take c=6 entries of k=3", "along"),
    ("top_k", {"along": "c -> u"}, ("c",), "nothing declares an axis 'u'", "along"),
    ("sum", {"over": ""}, ("b",), "expected the name of an axis, found none; the tensor has (b)", "over"),
    ("mean", {"over": "c"}, ("b",), "expected an axis 'c', found (b)", "over"),
    ("max", {"over": "b"}, ("b !",), "max takes numbers, found indexes", "in"),
    ("arg_max", {"over": "b c"}, ("b c",), "expected one axis, found b c", "over"),
    ("unit", {"map": "-> c d"}, (), "a unit's axes come in pairs of one size, found c=6 and d=4", "map"),
    ("unit", {"map": "-> c c' d"}, (), "expected nothing on the left and pairs of axes on the right", "map"),
    ("unit", {"map": "c -> c c'"}, (), "expected nothing on the left and pairs of axes on the right", "map"),
    ("trace", {"over": "c d"}, ("c d",), "a trace needs two axes of one size, found c=6 and d=4", "over"),
    ("trace", {"over": "c"}, ("c d",), "expected two axes, found c", "over"),
    ("parameter", {"axes": "q"}, (), "nothing declares an axis 'q'", "axes"),
    ("parameter", {"axes": "c", "std": -1}, (), "expected a deviation of zero or more, found -1", "std"),
    (
        "positional_encoding", {"axes": "c"}, (),
        "expected two single axes, of positions and of features", "axes",
    ),
    (
        "positional_encoding", {"axes": "c d", "period": 0}, (),
        "expected a period above zero, found 0", "period",
    ),
    (
        "function", {"name": "f", "map": "c -> d, k", "linear": True}, ("c",),
        "a linear stand-in has one output", "map",
    ),
    (
        "function", {"name": "f", "map": "c -> d", "linear": True, "call": "a:b"}, ("c",),
        "expected either the Python it calls or a linear stand-in, found both", "call",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "settings", "axes", "fact", "field"), REFUSED)
def test_what_does_not_fit_is_told(
    name: str, settings: dict[str, Any], axes: tuple[str, ...], fact: str, field: str
) -> None:
    """Tensors marked ! hold indexes below x."""
    inputs = tuple(
        tensor(text.rstrip("! "), SCOPE, "index", "x") if "!" in text else tensor(text, SCOPE)
        for text in axes
    )
    with pytest.raises(ShapeError) as caught:
        operation(name, **settings).bind(inputs, SCOPE)
    assert fact in caught.value.fact
    assert caught.value.field == field


def test_sizes_that_agree_by_default_only_are_refused_with_a_remedy() -> None:
    with pytest.raises(ShapeError) as caught:
        operation("concat", along="d, d -> x'").bind(types("d", "d"), scope_of({**SIZES, "x": 8}))
    assert (
        caught.value.hint
        == "they agree by their defaults only: declare x': 2*d, or leave its declaration away"
    )


def test_random_splits_make_up_the_whole() -> None:
    chance = random.Random(3)
    for seed in range(30):
        cuts = sorted(chance.sample(range(1, 7), chance.randint(1, 3)))
        sizes = [stop - start for start, stop in zip([0, *cuts], [*cuts, 7], strict=True)]
        right = ", ".join("uvwz"[: len(sizes)])
        op = operation(
            "split", along=f"x -> {right}", sizes=[str(size) for size in sizes[:-1]] + [f"x - {cuts[-1]}"]
        )
        x = numbers(2, 7, 3, seed=seed)
        for found, expected in zip(both(op, types("b x k"), x), x.split(sizes, 1), strict=True):
            assert torch.equal(found, expected)

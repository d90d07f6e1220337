"""The sizes and labels that windows make, and what is refused."""

from __future__ import annotations

import random
from typing import Any

import pytest

from ncd_tikz.axes import Axis, Expression, Signature, Tensor
from ncd_tikz.diagram import loads
from ncd_tikz.errors import ShapeError
from ncd_tikz.operations import Scope, make_operation
from ncd_tikz.operations.counting import Division, Multiple, spread, windows

SCOPE = Scope(
    {
        "x": Axis("x", (Expression.symbol("x"),), r"\bar{x}"),
        "y": Axis("y", (Expression.symbol("y"),), r"\bar{y}"),
        "c": Axis("c", (Expression.symbol("c"),), "c"),
        "s": Axis("s", (Expression.symbol("s"),), "s"),
        "half": Axis("half", (Expression.symbol("half"),), "half"),
        "same": Axis("same", (Expression.symbol("same"),), "same"),
        "g": Axis("g", (Expression.number(28), Expression.number(28)), r"\bar{\mathbf{x}}"),
        "h": Axis("h", (Expression.number(14), Expression.number(14)), "h"),
        "n": Axis("n", (Expression.parse("4*y"),), "n"),
    },
    {name: Expression.parse(size) for name, size in (
        ("x", "12"), ("y", "7"), ("c", "6"), ("s", "2"), ("half", "x/2"), ("same", "12"),
    )},
)  # fmt: skip


def bound(op: str, axes: str, over: str, **fields: Any) -> Tensor:
    arguments: dict[str, Any] = {"over": Signature.parse(over)}
    for name, value in fields.items():
        if name == "map":
            arguments[name] = Signature.parse(value)
        elif name == "groups":
            arguments[name] = Expression.parse(value)
        elif name == "padding" and value in ("same", "valid"):
            arguments[name] = value
        else:
            values = value if isinstance(value, list) else [value]
            arguments[name] = tuple(map(Expression.parse, values))
    tensor = Tensor(tuple(SCOPE.resolve(name) for name in axes.split()))
    return make_operation(op, arguments).bind((tensor,), SCOPE).results[0]


@pytest.mark.parametrize(
    ("axes", "over", "op", "fields", "size", "label"),
    [
        ("x", "x -> z", "conv", {"kernel": 3}, "x - 2", r"\bar{x}-2"),
        ("x", "x -> z", "conv", {"kernel": 3, "padding": 1}, "x", r"\bar{x}"),
        ("x", "x -> z", "conv", {"kernel": 4, "padding": "same"}, "x", r"\bar{x}"),
        ("x", "x -> z", "conv", {"kernel": "s", "padding": "same"}, "x", r"\bar{x}"),
        ("x", "x -> z", "conv", {"kernel": 2, "stride": 2}, "x//2", r"\bar{x}/2"),
        ("y", "y -> z", "conv", {"kernel": 2, "stride": 2}, "y//2", r"\lfloor \bar{y}/2\rfloor"),
        ("x", "x -> z", "conv", {"kernel": 3, "stride": 2, "padding": "same"}, "(x + 1)//2", r"\bar{x}/2"),
        ("y", "y -> z", "conv", {"kernel": 1, "stride": 2}, "(y + 1)//2", r"\lceil \bar{y}/2\rceil"),
        ("x", "x -> z", "conv", {"kernel": 1, "stride": "s"}, "(x + s - 1)//s", r"\bar{x}/s"),
        ("x", "x -> z", "conv", {"kernel": "s", "stride": "s"}, "x//s", r"\bar{x}/s"),
        ("n", "n -> z", "conv", {"kernel": 2, "stride": 2}, "2*y", "n/2"),
        ("x", "x -> z", "conv", {"kernel": 3, "stride": 3, "padding": 3}, "x//3 + 2", r"\bar{x}/3+2"),
        ("y", "y -> z", "conv", {"kernel": 3, "stride": 4}, "(y + 1)//4", r"\lfloor (\bar{y}+1)/4\rfloor"),
        ("x", "x -> z", "conv", {"kernel": 3, "dilation": "s"}, "x - 2*s", r"\bar{x}-2s"),
        ("28", "28 -> z", "conv", {"kernel": 5}, "24", "24"),
        ("28", "28 -> z", "max_pool", {"kernel": 2}, "14", "14"),
        ("x", "x -> half", "max_pool", {"kernel": 2}, "half", "half"),
        ("x", "x -> half", "conv", {"kernel": 1, "stride": 2}, "half", "half"),
        ("g", "g -> h", "max_pool", {"kernel": 2}, "14", "h"),
        ("g", "g -> z", "max_pool", {"kernel": 2}, "14", r"\bar{\mathbf{x}}/2"),
        ("g", "g -> z", "max_pool", {"kernel": [2, 1]}, "14", "z"),
        ("x", "x -> z", "upsample", {"factor": 2}, "2*x", r"2\bar{x}"),
        ("x", "x -> z", "conv_transpose", {"kernel": 2, "stride": 2}, "2*x", r"2\bar{x}"),
        ("x", "x -> z", "conv_transpose", {"kernel": 3, "stride": 2, "padding": 1}, "2*x - 1", r"2\bar{x}-1"),
        ("x", "x -> z", "conv_transpose", {"kernel": "s", "stride": "s"}, "s*x", r"s\bar{x}"),
        ("x", "x -> z", "patch_embedding", {"patch": 4, "map": "->"}, "x/4", r"\bar{x}/4"),
        ("n", "n -> z", "patch_embedding", {"patch": 4, "map": "->"}, "y", "n/4"),
    ],
)
def test_size_and_label(axes: str, over: str, op: str, fields: Any, size: str, label: str) -> None:
    result = bound(op, axes, over, **fields)
    assert [str(result.axes[0].sizes[0]), result.axes[0].label] == [size, label]


def test_labels_of_chains_stay_short() -> None:
    text = r"""
    ncd: 1
    name: chain
    axes: {x: {size: 48, label: '\bar{x}'}}
    inputs: {X: x}
    steps:
      - {op: max_pool, over: x -> a, kernel: 2}
      - {op: max_pool, over: a -> b, kernel: 2}
      - {op: max_pool, over: b -> c, kernel: 3}
      - {op: upsample, over: c -> d, factor: 6}
      - {op: upsample, over: d -> e, factor: 4}
      - {op: conv, over: e -> f, kernel: 3}
      - {op: conv, over: f -> g, kernel: 3}
      - {op: conv, over: g -> h, kernel: 5, padding: 4}
    outputs: X
    """
    axes = [value.tensor.axes[0] for value in loads(text.replace("\n    ", "\n").lstrip()).values]
    assert [axis.label.replace(r"\bar{x}", "x") for axis in axes] == [
        "x", "x/2", "x/4", "x/12", "x/2", "2x", "2x-2", "2x-4", "2x"
    ]  # fmt: skip
    assert [str(axis.sizes[0]) for axis in axes[:4]] == ["x", "x//2", "x//4", "x//12"]


@pytest.mark.slow
def test_sizes_are_exact_whatever_the_numbers() -> None:
    """Against the formula itself, with symbols and numbers mixed, and chains of two."""
    chance = random.Random(5)
    for _ in range(1000):
        numbers = {"x": chance.randint(1, 40), "k": chance.randint(1, 4), "s": chance.randint(1, 4),
                   "d": chance.randint(1, 3), "p": chance.randint(0, 3)}  # fmt: skip
        values, settings = [], []
        for name in "ksdp":
            shown = chance.random() < 0.4
            settings.append(Expression.parse(name if shown else numbers[name]))
            values.append(numbers[name])
        k, s, d, p = values
        kernel, stride, dilation, padding = settings
        x = Expression.parse(chance.choice(("x", "x//2", "6*x", "2*x + 4", "(x + 1)//3")))
        before = x.evaluate(numbers)
        after = (before + 2 * p - d * (k - 1) - 1) // s + 1
        rule: Division | Multiple = windows(kernel, stride, dilation, padding, padding)
        assert rule.size(x).evaluate(numbers) == after
        again = windows(kernel, stride, dilation, padding, padding).size(rule.size(x))
        assert again.evaluate(numbers) == (after + 2 * p - d * (k - 1) - 1) // s + 1
        grown = spread(kernel, stride, dilation, padding, padding)
        assert grown.size(x).evaluate(numbers) == (before - 1) * s - 2 * p + d * (k - 1) + p + 1


@pytest.mark.parametrize(
    ("op", "axes", "over", "fields", "fact", "field"),
    [
        ("conv", "x", "y -> z", {"kernel": 3}, "expected an axis 'y', found (x)", "over"),
        ("conv", "x y", "x y -> z", {"kernel": 3}, "as many axes after the arrow as before", "over"),
        ("conv", "x y c s", "x y c s -> a b d e", {"kernel": 3}, "one to three axes under over", "over"),
        ("conv", "x", "->", {"kernel": 3}, "one to three axes under over, found no axis", "over"),
        ("conv", "x g", "x g -> a b", {"kernel": 3}, "found the group 'g' among others", "over"),
        ("conv", "x", "x -> z", {"kernel": [3, 3]}, "expected one number under kernel, found 2", "kernel"),
        ("conv", "g", "g -> z", {"kernel": [3, 3, 3]}, "one number or 2 under kernel, found 3", "kernel"),
        ("conv", "x", "x -> z", {"kernel": 0}, "a positive whole number under kernel, found 0", "kernel"),
        ("conv", "x", "x -> z", {"kernel": "s-2"}, "under kernel, found s - 2 = 0", "kernel"),
        ("conv", "x", "x -> z", {"kernel": 1, "stride": 0}, "positive whole number under stride", "stride"),
        ("conv", "x", "x -> z", {"kernel": 1, "padding": -1}, "from 0 on under padding, found -1", "padding"),
        ("conv", "x", "x -> z", {"kernel": "1/2"}, "1/2 does not come out", "kernel"),
        ("conv", "y", "y -> z", {"kernel": 8}, "larger than the axis 'y' of size y (= 7)", "over"),
        ("conv", "x", "x -> x", {"kernel": 3}, "'x' should have size x - 2 (= 10), found x (= 12)", "over"),
        ("conv", "x", "x -> x'", {"kernel": 3}, "the axis 'x'' should have size", "over"),
        ("conv", "x", "x -> same", {"kernel": 1}, "'same' should have size x (= 12)", "over"),
        ("conv", "x", "x -> y", {"kernel": 1, "stride": 2}, "found y (= 7)", "over"),
        ("conv", "x", "x -> g", {"kernel": 1}, "expected a single axis, found the group 'g'", "over"),
        ("conv", "g", "g -> y", {"kernel": 1}, "a group of 2 axes as 'g' is, found 'y' of 1", "over"),
        ("conv", "x half", "x -> half", {"kernel": 1, "stride": 2}, "two axes 'half'", "over"),
        ("conv", "x c y", "x -> z", {"kernel": 1, "map": "c -> y"}, "two axes 'y'", "map"),
        ("conv", "x c", "x -> z", {"kernel": 1, "map": "c -> q"}, "nothing declares an axis 'q'", "map"),
        ("conv", "x c", "x -> z", {"kernel": 1, "map": "x -> c"}, "under over and under map", "map"),
        ("conv", "x g", "x -> z", {"kernel": 1, "map": "g -> c"}, "single axes as channels, found", "map"),
        ("conv", "x c", "x -> z", {"kernel": 1, "map": "c -> c", "groups": "4"}, "6 channels that", "groups"),
        ("conv", "x c", "x -> z", {"kernel": 1, "map": "c -> y", "groups": "2"}, "7 channels that", "groups"),
        ("conv", "x c", "x -> z", {"kernel": 1, "map": "c -> c", "groups": "0"}, "under groups", "groups"),
        ("conv_transpose", "x", "x -> z", {"kernel": 1, "padding": 6}, "nothing is left", "over"),
        ("conv_transpose", "x", "x -> z", {"kernel": 1, "stride": 2, "output_padding": 2},
         "less than the stride or the dilation under output_padding, found 2", "output_padding"),
        ("max_pool", "x", "x -> z", {"kernel": 3, "padding": 2}, "half the kernel 3 under", "padding"),
        ("max_pool", "2", "2 -> z", {"kernel": 2, "dilation": 3, "padding": 1}, "have no entry", "dilation"),
        ("adaptive_average_pool", "x", "x -> z", {}, "nothing says which size 'z' has", "over"),
        ("adaptive_max_pool", "x", "x -> g", {}, "expected a single axis", "over"),
        ("upsample", "x", "x -> z", {"factor": 0}, "positive whole number under factor", "factor"),
        ("patch_embedding", "x", "x -> z", {"patch": 5, "map": "->"}, "of 5: 2 are left over", "patch"),
    ],
)  # fmt: skip
def test_refused(op: str, axes: str, over: str, fields: Any, fact: str, field: str) -> None:
    with pytest.raises(ShapeError) as raised:
        bound(op, axes, over, **fields)
    assert fact in raised.value.fact
    assert raised.value.field == field


def test_a_remedy_is_given() -> None:
    for over, hint in (
        ("x -> x", "its size changes: give it another name, as in over: x -> x2"),
        ("x -> y", "declare y: x//2, or nothing: its size follows"),
        ("x -> x'", "a primed axis has the size of its axis: name it otherwise"),
        ("x -> 6", "they agree by their defaults only: name the axis otherwise"),
    ):
        with pytest.raises(ShapeError) as raised:
            bound("max_pool", "x", over, kernel=2)
        assert raised.value.hint == hint


def test_a_mask_has_no_windows() -> None:
    tensor = Tensor((SCOPE.resolve("x"),), "mask")
    for op, fields in (("conv", {"kernel": (Expression.number(1),)}), ("adaptive_max_pool", {})):
        operation = make_operation(op, {"over": Signature.parse("x -> y"), **fields})
        with pytest.raises(ShapeError, match="takes numbers, found booleans"):
            operation.bind((tensor,), SCOPE)

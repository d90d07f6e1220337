"""Convolutions and their transposes against torch.nn, at random settings: forward and gradients."""

from __future__ import annotations

import random
from math import prod
from typing import Any

import pytest

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

from ncd_tikz.axes import Expression  # noqa: E402
from ncd_tikz.operations import make_operation  # noqa: E402
from tests.operations.torch_reference import agree, drawn, field, several  # noqa: E402

TRIES = 200


def channels(chance: random.Random, groups: int) -> tuple[list[int], list[int]]:
    """Sizes of the channels, in none, one or two axes on either side."""
    sides = []
    for _ in range(2):
        kind = chance.random()
        if kind < 0.15 and groups == 1:
            sides.append([])
        elif kind < 0.7:
            sides.append([groups * chance.randint(1, 2)])
        else:
            sides.append(chance.choice(([groups, chance.randint(1, 2)], [chance.randint(1, 2), groups])))
    return sides[0], sides[1]


def settings(chance: random.Random, rank: int) -> dict[str, Any]:
    """What both kinds of convolution have, small."""
    return {
        "kernel": several(chance, rank, 1, 3 if rank < 3 else 2),
        "stride": several(chance, rank, 1, 3),
        "dilation": several(chance, rank, 1, 2),
        "groups": chance.choice((1, 1, 2, 3)),
        "bias": chance.random() < 0.7,
    }


def sized(values: dict[str, Any]) -> dict[str, Any]:
    """The same as fields of an operation."""
    return {
        name: field(value)
        if isinstance(value, tuple)
        else Expression.number(value)
        if name == "groups"
        else value
        for name, value in values.items()
    }


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_convolution_is_that_of_torch(rank: int) -> None:
    chance = random.Random(rank)
    kind = (torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d)[rank - 1]
    for seed in range(TRIES):
        values = settings(chance, rank)
        padding: Any = chance.choice(
            ("same", "valid", several(chance, rank, 0, 2), several(chance, rank, 1, 2))
        )
        if padding == "same":
            values["stride"] = (1,) * rank
        reach = [d * (k - 1) for k, d in zip(values["kernel"], values["dilation"], strict=True)]
        added = (
            [2 * p for p in padding]
            if isinstance(padding, tuple)
            else reach
            if padding == "same"
            else [0] * rank
        )
        spatial = tuple(
            max(1, far + 1 - more) + chance.randint(0, 3 if rank < 3 else 1)
            for far, more in zip(reach, added, strict=True)
        )
        taken, new = channels(chance, values["groups"])
        layout = drawn(chance, spatial, taken, new)
        fields = sized(values) | {"padding": padding if isinstance(padding, str) else field(padding)}
        operation = make_operation("conv", {"over": layout.over, "map": layout.map, **fields})
        module = kind(
            prod(taken), prod(new), values["kernel"], values["stride"], padding, values["dilation"],
            values["groups"], values["bias"],
        )  # fmt: skip
        agree(operation, layout, module, seed)


def test_causal_convolution_sees_nothing_that_comes_later() -> None:
    chance = random.Random(5)
    layout = drawn(chance, (9,), (3,), (4,))
    fields = {"kernel": field((3,)), "dilation": field((2,)), "padding": "causal"}
    operation = make_operation("conv", {"over": layout.over, "map": layout.map, **fields})
    module = torch.nn.Conv1d(3, 4, 3, dilation=2)
    module.register_forward_pre_hook(lambda _, inputs: torch.nn.functional.pad(inputs[0], (4, 0)))
    agree(operation, layout, module, 0)


@pytest.mark.slow
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_transposed_convolution_is_that_of_torch(rank: int) -> None:
    chance = random.Random(10 + rank)
    kind = (torch.nn.ConvTranspose1d, torch.nn.ConvTranspose2d, torch.nn.ConvTranspose3d)[rank - 1]
    for seed in range(TRIES):
        values = settings(chance, rank)
        padding = several(chance, rank, 0, 2)
        most = [max(s, d) - 1 for s, d in zip(values["stride"], values["dilation"], strict=True)]
        further = tuple(chance.randint(0, each) for each in most)
        spatial = []
        for k, s, d, p, more in zip(
            values["kernel"], values["stride"], values["dilation"], padding, further, strict=True
        ):
            size = chance.randint(1, 3 if rank < 3 else 2)
            while (size - 1) * s - 2 * p + d * (k - 1) + more + 1 < 1:
                size += 1
            spatial.append(size)
        taken, new = channels(chance, values["groups"])
        layout = drawn(chance, tuple(spatial), taken, new)
        fields = sized(values) | {"padding": field(padding), "output_padding": field(further)}
        operation = make_operation("conv_transpose", {"over": layout.over, "map": layout.map, **fields})
        module = kind(
            prod(taken), prod(new), values["kernel"], values["stride"], padding, further, values["groups"],
            values["bias"], values["dilation"],
        )  # fmt: skip
        agree(operation, layout, module, seed)


def test_the_comparison_sees_a_fault() -> None:
    layout = drawn(random.Random(3), (5, 4), [2], [3])
    fields = {"over": layout.over, "map": layout.map, "kernel": field((3, 2)), "padding": field((1, 1))}
    agree(make_operation("conv", fields), layout, torch.nn.Conv2d(2, 3, (3, 2), padding=1), 0)
    for wrong in ({"dilation": (2, 1)}, {"stride": (1, 2)}, {"padding": (1, 0)}):
        module = torch.nn.Conv2d(2, 3, (3, 2), **({"padding": 1} | wrong))
        with pytest.raises(AssertionError):
            agree(make_operation("conv", fields), layout, module, 0)
    with pytest.raises(AssertionError):
        agree(make_operation("conv", fields), layout, torch.nn.Conv2d(2, 3, (3, 2), padding=1, bias=False), 0)

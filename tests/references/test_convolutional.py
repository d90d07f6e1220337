"""Convolutional networks beside torch.nn's, with their statistics, in both modes."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
torch.set_num_threads(1)

from torch import Tensor, nn  # noqa: E402

from ncd_tikz.diagram import load  # noqa: E402
from ncd_tikz.pytorch import to_module  # noqa: E402
from tests.references.agreement import STATISTICS, compare, count, layers, normal  # noqa: E402
from tests.references.resnet import IdentityResNet, Stage  # noqa: E402
from tests.references.squeeze_excitation import SqueezeExcitation  # noqa: E402
from tests.references.unet import UNet  # noqa: E402

both_modes = pytest.mark.parametrize("training", [False, True], ids=["evaluation", "training"])


def channels_first(X: Tensor) -> tuple[Tensor, ...]:
    """[height, width, channels, batch] as torch has it."""
    return (X.permute(3, 2, 0, 1),)


def channels_last(Y: Tensor) -> tuple[Tensor, ...]:
    return (Y.permute(2, 3, 1, 0),)


def pre_activation(mine: str, norm: str, conv: str, theirs: str) -> dict[str, str]:
    return {
        **layers(f"{mine}norm_{norm}", f"{theirs}.0", *STATISTICS),
        **layers(f"{mine}conv_{conv}", f"{theirs}.2"),
    }


def stage(mine: str, theirs: str, depth: int) -> dict[str, str]:
    """Names of a block of the ResNet; `mine` and `theirs` are empty or end with a dot."""
    names = {
        **layers(f"{mine}norm_0", f"{theirs}0.norm", *STATISTICS),
        **layers(f"{mine}conv_1", f"{theirs}0.reduce"),
        **layers(f"{mine}shortcut", f"{theirs}0.shortcut"),
        **pre_activation(mine, "1", "2", f"{theirs}0.residual.0"),
        **pre_activation(mine, "2", "3", f"{theirs}0.residual.1"),
    }
    for number in range(1, depth):
        for place, letter in enumerate("abc"):
            other = f"{theirs}{number}.residual.{place}"
            names |= pre_activation(f"{mine}more.{number - 1}.", letter, letter, other)
    return names


@both_modes
@pytest.mark.parametrize("stride", [1, 2])
def test_identity_resnet_block(stride: int, training: bool) -> None:
    ours = to_module(load("@identity_resnet_block"), s=stride, N=3, n0=3, n1=8)
    compare(
        ours, Stage(3, 8, stride, 3), stage("", "", 3), [normal(6, 4, 3, 2)],
        channels_first, channels_last, training,
    )  # fmt: skip


@both_modes
def test_identity_resnet(training: bool) -> None:
    widths = (3, 4, 8, 12)
    ours = to_module(load("@identity_resnet"), N=2, n1=3, n2=4, n3=8, n4=12, c=3, k=5)
    names = {
        **layers("stem", "stem"),
        **layers("A", "norm", *STATISTICS),
        **layers("head", "head"),
    }
    for number in range(3):
        names |= stage(f"block_{number + 1}.", f"stages.{number}.", 2)
    compare(
        ours, IdentityResNet(widths, 2, 5), names, [normal(8, 8, 3, 2)],
        channels_first, lambda P: (P.mT,), training,
    )  # fmt: skip


def test_identity_resnet_count() -> None:
    with torch.device("meta"):
        assert count(to_module(load("@identity_resnet"))) == count(IdentityResNet((16, 64, 128, 256), 3))


def double_convolution(mine: str, theirs: str) -> dict[str, str]:
    return {**layers(f"{mine}.first", f"{theirs}.0"), **layers(f"{mine}.second", f"{theirs}.2")}


def unet_names() -> dict[str, str]:
    names = layers("Y", "head") | double_convolution("bottom", "bottom") | double_convolution("top", "join.3")
    for number in range(4):
        names |= double_convolution(f"down.{number}.pair", f"down.{number}")
    names |= layers("raised", "up.0")
    for number in range(3):
        names |= double_convolution(f"up.{number}.joined", f"join.{number}")
        names |= layers(f"up.{number}.upwards", f"up.{number + 1}")
    return names


def test_unet() -> None:
    ours = to_module(load("@unet"), w=1, y=3)
    theirs = UNet((1, 2, 4, 8, 16, 32), 3)
    compare(
        ours, theirs, unet_names(), [normal(2, 16, 16, 1)],
        lambda X: (X.movedim(-1, 1),), lambda Y: (Y.movedim(1, -1),),
    )  # fmt: skip


def test_unet_count() -> None:
    with torch.device("meta"):
        assert count(to_module(load("@unet"))) == count(UNet((1, 128, 256, 512, 1024, 2048), 2))


def test_squeeze_excitation() -> None:
    ours = to_module(load("@squeeze_excitation"), c=6, r=2)
    names = {**layers("reduced", "reduce"), **layers("gate", "expand")}
    compare(
        ours, SqueezeExcitation(6, 3), names, [normal(2, 3, 4, 6)],
        lambda X: (X.movedim(-1, 1),), lambda Y: (Y.movedim(1, -1),),
    )  # fmt: skip


@both_modes
def test_depthwise_separable_convolution(training: bool) -> None:
    ours = to_module(load("@depthwise_separable_convolution"), c=3, d=4)
    theirs = nn.Sequential(
        nn.Conv2d(3, 3, 3, padding=1, groups=3, bias=False), nn.BatchNorm2d(3), nn.ReLU(),
        nn.Conv2d(3, 4, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU(),
    )  # fmt: skip
    names = {
        "depth.weight": "0.weight", **layers("norm_1", "1", *STATISTICS),
        "point.weight": "3.weight", **layers("norm_2", "4", *STATISTICS),
    }  # fmt: skip
    compare(ours, theirs, names, [normal(5, 4, 3, 2)], channels_first, channels_last, training)

"""Transformers of sequences and of images beside torch.nn's, and their published sizes."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
torch.set_num_threads(1)

from ncd_tikz.diagram import load  # noqa: E402
from ncd_tikz.pytorch import to_module  # noqa: E402
from tests.references.agreement import attention, compare, count, layers, normal  # noqa: E402
from tests.references.mlp_mixer import MlpMixer  # noqa: E402
from tests.references.transformer import Translator  # noqa: E402
from tests.references.vision_transformer import VisionTransformer  # noqa: E402
from tests.references.visual_attention import VisualAttention  # noqa: E402

DEPTH = 2


def encoder_layer(ours: str, theirs: str, feed_forward: str = "network") -> dict[str, str]:
    """Names of an encoder layer, those of `torch.nn.TransformerEncoderLayer`."""
    return {
        **attention(f"{ours}.attention", f"{theirs}.self_attn"),
        **layers(f"{ours}.norm_1", f"{theirs}.norm1"),
        **layers(f"{ours}.{feed_forward}.W_1", f"{theirs}.linear1"),
        **layers(f"{ours}.{feed_forward}.W_2", f"{theirs}.linear2"),
        **layers(f"{ours}.norm_2", f"{theirs}.norm2"),
    }


def test_vision_transformer() -> None:
    ours = to_module(load("@vision_transformer"), N=DEPTH, r=4, s=2, k=3, h=2, f=7, c=3, n=5)
    names = {
        **layers("patches", "patches"),
        "token": "token",
        "positions": "positions",
        **layers("norm", "encoder.norm"),
        **layers("head", "head"),
    }
    for number in range(DEPTH):
        names |= encoder_layer(f"layers.{number}", f"encoder.layers.{number}")
    theirs = VisionTransformer((4, 4), 2, 6, 2, 7, DEPTH, 5)
    compare(ours, theirs, names, [normal(2, 4, 4, 3)], lambda X: (X.movedim(-1, 1),))


@pytest.mark.slow
def test_vision_transformer_has_the_published_count() -> None:
    with torch.device("meta"):
        assert count(to_module(load("@vision_transformer"))) == 86_567_656
        assert count(VisionTransformer((224, 224), 16, 768, 12, 3072, 12, 1000)) == 86_567_656


def test_transformer() -> None:
    ours = to_module(load("@transformer"), N=DEPTH, k=3, h=2, f=7, x=5, y=4, u=11, v=13)
    names = {
        "S.weight": "source.weight",
        "T.weight": "target.weight",
        **layers("M", "transformer.encoder.norm"),
        **layers("norm", "transformer.decoder.norm"),
        **layers("head", "head"),
    }
    for number in range(DEPTH):
        names |= encoder_layer(f"encoder.{number}", f"transformer.encoder.layers.{number}")
        mine, other = f"decoder.{number}", f"transformer.decoder.layers.{number}"
        names |= attention(f"{mine}.masked", f"{other}.self_attn")
        names |= attention(f"{mine}.cross", f"{other}.multihead_attn")
        names |= layers(f"{mine}.network.W_1", f"{other}.linear1")
        names |= layers(f"{mine}.network.W_2", f"{other}.linear2")
        for place, part in enumerate(("masked", "cross", "network"), start=1):
            names |= layers(f"{mine}.norm_{part}", f"{other}.norm{place}")
    generator = torch.Generator().manual_seed(0)
    source = torch.randint(11, (2, 5), generator=generator)
    target = torch.randint(13, (2, 4), generator=generator)
    theirs = Translator(11, 13, 6, 2, 7, DEPTH)
    compare(ours, theirs, names, [target, source], to_theirs=lambda target, source: (source, target))


def test_visual_attention() -> None:
    ours = to_module(load("@visual_attention"), c=5, k=3)
    theirs = VisualAttention(5, 3)
    letters = {"Q": "query", "K": "key", "V": "value", "O": "out"}
    names = {f"{letter}.weight": f"{name}.weight" for letter, name in letters.items()}
    inputs = [normal(2, 2, 3, 5), normal(2, 4, 2, 5)]
    compare(
        ours, theirs, names, inputs,
        lambda E, X: (E.movedim(-1, 1), X.movedim(-1, 1)), lambda z: (z.movedim(1, -1),),
    )  # fmt: skip


def test_mlp_mixer() -> None:
    ours = to_module(load("@mlp_mixer"), N=DEPTH, r=4, s=2, d_S=5, d_C=7, i=3, c=6, k=5)
    names = {**layers("P", "patches"), **layers("norm", "norm"), **layers("head", "head")}
    for number in range(DEPTH):
        mine, other = f"layers.{number}", f"layers.{number}"
        names |= layers(f"{mine}.token_norm", f"{other}.token_norm")
        names |= layers(f"{mine}.channel_norm", f"{other}.channel_norm")
        for mlp in ("tokens", "channels"):
            names |= layers(f"{mine}.{mlp}_1", f"{other}.{mlp}.0")
            names |= layers(f"{mine}.{mlp}_2", f"{other}.{mlp}.2")
    theirs = MlpMixer((4, 4), 2, 6, 5, 7, DEPTH, 5)
    compare(ours, theirs, names, [normal(2, 4, 4, 3)], lambda X: (X.movedim(-1, 1),))


def test_mlp_mixer_has_the_published_count() -> None:
    """Mixer-B/16: 59 million in table 1 of the paper, decimals cut off."""
    with torch.device("meta"):
        ours = count(to_module(load("@mlp_mixer")))
        assert ours == count(MlpMixer((224, 224), 16, 768, 384, 3072, 12, 1000))
    assert ours // 10**6 == 59

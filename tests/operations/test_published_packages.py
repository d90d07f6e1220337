"""Operations beside what they are in the packages of others, where those are installed."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytestmark = [pytest.mark.torch, pytest.mark.slow]
torch.set_num_threads(1)

from tests.operations.written import Written, operation, scope_of, tensor  # noqa: E402

SIZES = {"b": 2, "x": 40, "h": 4, "k": 6}
SCOPE = scope_of(SIZES)


def numbers(*shape: int, seed: int = 0) -> Any:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def single(op: Any, *axes: str) -> Any:
    """Its source as a module, in single precision."""
    written = Written(op, op.bind(tuple(tensor(text, SCOPE) for text in axes), SCOPE), SIZES).float()
    written.space["like"] = torch.zeros(())
    return written


def near(found: Any, expected: Any) -> None:
    assert found.shape == expected.shape
    assert torch.allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_rotary_embedding_of_llama() -> None:
    llama = pytest.importorskip("transformers.models.llama.modeling_llama")
    config = llama.LlamaConfig(hidden_size=24, num_attention_heads=4, rope_theta=50000.0)
    q, k = numbers(2, 4, 40, 6), numbers(2, 4, 40, 6, seed=1)
    cosine, sine = llama.LlamaRotaryEmbedding(config)(q, torch.arange(40)[None])
    turned = llama.apply_rotary_pos_emb(q, k, cosine, sine)
    theta = config.rope_parameters["rope_theta"] if hasattr(config, "rope_parameters") else config.rope_theta
    ours = single(operation("rotary_embedding", over="x k", period=theta), "b h x k")
    for before, after in zip((q, k), turned, strict=True):
        near(ours(before), after)


def test_rotary_embedding_of_gpt_j() -> None:
    gptj = pytest.importorskip("transformers.models.gptj.modeling_gptj")
    x = numbers(2, 40, 4, 6)
    sine, cosine = gptj.create_sinusoidal_positions(40, 4)[None].expand(2, -1, -1).chunk(2, -1)
    turned = gptj.apply_rotary_pos_emb(x[..., :4], sine, cosine)
    op = operation("rotary_embedding", over="x k", style="interleaved", part=4)
    near(single(op, "b x h k")(x), torch.cat([turned, x[..., 4:]], -1))


@pytest.mark.parametrize("decoder", [False, True])
def test_relative_position_bias_of_t5(decoder: bool) -> None:
    t5 = pytest.importorskip("transformers.models.t5.modeling_t5")
    config = t5.T5Config(
        d_model=24, num_heads=4, d_kv=6, is_decoder=decoder, relative_attention_max_distance=30
    )
    attention = t5.T5Attention(config, has_relative_attention_bias=True, layer_idx=0)
    op = operation("relative_position_bias", over="x x'", axes="h x x'", distance=30, causal=decoder)
    ours = single(op)
    ours.part.weight.data = attention.relative_attention_bias.weight.data
    near(ours()[None], attention.compute_bias(40, 40))


@pytest.mark.parametrize("heads", [4, 6])
def test_alibi_of_x_transformers(heads: int) -> None:
    package = pytest.importorskip("x_transformers.x_transformers")
    scope = scope_of({"x": 40, "h": heads})
    op = operation("alibi", over="x x'", axes="h x x'")
    ours = Written(op, op.bind((), scope), {"x": 40, "h": heads})
    near(ours().float(), package.AlibiPositionalBias(heads)(40, 40))


@pytest.mark.parametrize(("flip", "shift"), [(True, 0), (False, 1)])
def test_timestep_embedding_of_diffusers(flip: bool, shift: int) -> None:
    package = pytest.importorskip("diffusers.models.embeddings")
    steps = torch.tensor([0.0, 999.0])
    expected = package.Timesteps(6, flip, shift)(steps)
    op = operation("timestep_embedding", axes="k", first="cos" if flip else "sin", shift=shift)
    found = single(op, "b")(steps)
    assert torch.allclose(found, expected, rtol=0, atol=1e-4)  # of a thousand, in single precision


@pytest.mark.parametrize(("name", "form"), [("gelu_new", "tanh"), ("quick_gelu", "sigmoid")])
def test_forms_of_gelu(name: str, form: str) -> None:
    package = pytest.importorskip("transformers.activations")
    x = numbers(2, 40) * 3
    near(single(operation("gelu", approximate=form), "b x")(x), package.ACT2FN[name](x))

"""Real modules, and which steps of the specs their lines are: written by hand, once for each architecture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import nn

Lines = dict[str, str]  # how an expression or a statement of theirs begins, or what it has -> our steps


@dataclass(frozen=True, slots=True)
class Architecture:
    """A spec, and the functions of the package that it is held to.

    Args:
        spec: its name.
        build: the module, small; settled here, apart from the spec's own `check`.
        functions: `module:Class.method` or `module:function` -> its lines.
        single: whether their code computes in single precision here and there.
    """

    spec: str
    build: Callable[[], nn.Module]
    inputs: Callable[[Any], dict[str, Any]]
    functions: dict[str, Lines]
    single: bool = False
    entry: int = 0


LLAMA = "transformers.models.llama.modeling_llama"
MIXTRAL = "transformers.models.mixtral.modeling_mixtral"
GPT2 = "transformers.models.gpt2.modeling_gpt2"
BERT = "transformers.models.bert.modeling_bert"
VIT = "transformers.models.vit.modeling_vit"
X = "x_transformers.x_transformers"
TORCH = "torch.nn.modules.transformer"
DIFFUSERS = "diffusers.models"
MONAI = "monai.networks"


def attention(scores: str = "s", mixed: str = "o", masked: bool = True, block: str = "attention") -> Lines:
    """The lines of eager_attention_forward, which the models of transformers share."""
    lines = {
        "torch.matmul(query": f"{block}: einsum {scores}",
        "torch.matmul(query, key.transpose(2, 3)) * scaling": f"{block}: scale, einsum {scores}",
        "torch.matmul(query, key.transpose(-1, -2)) * scaling": f"{block}: scale, einsum {scores}",
        "torch.matmul(query, key_states.transpose(2, 3)) * scaling": f"{block}: scale, einsum {scores}",
        "attn_weights = torch.matmul(query": f"{block}: scale, einsum {scores}",
        "attn_weights = nn.functional.softmax(": f"{block}: softmax",
        "attn_output = torch.matmul(attn_weights": f"{block}: einsum {mixed}",
        "attn_output = attn_output.transpose": f"{block}: einsum {mixed}, linear O",
    }
    if masked:
        lines["attn_weights = attn_weights + attention_mask"] = f"{block}: mask"
    return lines


def residual(norm_1: str, norm_2: str, block: str, network: str) -> Lines:
    """The lines of a layer that normalises before its parts."""
    return {
        f"hidden_states = self.{norm_1}(": "layer_norm norm_1",
        f"hidden_states = self.{norm_2}(": "layer_norm norm_2",
        block: "attention attention",
        network: "feed_forward network",
    }


ROTARY: Lines = {
    "x1 = ": "attention: rotary_embedding",
    "x2 = ": "attention: rotary_embedding",
    "return torch.cat((-x2": "attention: rotary_embedding",
    "cos = cos": "attention: rotary_embedding",
    "sin = sin": "attention: rotary_embedding",
    "q_embed = ": "attention: rotary_embedding q",
    "k_embed = ": "attention: rotary_embedding k",
}
GROUPED: Lines = {
    **attention(),
    "key_states = repeat_kv": "attention: einsum s, linear K, rotary_embedding k",
    "value_states = repeat_kv": "attention: einsum o, linear V",
}
PROJECTIONS: Lines = {
    "query_states = self.q_proj": "attention: linear Q",
    "key_states = self.k_proj": "attention: linear K",
    "value_states = self.v_proj": "attention: linear V",
    "query_states, key_states = apply_rotary_pos_emb": "attention: rotary_embedding",
    "attn_output = attn_output.reshape": "attention: linear O, einsum o",
    "attn_output = self.o_proj": "attention: linear O",
}
RMS: Lines = {
    "variance = ": "rms_norm",
    "hidden_states = hidden_states * torch.rsqrt": "rms_norm",
    "return self.weight * hidden_states": "rms_norm",
}
FREQUENCIES: Lines = dict.fromkeys(
    ("freqs = ", "emb = torch.cat", "cos = emb", "sin = emb"), "attention: rotary_embedding"
)
SWIGLU: Lines = {
    "self.down_proj(": "feed_forward: linear D",
    "self.act_fn(self.gate_proj(x)) * ": "feed_forward: multiply",
    "self.act_fn(": "feed_forward: silu",
    "self.gate_proj(": "feed_forward: linear G",
    "self.up_proj(": "feed_forward: linear U",
    "down_proj = ": "feed_forward: linear, silu, multiply",
}


def decoder_layer(network: str) -> Lines:
    """The lines of a layer of Llama and its like."""
    return {
        "hidden_states = self.input_layernorm": "rms_norm norm_1",
        "hidden_states = self.post_attention_layernorm": "rms_norm norm_2",
        "hidden_states, _ = self.self_attn": "attention attention",
        "hidden_states = self.mlp": f"{network} network",
        "hidden_states = residual + hidden_states": "add",
        "residual = hidden_states": "add",
    }


def llama() -> nn.Module:
    from transformers import LlamaConfig, LlamaModel

    sizes = {"vocab_size": 17, "hidden_size": 24, "intermediate_size": 14, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 6, "num_key_value_heads": 2, "head_dim": 4}
    return LlamaModel(LlamaConfig(**sizes, **heads, rms_norm_eps=1e-5, attn_implementation="eager"))


def mixtral() -> nn.Module:
    from transformers import MixtralConfig, MixtralModel

    sizes = {"vocab_size": 17, "hidden_size": 24, "intermediate_size": 10, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 6, "num_key_value_heads": 2, "head_dim": 4}
    experts = {"num_local_experts": 5, "num_experts_per_tok": 2}
    config = MixtralConfig(**sizes, **heads, **experts, attn_implementation="eager", sliding_window=None)
    config._experts_implementation = "eager"
    return MixtralModel(config)


def gpt2() -> nn.Module:
    from transformers import GPT2Config, GPT2LMHeadModel

    sizes = {"vocab_size": 17, "n_positions": 11, "n_embd": 12, "n_layer": 2, "n_head": 3, "n_inner": 14}
    return GPT2LMHeadModel(GPT2Config(**sizes, attn_implementation="eager"))


def bert() -> nn.Module:
    from transformers import BertConfig, BertModel

    sizes = {"vocab_size": 17, "hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 3}
    more = {"intermediate_size": 14, "max_position_embeddings": 7}
    return BertModel(BertConfig(**sizes, **more, attn_implementation="eager"))


def encoder_decoder() -> nn.Module:
    return nn.Transformer(12, 3, 2, 2, 14, activation="gelu", norm_first=True)


def residual_block() -> nn.Module:
    from diffusers.models.resnet import ResnetBlock2D

    return ResnetBlock2D(in_channels=6, temb_channels=5, groups=3, eps=1e-5)


def densenet() -> nn.Module:
    from monai.networks.nets import DenseNet

    return DenseNet(2, 2, 3, init_features=4, growth_rate=3, block_config=(2, 2), bn_size=2)


def residual_unet() -> nn.Module:
    from monai.networks.nets import UNet

    return UNet(2, 2, 3, channels=(4, 6, 5), strides=(2, 2), num_res_units=2)


def rotary_decoder() -> nn.Module:
    from x_transformers import Decoder, TransformerWrapper

    layers = Decoder(
        dim=12, depth=2, heads=3, attn_dim_head=6, attn_one_kv_head=True, rotary_pos_emb=True,
        rotary_emb_dim=6, ff_mult=2, ff_glu=True, ff_swish=True, ff_no_bias=True,
        norm_add_unit_offset=False, verbose=False,
    )  # fmt: skip
    return TransformerWrapper(num_tokens=17, max_seq_len=11, attn_layers=layers)


def tokens(length: int = 7) -> Callable[[Any], dict[str, Any]]:
    """Random tokens, two rows."""

    def made(draw: Any) -> dict[str, Any]:
        return {"input_ids": draw.whole(17, 2, length)}

    return made


def x_tokens(draw: Any) -> dict[str, Any]:
    return {"x": draw.whole(17, 2, 9)}


def bert_inputs(draw: Any) -> dict[str, Any]:
    return {**tokens()(draw), "token_type_ids": draw.whole(2, 2, 7), "attention_mask": draw.kept(2, 7)}


def encoder_decoder_inputs(draw: Any) -> dict[str, Any]:
    mask = nn.Transformer.generate_square_subsequent_mask(4).double()
    return {"src": draw.real(5, 2, 12), "tgt": draw.real(4, 2, 12), "tgt_mask": mask}


def residual_block_inputs(draw: Any) -> dict[str, Any]:
    return {"input_tensor": draw.real(2, 6, 4, 5), "temb": draw.real(2, 5)}


BERT_LINES: dict[str, Lines] = {
    f"{BERT}:BertEmbeddings.forward": {
        "inputs_embeds = self.word_embeddings": "embedding words",
        "token_type_embeddings = self.token": "embedding segments",
        "embeddings = inputs_embeds + ": "add E",
        "position_embeddings = self.position": "parameter positions",
        "embeddings = embeddings + ": "add E",
        "embeddings = self.LayerNorm": "layer_norm norm",
    },
    f"{BERT}:eager_attention_forward": attention(),
    f"{BERT}:BertSelfAttention.forward": {
        "query_layer = self.query": "attention: linear Q",
        "key_layer = self.key": "attention: linear K",
        "value_layer = self.value": "attention: linear V",
        "attn_output = attn_output.reshape": "attention: linear O, einsum o",
    },
    f"{BERT}:BertSelfOutput.forward": {
        "hidden_states = self.dense": "attention: linear O",
        "hidden_states + input_tensor": "add A",
        "hidden_states = self.LayerNorm": "layer_norm norm_1; add A",
    },
    f"{BERT}:BertIntermediate.forward": {
        "hidden_states = self.dense": "feed_forward: linear U",
        "hidden_states = self.intermediate_act_fn": "feed_forward: gelu",
    },
    f"{BERT}:BertOutput.forward": {
        "hidden_states = self.dense": "feed_forward: linear D",
        "hidden_states + input_tensor": "add B",
        "hidden_states = self.LayerNorm": "layer_norm norm_2; add B",
    },
    f"{BERT}:BertPooler.forward": {
        "first_token_tensor = ": "index first",
        "pooled_output = self.dense": "linear P",
        "pooled_output = self.activation": "tanh",
    },
}
GPT2_LINES: dict[str, Lines] = {
    f"{GPT2}:eager_attention_forward": attention(),
    f"{GPT2}:GPT2MLP.forward": {
        "hidden_states = self.c_fc": "feed_forward: linear U",
        "hidden_states = self.act": "feed_forward: gelu",
        "hidden_states = self.c_proj": "feed_forward: linear D",
    },
    f"{GPT2}:GPT2Block.forward": {
        "hidden_states = self.ln_1": "layer_norm norm_1",
        "hidden_states = self.ln_2": "layer_norm norm_2",
        "attn_output, _ = self.attn": "attention attention",
        "feed_forward_hidden_states = ": "feed_forward network",
        "hidden_states = attn_output + residual": "add A",
        "hidden_states = residual + feed_forward": "add H",
    },
    f"{GPT2}:GPT2Model.forward": {
        "inputs_embeds = self.wte": "embedding words",
        "position_embeds = self.wpe": "parameter positions",
        "hidden_states = inputs_embeds + ": "add H",
        "hidden_states = self.ln_f": "layer_norm norm",
    },
    f"{GPT2}:GPT2LMHeadModel.forward": {"logits = self.lm_head": "linear head"},
    "transformers.activations:NewGELUActivation.forward": {"return 0.5 * ": "feed_forward: gelu"},
}
LLAMA_LINES: dict[str, Lines] = {
    f"{LLAMA}:LlamaRMSNorm.forward": RMS,
    f"{LLAMA}:LlamaRotaryEmbedding.forward": FREQUENCIES,
    f"{LLAMA}:rotate_half": ROTARY,
    f"{LLAMA}:apply_rotary_pos_emb": ROTARY,
    f"{LLAMA}:eager_attention_forward": GROUPED,
    f"{LLAMA}:LlamaAttention.forward": PROJECTIONS,
    f"{LLAMA}:LlamaMLP.forward": SWIGLU,
    f"{LLAMA}:LlamaDecoderLayer.forward": decoder_layer("feed_forward"),
    f"{LLAMA}:LlamaModel.forward": {
        "inputs_embeds: torch.Tensor = ": "embedding H",
        "hidden_states = self.norm": "rms_norm norm",
    },
}
MIXTRAL_LINES: dict[str, Lines] = {
    f"{MIXTRAL}:MixtralRMSNorm.forward": RMS,
    f"{MIXTRAL}:rotate_half": ROTARY,
    f"{MIXTRAL}:apply_rotary_pos_emb": ROTARY,
    f"{MIXTRAL}:eager_attention_forward": GROUPED,
    f"{MIXTRAL}:MixtralAttention.forward": PROJECTIONS,
    f"{MIXTRAL}:MixtralDecoderLayer.forward": decoder_layer("experts"),
    f"{MIXTRAL}:MixtralTopKRouter.forward": {
        "router_logits = ": "experts: linear R",
        "router_probs = ": "experts: softmax",
        "router_top_value, ": "experts: top_k",
        "router_top_value /= ": "experts: softmax",
    },
    f"{MIXTRAL}:MixtralExperts.forward": {
        "gate, up = ": "experts: linear G, linear U",
        "current_hidden_states = self.act_fn(gate) * up": "experts: silu, multiply",
        "current_hidden_states = nn.functional.linear": "experts: linear D",
        "current_hidden_states = current_hidden_states * top_k_weights": "experts: multiply, scatter",
    },
}
TORCH_LINES: dict[str, Lines] = {
    f"{TORCH}:TransformerEncoderLayer.forward": {
        "self.norm1(x)": "layer_norm norm_1",
        "self.norm2(x)": "layer_norm norm_2",
        "x = x + self._sa_block": "add A, multi_head_attention attention, layer_norm norm_1",
        "x = x + self._ff_block": "add B, mlp network, layer_norm norm_2",
    },
    f"{TORCH}:TransformerEncoderLayer._ff_block": {
        "self.linear2(": "mlp: linear W_2",
        "self.activation(": "mlp: gelu",
        "self.linear1(": "mlp: linear W_1",
        "x = self.linear2": "mlp: linear, gelu",
    },
    f"{TORCH}:TransformerDecoderLayer.forward": {
        "self.norm1(x)": "layer_norm norm_masked",
        "self.norm2(x)": "layer_norm norm_cross",
        "self.norm3(x)": "layer_norm norm_network",
        "x = x + self._sa_block": "add C, masked_attention masked, layer_norm norm_masked",
        "x = x + self._mha_block": "add F, multi_head_attention cross, layer_norm norm_cross",
        "x = x + self._ff_block": "add G, mlp network, layer_norm norm_network",
    },
    f"{TORCH}:TransformerDecoderLayer._ff_block": {
        "self.linear2(": "mlp: linear W_2",
        "self.activation(": "mlp: gelu",
        "self.linear1(": "mlp: linear W_1",
        "x = self.linear2": "mlp: linear, gelu",
    },
    f"{TORCH}:TransformerEncoder.forward": {"output = self.norm": "layer_norm M"},
    f"{TORCH}:TransformerDecoder.forward": {"output = self.norm": "layer_norm Z"},
}
BLOCK_LINES: dict[str, Lines] = {
    f"{DIFFUSERS}.resnet:ResnetBlock2D.forward": {
        "hidden_states = self.norm1": "group_norm norm_1",
        "hidden_states = self.nonlinearity": "silu",
        "hidden_states = self.conv1": "conv first",
        "temb = self.nonlinearity": "silu E",
        "temb = self.time_emb_proj": "linear time, add timed",
        "hidden_states = hidden_states + temb": "add timed",
        "hidden_states = self.norm2": "group_norm norm_2",
        "hidden_states = self.conv2": "conv second",
        "output_tensor = ": "add Y",
    },
}
DENSE_LINES: dict[str, Lines] = {
    f"{MONAI}.nets.densenet:_DenseLayer.forward": {
        "new_features = ": "dense_layer",
        "return torch.cat": "concat",
    },
    f"{MONAI}.nets.densenet:_DenseLayer.__init__": {
        "conv_type(in_channels, out_channels": "dense_layer: conv conv_1",
        "conv_type(out_channels, growth_rate": "dense_layer: conv conv_2",
    },
    f"{MONAI}.nets.densenet:_Transition.__init__": {
        "conv_type(in_channels": "conv halved",
        "pool_type(": "average_pool U",
    },
    f"{MONAI}.nets.densenet:DenseNet.forward": {
        "x = self.features": "conv stem, batch_norm last, relu last",
        "x = self.class_layers": "relu last, global_average_pool, linear Y",
    },
}
UNET_LINES: dict[str, Lines] = {
    f"{MONAI}.blocks.convolutions:ResidualUnit.forward": {
        "self.residual(": "down_unit: conv shortcut; same_unit: conv shortcut",
        "res: torch.Tensor = ": "down_unit: conv shortcut; same_unit: conv shortcut; up_unit: add; add Y",
        "cx: torch.Tensor = ": "down_unit: conv, prelu; same_unit: conv, prelu; up_unit: conv, prelu; conv",
        "return cx + res": "down_unit: add; same_unit: add; up_unit: add; add Y",
    },
    f"{MONAI}.layers.simplelayers:SkipConnection.forward": {
        "y = self.submodule": "same_unit, up_unit, down_unit, concat",
        "return torch.cat": "concat",
    },
}
ROTARY_LINES: dict[str, Lines] = {
    f"{X}:rotate_half": dict.fromkeys(
        ("x = rearrange", "x1, x2 = ", "x = stack", "return rearrange"),
        "multi_query_attention: rotary_embedding",
    ),
    f"{X}:apply_rotary_pos_emb": {"t = (t * ": "multi_query_attention: rotary_embedding"},
    f"{X}:LayerNorm.forward": {"normed = ": "layer_norm", "return normed * ": "layer_norm"},
    f"{X}:GLU.forward": {
        "self.act(": "gated_feed_forward: silu",
        "up, gate = ": "gated_feed_forward: linear U, linear G",
        "return up * ": "gated_feed_forward: multiply, silu",
    },
    f"{X}:Residual.forward": {"return x + residual": "add"},
    "x_transformers.attend:Attend.forward": {
        "sim = einsum": "multi_query_attention: einsum s",
        "sim = sim * scale": "multi_query_attention: scale",
        "sim = sim.masked_fill(causal_mask": "multi_query_attention: mask",
        "causal_mask = ": "multi_query_attention: mask",
        "attn = self.attn_fn": "multi_query_attention: softmax",
        "out = einsum": "multi_query_attention: einsum o",
    },
}

ARCHITECTURES: tuple[Architecture, ...] = (
    Architecture("diffusion_residual_block", residual_block, residual_block_inputs, BLOCK_LINES),
    Architecture("gpt2", gpt2, tokens(11), GPT2_LINES),
    Architecture("residual_unet", residual_unet, lambda draw: {"x": draw.real(2, 2, 12, 12)}, UNET_LINES),
    Architecture("rotary_decoder", rotary_decoder, x_tokens, ROTARY_LINES, single=True),
    Architecture("bert", bert, bert_inputs, BERT_LINES),
    Architecture("llama", llama, tokens(), LLAMA_LINES, single=True),
    Architecture("mixtral", mixtral, tokens(), MIXTRAL_LINES, single=True),
    Architecture("densenet", densenet, lambda draw: {"x": draw.real(3, 2, 20, 20)}, DENSE_LINES),
    Architecture("encoder_decoder", encoder_decoder, encoder_decoder_inputs, TORCH_LINES),
)

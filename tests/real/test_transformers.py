"""Models of Hugging Face transformers, built from small random configurations, beside their specs."""

from __future__ import annotations

import re
from importlib.util import find_spec

import pytest

torch = pytest.importorskip("torch")
pytestmark = [
    pytest.mark.torch,
    # The models themselves: `make test` installs them, with the extra `real`.
    pytest.mark.skipif(
        find_spec("transformers") is None, reason="needs transformers: pip install 'ncd-tikz[real]'"
    ),
]
torch.set_num_threads(1)

from ncd_tikz.diagram import load, loads  # noqa: E402
from ncd_tikz.equivalence import check  # noqa: E402
from ncd_tikz.pytorch import to_module  # noqa: E402
from ncd_tikz.resources import spec_path  # noqa: E402
from tests.real.agreement import as_published, same, verdict  # noqa: E402

MODELS = {
    "albert": "AlbertModel",
    "bert": "BertModel",
    "clip": "CLIPModel",
    "convnext": "ConvNextForImageClassification",
    "distilbert": "DistilBertModel",
    "gpt2": "GPT2LMHeadModel",
    "gpt_neox": "GPTNeoXModel",
    "llama": "LlamaModel",
    "mistral": "MistralModel",
    "mixtral": "MixtralModel",
    "opt": "OPTModel",
    "qwen3": "Qwen3Model",
    "t5_encoder": "T5EncoderModel",
    "vision_transformer": "ViTForImageClassification",
}

# What is learned at the sizes that the specs give: those of the published models, without the heads
# that a spec leaves out. A table that is also the head is counted twice by the module of `gpt2`.
COUNTS = {
    "albert": 11_683_584,
    "bert": 109_482_240,
    "clip": 151_277_313,
    "convnext": 28_589_128,
    "distilbert": 66_362_880,
    "gpt2": 124_439_808 + 50_257 * 768,
    "gpt_neox": 20_554_567_680 - 50_432 * 6_144,
    "llama": 8_030_261_248 - 128_256 * 4_096,
    "mistral": 7_241_732_096 - 32_000 * 4_096,
    "mixtral": 46_702_792_704 - 32_000 * 4_096,
    "opt": 125_239_296,
    "qwen3": 4_022_468_096,
    "t5_encoder": 35_330_816,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_the_same_function(name: str) -> None:
    same(verdict(name, f"transformers:{MODELS[name]}"))


@pytest.mark.parametrize("name", MODELS)
def test_their_model_is_as_published(name: str) -> None:
    assert as_published("transformers", f"transformers:{MODELS[name]}")


@pytest.mark.parametrize("name", COUNTS)
def test_the_published_count(name: str) -> None:
    with torch.device("meta"):
        module = to_module(load(f"@{name}"))
    assert sum(parameter.numel() for parameter in module.parameters()) == COUNTS[name]


FAULTS = {
    "a window that is too wide": ("mistral", "window: w,", "window: w+1,"),
    "keys that do not turn": (
        "llama",
        "      - {op: rotary_embedding, in: k, over: x k, period: 500000}\n",
        "",
    ),
    "one expert too many": ("mixtral", "with: {f: f, e: e, t: t}", "with: {f: f, e: e, t: t+1}"),
    "scores that are scaled": (
        "t5_encoder",
        "      - {op: add,     in: [s, B], out: s}\n",
        "      - {op: scale,   in: s, by: k**(-1/2)}\n      - {op: add,     in: [s, B], out: s}\n",
    ),
    "the other GELU": ("gpt2", "approximate: tanh", "approximate: none"),
    "parts one after the other": (
        "gpt_neox",
        "{op: layer_norm, in: H, over: m, out: norm_2}",
        "{op: layer_norm, in: attention, over: m, out: norm_2}",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_caught(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same specs with one thing changed are another function, and the check says so.

    Whether it names what was changed is asked by tests/faults, of many more.
    """
    monkeypatch.setattr("ncd_tikz.equivalence.foreign.verdict.diagnose", lambda *given: ())
    name, old, new = FAULTS[fault]
    text = spec_path(name).read_text(encoding="utf-8")
    assert text.count(old) == 1
    changed = re.sub(r"from: (\w+)\.yaml", r"from: '@\1'", text.replace(old, new))
    report = check(loads(changed), draws=2)
    assert report.verdicts[0].ok, report.text()
    found = report.verdicts[1]
    assert found.state == "differs", found.text()

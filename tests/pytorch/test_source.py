"""The generated module: what a reviewer reads, and what torch does with it."""

from __future__ import annotations

import ast
import random
import subprocess
import sys
from pathlib import Path

import pytest

from ncd_tikz.diagram import BlockCall, load, loads
from ncd_tikz.errors import SpecError
from ncd_tikz.operations import OPERATIONS
from ncd_tikz.pytorch import arguments, to_module, to_source
from ncd_tikz.resources import spec_names
from tests.operations.cases import VARIANTS, variant

EXAMPLES = {operation.name: operation.example for operation in (*OPERATIONS, BlockCall)}

ODD_NAMES = (
    """\
ncd: 1
name: odd_names
title: 'Odd "names" of $\\mathbf{everything}$'
description: >-
  A description with """
    '"""quotes"""'
    r""" and a \backslash, long enough to be broken over several lines of the
  docstring, which it certainly is by now.
axes: {sum: 5, id: 6, len: 3, I: 2}
inputs: {max: sum id, l: id, future: sum sum' I}
steps:
  - {op: linear, in: max, out: input, map: id -> len I, label: train}
  - {op: linear, in: l, out: str, map: id -> len I, label: forward}
  - {op: add, in: [input, str], out: list}
  - {op: mask, in: future, out: O, over: "sum sum'"}
  - {op: softmax, in: O, over: sum'}
  - {op: einsum, in: [list, O], out: dict, map: "sum len I, sum sum' I -> sum' len"}
outputs: dict
"""
)

LONG_NAMES = """\
ncd: 1
name: long_names
axes: {position_of_the_question: 5, width_of_the_model: 6, depth_of_a_query: 3, number_of_heads: 2}
inputs: {embedded_questions: position_of_the_question width_of_the_model}
blocks:
  a_component_with_a_long_name:
    params: {width_between_the_layers: 7, another_parameter_with_a_long_name: 3}
    axes: {width_of_the_model: 5}
    inputs: {first_of_the_inputs: width_of_the_model, second_of_the_inputs: width_of_the_model}
    steps:
      - {op: add, in: [first_of_the_inputs, second_of_the_inputs], out: both_of_the_inputs}
      - {op: linear, in: both_of_the_inputs, out: hidden, label: first_of_the_learned_layers,
         map: width_of_the_model -> width_between_the_layers another_parameter_with_a_long_name}
      - {op: linear, in: hidden, out: made,
         map: width_between_the_layers another_parameter_with_a_long_name -> width_of_the_model}
    outputs: made
steps:
  - op: linear
    in: embedded_questions
    out: queries_of_all_heads
    map: width_of_the_model -> depth_of_a_query number_of_heads
    label: query_projection_of_all_heads
  - op: linear
    in: queries_of_all_heads
    out: combined_answers_of_heads
    map: depth_of_a_query number_of_heads -> width_of_the_model
  - op: add
    in: [combined_answers_of_heads, embedded_questions, combined_answers_of_heads, embedded_questions]
    out: residual_sum
  - op: a_component_with_a_long_name
    in: [residual_sum, embedded_questions]
    out: result_of_the_component
    with:
      width_between_the_layers: 2*depth_of_a_query*number_of_heads
      another_parameter_with_a_long_name: number_of_heads
outputs: result_of_the_component
"""


def sources() -> dict[str, str]:
    found = {name: to_source(load(f"@{name}")) for name in spec_names()}
    found.update({f"op_{name}": to_source(loads(example)) for name, example in EXAMPLES.items()})
    found.update({f"variant_{name}": to_source(loads(variant(name))) for name in VARIANTS})
    found["long_names"] = to_source(loads(LONG_NAMES))
    found["odd_names"] = to_source(loads(ODD_NAMES))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("modules")
    for name, source in sources().items():
        (folder / f"{name}.py").write_text(source)
    return folder


@pytest.mark.parametrize("command", [["check"], ["format", "--diff"]])
@pytest.mark.slow
def test_ruff_finds_nothing(folder: Path, command: list[str]) -> None:
    pytest.importorskip("ruff")
    ran = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--isolated", "."],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_attention_module_reads_like_one() -> None:
    source = to_source(load("@multi_head_attention"))
    assert "def __init__(self, *, m: int = 128, k: int = 16, h: int = 4) -> None:" in source
    assert "self.Q = nn.Linear(m, k * h, bias=False)" in source
    assert "q = self.Q(E).unflatten(-1, (self.k, self.h))  # ... y k h" in source
    assert 's = torch.einsum("...ykh,...xkh->...yxh", q, k)  # ... y x h' in source
    assert "import torch.nn.functional" not in source
    assert source.endswith("        return z\n")


def test_the_header_tells_where_it_is_from_and_has_no_date() -> None:
    diagram = load("@multi_head_attention")
    header = to_source(diagram).split("\n\n")[0]
    assert diagram.digest in header
    assert "ncd-tikz torch multi_head_attention.yaml" in header
    assert "/" not in header


def test_positions_are_no_arguments_and_derived_sizes_are_computed() -> None:
    diagram = load("@image_recogniser")
    assert arguments(diagram) == ("x", "y", "d", "k")
    assert "        p = x * y\n" in to_source(diagram)
    assert arguments(load("@scaled_dot_product_attention")) == ("k",)


def test_blocks_come_before_those_who_use_them() -> None:
    source = to_source(load("@transformer_encoder_layer"))
    classes = [node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    assert classes == ["MultiHeadAttention", "FeedForward", "TransformerEncoderLayer"]


def test_a_block_takes_its_own_size_or_the_caller_s() -> None:
    spec = """\
ncd: 1
name: outer
axes: {m: 6, w: 5}
inputs: {X: m}
blocks:
  inner:
    params: {f: 7}
    axes: {m: 3, g: 2*f}
    inputs: {a: m}
    steps: [{op: linear, map: m -> g, out: b}, {op: linear, map: g -> m, out: c}]
    outputs: c
steps:
  - {op: inner, in: X, out: Y}
  - {op: inner, in: Y, out: Z, with: {f: w}}
outputs: Z
"""
    source = to_source(loads(spec))
    assert "def __init__(self, *, f: int = 7, m: int = 3) -> None:" in source
    assert "        g = 2 * f\n" in source
    assert "self.Y = Inner(m=m)" in source
    assert "self.Z = Inner(f=w, m=m)" in source


@pytest.mark.slow
def test_the_same_source_every_time() -> None:
    assert sources() == sources()


def test_writing_source_imports_no_torch() -> None:
    code = (
        "import sys; from ncd_tikz.diagram import load; from ncd_tikz.pytorch import to_source;"
        "to_source(load('@transformer_encoder_layer')); print('torch' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


@pytest.mark.torch
class TestRunning:
    """The module in use."""

    @pytest.mark.parametrize("name", spec_names())
    def test_the_spec_s_own_sizes_build(self, name: str) -> None:
        torch = pytest.importorskip("torch")
        with torch.device("meta"):
            assert to_module(load(f"@{name}")).training

    @pytest.mark.parametrize("name", spec_names())
    def test_batch_axes_in_front(self, name: str) -> None:
        torch = pytest.importorskip("torch")
        from ncd_tikz.equivalence.drawing import draw_sizes
        from ncd_tikz.equivalence.values import random_inputs

        torch.manual_seed(0)
        diagram = load(f"@{name}")
        sizes = draw_sizes(diagram, random.Random(0))
        module = (
            to_module(diagram, **{symbol: sizes[symbol] for symbol in arguments(diagram)}).double().eval()
        )
        batched = random_inputs(diagram, sizes, torch.Generator().manual_seed(0), (2, 3))
        whole = module(*batched)
        one = module(*(tensor[1, 2] for tensor in batched))
        pairs = zip(whole, one, strict=True) if isinstance(whole, tuple) else [(whole, one)]
        for many, single in pairs:
            assert many.shape == (2, 3, *single.shape)
            assert torch.allclose(many[1, 2], single, atol=1e-10)

    def test_other_sizes(self) -> None:
        pytest.importorskip("torch")
        module = to_module(load("@multi_head_attention"), m=6, k=5, h=3)
        assert {name: tuple(value.shape) for name, value in module.state_dict().items()} == {
            "Q.weight": (15, 6), "K.weight": (15, 6), "V.weight": (15, 6), "O.weight": (6, 15),
        }  # fmt: skip
        with pytest.raises(TypeError, match="y"):
            to_module(load("@multi_head_attention"), y=3)

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "name", ["multi_head_attention", "causal_self_attention", "transformer_encoder_layer"]
    )
    def test_export_and_compile(self, name: str) -> None:
        torch = pytest.importorskip("torch")
        diagram = load(f"@{name}")
        module = to_module(diagram).eval()
        width = 64 if "transformer" in name else 128
        torch.manual_seed(0)
        inputs = tuple(torch.randn(2, 5 + number, width) for number in range(len(diagram.inputs)))
        expected = module(*inputs)
        exported = torch.export.export(module, inputs).module()
        assert torch.allclose(exported(*inputs), expected, atol=1e-5)
        compiled = torch.compile(module, fullgraph=True, backend="aot_eager")
        assert torch.allclose(compiled(*inputs), expected, atol=1e-5)

    def test_names_that_python_or_torch_take(self) -> None:
        torch = pytest.importorskip("torch")
        module = to_module(loads(ODD_NAMES))
        made = module(torch.randn(4, 5, 6), torch.randn(4, 6), torch.randn(4, 5, 5, 2))
        assert made.shape == (4, 5, 3)
        assert module.training
        assert "quotes" in (type(module).__doc__ or "")
        assert "\\mathbf" in (type(module).__doc__ or "")

    def test_errors_show_the_generated_line(self) -> None:
        torch = pytest.importorskip("torch")
        import traceback

        with pytest.raises(RuntimeError) as caught:
            to_module(load("@multi_head_attention"))(torch.randn(3, 5), torch.randn(3, 5))
        assert "q = self.Q(E)" in "".join(traceback.format_exception(caught.value))


def test_letters_run_out_only_where_an_einsum_needs_them() -> None:
    axes = [f"{a}{b}" for a in "abcdef" for b in "abcdefghij"]
    sizes = ", ".join(f"{axis}: 2" for axis in axes)
    head = f"ncd: 1\nname: many\naxes: {{{sizes}}}\ninputs: {{X: {' '.join(axes)}}}\nsteps:\n"
    assert "relu" in to_source(loads(f"{head}  - relu\n  - {{op: softmax, over: aa}}\noutputs: X\n"))
    equation = f"{' '.join(axes)} -> {' '.join(axes[1:])}"
    text = f'{head}  - relu\n  - {{op: einsum, map: "{equation}"}}\noutputs: X\n'
    with pytest.raises(SpecError, match=r"many.yaml:7:5: steps\[1\]: torch.einsum knows 52 axes"):
        to_source(loads(text, "many.yaml"))

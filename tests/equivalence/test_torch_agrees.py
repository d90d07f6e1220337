"""Against what we did not write: torch's own attention and encoder layers, to 1e-10 in float64."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from torch import Tensor, nn  # noqa: E402
from torch.nn import functional  # noqa: E402

from ncd_tikz.diagram import Diagram, load  # noqa: E402
from ncd_tikz.equivalence import evaluate, learned  # noqa: E402
from ncd_tikz.equivalence.sizes import complete  # noqa: E402
from ncd_tikz.pytorch import arguments, to_module  # noqa: E402

CLOSE = 1e-10
K, H = 3, 2
M = K * H
Meaning = Callable[..., Tensor]
Build = Callable[[Diagram, Mapping[str, int]], tuple[Meaning, dict[str, Tensor]]]


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def generated(diagram: Diagram, sizes: Mapping[str, int]) -> tuple[Meaning, dict[str, Tensor]]:
    module = to_module(diagram, **{name: sizes[name] for name in arguments(diagram)}).double().eval()
    return module, dict(module.named_parameters())


def lifted(diagram: Diagram, sizes: Mapping[str, int]) -> tuple[Meaning, dict[str, Tensor]]:
    known = complete(diagram, sizes)
    parameters = {
        entry.name: torch.zeros(entry.stored, dtype=torch.float64, requires_grad=True)
        for entry in learned(diagram, known)
    }

    def meaning(*inputs: Tensor) -> Tensor:
        batch = inputs[0].dim() - len(diagram.values[diagram.inputs[0]].tensor.axes)
        return evaluate(diagram, inputs, parameters, known, batch).outputs[0]

    return meaning, parameters


both = pytest.mark.parametrize("build", [generated, lifted])


def normal(*shape: int) -> Tensor:
    return torch.randn(shape, dtype=torch.float64, requires_grad=True)


def heads_first(weight: Tensor) -> Tensor:
    """Rows in the order `k h` from rows in torch's order, `h k`."""
    rest = weight.shape[1:]
    return weight.reshape(H, K, *rest).transpose(0, 1).reshape(K * H, *rest)


def agree(ours: Tensor, theirs: Tensor, leaves: Mapping[str, tuple[Tensor, Tensor]]) -> None:
    """Forward and gradients; each leaf is (ours, what its gradient must be, from theirs)."""
    assert ours.shape == theirs.shape
    assert float((ours - theirs).detach().abs().max()) < CLOSE
    for name, (mine, expected) in leaves.items():
        assert mine.grad is not None, name
        assert float((mine.grad - expected).detach().abs().max()) < CLOSE, name
    assert float(theirs.detach().abs().max()) > 1e-3


def fill(parameters: Mapping[str, Tensor], values: Mapping[str, Tensor]) -> None:
    assert set(parameters) == set(values)
    with torch.no_grad():
        for name, value in values.items():
            assert parameters[name].shape == value.shape, name
            parameters[name].copy_(value)


def randomise(module: nn.Module) -> nn.Module:
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_(std=0.5)
    return module.double().eval()


def tensor_or_gradient(gradient: bool) -> Callable[[Tensor], Tensor]:
    def of(parameter: Tensor) -> Tensor:
        if not gradient:
            return parameter.detach()
        assert parameter.grad is not None
        return parameter.grad

    return of


def attention_values(theirs: nn.MultiheadAttention, gradients: bool = False) -> dict[str, Tensor]:
    """Torch's tensors (or their gradients) by our names."""
    of = tensor_or_gradient(gradients)
    stacked = dict(zip("QKV", of(theirs.in_proj_weight).chunk(3), strict=True))
    named = {f"{part}.weight": heads_first(weight) for part, weight in stacked.items()}
    named["O.weight"] = heads_first(of(theirs.out_proj.weight).T).T
    if theirs.in_proj_bias is not None:
        biases = dict(zip("QKV", of(theirs.in_proj_bias).chunk(3), strict=True))
        named.update({f"{part}.bias": heads_first(bias) for part, bias in biases.items()})
        named["O.bias"] = of(theirs.out_proj.bias)
    return named


@both
@pytest.mark.parametrize("batch", [(), (2,)])
def test_multi_head_attention(build: Build, batch: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    ours, parameters = build(load("@multi_head_attention"), {"y": 5, "x": 7, "m": M, "k": K, "h": H})
    theirs = randomise(nn.MultiheadAttention(M, H, bias=False, batch_first=True))
    fill(parameters, attention_values(theirs))
    E, X = normal(*batch, 5, M), normal(*batch, 7, M)
    cotangent = normal(*batch, 5, M).detach()
    expected = theirs(E, X, X, need_weights=False)[0]
    expected.backward(cotangent)
    from_theirs = E.grad, X.grad
    E.grad = X.grad = None
    found = ours(E, X)
    found.backward(cotangent)
    names = attention_values(theirs, gradients=True)
    agree(
        found, expected,
        {"E": (E, from_theirs[0]), "X": (X, from_theirs[1]), **{n: (parameters[n], names[n]) for n in names}},
    )  # fmt: skip


def causal_self_attention_by_torch(X: Tensor, parameters: Mapping[str, Tensor]) -> Tensor:
    """Written with torch's attention only; weights are ours, rows in the order `k h`."""

    def split(name: str) -> Tensor:
        return functional.linear(X, parameters[f"{name}.weight"]).unflatten(-1, (K, H)).movedim(-1, -3)

    mixed = functional.scaled_dot_product_attention(split("Q"), split("K"), split("V"), is_causal=True)
    return functional.linear(mixed.movedim(-3, -1).flatten(-2), parameters["O.weight"])


@both
@pytest.mark.parametrize("batch", [(), (3,)])
def test_scaled_dot_product_attention(build: Build, batch: tuple[int, ...]) -> None:
    torch.manual_seed(1)
    ours, _ = build(load("@scaled_dot_product_attention"), {"y": 5, "x": 7, "k": 3})
    named = {"Q": normal(*batch, 5, 3), "K": normal(*batch, 7, 3), "V": normal(*batch, 7, 3)}
    expected = functional.scaled_dot_product_attention(*named.values())
    cotangent = torch.randn_like(expected)
    gradients = torch.autograd.grad(expected, list(named.values()), cotangent)
    found = ours(*named.values())
    found.backward(cotangent)
    agree(found, expected, {n: (x, g) for (n, x), g in zip(named.items(), gradients, strict=True)})


@both
@pytest.mark.parametrize("batch", [(), (3,)])
def test_causal_self_attention(build: Build, batch: tuple[int, ...]) -> None:
    torch.manual_seed(2)
    ours, parameters = build(load("@causal_self_attention"), {"x": 7, "m": 5, "k": K, "h": H})
    fill(parameters, {name: torch.randn_like(tensor) / 2 for name, tensor in parameters.items()})
    X = normal(*batch, 7, 5)
    leaves = {"X": X, **parameters}
    expected = causal_self_attention_by_torch(X, parameters)
    cotangent = torch.randn_like(expected)
    gradients = torch.autograd.grad(expected, list(leaves.values()), cotangent)
    found = ours(X)
    found.backward(cotangent)
    agree(found, expected, {n: (x, g) for (n, x), g in zip(leaves.items(), gradients, strict=True)})


def encoder_values(theirs: nn.TransformerEncoderLayer, gradients: bool) -> dict[str, Tensor]:
    """Torch's tensors (or their gradients) by our names; our heads come first, as theirs do."""
    attention, of = theirs.self_attn, tensor_or_gradient(gradients)
    named = {
        "attention.O.weight": of(attention.out_proj.weight),
        "attention.O.bias": of(attention.out_proj.bias),
    }
    for kind, stacked in (("weight", attention.in_proj_weight), ("bias", attention.in_proj_bias)):
        for part, tensor in zip("QKV", of(stacked).chunk(3), strict=True):
            named[f"attention.{part}.{kind}"] = tensor
    parts = {"norm_1": "norm1", "norm_2": "norm2", "network.W_1": "linear1", "network.W_2": "linear2"}
    for mine, name in parts.items():
        part = theirs.get_submodule(name)
        named[f"{mine}.weight"], named[f"{mine}.bias"] = of(part.weight), of(part.bias)
    return named


@both
@pytest.mark.parametrize("batch", [(), (2,)])
@pytest.mark.parametrize("norm_first", [False, True])
def test_transformer_encoder_layer(build: Build, norm_first: bool, batch: tuple[int, ...]) -> None:
    torch.manual_seed(3)
    name = "@transformer_encoder_layer_pre_norm" if norm_first else "@transformer_encoder_layer"
    ours, parameters = build(load(name), {"x": 5, "k": K, "h": H, "f": 11})
    theirs = randomise(nn.TransformerEncoderLayer(M, H, 11, batch_first=True, norm_first=norm_first))
    fill(parameters, encoder_values(theirs, gradients=False))
    X = normal(*batch, 5, M)
    cotangent = torch.randn_like(X)
    expected = theirs(X)
    expected.backward(cotangent)
    assert X.grad is not None
    of_input, X.grad = X.grad, None
    found = ours(X)
    found.backward(cotangent)
    names = encoder_values(theirs, gradients=True)
    agree(found, expected, {"X": (X, of_input), **{n: (parameters[n], names[n]) for n in names}})


def test_a_wrong_weight_is_noticed() -> None:
    """The comparison above can fail: with heads not rearranged, the functions differ."""
    torch.manual_seed(0)
    ours, parameters = generated(load("@multi_head_attention"), {"y": 5, "x": 7, "m": M, "k": K, "h": H})
    theirs = randomise(nn.MultiheadAttention(M, H, bias=False, batch_first=True))
    values = attention_values(theirs)
    values["V.weight"] = theirs.in_proj_weight.chunk(3)[2]
    fill(parameters, values)
    E, X = normal(5, M), normal(7, M)
    expected = theirs(E, X, X, need_weights=False)[0]
    assert float((ours(E, X) - expected).detach().abs().max()) > 1e-3

"""The small figures of the notation beside torch expressions that say the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
torch.set_num_threads(1)

from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from ncd_tikz.diagram import Diagram, load  # noqa: E402
from ncd_tikz.pytorch import to_module  # noqa: E402
from tests.references.agreement import near, normal  # noqa: E402


def modules(name: str, **sizes: int) -> list[nn.Module]:
    """A module for each side of an equation."""
    diagram = load(f"@{name}")
    sides: list[Diagram] = [diagram, *(side.diagram for side in diagram.equals)]
    return [to_module(side, **sizes).double().eval() for side in sides]


def all_equal(found: list[nn.Module], expected: Tensor, *inputs: Tensor) -> None:
    for module in found:
        near(module(*inputs), expected, type(module).__name__)


def test_index_order() -> None:
    A = normal(4, 3)
    all_equal(modules("index_order", i_a=3, j_b=1), A[3, 1], A)


def test_subtensor() -> None:
    A = normal(5, 4, 3)
    all_equal(modules("subtensor"), A[:, 2, :], A)


def test_broadcasting() -> None:
    """The lifted function is `torch.vmap` of the function itself."""
    single, lifted = modules("broadcasting")
    A = normal(4, 3)
    near(lifted(A), torch.vmap(single)(A), "broadcasting")
    near(lifted(A)[2], single(A[2]), "one row")


def test_inner_broadcasting() -> None:
    single, lifted = modules("inner_broadcasting")
    A, v = normal(4, 3), normal(4)
    near(lifted(A, v), torch.vmap(single, in_dims=(0, None))(A, v), "inner broadcasting")


def test_elementwise() -> None:
    single, lifted = modules("elementwise")
    X = normal(4, 3)
    expected = torch.stack([torch.stack([single(x.reshape(1))[0] for x in row]) for row in X])
    near(lifted(X), expected, "elementwise")


@pytest.mark.parametrize("name", ["broadcasting_definition", "inner_broadcasting_definition"])
def test_definitions(name: str) -> None:
    inputs = (normal(4, 3), *([normal(4)] if name.startswith("inner") else []))
    after, before = modules(name)
    near(after(*inputs), before(*inputs), name)


def test_addition_and_copy() -> None:
    X, Y = normal(3), normal(3, 4)
    all_equal(modules("addition_and_copy"), 2 * X[:, None] + Y, X, Y)


def test_einsum_two_ways() -> None:
    Q, K = normal(5, 3, 2), normal(7, 3, 2)
    expected = torch.stack([Q[..., h] @ K[..., h].mT for h in range(2)], dim=-1) / 3**0.5
    all_equal(modules("einsum_two_ways", k=3), expected, Q, K)


def matrix(module: nn.Module, size: int) -> Tensor:
    """The matrix of a linear map of one axis, its outputs flattened."""
    return torch.stack([module(row).flatten() for row in torch.eye(size, dtype=torch.float64)])


def test_associated_transpose() -> None:
    """F takes a; its transpose contracts a and b with the same coefficients."""
    straight, bent, transposed = modules("associated_transpose")
    coefficients = matrix(straight, 3).unflatten(1, (4, 2))
    X = normal(4, 3)
    all_equal([bent, transposed], torch.einsum("abc,ba->c", coefficients, X), X)


def test_zigzag() -> None:
    found = modules("zigzag")
    x = normal(3)
    all_equal(found, x @ matrix(found[0], 3), x)


def test_outer_product_shift() -> None:
    found = modules("outer_product_shift")
    x, y = normal(3), normal(4)
    bilinear = torch.stack(
        [torch.stack([found[0](one, two) for two in torch.eye(4).double()]) for one in torch.eye(3).double()]
    )
    all_equal(found, torch.einsum("a,b,abd->d", x, y, bilinear), x, y)


def conv(kernel: int, **settings: int) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    def of(X: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        assert weight.shape[-1] == kernel
        by_rank = {1: F.conv1d, 2: F.conv2d}[weight.dim() - 2]
        return by_rank(X, weight, bias, **settings)

    return of


CONVOLUTIONS = {
    "convolution_1d": ((3, 9), conv(3)),
    "convolution_2d": ((3, 7, 5), conv(3, padding=1)),
    "strided_convolution": ((3, 8, 8), conv(3, stride=2, padding=1)),
    "dilated_convolution": ((3, 7, 5), conv(3, dilation=2, padding=2)),
}


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolutions(name: str) -> None:
    """Short and long are one function, that of torch."""
    shape, expected = CONVOLUTIONS[name]
    X = normal(*shape)
    for module in modules(name, c=3, d=4):
        found = module(X.movedim(0, -1)).movedim(-1, 0)
        near(found, expected(X, module.Y.weight, module.Y.bias), name)


def test_transposed_convolution() -> None:
    """<conv(x), y> = <x, conv_transpose(y)>, with torch's own two functions of one weight."""
    left, right = modules("transposed_convolution", c=3, d=4)
    with torch.no_grad():
        right.W.weight.copy_(left.W.weight)
    X, Y = normal(8, 8, 3), normal(4, 4, 4)
    first, second = X.movedim(-1, 0), Y.movedim(-1, 0)
    weight = left.W.weight
    expected = (F.conv2d(first, weight, stride=2) * second).sum()
    near(left(X, Y), expected, "convolution")
    near(right(X, Y), expected, "transposed convolution")
    near((first * F.conv_transpose2d(second, weight, stride=2)).sum(), expected, "torch's own")


@pytest.mark.parametrize(("name", "pool"), [("max_pool", F.max_pool2d), ("average_pool", F.avg_pool2d)])
def test_pools(name: str, pool: Callable[..., Tensor]) -> None:
    X = normal(2, 3, 8, 8)
    all_equal(modules(name), pool(X, 2).movedim(1, -1), X.movedim(1, -1))

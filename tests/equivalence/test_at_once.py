"""Many applications at once: numbers and gradients of the plain loop, and a loop where it must be."""

from __future__ import annotations

import random

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from ncd_tikz.diagram import Diagram, load, loads  # noqa: E402
from ncd_tikz.equivalence import at_once, evaluate, learned  # noqa: E402
from ncd_tikz.equivalence.at_once import FEW, Mode, applied, evaluating  # noqa: E402
from ncd_tikz.equivalence.case import pull_back  # noqa: E402
from ncd_tikz.equivalence.drawing import draw_sizes  # noqa: E402
from ncd_tikz.equivalence.values import random_inputs, random_parameters  # noqa: E402
from ncd_tikz.operations import OPERATIONS  # noqa: E402
from ncd_tikz.resources import spec_names  # noqa: E402
from tests.operations.cases import VARIANTS, variant  # noqa: E402


def both(diagram: Diagram) -> None:
    """Evaluate in both ways, and compare all values on the way and all gradients."""
    sizes = draw_sizes(diagram, random.Random(0))
    generator = torch.Generator().manual_seed(0)
    inputs = random_inputs(diagram, sizes, generator)
    parameters = random_parameters(learned(diagram, sizes), generator)
    leaves = [tensor for tensor in (*inputs, *parameters.values()) if tensor.requires_grad]
    found = []
    for mode in (Mode.HELD, Mode.LOOP):
        with evaluating(mode):
            made = evaluate(diagram, inputs, parameters, sizes)
        cotangents = [torch.ones_like(output, dtype=torch.float64) for output in made.outputs]
        gradients = pull_back(made.outputs, leaves, cotangents)
        found.append((*(moment.tensor for moment in made.moments), *made.outputs, *gradients))
    for one, other in zip(*found, strict=True):
        if one is None or other is None:
            one, other = (torch.zeros(()) if each is None else each.abs().sum() for each in (one, other))
        torch.testing.assert_close(one.detach(), other.detach(), rtol=1e-9, atol=1e-9, equal_nan=True)


@pytest.mark.parametrize("name", [n for n in spec_names() if n not in ("transformer", "unet")])
@pytest.mark.slow
def test_the_catalogue_is_the_same(name: str) -> None:
    diagram = load(f"@{name}")
    both(diagram)


TEXTS = {operation.name: operation.example for operation in OPERATIONS} | {
    name: variant(name) for name in VARIANTS
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.slow
def test_every_operation_is_the_same(text: str) -> None:
    both(loads(text))


ROWS = torch.arange(12.0).reshape(6, 2)


def test_a_definition_that_looks_at_numbers_is_left_to_the_loop() -> None:
    def base(arguments):  # type: ignore[no-untyped-def]
        (row,) = arguments
        return (row if float(row.sum()) > 5 else -row,), ()

    assert applied(base, [ROWS], [True], 6) is None


def test_what_differs_from_the_loop_is_left_to_the_loop() -> None:
    """A definition that can tell whether it is in a loop."""

    def base(arguments):  # type: ignore[no-untyped-def]
        (row,) = arguments
        return (row * (2 if at_once._mode.get() is Mode.LOOP else 3),), ()

    assert applied(base, [ROWS], [True], 6) is None


def test_a_definition_is_called_once() -> None:
    calls = []

    def base(arguments):  # type: ignore[no-untyped-def]
        calls.append(at_once._mode.get())
        return (arguments[0] + arguments[1],), ()

    found = applied(base, [ROWS, torch.tensor([1.0, 2.0])], [True, False], 6)
    assert found is not None
    assert torch.equal(found[0][0], ROWS + torch.tensor([1.0, 2.0]))
    assert calls == [Mode.INSIDE, *[Mode.LOOP] * 3]
    assert applied(base, [ROWS[: FEW - 1]], [True], FEW - 1) is None

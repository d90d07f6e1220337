"""A few faults in modules of installed packages: caught, most of them named; the packages stay as is."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytestmark = [pytest.mark.torch, pytest.mark.slow]

from tests.faults.architectures import ARCHITECTURES  # noqa: E402
from tests.faults.real import SPECS, Theirs  # noqa: E402
from tests.faults.report import tally  # noqa: E402

SAMPLE = [
    ("encoder_decoder", "torch", 2),
    ("diffusion_residual_block", "diffusers", 6),
    ("gpt2", "transformers", 6),
]


@pytest.mark.parametrize(("name", "package", "count"), SAMPLE)
def test_faults_in_their_code_are_caught_and_named(name: str, package: str, count: int) -> None:
    pytest.importorskip(package)
    if not (SPECS / f"{name}.yaml").exists():
        pytest.skip(f"there is no spec {name}")
    torch.set_num_threads(1)
    architecture = next(each for each in ARCHITECTURES if each.spec == name)
    results = Theirs(architecture, faults=count, harmless=2).results()
    assert [str(each.change) for each in results if each.fault and not each.caught] == []
    assert [str(each.change) for each in results if not each.fault and each.caught] == []
    found = tally(results)
    assert found.faults == count
    assert found.named >= (2 * count) // 3, [
        f"{each.change}: {each.words}" for each in results if not each.right
    ]


def test_an_architecture_has_a_spec_and_functions_with_lines() -> None:
    for each in ARCHITECTURES:
        assert each.functions and all(each.functions.values()), each.spec
        assert all(":" in where for where in each.functions), each.spec

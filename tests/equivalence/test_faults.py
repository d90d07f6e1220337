"""Every single fault in a generated module is found, and its step named; harmless changes pass."""

from __future__ import annotations

import ast
from functools import cache

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from ncd_tikz.diagram import Diagram, load, loads  # noqa: E402
from ncd_tikz.equivalence import check  # noqa: E402
from ncd_tikz.pytorch import to_source  # noqa: E402
from tests.equivalence.faults import FAULTS, HARMLESS, Fault  # noqa: E402
from tests.pytorch.networks import NETWORKS  # noqa: E402


@cache
def written(name: str) -> tuple[Diagram, str]:
    torch.set_num_threads(1)
    text = NETWORKS.get(name)
    diagram = load(f"@{name}") if text is None else loads(text, f"{name}.yaml")
    return diagram, to_source(diagram)


def changed(source: str, old: str, new: str) -> str:
    assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in\n{source}"
    result = source.replace(old, new)
    assert ast.dump(ast.parse(result)) != ast.dump(ast.parse(source))
    return result


def test_at_least_sixty_faults_are_tried() -> None:
    assert sum(map(len, FAULTS.values())) >= 60
    for name, faults in FAULTS.items():
        assert len({(fault.old, fault.new) for fault in faults}) == len(faults), name


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        pytest.param(name, fault, id=f"{name}-{fault.what}", marks=pytest.mark.slow if number % 3 else ())
        for name, faults in FAULTS.items()
        for number, fault in enumerate(faults)
    ],
)
def test_a_fault_is_found_and_its_step_named(name: str, fault: Fault) -> None:
    diagram, source = written(name)
    report = check(diagram, source=changed(source, fault.old, fault.new), against=False)
    assert not report.ok
    assert report.parting is not None, report.text()
    assert report.parting.path == fault.step, report.text()
    assert report.parting.at is not None
    assert f"{name}.yaml:{report.parting.at.line}:" in report.text()
    assert report.parting.operation in report.text()


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_without_a_fault_none_is_found(name: str) -> None:
    diagram, source = written(name)
    report = check(diagram, source=source, against=False)
    assert report.ok, report.text()
    assert report.parting is None


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param(name, old, new, id=what)
        for name, changes in HARMLESS.items()
        for what, old, new in changes
    ],
)
@pytest.mark.slow
def test_a_harmless_change_passes(name: str, old: str, new: str) -> None:
    diagram, source = written(name)
    other = source.replace(old, new)
    assert source.count(old) == 1
    report = check(diagram, source=other, against=False)
    assert report.ok, report.text()
    assert report.parting is None


def test_at_least_ten_harmless_changes_are_tried() -> None:
    assert sum(map(len, HARMLESS.values())) >= 10

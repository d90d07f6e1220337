"""What all tests share: seeded random tests, one thread, and skips for tools that are missing."""

from __future__ import annotations

import importlib.util
import os
import shutil

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

try:
    from hypothesis import settings
except ImportError:
    pass
else:
    settings.register_profile("fixed", derandomize=True, deadline=None, database=None)
    settings.load_profile("fixed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, and say why, what this machine cannot run."""
    no_tex = shutil.which("pdflatex") is None
    no_torch = importlib.util.find_spec("torch") is None
    for item in items:
        if no_tex and item.get_closest_marker("tex"):
            item.add_marker(pytest.mark.skip(reason="pdflatex is missing: ncd-tikz doctor"))
        if no_torch and item.get_closest_marker("torch"):
            item.add_marker(pytest.mark.skip(reason="torch is missing: pip install torch"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """The one way to write golden files."""
    parser.addoption("--accept", action="store_true", help="write the golden files anew")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written."""
    return bool(request.config.getoption("--accept"))

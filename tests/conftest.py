"""What all tests share: seeded random tests, one thread, and skips for tools that are missing."""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

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


# The specs that `make quick` looks at; a test of any other one is a slow test.
QUICK = ("feed_forward", "max_pool", "multi_head_attention", "einsum_two_ways", "zigzag")


@pytest.hookimpl(tryfirst=True)  # before marks are asked
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow; skip, and say why, what this machine cannot run."""
    from ncd_tikz.resources import spec_names

    many = {f"{sign}{name}" for name in spec_names() if name not in QUICK for sign in ("", "@")}
    for item in items:
        call = getattr(item, "callspec", None)
        for value in call.params.values() if call is not None else ():
            if isinstance(value, (str, Path)) and Path(value).stem in many:
                item.add_marker(pytest.mark.slow)
    no_tex = shutil.which("pdflatex") is None
    no_torch = importlib.util.find_spec("torch") is None
    for item in items:
        if no_tex and item.get_closest_marker("tex"):
            item.add_marker(pytest.mark.skip(reason="pdflatex is missing: ncd-tikz doctor"))
        if no_torch and item.get_closest_marker("torch"):
            item.add_marker(pytest.mark.skip(reason="torch is missing: pip install torch"))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collect tests without a collector of garbage: they live to the end, and it would look at them often."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The one way to write golden files."""
    parser.addoption("--accept", action="store_true", help="write the golden files anew")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written."""
    return bool(request.config.getoption("--accept"))

"""Specs of the catalogue held to modules of installed packages, as their authors published them."""

from __future__ import annotations

import base64
import hashlib
import importlib
import importlib.metadata
import inspect
from functools import cache
from pathlib import Path

from ncd_tikz.diagram import load
from ncd_tikz.equivalence import Verdict, check


@cache
def hashes(package: str) -> dict[Path, str]:
    """The files of an installed package, with the hashes that it was published with."""
    files = importlib.metadata.files(package) or []
    return {Path(str(file.locate())).resolve(): file.hash.value for file in files if file.hash}


def as_published(package: str, against: str) -> bool:
    """Whether the file that defines `module:Class` is the package's own, unchanged to the byte."""
    place, _, name = against.partition(":")
    target = getattr(importlib.import_module(place), name)
    file = Path(inspect.getfile(target)).resolve()
    digest = base64.urlsafe_b64encode(hashlib.sha256(file.read_bytes()).digest()).decode().rstrip("=")
    return hashes(package).get(file) == digest


def verdict(name: str, against: str, draws: int = 3) -> Verdict:
    """What `check` finds of a spec of the catalogue and a module named in its `check:`."""
    report = check(load(f"@{name}"), draws=draws)
    (found,) = (each for each in report.verdicts if each.subject == against)
    assert report.verdicts[0].ok, report.text()
    return found


def same(found: Verdict, draws: int = 3) -> None:
    """Fail unless everything agreed, values and gradients of all that learns, over all draws."""
    assert found.ok, found.text()
    plain = [draw for draw in found.draws if not draw.special]
    assert len(plain) >= min(draws, 2)  # where one takes long, two
    assert len({draw.sizes for draw in plain}) > 1
    for draw in plain:
        compared = {each.what.split(" ")[0]: 0 for each in draw.comparisons}
        assert {"output", "gradient"} <= set(compared)
        for each in draw.comparisons:
            compared[each.what.split(" ")[0]] += each.entries
        assert all(compared.values()), found.text()
    assert found.entries > 1000

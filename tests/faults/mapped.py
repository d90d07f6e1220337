"""A generated module as a module of somebody's own: under `check:`, mapped name by name."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from ncd_tikz.diagram import Diagram, loads
from ncd_tikz.equivalence.case import state_name
from ncd_tikz.equivalence.evaluate import learned
from ncd_tikz.equivalence.sizes import complete
from ncd_tikz.pytorch import arguments, main_class, run_source

MODULE = "module_of_somebodys_own"


def mapped(text: str, file: str) -> Diagram:
    """The spec with an entry that holds the module called `MODULE` to it."""
    plain = loads(text, file)
    entry = [f"  - against: {MODULE}:{main_class(plain)}"]
    sizes = arguments(plain)
    if sizes:
        entry.append(f"    init: {{{', '.join(f'{name}: {name}' for name in sizes)}}}")
    names = sorted({_pattern(state_name(each)) for each in learned(plain, complete(plain, {}))})
    if names:
        entry.append("    parameters:")
        entry += [f"      '{name}': '{name}'" for name in names]
    entry.append("    batch: 1")
    return loads("\n".join([text.rstrip(), "check:", *entry, ""]), file)


def _pattern(name: str) -> str:
    letters = iter("ijkl")
    return re.sub(r"(?<=\.)\d+(?=\.)", lambda _: f"{{{next(letters)}}}", name)


@contextmanager
def importable(source: str, file: Path) -> Iterator[None]:
    """The source as the module called `MODULE`, for a while."""
    file.write_text(source, encoding="utf-8")
    module = ModuleType(MODULE)
    module.__dict__.update(run_source(source, str(file)))
    sys.modules[MODULE] = module
    try:
        yield
    finally:
        del sys.modules[MODULE]

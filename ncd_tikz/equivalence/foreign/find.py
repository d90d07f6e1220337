"""From `package.module:Name` to the thing itself: where somebody's code is imported."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ncd_tikz.equivalence.foreign.errors import Theirs, failed
from ncd_tikz.equivalence.stages import enter


class Missing(Theirs):
    """What `against` names cannot be imported."""


def find(against: str) -> Any:
    """The thing that `against` names.

    Raises:
        Missing: there is no such module or name, or importing it fails.
    """
    enter("importing")
    place, _, name = against.partition(":")
    try:
        importlib.invalidate_caches()
        found: Any = importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name and (place == error.name or place.startswith(error.name + ".")):
            words = f"there is no module {error.name!r} on the import path or in {Path.cwd()}"
            raise Missing(words, "import-fails", "install it, or run check in the folder it is in") from None
        raise _missing(place, error) from None
    except Exception as error:
        raise _missing(place, error) from None
    for part in name.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            near = get_close_matches(part, [each for each in dir(found) if each[0] != "_"], n=1)
            remedy = f"did you mean {near[0]!r}?" if near else ""
            raise Missing(f"module {place} has no {name!r}", "import-fails", remedy) from None
        except Exception as error:
            raise _missing(place, error) from None
    return found


def _missing(place: str, error: BaseException) -> Missing:
    told = failed(f"importing {place}", "import-fails", error)
    return Missing(told.words, told.rule, place=told.place)


@contextmanager
def importable() -> Iterator[None]:
    """The working directory on sys.path, as for `python -m`."""
    folder = str(Path.cwd())
    if folder in sys.path:
        yield
        return
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        if folder in sys.path:
            sys.path.remove(folder)

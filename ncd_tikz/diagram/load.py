"""Spec files and texts as diagrams: the way in."""

from __future__ import annotations

from pathlib import Path

from ncd_tikz.diagram.build import infer
from ncd_tikz.diagram.diagram import Diagram
from ncd_tikz.errors import SpecError
from ncd_tikz.resources import spec_path
from ncd_tikz.spec import read, text_of


def load(path: str | Path) -> Diagram:
    """The diagram of a spec file, or of `@name` from the shipped catalogue.

    >>> load("@multi_head_attention").title
    'Multi-Head Attention'

    Raises:
        SpecError: the file cannot be read, or the spec has mistakes; tells all of them, in source order.
        ResourceMissing: the catalogue has no such spec.
    """
    if isinstance(path, str) and path.startswith("@"):
        path = spec_path(path)
    return loads(text_of(Path(path)), str(path))


def loads(text: str, file: str = "<string>") -> Diagram:
    """The diagram of a spec's text; `file` is named in messages.

    Raises:
        SpecError: the spec has mistakes; tells all of them, in source order.
    """
    spec, mistakes = read(text, file)
    if spec is None:
        raise SpecError(mistakes)
    diagram, shapes = infer(spec, partial=bool(mistakes))
    told = {mistake.position for mistake in mistakes}
    mistakes = (*mistakes, *(mistake for mistake in shapes if mistake.position not in told))
    if mistakes:
        raise SpecError(mistakes)
    return diagram

"""The way from a file or text to a spec."""

from __future__ import annotations

from pathlib import Path

from ncd_tikz.errors import Mistake, SpecError
from ncd_tikz.spec.assemble import assemble
from ncd_tikz.spec.files import text_of
from ncd_tikz.spec.imports import Library
from ncd_tikz.spec.mistakes import MOST, Told, TooMany
from ncd_tikz.spec.nodes import Spec
from ncd_tikz.spec.source import parse


def read(text: str, file: str = "<string>") -> tuple[Spec | None, tuple[Mistake, ...]]:
    """The spec that a YAML text says, and all mistakes, in source order.

    Where only steps, outputs or presentation are mistaken, the spec holds the steps before the
    first mistaken one, so that a caller can check their shapes and tell all mistakes at once.

    >>> spec, mistakes = read("ncd: 2\\nname: a\\naxes: {x: 2}\\ninputs: {X: x}\\nsteps: [relu]\\noutputs: Y")
    >>> for mistake in mistakes:
    ...     print(mistake)
    <string>:1:6: ncd: found version 2 of the spec language; this is a reader of version 1
    <string>:6:10: outputs: unknown value 'Y'
      known here: values X
    """
    told = Told(file)
    spec = None
    try:
        root = parse(text, told)
        if root is not None:
            spec = assemble(root, text, told, Library(file))
    except TooMany:
        last = told.mistakes[-1]
        told.mistakes[-1] = Mistake(
            last.position, "", f"more than {MOST - 1} mistakes; the others are not told"
        )
        spec = None
    own = [mistake for mistake in told.mistakes if mistake.position.file == file]
    others = [mistake for mistake in told.mistakes if mistake.position.file != file]
    return spec, SpecError((*own, *others)).mistakes


def load_spec(source: Path | str, file: str = "") -> Spec:
    """The spec in a file, or in a text (what has a line break, or comes with the name of its file).

    >>> load_spec("ncd: 1\\nname: tiny\\naxes: {x: 2}\\ninputs: {X: x}\\nsteps: [relu]\\noutputs: X").title
    'Tiny'

    Raises:
        SpecError: the file cannot be read, or has mistakes; all of them are told.
    """
    if isinstance(source, Path) or not (file or "\n" in source):
        file = file or str(source)
        source = text_of(Path(source), file)
    spec, mistakes = read(source, file or "<string>")
    if mistakes or spec is None:
        raise SpecError(mistakes)
    return spec


__all__ = ["load_spec", "read", "text_of"]

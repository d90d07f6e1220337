"""A diagram as Python source of torch.nn.Modules: one class per block, one statement per step."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING

from ncd_tikz import __version__
from ncd_tikz.diagram import Diagram
from ncd_tikz.pytorch.classes import write_classes
from ncd_tikz.pytorch.names import class_name
from ncd_tikz.pytorch.written import ClassSource

if TYPE_CHECKING:
    from jinja2 import Template

_IMPORTS = {  # name in the code -> where it comes from
    "math": "import math",
    "torch": "import torch",
    "F": "import torch.nn.functional as F",
}


def to_source(diagram: Diagram) -> str:
    """The module's source, as a person would write it; of an equation a class for each side.

    Further axes may stand in front of every input; they are batch. Learned parts are named after
    their steps, so the state dict of a step labelled `Q` has `Q.weight`; what a repetition `R` has
    for its first iteration is below `R.0`.
    """
    classes, _ = _classes(diagram)
    code = "\n".join(line for each in classes for line in (*each.init, *each.forward))
    declared = [line for each in classes for line in each.imports]
    text = _template().render(
        spec=f"{diagram.name} ({diagram.digest})" if diagram.digest else diagram.name,
        version=__version__,
        command=f"ncd-tikz torch {_file(diagram)}",
        imports=_imports(code, declared),
        classes=classes,
    )
    return text.rstrip() + "\n"


def arguments(diagram: Diagram) -> tuple[str, ...]:
    """The sizes that the class takes as keyword arguments, by their names in the spec.

    Positions and other axes that no parameter and no operation needs are none of them.
    """
    return write_classes(diagram, class_name(diagram.name), []).arguments


def main_class(diagram: Diagram) -> str:
    """The name of the diagram's own class."""
    return class_name(diagram.name)


def side_classes(diagram: Diagram) -> tuple[str, ...]:
    """The names of the classes of an equation's sides; else of the diagram's own."""
    return _classes(diagram)[1]


def class_names(diagram: Diagram) -> tuple[tuple[str, Diagram], ...]:
    """All classes of the source, each with what it computes."""
    return tuple((each.name, each.diagram) for each in _classes(diagram)[0])


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from ncd_tikz.resources import template_folder

    environment = Environment(
        loader=FileSystemLoader(template_folder()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # Python source, no markup
    )
    return environment.get_template("module.py.j2")


def _file(diagram: Diagram) -> str:
    name = PurePath(diagram.steps[0].at.file).name if diagram.steps else ""
    return name if re.fullmatch(r"[\w.-]+", name) else f"{diagram.name}.yaml"


def _imports(code: str, declared: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Import lines in two sections, those that the code uses and no others."""
    used = {node.id for node in ast.walk(ast.parse(_as_body(code))) if isinstance(node, ast.Name)}
    lines = {_IMPORTS[name] for name in used & _IMPORTS.keys()}
    for line in declared:
        bound = {(alias.asname or alias.name).split(".")[0] for alias in _aliases(line)}
        if bound & used and not bound <= {"nn", "Tensor"}:
            lines.add(line)
    lines.add("from torch import Tensor, nn")
    standard = sorted(line for line in lines if line == "import math")
    others = sorted(lines - set(standard), key=lambda line: (line.startswith("from"), line))
    return tuple(tuple(section) for section in (standard, others) if section)


def _aliases(line: str) -> list[ast.alias]:
    statement = ast.parse(line).body[0]
    return statement.names if isinstance(statement, (ast.Import, ast.ImportFrom)) else []


def _as_body(code: str) -> str:
    return "class _:\n" + code


def _classes(diagram: Diagram) -> tuple[tuple[ClassSource, ...], tuple[str, ...]]:
    """All classes, each after those it uses, and the names of those of the sides."""
    made: list[ClassSource] = []
    main = main_class(diagram)
    names = [write_classes(diagram, main, made).name]
    for number, side in enumerate(diagram.equals, start=2):
        wanted = class_name(side.diagram.name)
        wanted = f"{main}Side{number}" if wanted == main else wanted
        title = f"{diagram.title or main}, side {number} of the equation"
        titled = replace(side.diagram, title=title) if side.diagram.title == diagram.title else side.diagram
        names.append(write_classes(titled, wanted, made).name)
    return tuple(made), tuple(names)

"""A diagram as Python source of torch.nn.Modules: one class per block, one statement per step."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING

from ncd_tikz import __version__
from ncd_tikz.axes import Expression
from ncd_tikz.diagram import BlockCall, Diagram, Step, expand
from ncd_tikz.errors import Mistake, ShapeError, SpecError
from ncd_tikz.operations import Call, Source
from ncd_tikz.pytorch.calls import block_call
from ncd_tikz.pytorch.docstring import document
from ncd_tikz.pytorch.letters import Letters
from ncd_tikz.pytorch.names import MODULE_ATTRIBUTES, class_name, identifiers, part_name
from ncd_tikz.pytorch.wrap import WIDTH, wrap

if TYPE_CHECKING:
    from jinja2 import Template

_IMPORTS = {  # name in the code -> where it comes from
    "math": "import math",
    "torch": "import torch",
    "F": "import torch.nn.functional as F",
}


@dataclass(frozen=True, slots=True)
class ClassSource:
    """One class, ready for the template: whole lines."""

    name: str
    diagram: Diagram
    arguments: tuple[str, ...]  # symbols, in source order
    docstring: tuple[str, ...]
    init: tuple[str, ...]
    forward: tuple[str, ...]
    imports: tuple[str, ...]


def to_source(diagram: Diagram) -> str:
    """The module's source, as a person would write it.

    Further axes may stand in front of every input; they are batch. Learned parts are named after
    their steps, so the state dict of a step labelled `Q` has `Q.weight`.
    """
    classes = _classes(diagram)
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
    return _classes(diagram)[-1].arguments


def main_class(diagram: Diagram) -> str:
    """The name of the diagram's own class."""
    return class_name(diagram.name)


def variable_names(diagram: Diagram) -> dict[str, str]:
    """Names of values -> variables of forward; what nothing reads begins with an underscore."""
    read = {number for step in diagram.steps for number in step.inputs}
    alive = {diagram.values[number].name for number in (*read, *diagram.outputs, *diagram.inputs)}
    variables = identifiers((value.name for value in diagram.values), taken=_variables_of_operations(diagram))
    return {name: variable if name in alive else f"_{variable}" for name, variable in variables.items()}


def _variables_of_operations(diagram: Diagram) -> set[str]:
    """Names of the variables that operations write before their own statements."""
    names: set[str] = set()
    for step in diagram.steps:
        application = expand(step.application)
        inputs = ("_",) * len(step.inputs)
        if isinstance(step.operation, BlockCall):
            before = block_call("_", inputs, application).before
        else:
            call = Call(application, inputs, part_name(step.attribute), str, str, lambda axis: "a")
            before = step.operation.source(call).before
        names.update(_assigned(before))
    return names


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


def _classes(diagram: Diagram) -> tuple[ClassSource, ...]:
    """The classes, deepest first; the last one is the diagram's own."""
    made: list[ClassSource] = []
    _add_class(diagram, made, main_class(diagram))
    return tuple(made)


def _add_class(diagram: Diagram, made: list[ClassSource], main: str, inside: bool = False) -> ClassSource:
    for known in made:
        if known.diagram == diagram:
            return known
    parts = {
        number: _add_class(step.operation.diagram, made, main, inside=True)
        for number, step in enumerate(diagram.steps)
        if isinstance(step.operation, BlockCall)
    }
    taken = [main, *(each.name for each in made)] if inside else []
    name = next(iter(identifiers([class_name(diagram.name)], taken).values()))
    written = _Writer(diagram, name, parts).write()
    made.append(written)
    return written


class _Writer:
    """Writes one class; knows which sizes were asked for."""

    def __init__(self, diagram: Diagram, name: str, parts: dict[int, ClassSource]) -> None:
        self.diagram = diagram
        self.name = name
        self.parts = parts
        self.declared = {entry.axis.name: entry for entry in diagram.sizes if entry.axis.rank == 1}
        self.local = identifiers(self.declared)
        attributes = {part_name(step.attribute) for step in diagram.steps}
        self.stored = {
            symbol: f"{local}_size" if local in attributes or local in MODULE_ATTRIBUTES else local
            for symbol, local in self.local.items()
        }
        self.variables = variable_names(diagram)
        self.letters = Letters()
        self.needed: set[str] = set()  # in __init__

    def write(self) -> ClassSource:
        parts: list[str] = []
        statements: list[str] = []
        imports: list[str] = []
        for number, step in enumerate(self.diagram.steps):
            source = self._step(number, step)
            imports.extend(source.imports)
            if source.init:
                parts.extend(wrap(f"self.{part_name(step.attribute)} = {source.init}", 8))
            for line in source.before:
                statements.extend(wrap(line, 8))
            statements.extend(self._statement(step, source.forward))
        code = "\n".join(statements)
        kept = {s for s, name in self.stored.items() if re.search(rf"\bself\.{name}\b", code)}
        chosen = self._close(self.needed | kept)
        arguments = tuple(symbol for symbol in chosen if not self._definition(symbol).symbols)
        locals_ = [
            f"        {self.local[symbol]} = {self._size(self._definition(symbol))}"
            for symbol in chosen
            if self._definition(symbol).symbols
        ]
        keep = [
            f"        self.{self.stored[symbol]} = {self.local[symbol]}"
            for symbol in self.declared
            if symbol in kept
        ]
        init = (*self._signature(arguments), "        super().__init__()", *locals_, *keep, *parts)
        forward = (*self._forward_signature(), *statements, f"        return {', '.join(self._outputs())}")
        no_init = not arguments and not parts
        return ClassSource(
            self.name,
            self.diagram,
            arguments,
            tuple(document(self.diagram, self.local, self.variables, arguments)),
            () if no_init else init,
            forward,
            tuple(imports),
        )

    def _definition(self, symbol: str) -> Expression:
        return self.declared[symbol].axis.sizes[0]

    def _close(self, symbols: set[str]) -> list[str]:
        """The symbols and all they are derived from, each after those it needs."""
        order: list[str] = []

        def visit(symbol: str) -> None:
            if symbol not in order:
                for other in self._definition(symbol).symbols:
                    visit(other)
                order.append(symbol)

        for symbol in self.declared:
            if symbol in symbols:
                visit(symbol)
        free = [
            symbol for symbol in self.declared if symbol in order and not self._definition(symbol).symbols
        ]
        return free + [symbol for symbol in order if symbol not in free]

    def _size(self, expression: Expression) -> str:
        self.needed.update(expression.symbols)
        return expression.python(self.local.__getitem__)

    def _kept_size(self, expression: Expression) -> str:
        return expression.python(lambda symbol: f"self.{self.stored[symbol]}")

    def _step(self, number: int, step: Step) -> Source:
        names = tuple(self.variables[self.diagram.values[value].name] for value in step.inputs)
        if isinstance(step.operation, BlockCall):
            return self._block(step, step.operation, self.parts[number], names)
        application = expand(step.application)
        call = Call(
            application=application,
            arguments=names,
            attribute=part_name(step.attribute),
            size=self._kept_size,
            init_size=self._size,
            letters=self.letters.of(application),
        )
        try:
            return step.operation.source(call)
        except ShapeError as error:
            raise SpecError((Mistake(step.at, step.path, error.fact, hint=error.hint),)) from error

    def _block(self, step: Step, call: BlockCall, part: ClassSource, names: tuple[str, ...]) -> Source:
        local = identifiers(entry.axis.name for entry in call.diagram.sizes if entry.axis.rank == 1)
        given = [
            f"{local[symbol]}={self._size(call.bindings[symbol])}"
            for symbol in part.arguments
            if symbol in call.bindings
        ]
        called = f"self.{part_name(step.attribute)}"
        return replace(
            block_call(called, names, expand(step.application)), init=f"{part.name}({', '.join(given)})"
        )

    def _statement(self, step: Step, value: str) -> list[str]:
        targets = [self.variables[self.diagram.values[number].name] for number in step.outputs]
        shapes = [" ".join(("...", *self.diagram.values[number].tensor.names)) for number in step.outputs]
        code, comment = f"{', '.join(targets)} = {value}", f"  # {'; '.join(shapes)}"
        if 8 + len(code) + len(comment) <= WIDTH:
            return [" " * 8 + code + comment]
        return [" " * 8 + comment.strip(), *wrap(code, 8)]

    def _signature(self, arguments: tuple[str, ...]) -> list[str]:
        numbers = self.diagram.default_sizes()
        listed = [f"{self.local[symbol]}: int = {numbers[symbol]}" for symbol in arguments]
        inside = ", ".join(["self", *(["*", *listed] if listed else [])])
        return wrap(f"def __init__({inside}) -> None:", 4)

    def _forward_signature(self) -> list[str]:
        listed = [
            f"{self.variables[self.diagram.values[number].name]}: Tensor" for number in self.diagram.inputs
        ]
        outputs = len(self.diagram.outputs)
        result = "Tensor" if outputs == 1 else f"tuple[{', '.join(['Tensor'] * outputs)}]"
        return wrap(f"def forward({', '.join(['self', *listed])}) -> {result}:", 4)

    def _outputs(self) -> list[str]:
        return [self.variables[self.diagram.values[number].name] for number in self.diagram.outputs]


def _assigned(lines: Iterable[str]) -> list[str]:
    """Names that statements assign."""
    targets = [node for line in lines for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Name)]
    return [node.id for node in targets if isinstance(node.ctx, ast.Store)]

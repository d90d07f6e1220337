"""One class per diagram: the constructor that builds its parts, and one statement per step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ncd_tikz.diagram import BlockCall, Diagram, Load, Repeat, Save, Step, expand
from ncd_tikz.errors import Mistake, ShapeError, SpecError
from ncd_tikz.operations import Call, Source
from ncd_tikz.pytorch.calls import block_call
from ncd_tikz.pytorch.docstring import document
from ncd_tikz.pytorch.fronts import body_inputs, unbatched
from ncd_tikz.pytorch.letters import Letters
from ncd_tikz.pytorch.names import class_name, identifiers, part_name
from ncd_tikz.pytorch.repeating import loop
from ncd_tikz.pytorch.sizes import Sizes, argument_names
from ncd_tikz.pytorch.variables import memory_type, variable_names
from ncd_tikz.pytorch.wrap import WIDTH, wrap
from ncd_tikz.pytorch.written import ClassSource, Role


def write_classes(diagram: Diagram, name: str, made: list[ClassSource]) -> ClassSource:
    """Add the classes of a diagram to `made`, those of its blocks first; gives its own."""
    return _add(diagram, made, name, Role())


def _add(diagram: Diagram, made: list[ClassSource], main: str, role: Role) -> ClassSource:
    for known in made:
        same = replace(known.role, inside=role.inside, name=role.name, title=role.title) == role
        if known.diagram == diagram and same:
            return known
    parts: dict[int, ClassSource] = {}
    lacking = unbatched(diagram, role.unbatched)
    for number, step in enumerate(diagram.steps):
        operation, flags = step.operation, tuple(lacking[value] for value in step.inputs)
        if isinstance(operation, BlockCall):
            inner = Role(inside=True, unbatched=flags if any(flags) else ())
            parts[number] = _add(operation.diagram, made, main, inner)
        elif isinstance(operation, Repeat):
            flags = body_inputs(operation, flags)
            named = (f"{step.attribute}_step", _body_title(step, operation, diagram))
            inner = Role(True, operation.index, operation.share, flags if any(flags) else (), *named)
            parts[number] = _add(operation.diagram, made, main, inner)
    taken = [main, *(each.name for each in made)] if role.inside else [each.name for each in made]
    wanted = class_name(role.name or diagram.name) if role.inside else main
    name = next(iter(identifiers([wanted], taken).values()))
    written = _Writer(diagram, name, parts, role).write()
    made.append(written)
    return written


def _body_title(step: Step, repeat: Repeat, around: Diagram) -> str:
    whole = around.title or around.name.replace("_", " ")
    return f"One step of `{step.attribute}` in {whole}: {repeat.index} from {repeat.start} to {repeat.stop}"


class _Writer:
    """Writes one class."""

    def __init__(self, diagram: Diagram, name: str, parts: Mapping[int, ClassSource], role: Role) -> None:
        self.diagram = diagram
        self.name = name
        self.parts = parts
        self.role = role
        self.variables = variable_names(diagram)
        self.taken = set(self.variables.values())
        told = next(iter(identifiers([role.index or "i"], self.taken).values())) if role.shared else ""
        attributes = {part_name(step.attribute) for step in diagram.steps}
        self.sizes = Sizes(diagram, attributes, role.index, told)
        self.letters = Letters()
        self.lacking = unbatched(diagram, role.unbatched)

    def write(self) -> ClassSource:
        parts: list[str] = []
        statements: list[str] = []
        imports: list[str] = []
        for number, step in enumerate(self.diagram.steps):
            source, lines = self._step(number, step)
            imports.extend(source.imports)
            if source.init:
                parts.extend(wrap(f"self.{part_name(step.attribute)} = {source.init}", 8))
            statements.extend(lines)
        kept = self.sizes.kept("\n".join(statements))
        chosen = self.sizes.chosen(kept)
        self._refuse_shared(chosen)
        arguments = tuple(symbol for symbol in chosen if self.sizes.is_free(symbol))
        keep = [f"        self.{self.sizes.stored[symbol]} = {self.sizes.local[symbol]}" for symbol in kept]
        derived = self.sizes.derivations(chosen)
        functions = self.sizes.family_functions()
        init = (
            *self._signature(arguments),
            "        super().__init__()",
            *derived,
            *keep,
            *functions,
            *parts,
        )
        returned = [f"        return {', '.join(self._outputs())}"]
        forward = (*self._forward_signature(), *statements, *returned)
        no_init = not arguments and not parts
        return ClassSource(
            self.name,
            self.diagram,
            self.role,
            arguments,
            self._docstring(arguments),
            () if no_init else _tidy(init),
            forward,
            self.sizes.forward_uses_index,
            tuple(imports),
        )

    def _docstring(self, arguments: tuple[str, ...]) -> tuple[str, ...]:
        titled = replace(self.diagram, title=self.role.title or self.diagram.title)
        return tuple(document(titled, self.sizes.local, self.variables, arguments, self.role.index))

    def _refuse_shared(self, chosen: Iterable[str]) -> None:
        if self.role.shared and self.role.index in chosen:
            step = self.diagram.steps[0]
            fact = f"learned parts that are shared cannot depend on the index '{self.role.index}'"
            raise SpecError((Mistake(step.at, step.path, fact, hint="leave out share: true"),))

    def _variable(self, value: int) -> str:
        return self.variables[self.diagram.values[value].name]

    def _step(self, number: int, step: Step) -> tuple[Source, list[str]]:
        """A step's source, and its statements in forward."""
        operation = step.operation
        names = tuple(map(self._variable, step.inputs))
        if isinstance(operation, Repeat):
            return loop(step, operation, self.parts[number], self.diagram, self.variables, self.sizes)
        if isinstance(operation, BlockCall):
            source = self._block(step, operation, self.parts[number], names)
        elif isinstance(operation, Save):
            source = Source(names[0])
        elif isinstance(operation, Load):
            family = self.diagram.values[step.inputs[0]].family
            at = f"[{self.sizes.in_forward(operation.at)}]" if family and operation.at else ""
            source = Source(names[0] + at)
        else:
            source = self._operation(number, step, names)
        lines = [text for line in source.before for text in wrap(line, 8)]
        return source, [*lines, *self._statement(step, source.forward)]

    def _operation(self, number: int, step: Step, names: tuple[str, ...]) -> Source:
        application = expand(step.application)
        call = Call(
            application=application,
            arguments=names,
            attribute=part_name(step.attribute),
            size=self.sizes.in_forward,
            init_size=self.sizes.in_init,
            letters=self.letters.of(application),
            unbatched=tuple(self.lacking[value] for value in step.inputs),
            like=self._like(number),
        )
        try:
            return step.operation.source(call)
        except ShapeError as error:
            raise SpecError((Mistake(step.at, step.path, error.fact, hint=error.hint),)) from error

    def _like(self, number: int) -> str:
        """A real tensor that is there before step `number`; empty where there is none."""
        known = [*self.diagram.inputs, *(v for step in self.diagram.steps[:number] for v in step.outputs)]
        now = {self._variable(value): self.diagram.values[value] for value in known}
        real = (name for name, value in now.items() if value.tensor.kind == "real" and not value.family)
        return next(real, "")

    def _block(self, step: Step, call: BlockCall, part: ClassSource, names: tuple[str, ...]) -> Source:
        local = argument_names(call.diagram)
        given = [
            f"{local[symbol]}={self.sizes.in_init(call.bindings[symbol])}"
            for symbol in part.arguments
            if symbol in call.bindings
        ]
        called = f"self.{part_name(step.attribute)}"
        return replace(
            block_call(called, names, expand(step.application)), init=f"{part.name}({', '.join(given)})"
        )

    def _statement(self, step: Step, value: str) -> list[str]:
        targets = [self._variable(number) for number in step.outputs]
        if not targets:
            return wrap(value, 8) if value else []
        if [value] == targets:  # it is there already, under the same name
            return []
        shapes = [" ".join(("...", *self.diagram.values[number].tensor.names)) for number in step.outputs]
        code, comment = f"{', '.join(targets)} = {value}", f"  # {'; '.join(shapes)}"
        if 8 + len(code) + len(comment) <= WIDTH:
            return [" " * 8 + code + comment]
        return [" " * 8 + comment.strip(), *wrap(code, 8)]

    def _signature(self, arguments: tuple[str, ...]) -> list[str]:
        numbers = self.diagram.default_sizes()
        listed = [f"{self.sizes.local[symbol]}: int = {numbers[symbol]}" for symbol in arguments]
        inside = ", ".join(["self", *(["*", *listed] if listed else [])])
        return wrap(f"def __init__({inside}) -> None:", 4)

    def _forward_signature(self) -> list[str]:
        inputs = (
            f"{self._variable(number)}: {memory_type(self.diagram.values[number])}"
            for number in self.diagram.inputs
        )
        listed = list(dict.fromkeys(inputs))  # memory of one name is one dict
        if self.sizes.forward_uses_index:
            listed.append(f"{self.sizes.forward_index}: int")
        outputs = [memory_type(self.diagram.values[number]) for number in self.diagram.outputs]
        result = outputs[0] if len(outputs) == 1 else f"tuple[{', '.join(outputs)}]"
        return wrap(f"def forward({', '.join(['self', *listed])}) -> {result}:", 4)

    def _outputs(self) -> list[str]:
        return list(map(self._variable, self.diagram.outputs))


def _tidy(lines: Iterable[str]) -> tuple[str, ...]:
    """Without empty lines that follow each other or stand last."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return tuple(kept)

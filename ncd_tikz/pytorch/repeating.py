"""A repetition: its parts in an nn.ModuleList, a loop in forward, what it saves in a dict by index."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ncd_tikz.axes import Expression, ExpressionError
from ncd_tikz.diagram import Diagram, Repeat, Step
from ncd_tikz.diagram.saves import saved_at
from ncd_tikz.operations import Source
from ncd_tikz.pytorch.names import identifiers, part_name
from ncd_tikz.pytorch.sizes import Sizes, argument_names
from ncd_tikz.pytorch.wrap import WIDTH, wrap
from ncd_tikz.pytorch.written import ClassSource


def loop(
    step: Step,
    repeat: Repeat,
    body: ClassSource,
    diagram: Diagram,
    variables: Mapping[str, str],
    sizes: Sizes,
) -> tuple[Source, list[str]]:
    """How the parts are built, and the lines of forward.

    Args:
        step: of the repetition.
        body: the class of its body.
        diagram: where the step stands.
        variables: of the diagram's values.
        sizes: the diagram's.
    """
    return _Loop(step, repeat, body, diagram, variables, sizes).write()


class _Loop:
    def __init__(
        self,
        step: Step,
        repeat: Repeat,
        body: ClassSource,
        diagram: Diagram,
        variables: Mapping[str, str],
        sizes: Sizes,
    ) -> None:
        self.step, self.repeat, self.body, self.diagram, self.sizes = step, repeat, body, diagram, sizes
        self.inputs = [variables[diagram.values[number].name] for number in step.inputs]
        self.outputs = [variables[diagram.values[number].name] for number in step.outputs]
        self.part = f"self.{part_name(step.attribute)}"
        taken = {*variables.values(), *sizes.local.values()}
        self.index, self.layer = identifiers([repeat.index, "layer"], taken).values()

    def write(self) -> tuple[Source, list[str]]:
        """The source of the parts, and the statements of forward."""
        carried = self.repeat.carried
        state, saved = self.outputs[:carried], self.outputs[carried:]
        lines, constants = self._before(state)
        lines += [f"        {name}: dict[int, Tensor] = {{}}" for name in self._new(saved)]
        places = [self._place(at) for at in saved_at(self.repeat)]
        targets = [*state, *(f"{name}[{place}]" for name, place in zip(saved, places, strict=True))]
        given = [*state, *dict.fromkeys(constants)]
        if self.body.forward_index:
            given.append(self.index)
        lines += self._header(bool(saved))
        called = self.part if self.repeat.share else self.layer
        lines += self._commented(f"{', '.join(targets)} = {called}({', '.join(given)})")
        return Source("", init=self._init()), lines

    def _new(self, saved: Sequence[str]) -> list[str]:
        """The memory that no earlier repetition has begun."""
        earlier = self.diagram.steps[: self.diagram.steps.index(self.step)]
        known = {value for step in earlier for value in step.outputs} | set(self.diagram.inputs)
        begun = {self.diagram.values[value].name for value in known if self.diagram.values[value].family}
        names = [self.diagram.values[value].name for value in self.step.outputs[self.repeat.carried :]]
        pairs = zip(names, saved, strict=True)
        return list(dict.fromkeys(variable for name, variable in pairs if name not in begun))

    def _place(self, at: Expression) -> str:
        """Code of the index under which an iteration saves."""

        def symbol(name: str) -> str:
            if name == self.repeat.index:
                return self.index
            return self.sizes.in_forward(Expression.symbol(name))

        return at.python(symbol)

    def _before(self, state: Sequence[str]) -> tuple[list[str], list[str]]:
        """What is assigned before the loop, and the variables of what stays the same inside."""
        carried = self.repeat.carried
        starts, constants = self.inputs[:carried], self.inputs[carried:]
        lines = []
        for place, name in enumerate(constants):
            if name in state:  # the loop will assign the name anew
                kept = next(iter(identifiers([f"{name}_given"], {*self.inputs, *self.outputs}).values()))
                lines.append(f"        {kept} = {name}")
                constants[place] = kept
        moved = [(new, old) for new, old in zip(state, starts, strict=True) if new != old]
        if moved:
            names, values = zip(*moved, strict=True)
            lines += wrap(f"{', '.join(names)} = {', '.join(values)}", 8)
        return lines, constants

    def _header(self, indexed: bool) -> list[str]:
        start, stop = self.repeat.start, self.repeat.stop
        if self.repeat.share:
            told = indexed or self.body.forward_index
            counted = _range(start, stop, self.sizes.in_forward, told)
            return wrap(f"for {self.index if told else '_'} in {counted}:", 8)
        if not indexed:
            return [f"        for {self.layer} in {self.part}:"]
        begin = self.sizes.in_forward(start)
        return wrap(f"for {self.index}, {self.layer} in enumerate({self.part}, start={begin}):", 8)

    def _init(self) -> str:
        index, names = self.index, argument_names(self.body.diagram)
        given = []
        told = False
        for symbol in self.body.arguments:
            name = names[symbol]
            if symbol == self.repeat.index:
                told = True
                given.append(f"{name}={index}")
            else:
                given.append(f"{name}={self.sizes.in_init(Expression.symbol(symbol))}")
        built = f"{self.body.name}({', '.join(given)})"
        if self.repeat.share:
            return built
        counted = _range(self.repeat.start, self.repeat.stop, self.sizes.in_init, told)
        return f"nn.ModuleList([{built} for {index if told else '_'} in {counted}])"

    def _commented(self, code: str) -> list[str]:
        made = (self.body.diagram.values[number].tensor for number in self.body.diagram.outputs)
        comment = f"  # {'; '.join(' '.join(('...', *tensor.names)) for tensor in made)}"
        if 12 + len(code) + len(comment) <= WIDTH:
            return [" " * 12 + code + comment]
        return wrap(code, 12)


def _range(start: Expression, stop: Expression, size: Callable[[Expression], str], told: bool) -> str:
    """`range(1, N + 1)`, or `range(N)` where only the number of iterations matters."""
    if not told and str(start) == "1":
        return f"range({size(stop)})"
    begin = size(start)
    try:
        end = str(stop.evaluate({}) + 1)
    except ExpressionError:
        end = size(Expression(("+", stop.tree, 1)))
    return f"range({begin}, {end})"

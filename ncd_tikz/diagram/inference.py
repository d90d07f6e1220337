"""The steps of a spec, a block or a repetition's body as a typed diagram."""

from __future__ import annotations

from dataclasses import replace

from ncd_tikz.axes import Expression, Tensor
from ncd_tikz.diagram.attributes import attribute_stem, attributes
from ncd_tikz.diagram.block import BlockCall
from ncd_tikz.diagram.diagram import Diagram, Step, Value
from ncd_tikz.diagram.memory import family, in_memory
from ncd_tikz.diagram.repeat import Repeat
from ncd_tikz.diagram.repetition import Rounds, applied
from ncd_tikz.diagram.steps import Known, Names, Steps, place, saved
from ncd_tikz.diagram.used import used
from ncd_tikz.diagram.values import Kept
from ncd_tikz.errors import ShapeError
from ncd_tikz.operations import Scope
from ncd_tikz.operations.scope import UnknownAxis
from ncd_tikz.spec.nodes import CarryNode, FigureNode, RepeatNode, StepNode


class Inference(Steps):
    """All steps, repetitions among them: a body is typed on the values that it takes."""

    def all(self, nodes: tuple[StepNode, ...], previous: Names | None) -> Names | None:
        """Type steps in order; gives the names that the last one assigns."""
        for node in nodes:
            previous = self._step(node, previous)
        return previous

    def _step(self, node: StepNode, previous: Names | None) -> Names | None:
        try:
            if node.repeat is not None:
                return self._repeat(node, node.repeat, previous)
            return self.type(node, previous)
        except Known:
            return self.lose(node, node.inputs if node.inputs is not None else previous)

    def check_used(self) -> None:
        """Tell what steps make and nothing takes; a spec with other mistakes may lack what takes it."""
        if self.blocks.partial or len(self.mistakes) > self.before:
            return
        for typed in self.steps:
            for number in typed.outputs:
                if number in self.values.read:
                    continue
                name = self.values.all[number].name
                path = typed.node.path
                if self.values.all[number].memory:
                    loaded = next((str(each) for each in self.values.memory if each.value == number), name)
                    fact = f"what is saved as {loaded} is never loaded"
                    hint = f"load it by in: {loaded.partition(' ')[0]}"
                else:
                    fact = f"what it makes, '{name}', is never used"
                    hint = f"take '{name}' in a step, name it under outputs, or take the step out"
                    if len(typed.outputs) > 1:
                        hint = f"take '{name}' in a step, discard it, or name it under outputs"
                self.tell(typed.node.at, path, fact, hint=hint)

    def named_steps(self) -> tuple[Step, ...]:
        """The steps, each with an attribute of its own."""
        stems = [
            (
                typed.stem,
                isinstance(typed.operation, (BlockCall, Repeat))
                or bool(typed.operation.parameters(typed.application)),
            )
            for typed in self.steps
        ]
        return tuple(
            Step(
                operation=typed.operation,
                application=typed.application,
                inputs=typed.inputs,
                outputs=typed.outputs,
                attribute=attribute,
                label=typed.label,
                path=typed.node.path,
                at=typed.node.at,
            )
            for typed, attribute in zip(self.steps, attributes(stems), strict=True)
        )

    def _repeat(self, node: StepNode, repeat: RepeatNode, previous: Names | None) -> Names:
        rounds = self._rounds(node, repeat)
        running = node.inputs if node.inputs is not None else previous or ()
        carry = repeat.carry
        if carry is None:
            running = self.taken_names(node, previous)
            carry = tuple(CarryNode(name, None, node.at) for name in running)
        names = tuple(each.name for each in carry)
        outside = self.taken(node, names)
        outputs = self.output_names(node, names, len(names))
        plain = self.plain_names(outputs, names)
        inner = plain if any(map(in_memory, names)) else names
        body = _Body(self, node, rounds, plain[0])
        body.start(carry, inner, tuple(self.values.all[value].tensor for value in outside))
        known = dict(zip(names, inner, strict=True))
        running = tuple(known.get(name, name) for name in running) or inner[: len(inner) == 1]
        body.finish(body.all(repeat.steps, running or None) or (), running, repeat.carry is None)
        self._check_in(node, names, body)
        after = body.after()
        families = body.families(self.scope)
        body.check_used()
        if len(self.mistakes) > body.before:
            return self._assume(node, plain, after)
        made = [Value(name, tensor) for name, tensor in zip(plain, after, strict=True) if tensor is not None]
        numbers = tuple(map(self.values.assign, made))
        memory = tuple(self._keep(kept, value, kept.value in body.values.read) for kept, value in families)
        taken = (*outside, *body.values.constants, *body.values.loaded)
        diagram = body.diagram(tuple(kept.value for kept, _ in families))
        operation = Repeat(diagram, rounds.index, rounds.start, rounds.stop, len(carry), repeat.share)
        tensors = tuple(self.values.all[value].tensor for value in (*taken, *numbers, *memory))
        application = applied(tensors[: len(taken)], tensors[len(taken) :])
        self.add(node, operation, application, taken, (*numbers, *memory))
        self.save(node, numbers)
        return tuple(value.name for value in made)

    def _rounds(self, node: StepNode, repeat: RepeatNode) -> Rounds:
        try:
            start, stop = self.scope.settled(repeat.start), self.scope.settled(repeat.stop)
            rounds = Rounds(repeat.index, start, stop, self.scope)
            rounds.check()
        except ShapeError as error:
            field = next((each for each in (error.field, "for", "times") if each in node.places), "")
            self.tell(*place(node, field), error.fact, hint=error.hint)
            raise Known from error
        return rounds

    def _check_in(self, node: StepNode, carried: Names, body: _Body) -> None:
        """What `in` names beside what is carried must be of use inside."""
        for name in node.inputs or ():
            if name in carried or in_memory(name):
                continue
            at, path = place(node, "in")
            number = self.find(name, at, path)
            if number is not None and number not in body.values.constants:
                hint = f"leave it out, or carry it: carry: [{', '.join((*carried, name))}]"
                self.tell(at, path, f"no step of the repetition takes '{name}'", hint=hint)

    def _keep(self, kept: Kept, value: Value, loaded_inside: bool) -> int:
        """What a repetition saved, for later steps."""
        number = self.values.assign(value)
        self.values.memory.append(replace(kept, value=number))
        if loaded_inside:
            self.values.read.add(number)
        return number

    def _assume(self, node: StepNode, names: Names, after: tuple[Tensor | None, ...]) -> Names:
        """A mistaken body: go on with what it should make, so that further mistakes are told."""
        for name, tensor in zip(names, after, strict=True):
            self.values.now[name] = None
            if tensor is not None:
                self.assign(name, tensor)
        self.values.lost.update(saved(node))
        return names


class _Body(Inference):
    """The steps of one repetition, and what they feed back."""

    def __init__(self, around: Inference, node: StepNode, rounds: Rounds, name: str) -> None:
        stem = attribute_stem(node.label, name)
        sizes = (*around.sizes, rounds.parameter())
        super().__init__(f"{around.name}_{stem}", rounds.inside, sizes, around.blocks, around)
        self.node, self.rounds = node, rounds
        self.names: Names = ()
        self.carried: list[tuple[int, Tensor] | None] = []  # None where a mistake left it unknown
        self.results: list[int | None] = []

    def start(self, carry: tuple[CarryNode, ...], names: Names, outside: tuple[Tensor, ...]) -> None:
        """The values that are fed back, as they are at the start of an iteration."""
        self.names = names
        for each, name, tensor in zip(carry, names, outside, strict=True):
            try:
                inside = self.rounds.carried(name, each.axes, tensor)
            except ShapeError as error:
                known = self.declared() if isinstance(error, UnknownAxis) else ""
                self.tell(each.at, f"{self.node.path}.carry.{name}", error.fact, known, error.hint)
                self.values.now[name] = None
                self.carried.append(None)
            else:
                self.carried.append((self.assign(name, inside), inside))

    def finish(self, last: Names, running: Names, all_running: bool) -> None:
        """What is fed back: the last step's values, or those that the carried names mean now."""
        if all_running and len(last) != len(self.names):
            fed = f"the steps end with {len(last)}" if last else "the last step makes nothing"
            fact = f"{fed}, expected {len(self.names)} to feed back: {', '.join(self.names)}"
            hint = "name what is fed back under carry, as in carry: [x, y]"
            self.tell(*place(self.node, "steps"), fact, hint=hint)
            self.results = [None] * len(self.names)
            return
        made = dict(zip(running, last, strict=False))
        for number, (name, carried) in enumerate(zip(self.names, self.carried, strict=True)):
            result = self.values.now[last[number] if all_running else name]
            if carried is not None and result == carried[0] and name in made:
                result = self.values.now[made[name]]
            if carried is not None and result == carried[0]:
                fact = f"no step makes '{name}' anew, so there is nothing to feed back"
                self.tell(*place(self.node, "carry"), fact, hint=f"name what it becomes: out: {name}")
                result = None
            self.results.append(result)
            if result is not None:
                self.values.read.add(result)
                if carried is not None:
                    self._check(name, carried[1], result)

    def _check(self, name: str, carried: Tensor, result: int) -> None:
        try:
            self.rounds.check_result(name, carried, self.values.all[result].tensor)
        except ShapeError as error:
            maker = next((each.node for each in self.steps if result in each.outputs), self.node)
            self.tell(maker.at, maker.path, error.fact, hint=error.hint)

    def after(self) -> tuple[Tensor | None, ...]:
        """The values that were fed back, as they are after the last iteration."""
        found: list[Tensor | None] = []
        for carried in self.carried:
            try:
                found.append(self.rounds.after(carried[1]) if carried is not None else None)
            except ShapeError as error:
                if len(self.mistakes) == self.before:
                    self.tell(*place(self.node, "carry"), error.fact, hint=error.hint)
                found.append(None)
        return tuple(found)

    def families(self, around: Scope) -> list[tuple[Kept, Value]]:
        """What the iterations save for later steps."""
        found: dict[tuple[str, Expression], tuple[Kept, Value]] = {}
        index, bounds = self.rounds.index, (self.rounds.start, self.rounds.stop)
        for kept in self.values.memory:
            loaded = kept.value in self.values.read
            if kept.stop is not None or (loaded and index not in kept.start.symbols):
                continue  # of use inside only
            try:
                left, value = family(kept, self.values.all[kept.value].tensor, index, bounds, around)
            except ShapeError as error:
                maker = next(each.node for each in self.steps if kept.value in each.outputs)
                self.tell(*place(maker, "out"), error.fact, hint=error.hint)
                continue
            found[kept.name, kept.start] = left, value
        return list(found.values())

    def check_used(self) -> None:
        """What is saved under an index of its own goes to the steps that follow."""
        index = self.rounds.index
        kept = (each.value for each in self.values.memory if index in each.start.symbols)
        read = set(self.values.read)
        self.values.read.update(kept)
        super().check_used()
        self.values.read = read

    def diagram(self, saved: tuple[int, ...]) -> Diagram:
        """The body, on the values that it takes."""
        steps = self.named_steps()
        sizes = used(self.values.all, steps, self.sizes)
        own = self.sizes[-1]
        carried = tuple(each[0] for each in self.carried if each is not None)
        return Diagram(
            name=self.name,
            title="",
            description=self.node.about,
            sizes=sizes if own in sizes else (*sizes, own),
            values=tuple(self.values.all),
            inputs=(*carried, *self.values.constants.values(), *self.values.loaded.values()),
            steps=steps,
            outputs=(*(each for each in self.results if each is not None), *saved),
            blocks=tuple(self.used.values()),
            figure=FigureNode(),
            checks=(),
            digest="",
        )

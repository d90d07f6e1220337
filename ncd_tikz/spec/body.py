"""What a spec, a block or a side of an equation does: its steps, outputs and figure, and their nodes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ncd_tikz.axes.signature import indexed
from ncd_tikz.errors import Position
from ncd_tikz.spec.blocks import check_call, check_range, count_runs, count_steps
from ncd_tikz.spec.definitions import OUTPUTS
from ncd_tikz.spec.inputs import Inputs
from ncd_tikz.spec.known import Values, axes_made, axes_spoken_of, check_outputs
from ncd_tikz.spec.mentions import Named
from ncd_tikz.spec.mistakes import Told
from ncd_tikz.spec.nodes import CarryNode, OutputNode, RepeatNode, StepNode
from ncd_tikz.spec.presentation import Seen, figure_node
from ncd_tikz.spec.readers import WRONG
from ncd_tikz.spec.records import Fields
from ncd_tikz.spec.sizes import Sizes
from ncd_tikz.spec.source import Scalar
from ncd_tikz.spec.steps import RawRepeat, RawStep, Words, all_steps, read_steps


class Body:
    """Steps from inputs to outputs; `dot` begins the paths of what stands in it."""

    def __init__(
        self,
        fields: Fields,
        dot: str,
        inputs: Inputs | None,
        sizes: Sizes,
        words: Words,
        told: Told,
    ) -> None:
        self.fields, self.dot, self.sizes, self.told = fields, dot, sizes, told
        self.visible = words.blocks
        self.inputs: Inputs = inputs or {}
        self.steps = read_steps(fields.get("steps"), dot + "steps", words, told)
        sizes.made |= axes_made(self.steps)
        self.count = count_steps(self.steps, self.visible, told)
        self.runs = count_runs(self.steps, self.visible, sizes, told)
        self.outputs = self.read_outputs()
        self.values = Values(list(self.inputs), self.steps, inputs is not None, told)
        self.all_known = inputs is not None and bool(self.steps)
        check_outputs(self.outputs, self.values, dot + "outputs", self.all_known, told)
        self.check_steps(self.steps, ())
        self.seen = self.shown()
        self.figure = figure_node(fields.get("figure"), dot + "figure", self.seen, told)

    def read_outputs(self) -> tuple[Named, ...]:
        """What `outputs:` names."""
        node = self.fields.get("outputs")
        if node is None:
            return ()
        if isinstance(node, Scalar) and node.value is None:
            self.told.tell(node.place, self.dot + "outputs", "expected the name of a value, found nothing")
            return ()
        names = OUTPUTS.read(node, self.dot + "outputs", self.told)
        return () if names is WRONG else names

    def check_steps(self, steps: Sequence[RawStep], indexes: tuple[str, ...]) -> None:
        """Check what steps give to the blocks they use, and how often they are repeated."""
        for step in steps:
            face = self.visible.get(step.block)
            if face:
                check_call(step, face, self.sizes, indexes, self.told)
            for key in ("in", "out"):
                self.check_indexes(step, key, indexes)
            if step.repeat is not None:
                check_range(step, step.repeat, self.sizes, indexes, self.told)
                self.check_steps(step.repeat.steps, step.repeat.indexes)

    def check_indexes(self, step: RawStep, key: str, indexes: tuple[str, ...]) -> None:
        """The index of a value in memory speaks of what is known."""
        for one in step.fields.values.get(key) or ():
            found = indexed(one.name)
            if found is not None:
                self.sizes.check_symbols(found[1], one.place, f"{step.path}.{key}", indexes)

    def shown(self) -> Seen:
        """What the figure may speak of."""
        labels = [text for step in all_steps(self.steps) if (text := step.guessed_label)]
        axes = [*self.sizes.symbols, *axes_spoken_of(self.steps)]
        tensors = {
            name: fields.get("axes", ()) for name, (fields, _) in self.inputs.items() if fields is not WRONG
        }
        axes += [name for names in tensors.values() for name in names]
        outputs = [one.name for one in self.outputs]
        ends = dict.fromkeys((*self.inputs, *outputs)) if outputs else ()
        whole = self.all_known and self.sizes.whole
        return Seen(list(self.values.ever), labels, axes, list(ends), tensors, whole)

    @property
    def good_steps(self) -> list[RawStep]:
        """The steps before the first one that is mistaken, or uses a block that is."""
        pattern = re.compile(re.escape(self.dot) + r"steps\[(\d+)\]")
        bad = [int(match[1]) for path in self.told.paths if (match := pattern.match(path))]
        for number, step in enumerate(self.steps):
            for each in all_steps([step]):
                face = self.visible.get(each.block)
                endless = each.repeat and (each.repeat.start is None or each.repeat.stop is None)
                unknown = each.operation is None and each.repeat is None and not each.block
                if endless or unknown or (each.block and not (face and face.sound)):
                    bad.append(number)
        return self.steps[: min(bad)] if bad else self.steps

    @property
    def whole(self) -> bool:
        """Whether steps and outputs can be used as they stand."""
        return len(self.good_steps) == len(self.steps) and bool(self.outputs)

    def step_nodes(self) -> tuple[StepNode, ...]:
        """The nodes of the steps before the first mistaken one."""
        return tuple(self.step(step) for step in self.good_steps)

    def output_nodes(self) -> tuple[OutputNode, ...]:
        """The nodes of `outputs:`; of what the last good step gives, where steps or outputs are mistaken."""
        if self.whole:
            return tuple(OutputNode(one.name, self.told.position(one.place)) for one in self.outputs)
        steps = self.good_steps
        made = [name for step in steps for name in step.guessed_outputs if not name.endswith("[]")]
        names = made or list(self.inputs)
        at = self.told.position(steps[-1].place if steps else self.fields.place)
        return (OutputNode(names[-1], at),) if names else ()

    def step(self, raw: RawStep) -> StepNode:
        """The node of a step."""
        values, nodes, position = raw.fields.values, raw.fields.nodes, self.told.position
        places: dict[str, Position] = {name: position(node.place) for name, node in nodes.items()}
        places["op"] = position(raw.op_place)
        arguments = {}
        if raw.operation:
            arguments = {field.name: values.get(field.name, field.default) for field in raw.operation.fields}
        given = (values.get("with") or {}).items()
        bindings = {name: self.sizes.resolved(value) for name, (value, _) in given}
        return StepNode(
            op=raw.op,
            inputs=() if raw.takes_nothing else _plain(raw.inputs),
            outputs=_plain(raw.outputs),
            label=values.get("label", ""),
            about=values.get("about", ""),
            arguments=arguments,
            places=places,
            open=bool(raw.block) and values.get("open", False),
            bindings=bindings,
            path=raw.path,
            at=position(raw.place),
            repeat=self.repeat(raw.repeat) if raw.repeat else None,
        )

    def repeat(self, raw: RawRepeat) -> RepeatNode:
        """What the node of a repetition has besides."""
        assert raw.start is not None and raw.stop is not None
        carry = None
        if raw.carry is not None:
            carry = tuple(CarryNode(one.name, axes, self.told.position(one.place)) for one, axes in raw.carry)
        return RepeatNode(
            index=raw.index,
            start=self.sizes.resolved(raw.start),
            stop=self.sizes.resolved(raw.stop),
            carry=carry,
            share=raw.share,
            steps=tuple(self.step(step) for step in raw.steps),
        )


def _plain(names: tuple[Named, ...] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple([one.name for one in names])

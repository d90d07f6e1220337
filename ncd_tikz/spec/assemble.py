"""A whole spec from its tree: keys, sizes, blocks, steps, and every name in its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ncd_tikz.axes import Expression
from ncd_tikz.axes.signature import indexed
from ncd_tikz.errors import Position
from ncd_tikz.spec.blocks import Face, RawBlock, check_call, check_range, count_steps, find_blocks
from ncd_tikz.spec.definitions import BLOCK, OUTPUTS, SPEC, VERSION
from ncd_tikz.spec.known import Values, axes_made, axes_spoken_of, check_outputs
from ncd_tikz.spec.mentions import Named
from ncd_tikz.spec.mistakes import Told, did_you_mean, known_names
from ncd_tikz.spec.nodes import CarryNode, FigureNode, InputNode, OutputNode, RepeatNode, Spec, StepNode
from ncd_tikz.spec.presentation import Seen, check_nodes, figure_node
from ncd_tikz.spec.readers import WRONG
from ncd_tikz.spec.records import Fields
from ncd_tikz.spec.sizes import Sizes, declared
from ncd_tikz.spec.source import Entries, Node, Place, Scalar, found
from ncd_tikz.spec.steps import RawRepeat, RawStep, Words, all_steps, read_steps


def assemble(root: Node, digest: str, told: Told) -> Spec | None:
    """The spec of a tree; every mistake is told.

    With mistakes in its steps or presentation alone, the spec holds the steps before the first
    mistaken one, so that their shapes can be checked, too.
    """
    if not isinstance(root, Entries):
        told.tell(root.place, "", f"expected a mapping, found {found(root)}", hint="begin with: ncd: 1")
        return None
    sound = not told.mistakes
    fields = SPEC.read(root, "", told)
    version = fields.get("ncd")
    if version is not None and (version != VERSION or not isinstance(version, int)):
        fact = f"found version {version} of the spec language; this is a reader of version {VERSION}"
        told.tell(fields.nodes["ncd"].place, "ncd", fact)
    scope = _Scope(fields, fields.get("name", "unnamed"), "", None, told)
    spec = scope.spec(digest)
    if not told.mistakes:
        return spec
    return spec if sound and scope.base_sound and spec.steps else None


class _Scope:
    """A spec or a block: what it declares, and what its steps may use."""

    def __init__(self, fields: Fields, name: str, path: str, around: _Scope | None, told: Told) -> None:
        self.fields, self.name, self.path, self.around, self.told = fields, name, path, around, told
        self.dot = path + "." if path else ""
        self.all_blocks: dict[str, RawBlock] = around.all_blocks if around else {}
        self.inputs: dict[str, tuple[Any, Node]] = fields.get("inputs", {})
        self.sizes = self.read_sizes()
        self.check_inputs()
        self.visible: dict[str, Face | None] = dict(around.visible) if around else {}
        self.blocks = self.read_blocks()
        words = Words(self.visible, self.sizes.symbols)
        self.steps = read_steps(fields.get("steps"), self.dot + "steps", words, told)
        self.sizes.made = axes_made(self.steps)
        self.count = count_steps(self.steps, self.visible, told)
        self.outputs = self.read_outputs()
        known_inputs = "inputs" in fields.values
        self.values = Values(list(self.inputs), self.steps, known_inputs, told)
        self.all_known = known_inputs and bool(self.steps)
        check_outputs(self.outputs, self.values, self.dot + "outputs", self.all_known, told)
        self.check_steps(self.steps, ())
        self.figure, self.checks = self.presentation()

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

    @property
    def base_sound(self) -> bool:
        """Whether axes, params and inputs have no mistake, so that shapes can be inferred."""
        base = re.compile(re.escape(self.dot) + r"(axes|params|inputs)\b")
        return not any(base.match(mistake.path) for mistake in self.told.mistakes)

    def read_sizes(self) -> Sizes:
        """Declared axes and parameters, checked; callers settle those of a block's inputs."""
        entries = [
            *declared(self.fields.get("params"), "parameter", self.dot + "params"),
            *declared(self.fields.get("axes"), "axis", self.dot + "axes"),
        ]
        for entry in () if self.around else entries:
            if entry.fields is not None and "size" not in entry.fields.nodes:
                what = "an axis" if entry.what == "axis" else "a parameter"
                self.told.tell(entry.node.place, entry.path, f"the key 'size' is missing in {what}")
        around = self.around.sizes if self.around else None
        settled = self.input_axes() if self.around else {}
        sizes = Sizes(entries, settled, self.readable("params", "axes"), around, self.told)
        sizes.check()
        return sizes

    def readable(self, *keys: str) -> bool:
        """Whether these keys, where they are written, could be read."""
        return all(key in self.fields.values or key not in self.fields.nodes for key in keys)

    def input_axes(self) -> dict[str, Place]:
        """The names, without primes, of the axes of the inputs, and where they stand."""
        names: dict[str, Place] = {}
        for fields, _ in self.inputs.values():
            for name in () if fields is WRONG else fields.get("axes", ()):
                for member in name.strip("()").split():
                    if "[" not in member:
                        names.setdefault(member.rstrip("'"), fields.place)
        return {name: place for name, place in names.items() if not name.isdigit()}

    def check_inputs(self) -> None:
        """Axes of inputs are declared, here or around, and each stands once."""
        for name, (fields, _) in self.inputs.items():
            if fields is WRONG:
                continue
            path = f"{self.dot}inputs.{name}"
            place = fields.nodes["axes"].place if "axes" in fields.nodes else fields.place
            axes = fields.get("axes", ())
            for axis in dict.fromkeys(axes):
                if axes.count(axis) > 1:
                    hint = "primes make aliases: " + " ".join((axis, axis + "'"))
                    self.told.tell(place, path, f"the axis '{axis}' stands twice in one tensor", hint=hint)
                self.check_axis(axis, place, path)
            self.check_kind(fields, path)

    def check_axis(self, axis: str, place: Place, path: str) -> None:
        """Tell an axis that nobody declares."""
        for member in axis.strip("()").split():
            base = member.rstrip("'")
            found = indexed(base)
            if found is not None:
                self.check_member(found[0], found[1], base, place, path)
                continue
            if base in self.sizes.entries and self.sizes.entries[base].is_family:
                fact = f"'{base}' is a family of axes"
                self.told.tell(place, path, fact, hint=f"say which one, as in {base}[1]")
                continue
            if base.isdigit() or base in self.sizes.symbols or not self.sizes.whole:
                continue
            known = self.sizes.symbols
            hint = did_you_mean(base, known) or f"declare it under axes: {base}: SIZE"
            self.told.tell(
                place, path, f"unknown axis '{member}'", known=known_names("axes", known), hint=hint
            )

    def check_member(self, family: str, index: Expression, name: str, place: Place, path: str) -> None:
        """Tell an axis of a family that nobody declares, or that has no size."""
        entry = self.sizes.entries.get(family)
        if entry is not None and entry.is_family:
            if self.sizes.check_symbols(index, place, path):
                for size in entry.sizes:
                    self.sizes.check_value(size.substitute({entry.index: index}), place, path)
        elif self.sizes.whole:
            known = [each.name for each in self.sizes.entries.values() if each.is_family]
            hint = did_you_mean(family, known) or f"axes: {family}: {{index: i, size: ...}} declares one"
            fact = f"'{name}': '{family}' is no family"
            self.told.tell(place, path, fact, known=known_names("families", known), hint=hint)

    def check_kind(self, fields: Fields, path: str) -> None:
        """`below` and `kind: index` need each other."""
        index = fields.get("kind") == "index"
        if "below" in fields.values:
            place = fields.nodes["below"].place
            self.sizes.check_value(fields.values["below"], place, f"{path}.below")
            if not index and ("kind" in fields.values or "kind" not in fields.nodes):
                self.told.tell(
                    place, f"{path}.below", "'below' is for inputs of kind index", hint="add kind: index"
                )
        elif index and "below" not in fields.nodes:
            place = fields.nodes["kind"].place
            hint = "below: the number of different entries"
            self.told.tell(place, path, "the key 'below' is missing in an input of kind index", hint=hint)

    def read_blocks(self) -> dict[str, Spec]:
        """The blocks declared here, every one behind those it uses."""
        raw = find_blocks(self.fields.get("blocks"), self.dot + "blocks", self.all_blocks, self.told)
        self.all_blocks.update(raw)
        self.visible.update(dict.fromkeys(raw))
        blocks: dict[str, Spec] = {}
        for name, block in raw.items():
            before = len(self.told.mistakes)
            fields = BLOCK.read(block.node, block.path, self.told)
            if fields is WRONG:
                continue
            scope = _Scope(fields, name, block.path, self, self.told)
            self.visible[name] = scope.face(len(self.told.mistakes) == before)
            if len(self.told.mistakes) == before:
                blocks[name] = scope.spec("")
        return blocks

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

    def face(self, sound: bool) -> Face:
        """What callers must know."""
        met = self.input_axes()
        entries = self.sizes.entries.values()
        without = [one.name for one in entries if one.fields and "size" not in one.fields.nodes]
        asks = tuple(name for name in without if name not in met)
        inputs, outputs = len(self.inputs) or None, len(self.outputs) or None
        return Face(inputs, outputs, asks, self.sizes.symbols, sound, self.count)

    def spec(self, digest: str) -> Spec:
        """The node of this spec or block; the steps before the first mistaken one."""
        fields, told = self.fields, self.told
        good = self.good_steps()
        whole = len(good) == len(self.steps) and bool(self.outputs)
        return Spec(
            name=self.name,
            title=fields.get("title") or _title(self.name),
            description=fields.get("description", ""),
            params=self.sizes.nodes("parameter"),
            axes=self.sizes.nodes("axis"),
            inputs=tuple(
                self.input(name, read) for name, (read, _) in self.inputs.items() if read is not WRONG
            ),
            steps=tuple(self.step(step) for step in good),
            outputs=self.output_nodes() if whole else self.last_value(good),
            blocks=tuple(self.blocks.values()),
            figure=self.figure if whole else FigureNode(),
            checks=self.checks if whole else (),
            digest=digest,
            at=told.position(fields.place),
        )

    def presentation(self) -> tuple[FigureNode, Any]:
        """The nodes of `figure:` and `check:`."""
        labels = [text for step in all_steps(self.steps) if (text := step.guessed_label)]
        axes = [*self.sizes.symbols, *axes_spoken_of(self.steps)]
        aliases = [
            name
            for fields, _ in self.inputs.values()
            if fields is not WRONG
            for name in fields.get("axes", ())
        ]
        outputs = [one.name for one in self.outputs]
        ends = dict.fromkeys((*self.inputs, *outputs)) if outputs else ()
        whole = self.all_known and self.sizes.whole
        seen = Seen(list(self.values.ever), labels, [*axes, *aliases], list(ends), whole)
        figure = figure_node(self.fields.get("figure"), self.dot + "figure", seen, self.told)
        checks = check_nodes(self.fields.get("check", ()), "check", list(self.inputs), self.sizes, self.told)
        return figure, checks

    def good_steps(self) -> list[RawStep]:
        """The steps before the first one that is mistaken, or uses a block that is."""
        pattern = re.compile(re.escape(self.dot) + r"steps\[(\d+)\]")
        bad = [int(match[1]) for told in self.told.mistakes if (match := pattern.match(told.path))]
        for number, step in enumerate(self.steps):
            for each in all_steps([step]):
                face = self.visible.get(each.block)
                if each.block and not (face and face.sound):
                    bad.append(number)
        return self.steps[: min(bad)] if bad else self.steps

    def output_nodes(self) -> tuple[OutputNode, ...]:
        """The nodes of `outputs:`."""
        return tuple(OutputNode(one.name, self.told.position(one.place)) for one in self.outputs)

    def last_value(self, steps: list[RawStep]) -> tuple[OutputNode, ...]:
        """What the last good step gives, in place of outputs that are mistaken."""
        made = [name for step in steps for name in step.guessed_outputs if not name.endswith("[]")]
        names = made or list(self.inputs)
        at = self.told.position(steps[-1].place if steps else self.fields.place)
        return (OutputNode(names[-1], at),) if names else ()

    def input(self, name: str, fields: Fields) -> InputNode:
        """The node of an input."""
        values = fields.values
        at = self.told.position(fields.place)
        axes, kind = values.get("axes", ()), values.get("kind", "real")
        return InputNode(name, axes, kind, values.get("below"), values.get("about", ""), at)

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


def _title(name: str) -> str:
    """`feed_forward` as a title: Feed Forward."""
    return " ".join(word[:1].upper() + word[1:] for word in name.split("_") if word)

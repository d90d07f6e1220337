"""A whole spec from its tree: keys, sizes, blocks, steps, and every name in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ncd_tikz.errors import Position
from ncd_tikz.spec.blocks import Face, check_call, find_blocks
from ncd_tikz.spec.definitions import BLOCK, OUTPUTS, SPEC, VERSION
from ncd_tikz.spec.known import axes_spoken_of, check_outputs, check_values
from ncd_tikz.spec.mistakes import Told, did_you_mean, listed
from ncd_tikz.spec.nodes import FigureNode, InputNode, OutputNode, Spec, StepNode
from ncd_tikz.spec.presentation import Seen, check_nodes, figure_node
from ncd_tikz.spec.readers import WRONG, Fields, Named
from ncd_tikz.spec.sizes import Sizes, declared
from ncd_tikz.spec.source import Entries, Node, Place, Scalar, found
from ncd_tikz.spec.steps import RawStep, read_steps


@dataclass(frozen=True, slots=True)
class _Visible:
    """A block as steps see it: by its face, unless it stands in a circle."""

    face: Face | None


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
    scope = _Scope(fields, fields.get("name", "unnamed"), "", {}, False, told)
    spec = scope.spec(digest)
    if not told.mistakes:
        return spec
    return spec if sound and scope.base_sound and spec.steps else None


class _Scope:
    """A spec or a block: what it declares, and what its steps may use."""

    def __init__(
        self, fields: Fields, name: str, path: str, outer: Mapping[str, _Visible], inner: bool, told: Told
    ) -> None:
        self.fields, self.name, self.path, self.inner, self.told = fields, name, path, inner, told
        self.dot = path + "." if path else ""
        before = len(told.mistakes)
        self.inputs: dict[str, tuple[Any, Node]] = fields.get("inputs", {})
        self.sizes = self.read_sizes()
        self.check_inputs()
        self.visible = dict(outer)
        self.blocks = self.read_blocks()
        base_mistakes = len(told.mistakes) - before
        self.steps = read_steps(fields.get("steps"), self.dot + "steps", self.visible, told)
        self.outputs = self.read_outputs()
        after = len(told.mistakes)
        self.values = check_values(list(self.inputs), self.steps, path, told)
        check_outputs(self.outputs, self.values, self.dot + "outputs", told)
        for step in self.steps:
            seen = self.visible.get(step.block)
            if seen and seen.face:
                check_call(step, seen.face, self.sizes, told)
        self.base_sound = not base_mistakes and self.records_sound(after)

    def records_sound(self, after: int) -> bool:
        """Whether axes, params, inputs and blocks were read without a mistake."""
        late = re.compile(re.escape(self.dot) + r"(steps|outputs|figure|check|title|description|name|ncd)\b")
        return all(late.match(mistake.path) for mistake in self.told.mistakes[:after] if mistake.path)

    def read_sizes(self) -> Sizes:
        """Declared axes and parameters, checked."""
        entries = [
            *declared(self.fields.get("params"), "parameter", self.dot + "params"),
            *declared(self.fields.get("axes"), "axis", self.dot + "axes"),
        ]
        for entry in entries:
            if not self.inner and entry.fields is not None and "size" not in entry.fields.nodes:
                self.told.tell(
                    entry.node.place, entry.path, f"the key 'size' is missing in {_an(entry.what)}"
                )
        settled = self.input_axes() if self.inner else ()
        sizes = Sizes(entries, settled, self.told)
        sizes.check()
        return sizes

    def input_axes(self) -> tuple[str, ...]:
        """The names, without primes, of the axes of the inputs."""
        names: dict[str, None] = {}
        for fields, _ in self.inputs.values():
            for name in () if fields is WRONG else fields.get("axes", ()):
                names.update((member.rstrip("'"), None) for member in name.strip("()").split())
        return tuple(name for name in names if not name.isdigit())

    def check_inputs(self) -> None:
        """Axes of inputs are declared (a block's caller may know them), and each stands once."""
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
            if self.inner or base.isdigit() or base in self.sizes.entries:
                continue
            known = self.sizes.symbols
            hint = did_you_mean(base, known) or f"declare it under axes: {base}: SIZE"
            self.told.tell(place, path, f"unknown axis '{member}'", known=f"axes {listed(known)}", hint=hint)

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
        raw = find_blocks(self.fields.get("blocks"), self.dot + "blocks", {}, self.told)
        for name in raw:
            if name in self.visible:
                fact = f"there is a block '{name}' around this one already"
                self.told.tell(raw[name].place, raw[name].path, fact, hint="choose another name")
        self.visible.update({name: _Visible(None) for name in raw})
        blocks = {}
        for name, block in raw.items():
            fields = BLOCK.read(block.node, block.path, self.told)
            if fields is WRONG:
                continue
            scope = _Scope(fields, name, block.path, self.visible, True, self.told)
            blocks[name] = scope.spec("")
            self.visible[name] = _Visible(scope.face())
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

    def face(self) -> Face:
        """What callers must know."""
        declared_here = self.sizes.entries
        settled = self.sizes.settled
        asks = [
            name
            for name, entry in declared_here.items()
            if entry.fields is not None and "size" not in entry.fields.nodes and name not in settled
        ]
        whole = all(fields is not WRONG for fields, _ in self.inputs.values())
        return Face(
            len(self.inputs) if whole and self.inputs else None,
            len(self.outputs) or None,
            tuple(asks),
            tuple(declared_here),
        )

    def spec(self, digest: str) -> Spec:
        """The node of this spec or block; the steps before the first mistaken one."""
        fields, told = self.fields, self.told
        figure, checks = self.presentation()
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
            figure=figure if whole else FigureNode(),
            checks=checks if whole else (),
            digest=digest,
            at=told.position(fields.place),
        )

    def presentation(self) -> tuple[FigureNode, Any]:
        """The nodes of `figure:` and `check:`."""
        labels = [step.fields.values["label"] for step in self.steps if "label" in step.fields.values]
        axes = [*self.sizes.entries, *self.input_axes(), *axes_spoken_of(self.steps)]
        aliases = [
            name
            for fields, _ in self.inputs.values()
            if fields is not WRONG
            for name in fields.get("axes", ())
        ]
        seen = Seen(list(self.values), labels, [*axes, *aliases])
        figure = figure_node(self.fields.get("figure"), self.dot + "figure", seen, self.told)
        checks = check_nodes(self.fields.get("check", ()), "check", list(self.inputs), self.sizes, self.told)
        return figure, checks

    def good_steps(self) -> list[RawStep]:
        """The steps before the first mistaken one."""
        pattern = re.compile(re.escape(self.dot) + r"steps\[(\d+)\]")
        bad = [int(match[1]) for told in self.told.mistakes if (match := pattern.match(told.path))]
        return self.steps[: min(bad)] if bad else self.steps

    def output_nodes(self) -> tuple[OutputNode, ...]:
        """The nodes of `outputs:`."""
        return tuple(OutputNode(one.name, self.told.position(one.place)) for one in self.outputs)

    def last_value(self, steps: list[RawStep]) -> tuple[OutputNode, ...]:
        """What the last good step gives, in place of outputs that are mistaken."""
        names = [name for step in steps for name in step.guessed_outputs] or list(self.inputs)
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
        bindings = {name: value for name, (value, _) in (values.get("with") or {}).items()}
        return StepNode(
            op=raw.op,
            inputs=_plain(raw.inputs),
            outputs=_plain(raw.outputs),
            label=values.get("label", ""),
            about=values.get("about", ""),
            arguments=arguments,
            places=places,
            open=values.get("open", False),
            bindings=bindings,
            path=raw.path,
            at=position(raw.place),
        )


def _plain(names: tuple[Named, ...] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple([one.name for one in names])


def _title(name: str) -> str:
    """`feed_forward` as a title: Feed Forward."""
    return " ".join(word[:1].upper() + word[1:] for word in name.split("_") if word)


def _an(what: str) -> str:
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"

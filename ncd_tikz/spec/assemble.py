"""A whole spec from its tree: keys, sizes, blocks, steps or sides, and every name in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from ncd_tikz.spec.blocks import RawBlock, find_blocks
from ncd_tikz.spec.body import Body
from ncd_tikz.spec.checks import check_nodes
from ncd_tikz.spec.definitions import BLOCK, SIDE, SPEC, VERSION
from ncd_tikz.spec.files import digest_of
from ncd_tikz.spec.imports import Library
from ncd_tikz.spec.inputs import Inputs, check_inputs, input_axes, input_nodes
from ncd_tikz.spec.mistakes import Told
from ncd_tikz.spec.nodes import FigureNode, SideNode, Spec
from ncd_tikz.spec.presentation import figure_node, merged
from ncd_tikz.spec.readers import WRONG
from ncd_tikz.spec.records import Fields
from ncd_tikz.spec.sizes import Sizes, declared
from ncd_tikz.spec.source import Entries, Items, Node, found
from ncd_tikz.spec.steps import Face, Words

EQUAL = "="  # the relation that is proved


def assemble(root: Node, text: str, told: Told, library: Library) -> Spec | None:
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
    scope = _Scope(fields, fields.get("name", "unnamed"), "", None, told, library)
    spec = scope.spec(digest_of(text, *library.texts.values()))
    if not told.mistakes:
        return spec
    return spec if sound and scope.base_sound and spec.steps else None


class _Scope:
    """A spec or a block: what it declares, and what its steps may use."""

    def __init__(
        self,
        fields: Fields,
        name: str,
        path: str,
        around: _Scope | None,
        told: Told,
        library: Library | None = None,
    ) -> None:
        self.fields, self.name, self.path, self.around, self.told = fields, name, path, around, told
        self.dot = path + "." if path else ""
        self.library = library
        self.all_blocks: dict[str, RawBlock] = around.all_blocks if around else {}
        self.inputs: Inputs = fields.get("inputs", {})
        self.sizes = self.read_sizes()
        check_inputs(self.inputs, self.dot, self.sizes, told)
        self.visible: dict[str, Face | None] = dict(around.visible) if around else {}
        self.all_read: bool = around.all_read if around else True  # other words are no blocks
        self.specs: Mapping[str, str] = library.specs if library else around.specs if around else {}
        self.blocks = self.read_blocks()
        self.sides: list[Fields] = []
        self.bodies = [self.body(fields, self.dot)] if "equation" not in fields.nodes else self.read_sides()
        self.figure = self.read_figure()
        self.checks = check_nodes(fields.get("check", ()), "check", list(self.inputs), self.sizes, told)

    @property
    def base_sound(self) -> bool:
        """Whether axes, params and inputs have no mistake, so that shapes can be inferred."""
        base = re.compile(re.escape(self.dot) + r"(axes|params|(equation\[\d+\]\.)?inputs)\b")
        return not any(base.match(path) for path in self.told.paths)

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
        settled = input_axes(self.inputs) if self.around else {}
        sizes = Sizes(entries, settled, self.fields.readable("params", "axes"), around, self.told)
        sizes.check()
        return sizes

    def read_blocks(self) -> dict[str, Spec]:
        """The blocks imported and declared here, every one behind those it uses."""
        raw: dict[str, RawBlock] = {}
        if self.library is not None:
            raw = self.library.imported(self.fields.get("import"), "import", self.told)
            self.all_blocks.update(raw)
            self.visible.update(self.library.missing)
            self.all_read = self.library.whole and self.fields.readable("import")
        own = find_blocks(self.fields.get("blocks"), self.dot + "blocks", self.all_blocks, self.told)
        self.all_blocks.update(own)
        raw = {**raw, **own}
        self.visible.update(dict.fromkeys(raw))
        blocks: dict[str, Spec] = {}
        for name, block in raw.items():
            before = len(self.told.mistakes)
            fields = BLOCK.read(block.node, block.path, block.told)
            if fields is WRONG:
                continue
            scope = _Scope(fields, name, block.path, self, block.told)
            self.visible[name] = scope.face(len(self.told.mistakes) == before)
            if len(self.told.mistakes) == before:
                blocks[name] = scope.spec("")
        return blocks

    def body(self, fields: Fields, dot: str) -> Body:
        """The steps of a spec, a block or a side; a side without inputs has those of the spec."""
        inputs: Inputs | None = self.inputs if "inputs" in self.fields.values else None
        if fields is not self.fields and "inputs" in fields.nodes:
            inputs = fields.values.get("inputs")
            check_inputs(inputs or {}, dot, self.sizes, self.told)
        elif self.around is None:
            wanted = ("inputs", "steps", "outputs") if fields is self.fields else ("inputs",)
            for key in wanted:
                if key not in self.fields.nodes:
                    SPEC.tell_missing(SPEC.by_name[key], fields.place, dot.rstrip("."), self.told)
        return self.steps(fields, dot, inputs)

    def steps(self, fields: Fields, dot: str, inputs: Inputs | None) -> Body:
        """Steps that see the sizes and blocks of this scope."""
        words = Words(self.visible, self.sizes.symbols, self.all_read, self.specs)
        return Body(fields, dot, inputs, self.sizes, words, self.told)

    def read_sides(self) -> list[Body]:
        """The sides of an equation."""
        fields, node = self.fields, self.fields.nodes["equation"]
        outside = [key for key in fields.nodes if key in ("steps", "outputs")]
        if outside:
            fact = f"the sides of an equation have their own steps and outputs, found {' and '.join(outside)}"
            place = fields.nodes[outside[0]].place
            self.told.tell(place, outside[0], fact, hint="move them into a side, or take 'equation' out")
        if not isinstance(node, Items):
            self.told.tell(node.place, "equation", f"expected a list of sides, found {found(node)}")
            return [self.steps(Fields(node.place, {}, {}), "", None)]
        if len(node.items) < 2:
            count = "one" if node.items else "none"
            self.told.tell(node.place, "equation", f"expected two sides at least, found {count}")
        bodies = []
        for number, item in enumerate(node.items):
            path = f"equation[{number}]"
            side = SIDE.read(item, path, self.told)
            if side is WRONG:
                side = Fields(item.place, {}, {})
            for key in ("relation", "over", "new_line") if number == 0 else ():
                if key in side.nodes:
                    fact = f"'{key}' says how a side relates to the one before it; this is the first"
                    self.told.tell(side.nodes[key].place, f"{path}.{key}", fact)
            self.sides.append(side)
            bodies.append(self.body(side, path + "."))
        if not bodies:
            return [self.steps(Fields(node.place, {}, {}), "", None)]
        return bodies

    def read_figure(self) -> FigureNode:
        """The figure; that of an equation's first side besides, where there is one."""
        first = self.bodies[0]
        if not self.sides:
            return first.figure
        outside = any(key in self.fields.nodes for key in ("steps", "outputs"))  # and told
        seen = replace(first.seen, whole=first.seen.whole and not outside)
        return merged(figure_node(self.fields.get("figure"), "figure", seen, self.told), first.figure)

    def face(self, sound: bool) -> Face:
        """What callers must know."""
        met = set(input_axes(self.inputs))
        entries = self.sizes.entries.values()
        groups = [entry.sizes for entry in entries if entry.name in met and len(entry.sizes) > 1]
        met |= {size.tree for sizes in groups for size in sizes if isinstance(size.tree, str)}
        without = [one.name for one in entries if one.fields and "size" not in one.fields.nodes]
        asks = tuple(name for name in without if name not in met)
        body = self.bodies[0]
        inputs, outputs = len(self.inputs) or None, len(body.outputs) or None
        return Face(inputs, outputs, asks, self.sizes.symbols, sound, body.count, body.runs)

    def spec(self, digest: str) -> Spec:
        """The node of this spec or block; the steps before the first mistaken one."""
        whole = all(body.whole for body in self.bodies)
        return self.node(self.bodies[0], self.name, self.figure, digest, whole)

    def node(self, body: Body, name: str, figure: FigureNode, digest: str, whole: bool) -> Spec:
        """The node of the spec, or of one side."""
        first = body is self.bodies[0]
        fields, told = self.fields, self.told
        library = self.library
        return Spec(
            name=name,
            title=fields.get("title") or _title(self.name),
            description=fields.get("description", "") if first else "",
            params=self.sizes.nodes("parameter"),
            axes=self.sizes.nodes("axis"),
            inputs=input_nodes(body.inputs, self.sizes, told),
            steps=body.step_nodes(),
            outputs=body.output_nodes(),
            blocks=tuple(self.blocks.values()),
            figure=figure if whole else FigureNode(),
            checks=self.checks if whole and first else (),
            digest=digest,
            at=told.position(body.fields.place),
            sides=self.side_nodes(digest, whole) if first else (),
            imports=tuple(library.texts) if library else (),
        )

    def side_nodes(self, digest: str, whole: bool) -> tuple[SideNode, ...]:
        """The further sides of an equation; with mistakes none is equal to another."""
        nodes = []
        for number, (side, body) in enumerate(zip(self.sides, self.bodies, strict=False)):
            if number:
                name = f"{self.name}_{number + 1}"
                relation = side.get("relation", EQUAL) if whole and not self.told.mistakes else ""
                spec = self.node(body, name, body.figure, digest, whole)
                over, new_line = side.get("over", ""), side.get("new_line", False)
                nodes.append(SideNode(relation, over, new_line, spec))
        return tuple(nodes)


def _title(name: str) -> str:
    """`feed_forward` as a title: Feed Forward."""
    return " ".join(word[:1].upper() + word[1:] for word in name.split("_") if word)


__all__ = ["EQUAL", "assemble"]

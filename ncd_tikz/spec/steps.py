"""Reading steps: each by the keys of its operation, or of the block it uses."""

from __future__ import annotations

from collections.abc import Mapping

from ncd_tikz.frozen import frozen
from ncd_tikz.operations import ROOMS, Operation, UnknownOperation, operation_named
from ncd_tikz.spec.definitions import BLOCK_STEP, STEP_KEYS, step_record
from ncd_tikz.spec.mistakes import Told, did_you_mean, listed
from ncd_tikz.spec.readers import WRONG, Named
from ncd_tikz.spec.records import Fields, Record
from ncd_tikz.spec.source import Entries, Items, Node, Place, Scalar, found

NOT_YET = ("repeat", "for", "equation", "import")  # words of the language that stand where an operation does
_ANY_STEP = Record("a step", STEP_KEYS)


@frozen
class RawStep:
    """A step as written, before its names are checked against what is known."""

    place: Place
    path: str
    op: str
    op_place: Place
    operation: type[Operation] | None
    block: str  # the block it uses, or empty
    fields: Fields
    sound: bool

    @property
    def inputs(self) -> tuple[Named, ...] | None:
        """What `in` names."""
        return self.fields.values.get("in")

    @property
    def takes_nothing(self) -> bool:
        """Whether its operation has no inputs at all."""
        return self.operation is not None and self.operation.inputs[1] == 0

    @property
    def outputs(self) -> tuple[Named, ...] | None:
        """What `out` names."""
        return self.fields.values.get("out")

    @property
    def guessed_label(self) -> str:
        """Its label even where that is mistaken."""
        node = self.fields.nodes.get("label")
        text = self.fields.values.get("label") or (node.text if isinstance(node, Scalar) else "")
        return str(text).strip("$")

    @property
    def guessed_outputs(self) -> list[str]:
        """What `out` names even where that is mistaken, so that one mistake is told once."""
        node = self.fields.nodes.get("out")
        items = node.items if isinstance(node, Items) else [node]
        texts = [item.text for item in items if isinstance(item, Scalar) and item.text]
        return [name for text in texts for name in dict.fromkeys((text, text.rstrip("'")))]


def read_steps(node: Node | None, path: str, blocks: Mapping[str, object], told: Told) -> list[RawStep]:
    """The steps of a spec or block."""
    if node is None:
        return []
    if not isinstance(node, Items):
        told.tell(
            node.place,
            path,
            f"expected a list of steps, found {found(node)}",
            hint="every step begins with '- '",
        )
        return []
    if not node.items:
        told.tell(node.place, path, "expected one step at least")
    return [_step(item, f"{path}[{i}]", blocks, told) for i, item in enumerate(node.items)]


def _step(node: Node, path: str, blocks: Mapping[str, object], told: Told) -> RawStep:
    before = len(told.mistakes)
    op, op_node = _operation_word(node, path, told)
    operation: type[Operation] | None = None
    block = ""
    if op in blocks and op not in ROOMS:
        block, record = op, BLOCK_STEP
    elif op and (operation := _operation(op, op_node, path, blocks, told)):
        record = step_record(operation)
    else:
        record = _ANY_STEP
    fields: Fields | None = None
    if isinstance(node, Entries):
        fields = _lenient(node, path, told) if record is _ANY_STEP else record.read(node, path, told)
    elif operation:
        for key in record.keys:
            if key.required and key.name != "op":
                record.tell_missing(key, node.place, path, told)
    fields = fields or Fields(node.place, {}, {})
    if operation and len(told.mistakes) == before:
        _check_count(operation, fields, path, told)
    _check_twice(fields, path, told)
    return RawStep(
        node.place, path, op, op_node.place, operation, block, fields, len(told.mistakes) == before
    )


def _operation_word(node: Node, path: str, told: Told) -> tuple[str, Node]:
    """The word that says what a step does; empty where there is none and that is told."""
    if isinstance(node, Scalar):
        if isinstance(node.value, str):
            return node.value, node
        told.tell(node.place, path, f"expected a step, found {found(node)}", hint="for example: - softmax")
        return "", node
    if not isinstance(node, Entries):
        told.tell(
            node.place, path, f"expected a step, found {found(node)}", hint="a step is a mapping or one word"
        )
        return "", node
    if "op" not in node.entries:
        words = [key for key in node.entries if key in ROOMS]
        hint = f"write {{op: {words[0]}, ...}}" if words else "every step has an op: {op: linear, ...}"
        waiting = [key for key in node.entries if key in NOT_YET]
        if waiting:
            told.tell(
                node.entries[waiting[0]][0], path, f"'{waiting[0]}:' is not supported yet in this version"
            )
        else:
            told.tell(node.place, path, "the key 'op' is missing in a step", hint=hint)
        return "", node
    op = node.entries["op"][1]
    if not isinstance(op, Scalar) or not isinstance(op.value, str):
        told.tell(op.place, f"{path}.op", f"expected the name of an operation or block, found {found(op)}")
        return "", op
    return op.value, op


def _operation(
    op: str, node: Node, path: str, blocks: Mapping[str, object], told: Told
) -> type[Operation] | None:
    place = f"{path}.op"
    if op in NOT_YET:
        told.tell(node.place, place, f"'{op}' is not supported yet in this version")
        return None
    try:
        return operation_named(op)
    except UnknownOperation:
        suggestion = did_you_mean(op, (*blocks, *ROOMS))
        count = f"(all {len(ROOMS)}: ncd-tikz ops)"
        known = f"blocks {listed(list(blocks))}" if blocks else ""
        told.tell(
            node.place,
            place,
            f"unknown operation {op[:60]!r}",
            known=known,
            hint=f"{suggestion} {count}".strip(),
        )
        return None


def _lenient(node: Entries, path: str, told: Told) -> Fields:
    """The keys that every step has, of a step whose operation is not known."""
    known = {
        name: entry for name, entry in node.entries.items() if name in _ANY_STEP.by_name and name != "op"
    }
    values, nodes = {}, {}
    for name, (_, child) in known.items():
        nodes[name] = child
        value = _ANY_STEP.by_name[name].reader.read(child, f"{path}.{name}", told)
        if value is not WRONG:
            values[name] = value
    return Fields(node.place, values, nodes)


def _check_count(operation: type[Operation], fields: Fields, path: str, told: Told) -> None:
    """An operation takes so many inputs, no more and no fewer."""
    given = fields.values.get("in")
    fewest, most = operation.inputs
    if given is None or (len(given) >= fewest and (most is None or len(given) <= most)):
        return
    if most == fewest:
        wanted = f"{fewest} input" + ("s" if fewest > 1 else "")
    else:
        wanted = f"{fewest} inputs or more" if most is None else f"{fewest} to {most} inputs"
    fact = f"{operation.name} takes {wanted}, found {len(given)}: {listed([one.name for one in given])}"
    told.tell(fields.nodes["in"].place, f"{path}.in", fact)


def _check_twice(fields: Fields, path: str, told: Told) -> None:
    """One step cannot make two values of one name."""
    seen: set[str] = set()
    for one in fields.values.get("out") or ():
        if one.name in seen:
            told.tell(
                one.place,
                f"{path}.out",
                f"the step makes '{one.name}' twice",
                hint="give each output its own name",
            )
        seen.add(one.name)

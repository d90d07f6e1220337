"""Reading steps: each by the keys of its operation, or of the block it uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ncd_tikz.axes import Expression
from ncd_tikz.frozen import frozen
from ncd_tikz.operations import ROOMS, Operation, UnknownOperation, operation_named
from ncd_tikz.spec.definitions import BLOCK_STEP, REPEAT, REPEAT_STEP, STEP_KEYS, step_record
from ncd_tikz.spec.mentions import Named
from ncd_tikz.spec.mistakes import Told, did_you_mean, listed
from ncd_tikz.spec.names import IDENTIFIER
from ncd_tikz.spec.readers import WRONG
from ncd_tikz.spec.records import Fields, Record
from ncd_tikz.spec.source import Entries, Items, Node, Place, Scalar, found

_ANY_STEP = Record("a step", STEP_KEYS)


_INDEXES = ("i", "j", "k", "l", "n")  # the index of a repetition that gives none


@frozen
class Face:
    """What a step that uses a block must know of it."""

    inputs: int | None  # how many; None where they are mistaken
    outputs: int | None
    asks: tuple[str, ...]  # sizes that neither the block nor the shapes of its inputs settle
    takes: tuple[str, ...]  # sizes that `with` may give
    sound: bool  # without a mistake
    steps: int | None = 1  # all that it holds, blocks inside blocks counted every time; None: too many
    runs: int = 1  # the same, what is repeated counted every time


@frozen
class RawRepeat:
    """What a repetition says besides what every step says."""

    index: str
    start: Expression | None  # None where it is mistaken
    stop: Expression | None
    carry: tuple[tuple[Named, tuple[str, ...] | None], ...] | None
    share: bool
    steps: list[RawStep]
    indexes: tuple[str, ...]  # its own, and those of the repetitions around it


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
    repeat: RawRepeat | None = None

    @property
    def inputs(self) -> tuple[Named, ...] | None:
        """What `in` names."""
        return self.fields.values.get("in")

    @property
    def takes_nothing(self) -> bool:
        """Whether its operation has no inputs at all, or none here."""
        return self.operation is not None and (self.operation.inputs[1] == 0 or self.inputs == ())

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
        names = [text.partition("[")[0].rstrip() + "[]" if "[" in text else text for text in texts]
        return [name for text in names for name in dict.fromkeys((text, text.rstrip("'")))]


def all_steps(steps: Sequence[RawStep]) -> Iterator[RawStep]:
    """The steps and those that they repeat, in the order in which they stand."""
    for step in steps:
        yield step
        if step.repeat is not None:
            yield from all_steps(step.repeat.steps)


class Words:
    """What the words of steps may mean: blocks, and the names that are taken where an index stands."""

    def __init__(
        self,
        blocks: Mapping[str, Face | None],
        sizes: Sequence[str],
        whole: bool = True,
        specs: Mapping[str, str] | None = None,
    ) -> None:
        self.blocks = blocks
        self.specs = specs or {}  # which could be blocks, and the files that they are in
        self.sizes = sizes
        self.whole = whole  # all blocks are known: other words are operations, or mistakes


def read_steps(
    node: Node | None, path: str, words: Words, told: Told, indexes: tuple[str, ...] = ()
) -> list[RawStep]:
    """The steps of a spec, a block or a repetition, inside repetitions with these indexes."""
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
    return [_step(item, f"{path}[{i}]", words, told, indexes) for i, item in enumerate(node.items)]


def _step(node: Node, path: str, words: Words, told: Told, indexes: tuple[str, ...]) -> RawStep:
    before, blocks = len(told.mistakes), words.blocks
    op, op_node = _operation_word(node, path, told)
    operation: type[Operation] | None = None
    block = ""
    if op == REPEAT:
        record = REPEAT_STEP
    elif op in blocks and op not in ROOMS:
        block, record = op, BLOCK_STEP
    elif op and (operation := _operation(op, op_node, path, words, told)):
        record = step_record(operation)
    else:
        record = _ANY_STEP
    fields: Fields | None = None
    if isinstance(node, Entries):
        fields = _lenient(node, path, told) if record is _ANY_STEP else record.read(node, path, told)
    elif record is not _ANY_STEP:
        for key in record.keys if record is not BLOCK_STEP else ():
            if key.required and key.name != "op":
                record.tell_missing(key, node.place, path, told)
    fields = fields or Fields(node.place, {}, {})
    if operation and len(told.mistakes) == before:
        _check_count(operation, fields, path, told)
    _check_twice(fields, path, told)
    repeat = None
    if record is REPEAT_STEP and fields.nodes:
        repeat = _repeat(node, fields, path, words, told, indexes)
    sound = len(told.mistakes) == before
    return RawStep(node.place, path, op, op_node.place, operation, block, fields, sound, repeat)


def _repeat(
    node: Node, fields: Fields, path: str, words: Words, told: Told, around: tuple[str, ...]
) -> RawRepeat:
    """A repetition's own fields, and its steps."""
    nodes, values = fields.nodes, fields.values
    start: Expression | None = Expression.number(1)
    stop: Expression | None = values.get("times")
    place = nodes["index"].place if "index" in nodes else fields.place
    name = values.get("index", "")
    if "for" in nodes:
        guess = IDENTIFIER.match(str(getattr(nodes["for"], "text", "")))
        name, start, stop = values.get("for", (guess[0] if guess else _INDEXES[0], None, None))
        place = nodes["for"].place
        for key in ("times", "index"):
            if key in nodes:
                fact = f"'for' says the index and its range already, found '{key}', too"
                told.tell(nodes[key].place, f"{path}.{key}", fact, hint="take one of them out")
    elif "times" not in nodes and not _misspelt(node, ("times", "for")):
        hint = "times: 4, or for: i in 1..4"
        told.tell(fields.place, path, "how often is missing in a step of repeat", hint=hint)
    taken = (*words.sizes, *around)
    if name in taken:
        what = "the index of a repetition around it" if name in around else "an axis or a parameter"
        key = "for" if "for" in nodes else "index"
        told.tell(place, f"{path}.{key}", f"the index '{name}' is {what} already", hint="name it otherwise")
    if not name and "for" not in nodes and "index" not in nodes:
        name = next((each for each in _INDEXES if each not in taken), "index")
    indexes = (*around, name) if name else around
    if "carry" in nodes and "out" in nodes:
        carry, out = values.get("carry"), values.get("out")
        if carry and out is not None and len(carry) != len(out):
            names = f"{len(out)} name" + ("" if len(out) == 1 else "s")
            fact = f"it carries {listed([one.name for one, _ in carry])}, found {names} for them"
            told.tell(nodes["out"].place, f"{path}.out", fact, hint="one name for each, or leave them out")
    steps = read_steps(values.get("steps"), f"{path}.steps", words, told, indexes)
    share = values.get("share", False)
    return RawRepeat(name, start, stop, values.get("carry"), share, steps, indexes)


def _misspelt(node: Node, keys: tuple[str, ...]) -> bool:
    """Whether a key of a step, told already, was meant to be one of these."""
    written = node.entries if isinstance(node, Entries) else ()
    return any(key not in REPEAT_STEP.by_name and did_you_mean(key, keys) for key in written)


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
        if REPEAT in node.entries or "times" in node.entries or "for" in node.entries:
            hint = "write {op: repeat, for: i in 1..4, steps: [...]}"
        told.tell(node.place, path, "the key 'op' is missing in a step", hint=hint)
        return "", node
    op = node.entries["op"][1]
    if not isinstance(op, Scalar) or not isinstance(op.value, str):
        told.tell(op.place, f"{path}.op", f"expected the name of an operation or block, found {found(op)}")
        return "", op
    return op.value, op


def _operation(op: str, node: Node, path: str, words: Words, told: Told) -> type[Operation] | None:
    place = f"{path}.op"
    try:
        return operation_named(op)
    except UnknownOperation:
        if not words.whole:
            return None
        blocks = words.blocks
        suggestion = did_you_mean(op, (*blocks, *ROOMS, REPEAT))
        count = f"(all {len(ROOMS)}: ncd-tikz ops)"
        if op in words.specs:
            suggestion, count = (
                f"it is a whole spec: import: [{{from: '{words.specs[op]}', blocks: [{op}]}}]",
                "",
            )
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

"""Blocks: which a name means, that none uses itself, and what a step that uses one must give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ncd_tikz.frozen import frozen
from ncd_tikz.operations import ROOMS
from ncd_tikz.spec.definitions import REPEAT
from ncd_tikz.spec.mistakes import Told, did_you_mean, known_names, listed
from ncd_tikz.spec.names import wrong_name
from ncd_tikz.spec.sizes import Sizes
from ncd_tikz.spec.source import Entries, Items, Node, Place, Scalar, found
from ncd_tikz.spec.steps import Face, RawRepeat, RawStep, all_steps

MOST_TURNS = 1_000  # of one repetition: each may have parameters of its own
MOST_RUNS = 100_000  # of steps in repetitions inside each other
MOST_STEPS = 5_000  # of blocks inside blocks: a few lines could ask for more than any machine has


@frozen
class RawBlock:
    """A block as written: where it stands, and the names that its steps use as operations."""

    name: str
    place: Place
    path: str
    node: Node
    uses: tuple[str, ...]
    told: Told  # for the file that it stands in
    at: Place | None = None  # where it is imported

    @property
    def file(self) -> str:
        """The file that it stands in."""
        return self.told.file

    @property
    def where(self) -> str:
        """Its line, or that of its import."""
        return f"in line {self.place[0]}" if self.at is None else f"imported in line {self.at[0]}"

    def imported(self, at: Place) -> RawBlock:
        """The same, taken from its file there."""
        return RawBlock(self.name, self.place, self.path, self.node, self.uses, self.told, at)


def find_blocks(
    node: Node | None, path: str, seen: Mapping[str, RawBlock], told: Told
) -> dict[str, RawBlock]:
    """The blocks of a `blocks:` mapping, those without which another cannot be first."""
    if node is None:
        return {}
    if not isinstance(node, Entries):
        told.tell(node.place, path, f"expected a mapping of blocks, found {found(node)}")
        return {}
    blocks: dict[str, RawBlock] = {}
    for name, (place, body) in node.entries.items():
        below = f"{path}.{name}"
        wrong = wrong_name(name, "block")
        if wrong:
            told.tell(place, path, wrong[0], hint=wrong[1])
        elif name in ROOMS or name == REPEAT:
            told.tell(place, path, f"'{name}' is an operation and cannot be the name of a block")
        elif name in seen:
            told.tell(place, path, f"there is a block '{name}' already, {seen[name].where}")
        blocks[name] = RawBlock(name, place, below, body, tuple(dict.fromkeys(uses(body))), told)
    return _arranged(blocks, told)


def uses(body: Node) -> Iterable[str]:
    """The operations of a block's steps and of those of the blocks inside it."""
    waiting: list[Node] = [body]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Entries):
            continue
        steps = node.entries.get("steps", (None, None))[1]
        for step in steps.items if isinstance(steps, Items) else ():
            word = step.entries.get("op", (None, None))[1] if isinstance(step, Entries) else step
            if isinstance(word, Scalar) and word.text not in ROOMS and word.text != REPEAT:
                yield word.text
            waiting.append(step)  # a repetition has steps of its own
        inner = node.entries.get("blocks", (None, None))[1]
        if isinstance(inner, Entries):
            waiting.extend(child for _, child in inner.entries.values())


def _arranged(blocks: dict[str, RawBlock], told: Told) -> dict[str, RawBlock]:
    """The same, every block behind those it uses; blocks that use themselves are told."""
    order: dict[str, RawBlock] = {}
    for start in blocks:
        trail: dict[str, None] = {}
        waiting: list[tuple[str, bool]] = [(start, False)]
        while waiting:
            name, left = waiting.pop()
            if left:
                del trail[name]
                order[name] = blocks[name]
            elif name in trail:
                names = list(trail)
                _tell_circle(blocks, names[names.index(name) :], told)
            elif name not in order:
                trail[name] = None
                waiting.append((name, True))
                used = dict.fromkeys(use for use in blocks[name].uses if use in blocks)
                waiting.extend((use, False) for use in reversed(list(used)))
    return order


def _tell_circle(blocks: dict[str, RawBlock], circle: list[str], told: Told) -> None:
    members = set(circle)
    first = next(name for name in blocks if name in members)
    turn = circle.index(first)
    shown = " -> ".join((*circle[turn:], *circle[:turn], first))
    told.tell(
        blocks[first].place, blocks[first].path, f"the block uses itself: {shown}", hint="blocks cannot recur"
    )


def count_steps(steps: Sequence[RawStep], faces: Mapping[str, Face | None], told: Told) -> int | None:
    """How many steps these are with what their blocks hold; tells the first that makes too many."""
    count = 0
    for step in all_steps(steps):
        face = faces.get(step.block)
        inside = face.steps if face else 0
        if inside is None:
            return None
        count += 1 + inside
        if face and count > MOST_STEPS:
            fact = f"blocks inside blocks make {count} steps here; the most allowed is {MOST_STEPS}"
            told.tell(
                step.op_place, f"{step.path}.op", fact, hint="use fewer blocks, or a block's steps once"
            )
            return None
    return count


def count_runs(steps: Sequence[RawStep], faces: Mapping[str, Face | None], sizes: Sizes, told: Told) -> int:
    """How many steps are taken with what blocks hold and repetitions repeat; tells the first too many."""
    runs = 0
    for step in steps:
        face = faces.get(step.block)
        inside = face.runs if face else 0
        if step.repeat is not None:
            start, stop = (
                None if size is None else sizes.evaluated(size)
                for size in (step.repeat.start, step.repeat.stop)
            )
            times = 1 if start is None or stop is None else max(1, stop - start + 1)
            inside = min(times, MOST_TURNS) * count_runs(step.repeat.steps, faces, sizes, told)
        runs += 1 + inside
        repeats = step.repeat is not None or (face and face.steps is not None and face.runs > face.steps)
        if inside and repeats and runs > MOST_RUNS:
            fact = f"repetitions inside each other take {runs} steps; the most allowed is {MOST_RUNS}"
            told.tell(step.op_place, f"{step.path}.op", fact)
            return 0
    return runs


def check_range(step: RawStep, repeat: RawRepeat, sizes: Sizes, indexes: tuple[str, ...], told: Told) -> None:
    """Check how often a step repeats its own steps."""
    key = "for" if "for" in step.fields.nodes else "times"
    if repeat.start is None or repeat.stop is None or key not in step.fields.nodes:
        return
    place, path = step.fields.nodes[key].place, f"{step.path}.{key}"
    known = [sizes.check_symbols(size, place, path, indexes) for size in (repeat.start, repeat.stop)]
    if not all(known):
        return
    start, stop = sizes.evaluated(repeat.start), sizes.evaluated(repeat.stop)
    if start is None or stop is None:
        for size in (repeat.start, repeat.stop):
            if sizes.evaluated(size) is None and sizes.is_known(sizes.resolved(size)):
                sizes.number(size, place, path)
    elif stop < start:
        told.tell(place, path, f"the range {start}..{stop} is empty", hint="it is repeated once at least")
    elif stop - start >= MOST_TURNS:
        told.tell(place, path, f"found {stop - start + 1} iterations; the most allowed is {MOST_TURNS}")


def check_call(step: RawStep, face: Face, sizes: Sizes, indexes: tuple[str, ...], told: Told) -> None:
    """Check what a step gives to the block it uses."""
    fields = step.fields
    for key, wanted in (("in", face.inputs), ("out", face.outputs)):
        given = fields.values.get(key)
        if given is not None and wanted is not None and len(given) != wanted:
            verb = "takes" if key == "in" else "gives"
            noun = "input" if key == "in" else "output"
            fact = f"{step.block} {verb} {wanted} {noun}{'s' if wanted != 1 else ''}, found {len(given)}"
            told.tell(fields.nodes[key].place, f"{step.path}.{key}", fact)
    given = fields.values.get("with") or {}
    for name, (value, child) in given.items():
        path = f"{step.path}.with.{name}"
        if name not in face.takes:
            fact = f"{step.block} has no size '{name}'"
            hint = did_you_mean(name, face.takes)
            told.tell(child.place, path, fact, known=known_names("sizes", face.takes), hint=hint)
        elif hasattr(value, "symbols"):
            sizes.check_value(value, child.place, path, indexes)
    missing = [name for name in face.asks if name not in given]
    if missing and ("with" in fields.values or "with" not in fields.nodes):
        remedy = "add with: {" + ", ".join(f"{name}: SIZE" for name in missing) + "}"
        fact = f"{step.block} needs the size{'s' if len(missing) > 1 else ''} {listed(missing)}"
        told.tell(step.place, step.path, fact, hint=remedy)

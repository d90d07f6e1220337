"""The order of rows inside one operation: what meets, what passes, what ends in the glyph.

Wires come in by operands, from top to bottom. Inside, those that pass stand in the order of the
outputs; the axes that the operation takes stand together where those that it makes come out;
contracted pairs, and axes summed alone, stand where they cross least.
"""

from __future__ import annotations

from itertools import permutations

from ncd_tikz.axes import Application
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Needs, Slot

TRIED = 4  # blocks up to which all gaps are tried where wires cross


@frozen
class Node:
    """A row inside an operation: wires that meet and pass on, or that end in the glyph.

    `sources` are (input, position); `results` (output, position), empty for wires that end.
    """

    sources: tuple[Slot, ...]
    results: tuple[Slot, ...]


@frozen
class Inside:
    """The rows inside an operation, top to bottom: where wires enter, and where they leave.

    `entering` holds indexes of `nodes`; `leaving` holds an index of `nodes`, or a made axis as
    (output, position). `pairs` are nodes that a half circle closes. `straight` is true where
    nothing has to move, neither on the way in nor on the way out.
    """

    nodes: tuple[Node, ...]
    entering: tuple[int, ...]
    leaving: tuple[int | Slot, ...]
    pairs: tuple[tuple[int, int], ...]
    straight: bool
    crossings: int

    @property
    def merges(self) -> bool:
        """Whether operands become one tensor here, by dots or half circles."""
        return bool(self.pairs) or any(len(node.sources) > 1 for node in self.nodes)

    @property
    def joins(self) -> bool:
        """Whether operands become one tensor on the way in: they meet, or their wires interleave."""
        operands = [self.nodes[number].sources[0][0] for number in self.entering]
        return self.merges or operands != sorted(operands)

    @property
    def keeps_order(self) -> bool:
        """Whether as many axes come out as are taken, each of them in the row of the one it replaces."""
        paired = {node for pair in self.pairs for node in pair}
        taken = iter(n for n in self.entering if not self.nodes[n].results and n not in paired)
        leaving = [entry if isinstance(entry, int) else next(taken, -1) for entry in self.leaving]
        return leaving == [node for node in self.entering if node not in paired]


def arrange(application: Application, pairs: tuple[tuple[Slot, ...], ...], needs: Needs) -> Inside:
    """Order the rows inside an operation; `pairs` are the wires contracted together."""
    passing = passing_wires(application)
    nodes = [Node(sources, results) for sources, results in passing.items()]
    index = {slot: number for number, node in enumerate(nodes) for slot in node.results}
    paired = {slot for group in pairs for slot in group}
    alone = [slot for slot in ending_wires(application, passing, needs) if slot not in paired]
    blocks: list[tuple[int, ...]] = [(len(nodes) + number,) for number in range(len(alone))]
    if blocks and not needs.scattered:
        blocks = [tuple(number for block in blocks for number in block)]
    nodes += [Node((slot,), ()) for slot in alone]
    leaving = _leaving(application, index)
    entering: list[int] = []
    for entry in leaving:
        if isinstance(entry, int):
            entering.append(entry)
        elif blocks:
            entering += [number for block in blocks for number in block]
            blocks = []
    flat = [(number, place) for number, tensor in enumerate(application.inputs)
            for place in range(max(1, len(tensor.axes)))]  # fmt: skip
    place = {slot: row for row, slot in enumerate(flat)}
    closed: list[tuple[int, int]] = []
    single = len(blocks)
    for group in pairs:
        upper, lower = len(nodes), len(nodes) + 1
        nodes += [Node(group[:-1], ()), Node(group[-1:], ())]
        if place[group[0]] > place[group[-1]]:
            upper, lower = lower, upper
        blocks.append((upper, lower))
        closed.append((upper, lower))
    entering = _insert(entering, nodes, place, blocks, single)
    came = [slot for number in entering for slot in nodes[number].sources]
    go = [
        slot for entry in leaving for slot in (nodes[entry].results if isinstance(entry, int) else (entry,))
    ]
    single = all(len(node.sources) == 1 and len(node.results) < 2 for node in nodes)
    straight = single and not closed and came == flat and go == sorted(go)
    count = _crossings(entering, nodes, place) + _leaving_crossings(leaving, nodes)
    return Inside(tuple(nodes), tuple(entering), tuple(leaving), tuple(closed), straight, count)


def passing_wires(application: Application) -> dict[tuple[Slot, ...], tuple[Slot, ...]]:
    """Wires that pass, by what meets in them; the wire of a number passes to a number."""
    passing: dict[tuple[Slot, ...], tuple[Slot, ...]] = {}
    for number, output in enumerate(application.outputs):
        for position, out in enumerate(output):
            if out.sources:
                passing[out.sources] = (*passing.get(out.sources, ()), (number, position))
    units = tuple((number, 0) for number, tensor in enumerate(application.inputs) if not tensor.axes)
    empty = tuple((number, 0) for number, output in enumerate(application.outputs) if not output)
    if units and empty and not any(application.own):
        passing[units] = empty
    return passing


def ending_wires(
    application: Application, passing: dict[tuple[Slot, ...], tuple[Slot, ...]], needs: Needs
) -> list[Slot]:
    """Wires that end in the glyph: the axes it takes, and the wires of numbers.

    They stand as the operation names them, or as they stand in their tensors where the glyph says
    so; its leading ones together, above or below the others.
    """
    gone = {slot for sources in passing for slot in sources}
    own = [(number, position) for number, places in enumerate(application.own) for position in places]
    own += [(number, 0) for number, tensor in enumerate(application.inputs) if not tensor.axes]
    if needs.by_place:
        below = own and min(own) not in needs.leading
        own.sort(key=lambda slot: ((slot in needs.leading) == below, slot))
    return [slot for slot in own if slot not in gone]


def _leaving(application: Application, index: dict[Slot, int]) -> list[int | Slot]:
    """Rows as they leave the glyph: by outputs, the axes made for each of them together."""
    leaving: list[int | Slot] = []
    for number, output in enumerate(application.outputs):
        slots = [(number, position) for position in range(max(1, len(output)))]
        made = [slot for slot in slots if slot not in index]
        for slot in slots:
            if slot in index:
                if index[slot] not in leaving:
                    leaving.append(index[slot])
            elif slot == made[0]:
                leaving += made
    return leaving


def _insert(
    entering: list[int],
    nodes: list[Node],
    place: dict[Slot, int],
    blocks: list[tuple[int, ...]],
    single: int,
) -> list[int]:
    """Put neighbours, one block after the other, into gaps; of equal gaps into the uppermost one.

    The first `single` blocks are no half circles, and stand in none. Each goes where it crosses
    least. Where that leaves crossings, all gaps are tried for a few blocks: half circles in every
    order, so that any of them may stand in another.
    """
    best = entering
    for block in blocks:
        rows = [[*best[:gap], *block, *best[gap:]] for gap in range(len(best) + 1)]
        best = min(rows, key=lambda row: _crossings(row, nodes, place))
    least = _crossings(best, nodes, place)
    if not least or not 1 < len(blocks) <= TRIED:
        return best
    for turn in permutations(blocks[single:]):
        rows = [entering]
        for block in (*blocks[:single], *turn):
            rows = [
                trial
                for row in rows
                for gap in range(len(row) + 1)
                if _crossings(trial := [*row[:gap], *block, *row[gap:]], nodes, place) < least
            ]
        for row in rows:
            if _crossings(row, nodes, place) < least:
                best, least = row, _crossings(row, nodes, place)
    return best


def _crossings(entering: list[int], nodes: list[Node], place: dict[Slot, int]) -> int:
    edges = [(place[slot], row) for row, number in enumerate(entering) for slot in nodes[number].sources]
    return _inversions(edges)


def _leaving_crossings(leaving: list[int | Slot], nodes: list[Node]) -> int:
    edges: list[tuple[int, int]] = []
    slots = [entry if not isinstance(entry, int) else None for entry in leaving]
    every = sorted(slot for slot in slots if slot is not None)
    every = sorted([*every, *(slot for node in nodes for slot in node.results)])
    for row, entry in enumerate(leaving):
        results = nodes[entry].results if isinstance(entry, int) else (entry,)
        edges += [(row, every.index(slot)) for slot in results]
    return _inversions(edges)


def _inversions(edges: list[tuple[int, int]]) -> int:
    return sum(
        1
        for number, (start, end) in enumerate(edges)
        for other, finish in edges[number + 1 :]
        if (start - other) * (end - finish) < 0
    )

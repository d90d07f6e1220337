"""The wires cross as seldom as they can: by brute force, and counted again in the picture."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise, permutations, product

import pytest

from ncd_tikz.diagram import Diagram, loads
from ncd_tikz.glyphs import InnerProducts
from ncd_tikz.layout.columns import Plan, plan
from ncd_tikz.layout.compose import arrange_all
from ncd_tikz.layout.enclosures import enclosures
from ncd_tikz.layout.inside import Inside
from ncd_tikz.layout.opening import opened
from ncd_tikz.layout.order import Levels, order_members
from ncd_tikz.scene import Item, LineTo, Move, Scene, Wire
from tests.layout.pictures import FEW, SPECS, scene_of, sides_shown, told
from tests.layout.touching import sampled

Order = tuple[int, ...]
ACROSS = 10**6
"""What a member costs that changes sides across a parenthesis, which counts before all crossings of wires."""

MOST = 6  # members up to which every order is tried


class Game:
    """All orders of all levels of a plan, and what they cost: the notation's rules, tried out.

    Operands of an operation are neighbours as its signature has them, and its results leave it as it
    has them; what is between the same parentheses stands together.
    """

    def __init__(self, planned: Plan) -> None:
        self.planned = planned
        self.around = enclosures(planned).members
        self.known: dict[Order, list[tuple[int, int, int]]] = {}
        self.levels = [frozenset(planned.first)]
        for acts in planned.columns:
            gone = {member for act in acts for member in act.ins}
            self.levels.append((self.levels[-1] - gone) | {out for act in acts for out in act.outs})
        assert self.levels[-1] == frozenset(planned.last)

    def orders(self, level: int) -> list[Order]:
        """Every order that a level may have."""
        planned = self.planned
        if level == len(planned.columns):
            return [planned.last]
        members = self.levels[level]
        blocks = [act.ins for act in planned.columns[level] if act.ins]
        taken = {member for block in blocks for member in block}
        blocks += [(member,) for member in sorted(members - taken)]
        fences = {
            frozenset(m for m in members if fence in self.around.get(m, ()))
            for member in members
            for fence in self.around.get(member, ())
        }
        made = [act.outs for act in planned.columns[level - 1] if act.step is not None] if level else []
        found = []
        for chosen in permutations(blocks):
            order = tuple(member for block in chosen for member in block)
            place = {member: number for number, member in enumerate(order)}
            together = all(
                max(map(place.__getitem__, fence)) - min(map(place.__getitem__, fence)) < len(fence)
                for fence in fences
            )
            if together and all(place[a] < place[b] for outs in made for a, b in pairwise(outs)):
                found.append(order)
        return found

    def places(self, order: Order, column: int) -> Iterator[dict[int, int]]:
        """Where each member of the next level may come from.

        Outputs stand in signature order where the first input stood; the strands of a copy part at
        one place; what comes from nothing may come at any place.
        """
        acts = self.planned.columns[column]
        taking = {member: act for act in acts for member in act.ins}
        stacks: list[list[Order]] = []  # of each block the members that part at each of its places
        for member in order:
            act = taking.get(member)
            if act is None:
                stacks.append([(member,)])
            elif member == act.ins[0]:
                stacks.append([act.outs] if act.step is None else [(out,) for out in act.outs])
        sources = [act for act in acts if not act.ins]
        seen: set[tuple[tuple[Order, ...], ...]] = set()
        for gaps in product(range(len(stacks) + 1), repeat=len(sources)):
            for turn in permutations(range(len(sources))):
                whole = [((place, 1), stack) for place, stack in enumerate(stacks)]
                come = [((gaps[n], 0, turn[n]), [(out,) for out in sources[n].outs]) for n in turn]
                mixed = [stack for _, stack in sorted([*whole, *come], key=lambda entry: entry[0])]
                key = tuple(map(tuple, mixed))
                if key in seen:
                    continue
                seen.add(key)
                row = [parting for stack in mixed for parting in stack]
                yield {member: place for place, parting in enumerate(row) for member in parting}

    def cost(self, places: dict[int, int], after: Order) -> int:
        """What it costs to come from these places to the next level's order."""
        return sum([price for a, b, price in self.pairs(after) if places[a] > places[b]])

    def pairs(self, after: Order) -> list[tuple[int, int, int]]:
        """What it costs if two members of a level change places on their way to it."""
        if after not in self.known:
            members, around = self.planned.members, self.around
            self.known[after] = [
                (a, b, ACROSS * across + len(members[a].wires) * len(members[b].wires))
                for a, b in combinations(after, 2)
                for across in (around.get(a, ()) != around.get(b, ()),)
            ]
        return self.known[after]

    def fewest(self, bound: int | None = None) -> int:
        """The least that all levels together cost; with a bound, that bound where nothing costs less."""
        first = {member: place for place, member in enumerate(self.planned.first)}
        best: dict[Order, int] = {}
        for order in self.orders(0):
            best[order] = self.cost(first, order)
        for column in range(len(self.planned.columns)):
            following: dict[Order, int] = {}
            afters = self.orders(column + 1)
            tried: dict[tuple[tuple[int, int], ...], int] = {}
            for order, before in best.items():
                if bound is not None and before >= bound:
                    continue
                for places in self.places(order, column):
                    key = tuple(sorted(places.items()))
                    if key in tried and tried[key] <= before:
                        continue
                    tried[key] = before
                    for after in afters:
                        if after in following and following[after] <= before:
                            continue
                        total = before + self.cost(places, after)
                        if after not in following or total < following[after]:
                            following[after] = total
            best = following
        return min([*best.values(), *([bound] if bound is not None else [])])


def found(planned: Plan, levels: Levels) -> int:
    """What the layout's orders cost."""
    game = Game(planned)
    total = game.cost({member: place for place, member in enumerate(planned.first)}, levels.before[0])
    for column, acts in enumerate(planned.columns):
        parted = {strand: act.ins[0] for act in acts if act.step is None for strand in act.outs}
        at = {member: place for place, member in enumerate(levels.after[column])}
        after = levels.before[column + 1]
        total += game.cost({member: at[parted.get(member, member)] for member in after}, after)
    return total


def lost(planned: Plan, levels: Levels | None = None) -> str:
    """Whether the layout's orders break a rule, or cross more than they must; empty where they do not."""
    levels, game = levels or order_members(planned), Game(planned)
    mine = found(planned, levels)
    for number, order in enumerate(levels.before):
        if order not in game.orders(number):
            return f"level {number} stands as {order}"
    if levels.crossings != mine % ACROSS:
        return f"{levels.crossings} crossings counted, there are {mine % ACROSS}"
    least = game.fewest(mine) if mine else 0
    return f"{mine} crossings, {least} would do" if least != mine else ""


def fewest_inside(inside: Inside, flat: dict[tuple[int, int], int]) -> int:
    """The least crossings inside an einsum: half circles, nested ones too, and sums at any place."""
    passing = [node for node in inside.entering if inside.nodes[node].results]
    ended = [node for node in inside.entering if not inside.nodes[node].results]
    best = None
    for row in permutations([*passing, *ended]):
        if [node for node in row if node in passing] != passing or not closed(row, inside.pairs):
            continue
        edges = [(flat[slot], y) for y, node in enumerate(row) for slot in inside.nodes[node].sources]
        found = sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(edges, 2))
        best = found if best is None else min(best, found)
    return best or 0


def closed(row: tuple[int, ...], pairs: tuple[tuple[int, int], ...]) -> bool:
    """Whether within each half circle there are only whole half circles."""
    place = {node: number for number, node in enumerate(row)}
    for pair in pairs:
        low, high = sorted(place[node] for node in pair)
        within = set(row[low + 1 : high])
        if len(within) != 2 * sum(set(other) <= within for other in pairs):
            return False
    return True


def insides_lost(diagram: Diagram) -> list[str]:
    """The einsums that cross more than they must."""
    planned = plan(diagram)
    lost = []
    for acts, insides in zip(planned.columns, arrange_all(diagram, planned), strict=True):
        for act, inside in zip(acts, insides, strict=True):
            if inside is None or act.step is None or not isinstance(planned.glyphs[act.step], InnerProducts):
                continue
            application = diagram.steps[act.step].application
            flat = {
                slot: row
                for row, slot in enumerate(
                    (number, place)
                    for number, tensor in enumerate(application.inputs)
                    for place in range(max(1, len(tensor.axes)))
                )
            }
            slots = [slot for node in inside.nodes for slot in node.sources]
            if len(inside.nodes) <= 7 and len(set(slots)) == len(slots):
                least = fewest_inside(inside, flat)
                if inside.crossings != least:
                    lost.append(f"step {act.step} crosses {inside.crossings} times, {least} would do")
    return lost


def narrow(planned: Plan) -> bool:
    """Whether every order can be tried."""
    sources = max((sum(not act.ins for act in acts) for acts in planned.columns), default=0)
    return max(map(len, Game(planned).levels)) <= MOST and sources < 3


@pytest.mark.parametrize("name", SPECS)
def test_every_spec_crosses_as_seldom_as_it_can(name: str) -> None:
    for diagram, _ in sides_shown(name):
        planned = plan(diagram)
        if max(map(len, Game(planned).levels)) <= 7:
            assert not lost(planned)
        assert not insides_lost(diagram)


@pytest.mark.slow
def test_random_diagrams_cross_as_seldom_as_they_can() -> None:
    failures = {
        seed: what
        for seed in FEW
        for diagram, _ in sides_shown(seed)
        if (what := lost(plan(diagram)) if narrow(plan(diagram)) else "")
    }
    assert not failures, told(failures)


CROSSED = {
    "inputs that change places": (
        "inputs: {a: x y, b: z}, steps: [{op: relu, in: a}], outputs: [b, a]",
        2,
    ),
    "what comes from nothing comes between them": (
        """inputs: {a: x, b: z}, outputs: [b, p, a],
            steps: [{op: parameter, axes: y x, out: p}, {op: relu, in: a}]""",
        1,
    ),
    "what goes is in nobody's way": (
        "inputs: {a: x y, b: z}, steps: [{op: discard, in: a, out: []}, {op: relu, in: b}], outputs: b",
        0,
    ),
    "before the parenthesis or behind it, not across": (
        """inputs: {a: x y, b: z}, outputs: [b, a], steps: [
            {op: repeat, times: 2, carry: [a], steps: [{op: relu, in: a}]}, {op: relu, in: b}]""",
        2,
    ),
    "nothing between what is repeated": (
        """inputs: {a: x, b: x, c: x y}, outputs: [a, c, b], steps: [
            {op: repeat, times: 2, carry: [a, b], steps: [{op: relu, in: a}, {op: tanh, in: b}]},
            {op: relu, in: c}]""",
        2,
    ),
}


@pytest.mark.parametrize("what", CROSSED)
def test_brute_force_knows_crossings_that_must_be(what: str) -> None:
    """And the layout has as many."""
    text, least = CROSSED[what]
    planned = plan(opened(loads(f"{{ncd: 1, name: cross, axes: {{x: 2, y: 3, z: 4}}, {text}}}")))
    assert Game(planned).fewest() == least == found(planned, order_members(planned))


# Counted in the picture ---------------------------------------------------------------------------


def counted(scene: Scene) -> int:
    """Crossings between the wires of a picture: how often one comes to lie above another."""
    wires = [
        sampled(item.primitive.segments)
        for item in scene.items
        if isinstance(item.primitive, Wire) and item.part != "definition"
    ]
    reach = [(min(y for _, y in wire), max(y for _, y in wire)) for wire in wires]
    total = 0
    for (one, (top, bottom)), (other, (high, low)) in combinations(zip(wires, reach, strict=True), 2):
        left, right = max(one[0][0], other[0][0]), min(one[-1][0], other[-1][0])
        if left < right and top <= low and high <= bottom:
            total += changes(one, other, left, right)
    return total


def changes(
    one: list[tuple[float, float]], other: list[tuple[float, float]], left: float, right: float
) -> int:
    xs = sorted({left, right, *(x for x, _ in (*one, *other) if left < x < right)})
    signs = [a > b for a, b in zip(heights(one, xs), heights(other, xs), strict=True) if abs(a - b) > 1e-6]
    return sum(before != after for before, after in pairwise(signs))


def heights(line: list[tuple[float, float]], xs: list[float]) -> Iterator[float]:
    """Its rows at places from left to right; between its points it is straight."""
    place = 1
    for x in xs:
        while place < len(line) - 1 and line[place][0] <= x:
            place += 1
        (x0, y0), (x1, y1) = line[place - 1], line[place]
        yield y0 if x1 - x0 < 1e-9 else y0 + (y1 - y0) * (min(x, x1) - x0) / (x1 - x0)


def planned_crossings(diagram: Diagram, planned: Plan | None = None, levels: Levels | None = None) -> int:
    """Between levels, inside operations, and of each copy's strands with one another."""
    planned = planned or plan(diagram)
    total = (levels or order_members(planned)).crossings
    for acts, insides in zip(planned.columns, arrange_all(diagram, planned), strict=True):
        for act, inside in zip(acts, insides, strict=True):
            if inside is None:
                wires, strands = len(planned.members[act.ins[0]].wires), len(act.outs)
                total += wires * (wires - 1) // 2 * strands * (strands - 1) // 2
            else:
                total += inside.crossings
    return total


@pytest.mark.parametrize("name", SPECS)
def test_the_picture_of_a_spec_has_the_crossings_planned(name: str) -> None:
    for diagram, scene in sides_shown(name):
        assert counted(scene) == planned_crossings(diagram)


@pytest.mark.slow
def test_pictures_of_random_diagrams_have_the_crossings_planned() -> None:
    failures = {
        seed: f"{drawn} in the picture, {wanted} planned"
        for seed in FEW
        for diagram, scene in sides_shown(seed)
        if (drawn := counted(scene)) != (wanted := planned_crossings(diagram))
    }
    assert not failures, told(failures)


def test_counting_notices_a_crossing() -> None:
    scene = scene_of("image_recogniser")
    left, top, right, bottom = scene.bounds
    line = Wire((Move((left, top)), LineTo((right, bottom))), "wire", "z")
    crossed = Scene(scene.bounds, (*scene.items, Item("wire", line)))
    assert counted(crossed) > counted(scene)

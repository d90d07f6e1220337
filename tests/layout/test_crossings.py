"""The wires cross as seldom as they can: by brute force, and counted again in the picture."""

from __future__ import annotations

from bisect import bisect_right
from itertools import combinations, pairwise, permutations

import pytest

from ncd_tikz.diagram import Diagram
from ncd_tikz.glyphs import InnerProducts
from ncd_tikz.layout.columns import Act, Plan, plan
from ncd_tikz.layout.compose import arrange_all
from ncd_tikz.layout.inside import Inside
from ncd_tikz.layout.order import order_members
from ncd_tikz.scene import Item, LineTo, Move, Scene, Wire
from tests.layout.pictures import FEW, SPECS, diagram_of, scene_of
from tests.layout.touching import sampled

Order = tuple[int, ...]
MOST = 5  # members up to which every order is tried


def orders(members: frozenset[int], acts: tuple[Act, ...]) -> list[Order]:
    """Every order in which the operands of each operation are neighbours, as its signature has them."""
    blocks = [act.ins for act in acts if act.ins]
    taken = {member for block in blocks for member in block}
    blocks += [(member,) for member in sorted(members - taken)]
    return [tuple(member for block in order for member in block) for order in permutations(blocks)]


def through(order: Order, acts: tuple[Act, ...]) -> dict[int, int]:
    """Where each member of the next level comes from: the place of what it is made of.

    Outputs stand in signature order where the first input stood; the strands of a copy part at
    one place.
    """
    starts: dict[int, tuple[int, ...]] = {}
    inner: set[int] = set()
    for act in acts:
        starts[act.ins[0]] = act.outs if act.step is not None else (-1, *act.outs)
        inner.update(act.ins[1:])
    places: dict[int, int] = {}
    place = 0
    for member in order:
        if member in inner:
            continue
        outs = starts.get(member, (member,))
        if outs[:1] == (-1,):
            for out in outs[1:]:
                places[out] = place
        else:
            for out in outs:
                places[out] = place
                place += 1
        place += 1
    return places


def cost(planned: Plan, places: dict[int, int], after: Order) -> int:
    """Crossings of single wires on the way from these places to the next level's order."""
    return sum(
        len(planned.members[upper].wires) * len(planned.members[lower].wires)
        for upper, lower in combinations(after, 2)
        if places[upper] > places[lower]
    )


def levels_of(planned: Plan) -> list[frozenset[int]]:
    levels = [frozenset(planned.first)]
    for acts in planned.columns:
        gone = {member for act in acts for member in act.ins}
        levels.append((levels[-1] - gone) | {out for act in acts for out in act.outs})
    return levels


def fewest(planned: Plan) -> int:
    """The least number of crossings between levels, over all orders of all levels."""
    levels = levels_of(planned)
    assert levels[-1] == frozenset(planned.last)
    first = {member: place for place, member in enumerate(planned.first)}
    best = {order: cost(planned, first, order) for order in all_orders(planned, levels, 0)}
    for column, acts in enumerate(planned.columns):
        starts = [(through(order, acts), before) for order, before in best.items()]
        best = {
            after: min(before + cost(planned, places, after) for places, before in starts)
            for after in all_orders(planned, levels, column + 1)
        }
    return best[planned.last]


def all_orders(planned: Plan, levels: list[frozenset[int]], level: int) -> list[Order]:
    if level == len(planned.columns):
        return [planned.last]
    return orders(levels[level], planned.columns[level])


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
    return max(map(len, levels_of(planned))) <= MOST


@pytest.mark.parametrize("name", SPECS)
def test_every_spec_crosses_as_seldom_as_it_can(name: str) -> None:
    planned = plan(diagram_of(name))
    assert order_members(planned).crossings == fewest(planned)
    assert not insides_lost(diagram_of(name))


@pytest.mark.slow
def test_random_diagrams_cross_as_seldom_as_they_can() -> None:
    lost: list[str] = []
    tried = 0
    for seed in range(500):
        planned = plan(diagram_of(seed))
        if narrow(planned):
            tried += 1
            found, least = order_members(planned).crossings, fewest(planned)
            if found != least:
                lost.append(f"{seed}: {found} crossings, {least} would do")
            lost += [f"{seed}: {what}" for what in insides_lost(diagram_of(seed))]
        if tried == 200:
            break
    assert tried == 200
    assert not lost, "\n".join(lost)


def test_brute_force_knows_a_crossing_that_must_be() -> None:
    """Two inputs that must change places cross once for each pair of wires."""
    from ncd_tikz.diagram import loads

    text = """
        {ncd: 1, name: cross, axes: {x: 2, y: 3, z: 4}, inputs: {a: x y, b: z},
         steps: [{op: relu, in: a}], outputs: [b, a]}
    """
    assert fewest(plan(loads(text))) == 2


# Counted in the picture ---------------------------------------------------------------------------


def counted(scene: Scene) -> int:
    """Crossings between the wires of a picture: how often one comes to lie above another."""
    wires = [
        sampled(item.primitive.segments)
        for item in scene.items
        if isinstance(item.primitive, Wire) and item.part != "definition"
    ]
    total = 0
    for one, other in combinations(wires, 2):
        left, right = max(one[0][0], other[0][0]), min(one[-1][0], other[-1][0])
        if left < right:
            total += changes(one, other, left, right)
    return total


def changes(
    one: list[tuple[float, float]], other: list[tuple[float, float]], left: float, right: float
) -> int:
    xs = sorted({left, right, *(x for x, _ in (*one, *other) if left < x < right)})
    xs = sorted([*xs, *((a + b) / 2 for a, b in pairwise(xs))])
    signs = [gap > 0 for x in xs if abs(gap := height(one, x) - height(other, x)) > 1e-6]
    return sum(before != after for before, after in pairwise(signs))


def height(line: list[tuple[float, float]], x: float) -> float:
    place = min(max(bisect_right(line, (x, float("inf"))), 1), len(line) - 1)
    (x0, y0), (x1, y1) = line[place - 1], line[place]
    return y0 if x1 - x0 < 1e-9 else y0 + (y1 - y0) * (min(x, x1) - x0) / (x1 - x0)


def planned_crossings(diagram: Diagram) -> int:
    """Between levels, inside operations, and of each copy's strands with one another."""
    planned = plan(diagram)
    total = order_members(planned).crossings
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
    assert counted(scene_of(name)) == planned_crossings(diagram_of(name))


def test_pictures_of_random_diagrams_have_the_crossings_planned() -> None:
    wrong: list[str] = []
    for seed in FEW:
        try:
            found, wanted = counted(scene_of(seed)), planned_crossings(diagram_of(seed))
        except (LookupError, ValueError, TypeError) as error:
            wrong.append(f"{seed}: {type(error).__name__}: {error}")
            continue
        if found != wanted:
            wrong.append(f"{seed}: {found} in the picture, {wanted} planned")
    assert not wrong, "\n".join(wrong)


def test_counting_notices_a_crossing() -> None:
    scene = scene_of("image_recogniser")
    left, top, right, bottom = scene.bounds
    line = Wire((Move((left, top)), LineTo((right, bottom))), "wire", "z")
    crossed = Scene(scene.bounds, (*scene.items, Item("wire", line)))
    assert counted(crossed) > counted(scene)

"""The order of tuple members in each level: fewest crossings.

Level c is the tuple just before column c. There, the members that one operation takes are
neighbours in the order of its signature. Between the operation and the next level members may
change places, at the price of crossings; inputs and outputs stand in spec order.

The search goes backwards from the outputs and keeps the cheapest orders of each level: all
orders of up to four blocks, else the natural one and its neighbours. Where wires still cross, all
levels are changed together, a run of blocks in each, as long as that helps; and a search that keeps
more orders has its say where it finds better ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, permutations, product

from ncd_tikz.frozen import frozen
from ncd_tikz.layout.columns import Act, Plan
from ncd_tikz.layout.enclosures import enclosures

KEPT = 24  # orders remembered for each level
MORE = 48  # where wires cross after all
FORBIDDEN = 10_000  # crossings that a lost order counts for
ENCLOSED = 1000  # crossings that a wire across a parenthesis counts for
BLOCKS = 4  # up to so many blocks every order is tried
ROUNDS = 6  # in which all levels are changed together
WIDE = 7  # blocks up to which neighbours move together


def crossings(
    before: tuple[int, ...],
    after: tuple[int, ...],
    plan: Plan,
    origin: dict[int, int],
    maker: dict[int, int] | None = None,
    around: Mapping[int, tuple[int, ...]] | None = None,
) -> int:
    """Crossings of wires between a column's results in order `before` and the next level.

    `origin` maps the strands of a copy to the member they come from; a copy's own strands cross
    each other equally often in any order, so they are not counted. Results of one operation
    (`maker`: result -> operation) must not cross as they leave it: which is which would be lost.
    What stands between parentheses (`around`) should not change sides with what does not.
    """
    return _cost(_places(before), _pairs(after, plan, origin, maker, around))


# Members from which two wires come, the upper one of the next level first, and the cost of their crossing.
Pairs = list[tuple[int, int, int]]


def _pairs(
    after: tuple[int, ...],
    plan: Plan,
    origin: Mapping[int, int],
    maker: Mapping[int, int] | None = None,
    around: Mapping[int, tuple[int, ...]] | None = None,
) -> Pairs:
    """All pairs of a level that can cross on their way to it."""
    found = []
    for upper, lower in combinations(after, 2):
        cost = len(plan.members[upper].wires) * len(plan.members[lower].wires)
        if maker and maker.get(upper, -1) == maker.get(lower, -2):
            cost += FORBIDDEN
        if around and around.get(upper, ()) != around.get(lower, ()):
            cost += ENCLOSED
        if cost:
            found.append((origin.get(upper, upper), origin.get(lower, lower), cost))
    return found


def _places(order: tuple[int, ...]) -> dict[int, int]:
    return {member: number for number, member in enumerate(order)}


def _cost(places: Mapping[int, int], pairs: Pairs) -> int:
    """What all pairs cost that cross."""
    return sum([cost for upper, lower, cost in pairs if places[upper] > places[lower]])


@frozen
class Levels:
    """The order of members before each column, and after the last; and of each column's results."""

    before: tuple[tuple[int, ...], ...]
    after: tuple[tuple[int, ...], ...]
    shuffled: bool  # the inputs must change places before the first column
    crossings: int


def results(
    level: tuple[int, ...], acts: tuple[Act, ...], plan: Plan, following: tuple[int, ...] = ()
) -> tuple[int, ...]:
    """The members right after a column: outputs stand where the inputs stood; copies not yet parted.

    What comes from nowhere comes where it crosses least on its way to the level after.
    """
    made: dict[int, tuple[int, ...]] = {}
    gone: set[int] = set()
    sources: list[tuple[int, ...]] = []
    for act in acts:
        if act.step is None:
            continue
        if act.ins:
            made[act.ins[0]] = act.outs
        else:
            sources.append(act.outs)
        gone.update(act.ins)
    if not gone and not sources:
        return level
    blocks = [made.get(member, (member,)) for member in level if member in made or member not in gone]
    if sources:
        parents = {strand: act.ins[0] for act in acts if act.step is None for strand in act.outs}
        sources.sort(key=lambda outs: min(following.index(out) for out in outs) if outs else 0)
        for outs in sources:
            blocks.insert(_gap(blocks, outs, following, parents, plan), outs)
    return tuple(member for block in blocks for member in block)


def _gap(
    blocks: list[tuple[int, ...]],
    outs: tuple[int, ...],
    following: tuple[int, ...],
    parents: Mapping[int, int],
    plan: Plan,
) -> int:
    """Between which blocks something crosses least that comes from nowhere; of equal gaps the lowest."""
    first = min((following.index(out) for out in outs), default=0)
    home = {member: number for number, block in enumerate(blocks) for member in block}
    costs = [0] * (len(blocks) + 1)
    for place, member in enumerate(following):
        block = home.get(parents.get(member, member))
        if block is not None:
            wires = len(plan.members[member].wires)
            for gap in range(block + 1) if place < first else range(block + 1, len(costs)):
                costs[gap] += wires
    return len(costs) - 1 - costs[::-1].index(min(costs))


def origins(acts: tuple[Act, ...]) -> dict[int, int]:
    """The strands that the column's copies make, each with the member it comes from."""
    return {strand: act.ins[0] for act in acts if act.step is None for strand in act.outs}


def order_members(plan: Plan) -> Levels:
    """The orders with the fewest crossings that the search meets."""
    around = enclosures(plan).members
    total, levels = _searched(plan, around, KEPT)
    if total:
        least, other = _searched(plan, around, MORE)
        levels = other if least < total else levels
    return levels


def _searched(plan: Plan, around: Mapping[int, tuple[int, ...]], kept: int) -> tuple[int, Levels]:
    """Orders, and what they cost: crossings, and what counts for some."""
    states: list[dict[tuple[int, ...], tuple[int, tuple[int, ...]]]] = [{plan.last: (0, ())}]
    for column in reversed(range(len(plan.columns))):
        made = [act.outs for act in plan.columns[column - 1] if act.step is not None] if column else []
        together = [outs for outs in made if len(outs) > 1]
        states.append(_back(plan, plan.columns[column], states[-1], together, around, kept))
    states.reverse()
    best: tuple[int, tuple[int, ...]] | None = None
    for order, (cost, _) in states[0].items():
        total = cost + crossings(plan.first, order, plan, {})
        if best is None or total < best[0]:
            best = (total, order)
    if best is None:
        raise ValueError("a diagram has at least one order")
    total, order = best
    before = [order]
    for state in states[:-1]:
        before.append(state[before[-1]][1])
    if total:
        before = _refined(plan, before, total, around)
        order = before[0]
    after = tuple(
        results(level, acts, plan, following)
        for level, acts, following in zip(before[:-1], plan.columns, before[1:], strict=True)
    )
    first = crossings(plan.first, order, plan, {})
    counted, cost = (
        first
        + sum(
            crossings(after[column], before[column + 1], plan, origins(acts), _makers(acts), enclosed)
            for column, acts in enumerate(plan.columns)
        )
        for enclosed in (None, around)
    )
    return cost, Levels(tuple(before), after, before[0] != plan.first, counted)


def _back(
    plan: Plan,
    acts: tuple[Act, ...],
    following: dict[tuple[int, ...], tuple[int, tuple[int, ...]]],
    together: list[tuple[int, ...]],
    around: Mapping[int, tuple[int, ...]],
    most: int,
) -> dict[tuple[int, ...], tuple[int, tuple[int, ...]]]:
    """Cheapest orders before a column, each with its cost and the order that follows it.

    `together` are results of one operation just before: orders in which they keep theirs count too.
    `around` are the parentheses around each member: nothing else may stand between these members.
    """
    origin = origins(acts)
    maker = _makers(acts)
    from_nowhere = any(act.step is not None and not act.ins for act in acts)
    made: dict[tuple[int, ...], dict[int, int]] = {}
    found: dict[tuple[int, ...], tuple[int, tuple[int, ...]]] = {}
    for after, (cost, _) in following.items():
        pairs = _pairs(after, plan, origin, maker, around)
        candidates = _candidates(acts, after, most)
        candidates += [_kept(order, together) for order in candidates] if together else []
        if any(around.get(member) for member in candidates[0]):
            candidates = [_gathered(order, around) for order in candidates]
        for before in dict.fromkeys(candidates):
            least = found[before][0] if before in found else None
            if least is not None and cost >= least:
                continue
            if from_nowhere or before not in made:
                made[before] = _places(results(before, acts, plan, after))
            total = cost + _cost(made[before], pairs)
            if least is None or total < least:
                found[before] = (total, after)
    if len(found) > most:
        kept = sorted(
            found, key=lambda order: found[order][0] + FORBIDDEN * (_kept(order, together) != order)
        )[:most]
        return {order: found[order] for order in kept}
    return found


def _refined(
    plan: Plan, before: list[tuple[int, ...]], total: int, around: Mapping[int, tuple[int, ...]]
) -> list[tuple[int, ...]]:
    """The orders of all levels, or better ones in which at each level some neighbours stand elsewhere."""
    origin = [origins(acts) for acts in plan.columns]
    maker = [_makers(acts) for acts in plan.columns]
    for _ in range(ROUNDS):
        best = {order: crossings(plan.first, order, plan, {}) for order in _moved(plan, before, 0, around)}
        came: list[dict[tuple[int, ...], tuple[int, ...]]] = []
        for column, acts in enumerate(plan.columns):
            following: dict[tuple[int, ...], int] = {}
            parents: dict[tuple[int, ...], tuple[int, ...]] = {}
            afters = [
                (after, _pairs(after, plan, origin[column], maker[column], around))
                for after in _moved(plan, before, column + 1, around)
            ]
            from_nowhere = any(act.step is not None and not act.ins for act in acts)
            for order, cost in best.items():
                places = {} if from_nowhere else _places(results(order, acts, plan))
                for after, pairs in afters:
                    least = following.get(after, total + 1)
                    if cost >= least:
                        continue
                    if from_nowhere:
                        places = _places(results(order, acts, plan, after))
                    mine = cost + _cost(places, pairs)
                    if mine < least:
                        following[after], parents[after] = mine, order
            best = following
            came.append(parents)
        if best.get(plan.last, total) >= total:
            return before
        total = best[plan.last]
        before = [plan.last]
        for parents in reversed(came):
            before.append(parents[before[-1]])
        before.reverse()
        if not total:
            break
    return before


def _moved(
    plan: Plan, before: list[tuple[int, ...]], level: int, around: Mapping[int, tuple[int, ...]]
) -> list[tuple[int, ...]]:
    """An order of a level, and those in which a block, or a run of them, stands elsewhere."""
    order = before[level]
    if level == len(plan.columns):
        return [order]
    starts = {act.ins[0]: act.ins for act in plan.columns[level] if act.ins}
    inner = {member for block in starts.values() for member in block[1:]}
    blocks = [starts.get(member, (member,)) for member in order if member not in inner]
    made = [act.outs for act in plan.columns[level - 1] if act.step is not None] if level else []
    together = [outs for outs in made if len(outs) > 1]
    longest = len(blocks) if len(blocks) <= WIDE else 1
    found = {order: None}
    for start, stop in combinations(range(len(blocks) + 1), 2):
        if stop - start > longest:
            continue
        run, rest = blocks[start:stop], [*blocks[:start], *blocks[stop:]]
        for place in range(len(rest) + 1):
            moved = tuple(m for block in (*rest[:place], *run, *rest[place:]) for m in block)
            moved = _kept(moved, together)
            found[_gathered(moved, around) if around else moved] = None
    return list(found)


def _makers(acts: tuple[Act, ...]) -> dict[int, int]:
    """The operation that makes each result of a column."""
    return {out: number for number, act in enumerate(acts) if act.step is not None for out in act.outs}


def _kept(order: tuple[int, ...], together: list[tuple[int, ...]]) -> tuple[int, ...]:
    """The order with the results of each operation in the order in which they were made."""
    members = list(order)
    for results_of_one in together:
        places = [place for place, member in enumerate(members) if member in results_of_one]
        here = [member for member in results_of_one if member in members]
        for place, member in zip(places, here, strict=True):
            members[place] = member
    return tuple(members)


def _gathered(order: tuple[int, ...], around: Mapping[int, tuple[int, ...]]) -> tuple[int, ...]:
    """The order with all members between the same parentheses together, where the first of them stands."""
    place: dict[tuple[int, ...], int] = {}
    keys: dict[int, tuple[int, ...]] = {}
    for number, member in enumerate(order):
        inside = around.get(member, ())
        keys[member] = (
            *(place.setdefault(inside[:depth], number) for depth in range(1, len(inside) + 1)),
            number,
        )
    return tuple(sorted(order, key=keys.__getitem__))


def _candidates(acts: tuple[Act, ...], after: tuple[int, ...], most: int) -> list[tuple[int, ...]]:
    """Orders of the level before a column, the natural ones first.

    In a natural order every block - the inputs of an operation, a value that is copied, a member
    that passes - stands where one of its results stands.
    """
    if len(after) == 1 and len(acts) <= 1 and (not acts or len(acts[0].outs) == 1):
        return [acts[0].ins if acts else after]
    owner: dict[int, int] = {}
    for number, act in enumerate(acts):
        for out in act.outs:
            owner[out] = number
    every = list(range(len(after), -1, -1)) if len(after) <= BLOCKS else [len(after), 0]
    spots = [[place for place, member in enumerate(after) if owner.get(member) == number] or every
             for number in range(len(acts))]  # fmt: skip
    natural: list[tuple[tuple[int, ...], ...]] = []
    for chosen in product(*spots):
        blocks: list[tuple[int, tuple[int, ...]]] = [
            (place, (member,)) for place, member in enumerate(after) if member not in owner
        ]
        blocks += [(place, acts[number].ins) for number, place in enumerate(chosen) if acts[number].ins]
        order = tuple(block for _, block in sorted(blocks, key=lambda entry: entry[0]))
        if order not in natural:
            natural.append(order)
        if len(natural) >= most:
            break
    candidates: dict[tuple[tuple[int, ...], ...], None] = dict.fromkeys(natural)
    if len(natural[0]) <= BLOCKS:
        candidates.update(dict.fromkeys(permutations(natural[0])))
    else:
        for order in natural:
            for place in range(len(order) - 1):
                swapped = list(order)
                swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
                candidates[tuple(swapped)] = None
    return [tuple(member for block in order for member in block) for order in candidates]

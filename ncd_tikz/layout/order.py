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

from collections.abc import Iterator, Mapping
from itertools import combinations, permutations, product
from operator import itemgetter

from ncd_tikz.frozen import frozen
from ncd_tikz.layout.columns import Plan
from ncd_tikz.layout.enclosures import enclosures

KEPT = 24  # orders remembered for each level
MORE = 48  # where wires cross after all
FORBIDDEN = 10_000  # crossings that a lost order counts for
ENCLOSED = 1000  # crossings that a wire across a parenthesis counts for
BLOCKS = 4  # up to so many blocks every order is tried
ROUNDS = 6  # in which all levels are changed together
WIDE = 7  # blocks up to which neighbours move together

Order = tuple[int, ...]

# Members from which two wires come, the upper one of the next level first, and the cost of their crossing.
Pairs = list[tuple[int, int, int]]

# Orders of a level, each with its cost up to the outputs and the order of the level after it.
Ways = dict[Order, tuple[int, Order]]


@frozen
class Levels:
    """The order of members before each column, and after the last; and of each column's results."""

    before: tuple[Order, ...]
    after: tuple[Order, ...]
    shuffled: bool  # the inputs must change places before the first column
    crossings: int


def order_members(plan: Plan) -> Levels:
    """The orders with the fewest crossings that the search meets."""
    search = _Search(plan)
    total, levels = search.run(KEPT)
    if total:
        least, other = search.run(MORE)
        levels = other if least < total else levels
    return levels


def _pairs(after: Order, plan: Plan) -> Pairs:
    """All pairs of a level that can cross on their way to it, and in how many wires they do."""
    wires = {member: len(plan.members[member].wires) for member in after}
    return [
        (upper, lower, cost)
        for upper, lower in combinations(after, 2)
        if (cost := wires[upper] * wires[lower])
    ]


def _places(order: Order) -> dict[int, int]:
    return {member: number for number, member in enumerate(order)}


def _cost(places: Mapping[int, int], pairs: Pairs) -> int:
    """What all pairs cost that cross."""
    return sum([cost for upper, lower, cost in pairs if places[upper] > places[lower]])


class _Column:
    """The way across a column, from the level before it to the level after it.

    The strands of a copy come from one member: they cross each other equally often in any order, and
    that is not counted. Results of one operation must not cross as they leave it: which is which would
    be lost. What stands between parentheses should not change sides with what does not.
    """

    def __init__(self, plan: Plan, number: int, around: Mapping[int, Order]) -> None:
        self.plan = plan
        self.around = around
        self.acts = plan.columns[number]
        self.starts = {act.ins[0]: act.ins for act in self.acts if act.ins}
        self.inner = {member for block in self.starts.values() for member in block[1:]}
        self.owner = {out: act for act, each in enumerate(self.acts) for out in each.outs}
        self._origin = {strand: act.ins[0] for act in self.acts if act.step is None for strand in act.outs}
        self._maker = {out: act for out, act in self.owner.items() if self.acts[act].step is not None}
        self._from_nowhere = any(act.step is not None and not act.ins for act in self.acts)
        self._known_pairs: dict[Order, Pairs] = {}
        self._known_places: dict[tuple[Order, Order], dict[int, int]] = {}

    def results(self, before: Order, after: Order) -> Order:
        """The members right after: outputs stand where the inputs stood; copies not yet parted.

        What comes from nowhere comes where it crosses least on its way to the level after.
        """
        made: dict[int, Order] = {}
        gone: set[int] = set()
        sources: list[Order] = []
        for act in self.acts:
            if act.step is None:
                continue
            if act.ins:
                made[act.ins[0]] = act.outs
            else:
                sources.append(act.outs)
            gone.update(act.ins)
        blocks = [made.get(member, (member,)) for member in before if member in made or member not in gone]
        sources.sort(key=lambda outs: min(map(after.index, outs), default=0))
        for outs in sources:
            blocks.insert(self._gap(blocks, outs, after), outs)
        return tuple(member for block in blocks for member in block)

    def _gap(self, blocks: list[Order], outs: Order, after: Order) -> int:
        """Between which blocks something crosses least that comes from nowhere; of equal gaps the lowest."""
        first = min(map(after.index, outs), default=0)
        home = {member: number for number, block in enumerate(blocks) for member in block}
        costs = [0] * (len(blocks) + 1)
        for place, member in enumerate(after):
            block = home.get(self._origin.get(member, member))
            if block is not None:
                wires = len(self.plan.members[member].wires)
                for gap in range(block + 1) if place < first else range(block + 1, len(costs)):
                    costs[gap] += wires
        return len(costs) - 1 - costs[::-1].index(min(costs))

    def places(self, before: Order, after: Order) -> dict[int, int]:
        """Where its results stand; only what comes from nowhere looks where it has to go."""
        key = before, after if self._from_nowhere else ()
        if key not in self._known_places:
            self._known_places[key] = _places(self.results(*key))
        return self._known_places[key]

    def pairs(self, after: Order) -> Pairs:
        """What crosses on its way to the level after, and what each crossing costs."""
        if after not in self._known_pairs:
            self._known_pairs[after] = list(self._priced(after))
        return self._known_pairs[after]

    def _priced(self, after: Order) -> Iterator[tuple[int, int, int]]:
        wires = [len(self.plan.members[member].wires) for member in after]
        makers = [self._maker.get(member, ~number) for number, member in enumerate(after)]
        around = [self.around.get(member, ()) for member in after]
        origins = [self._origin.get(member, member) for member in after]
        for upper, lower in combinations(range(len(after)), 2):
            cost = wires[upper] * wires[lower]
            if makers[upper] == makers[lower]:
                cost += FORBIDDEN
            if around[upper] != around[lower]:
                cost += ENCLOSED
            if cost:
                yield origins[upper], origins[lower], cost

    def crossings(self, before: Order, after: Order) -> int:
        """The crossings of wires alone."""
        places = self.places(before, after)
        return sum(
            cost
            for upper, lower, cost in _pairs(after, self.plan)
            if places[self._origin.get(upper, upper)] > places[self._origin.get(lower, lower)]
        )


class _Search:
    """Looks for orders, and remembers of every order what it has found out."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        around = enclosures(plan).members
        self._fences = {
            member: tuple(inside[: depth + 1] for depth in range(len(inside)))
            for member, inside in around.items()
            if inside
        }
        self._columns = [_Column(plan, number, around) for number in range(len(plan.columns))]
        # Results of one operation just before a level: orders in which they keep theirs count too.
        self._together: list[list[Order]] = [
            [act.outs for act in acts if act.step is not None and len(act.outs) > 1]
            for acts in ((), *plan.columns)
        ]
        self._known: dict[Order, Order] = {}

    def run(self, kept: int) -> tuple[int, Levels]:
        """Orders, and what they cost: crossings, and what counts for some."""
        plan = self.plan
        states: list[Ways] = [{plan.last: (0, ())}]
        for column in reversed(range(len(plan.columns))):
            states.append(self._back(column, states[-1], kept))
        states.reverse()
        total, order = min(
            ((cost + self._first(order), order) for order, (cost, _) in states[0].items()),
            key=itemgetter(0),
        )
        before = [order]
        for state in states[:-1]:
            before.append(state[before[-1]][1])
        if total:
            before = self._refined(before, total)
        ways = list(zip(self._columns, before[:-1], before[1:], strict=True))
        first = self._first(before[0])
        counted = first + sum(column.crossings(*levels) for column, *levels in ways)
        cost = first + sum(_cost(column.places(*levels), column.pairs(levels[1])) for column, *levels in ways)
        after = tuple(column.results(*levels) for column, *levels in ways)
        return cost, Levels(tuple(before), after, before[0] != plan.first, counted)

    def _first(self, order: Order) -> int:
        """Crossings of the inputs on their way to the first level."""
        return _cost(_places(self.plan.first), _pairs(order, self.plan))

    def _back(self, number: int, following: Ways, most: int) -> Ways:
        """Cheapest orders before a column, each with its cost and the order that follows it."""
        column, together = self._columns[number], self._together[number]
        found: Ways = {}
        for after, (cost, _) in following.items():
            pairs = column.pairs(after)
            candidates = _candidates(column, after, most)
            candidates += [_kept(order, together) for order in candidates] if together else []
            for before in dict.fromkeys(map(self._gathered, candidates)):
                least = found[before][0] if before in found else None
                if least is not None and cost >= least:
                    continue
                total = cost + _cost(column.places(before, after), pairs)
                if least is None or total < least:
                    found[before] = (total, after)
        if len(found) > most:
            kept = sorted(
                found, key=lambda order: found[order][0] + FORBIDDEN * (_kept(order, together) != order)
            )[:most]
            return {order: found[order] for order in kept}
        return found

    def _refined(self, before: list[Order], total: int) -> list[Order]:
        """The orders of all levels, or better ones in which at each level some neighbours stand elsewhere."""
        for _ in range(ROUNDS):
            best = {order: self._first(order) for order in self._moved(before, 0)}
            came: list[dict[Order, Order]] = []
            for number, column in enumerate(self._columns):
                following: dict[Order, int] = {}
                parents: dict[Order, Order] = {}
                afters = [(after, column.pairs(after)) for after in self._moved(before, number + 1)]
                for order, cost in best.items():
                    for after, pairs in afters:
                        least = following.get(after, total + 1)
                        if cost >= least:
                            continue
                        mine = cost + _cost(column.places(order, after), pairs)
                        if mine < least:
                            following[after], parents[after] = mine, order
                best = following
                came.append(parents)
            if best.get(self.plan.last, total) >= total:
                return before
            total = best[self.plan.last]
            before = [self.plan.last]
            for parents in reversed(came):
                before.append(parents[before[-1]])
            before.reverse()
            if not total:
                break
        return before

    def _moved(self, before: list[Order], level: int) -> list[Order]:
        """An order of a level, and those in which a block, or a run of them, stands elsewhere."""
        order = before[level]
        if level == len(self._columns):
            return [order]
        column, together = self._columns[level], self._together[level]
        blocks = [column.starts.get(member, (member,)) for member in order if member not in column.inner]
        longest = len(blocks) if len(blocks) <= WIDE else 1
        found = {order: None}
        for start, stop in combinations(range(len(blocks) + 1), 2):
            if stop - start > longest:
                continue
            run, rest = blocks[start:stop], [*blocks[:start], *blocks[stop:]]
            for place in range(len(rest) + 1):
                moved = tuple(m for block in (*rest[:place], *run, *rest[place:]) for m in block)
                found[self._gathered(_kept(moved, together))] = None
        return list(found)

    def _gathered(self, order: Order) -> Order:
        """The order with members between the same parentheses together, where the first of them stands."""
        if not self._fences:
            return order
        if order not in self._known:
            place: dict[Order, int] = {}
            keys = {
                member: (*[place.setdefault(fence, number) for fence in self._fences.get(member, ())], number)
                for number, member in enumerate(order)
            }
            self._known[order] = tuple(sorted(order, key=keys.__getitem__))
        return self._known[order]


def _kept(order: Order, together: list[Order]) -> Order:
    """The order with the results of each operation in the order in which they were made."""
    members = list(order)
    for results_of_one in together:
        places = [place for place, member in enumerate(members) if member in results_of_one]
        here = [member for member in results_of_one if member in members]
        for place, member in zip(places, here, strict=True):
            members[place] = member
    return tuple(members)


def _candidates(column: _Column, after: Order, most: int) -> list[Order]:
    """Orders of the level before a column, the natural ones first.

    In a natural order every block - the inputs of an operation, a value that is copied, a member
    that passes - stands where one of its results stands.
    """
    acts, owner = column.acts, column.owner
    if len(after) == 1 and len(acts) <= 1 and (not acts or len(acts[0].outs) == 1):
        return [acts[0].ins if acts else after]
    every = list(range(len(after), -1, -1)) if len(after) <= BLOCKS else [len(after), 0]
    spots = [[place for place, member in enumerate(after) if owner.get(member) == number] or every
             for number in range(len(acts))]  # fmt: skip
    natural: list[tuple[Order, ...]] = []
    for chosen in product(*spots):
        blocks: list[tuple[int, Order]] = [
            (place, (member,)) for place, member in enumerate(after) if member not in owner
        ]
        blocks += [(place, acts[number].ins) for number, place in enumerate(chosen) if acts[number].ins]
        order = tuple(block for _, block in sorted(blocks, key=lambda entry: entry[0]))
        if order not in natural:
            natural.append(order)
        if len(natural) >= most:
            break
    candidates: dict[tuple[Order, ...], None] = dict.fromkeys(natural)
    if len(natural[0]) <= BLOCKS:
        candidates.update(dict.fromkeys(permutations(natural[0])))
    else:
        for order in natural:
            for place in range(len(order) - 1):
                swapped = list(order)
                swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
                candidates[tuple(swapped)] = None
    return [tuple(member for block in order for member in block) for order in candidates]

"""Least weighted movement under difference constraints, exactly, in whole numbers.

Minimise  sum_k pull_k x_k + sum_(i,j) w_ij |x_i - x_j|   subject to  x_j - x_i >= d_ij, x >= 0.

The dual is a minimum-cost flow: an absolute difference is a pair of opposite arcs of capacity w,
a constraint is an arc without capacity that gains d for each unit. The network simplex keeps a
spanning tree of tight arcs, so the potentials (the rows) are whole at every pivot. The tree is
kept strongly feasible (Cunningham 1976), so that degenerate pivots cannot cycle. Compare Gansner
et al. 1993, section 4.2, where it ranks graphs.
"""

from __future__ import annotations

INFINITE: int = 1 << 60


class Contradiction(ValueError):
    """No rows meet all constraints."""


class DifferenceProgram:
    """A program over variables 0, 1, ...; `solve` gives the optimal rows.

    >>> program = DifferenceProgram()
    >>> a, b, c = (program.variable() for _ in range(3))
    >>> program.at_least(a, b, 2)      # b - a >= 2
    >>> program.near(a, c, 5)          # 5 |a - c|
    >>> program.near(b, c, 1)
    >>> program.solve()
    [0, 2, 0]
    """

    def __init__(self) -> None:
        self._pulls: list[int] = []
        self._tails: list[int] = []
        self._heads: list[int] = []
        self._gains: list[int] = []
        self._capacities: list[int] = []

    def variable(self, pull: int = 1) -> int:
        """A new variable, drawn towards row 0 with a positive weight."""
        self._pulls.append(pull)
        return len(self._pulls) - 1

    def __len__(self) -> int:
        return len(self._pulls)

    def at_least(self, low: int, high: int, distance: int) -> None:
        """Ask for x[high] - x[low] >= distance."""
        self._arc(low, high, distance, INFINITE)

    def near(self, first: int, second: int, weight: int) -> None:
        """Charge weight for each row between two variables."""
        if first != second and weight > 0:
            self._arc(first, second, 0, weight)
            self._arc(second, first, 0, weight)

    def fix(self, variable: int, row: int) -> None:
        """Hold a variable at a row."""
        self._arc(-1, variable, row, INFINITE)
        self._arc(variable, -1, -row, INFINITE)

    def _arc(self, tail: int, head: int, gain: int, capacity: int) -> None:
        self._tails.append(tail)
        self._heads.append(head)
        self._gains.append(gain)
        self._capacities.append(capacity)

    def solve(self) -> list[int]:
        """The optimal rows.

        Raises:
            ValueError: no rows satisfy all constraints.
        """
        count = len(self._pulls)
        if not count:
            return []
        root = count
        tails = [root if tail < 0 else tail for tail in self._tails] + [root] * count
        heads = [root if head < 0 else head for head in self._heads] + list(range(count))
        gains = self._gains + [0] * count
        capacities = self._capacities + [INFINITE] * count
        return _Tree(tails, heads, gains, capacities, self._pulls, root).optimise()


class _Tree:
    """The spanning tree of tight arcs; starts as a star around the root."""

    def __init__(
        self,
        tails: list[int],
        heads: list[int],
        gains: list[int],
        capacities: list[int],
        pulls: list[int],
        root: int,
    ) -> None:
        self.tails, self.heads, self.gains, self.capacities = tails, heads, gains, capacities
        self.root = root
        first = len(tails) - root
        self.flows = [0] * first + list(pulls)
        self.parents = [root] * root + [-1]
        self.arcs = [*range(first, first + root), -1]
        self.depths = [1] * root + [0]
        self.children: list[dict[int, None]] = [{} for _ in range(root)]
        self.children.append(dict.fromkeys(range(root)))
        self.potentials = [0] * (root + 1)
        self.cursor = 0

    def optimise(self) -> list[int]:
        while True:
            arc = self._entering()
            if arc < 0:
                return self.potentials[: self.root]
            self._pivot(arc)

    def _entering(self) -> int:
        """The most violated arc of the first block, from the cursor on, that holds one."""
        tails, heads, gains, flows = self.tails, self.heads, self.gains, self.flows
        capacities, potentials = self.capacities, self.potentials
        count = len(tails)
        block = max(40, int(count**0.5))
        best, chosen, at, seen = 0, -1, self.cursor, 0
        while seen < count:
            for _ in range(min(block, count - seen)):
                lack = gains[at] - potentials[heads[at]] + potentials[tails[at]]
                if lack > best:
                    if flows[at] < capacities[at]:
                        best, chosen = lack, at
                elif -lack > best and flows[at] == capacities[at]:
                    best, chosen = -lack, at
                at += 1
                seen += 1
                if at == count:
                    at = 0
            if chosen >= 0:
                break
        self.cursor = at
        return chosen

    def _pivot(self, entering: int) -> None:
        """Push flow round the entering arc's cycle until an arc of the tree blocks."""
        lack = (
            self.gains[entering]
            - self.potentials[self.heads[entering]]
            + self.potentials[self.tails[entering]]
        )
        start, end = self.tails[entering], self.heads[entering]
        if lack < 0:
            start, end = end, start
        left, right = self._cycle(start, end)
        capacity, flow = self.capacities[entering], self.flows[entering]
        # From the apex down the start's side, over the arc, up the end's side: the last blocking
        # arc leaves, which keeps the tree strongly feasible.
        room, leaving, side = INFINITE, entering, 0
        for node in reversed(left):
            free = self._free(node, down=True)
            if free <= room:
                room, leaving, side = free, node, -1
        free = capacity - flow if lack > 0 else flow
        if free <= room:
            room, leaving, side = free, entering, 0
        for node in right:
            free = self._free(node, down=False)
            if free <= room:
                room, leaving, side = free, node, 1
        if room >= INFINITE // 2:
            raise Contradiction("the constraints contradict each other")
        if room:
            self.flows[entering] += room if lack > 0 else -room
            for node in left:
                self._push(node, room, down=True)
            for node in right:
                self._push(node, room, down=False)
        if side != 0:
            inside, outside = (start, end) if side < 0 else (end, start)
            self._regraft(leaving, inside, outside, entering)

    def _cycle(self, start: int, end: int) -> tuple[list[int], list[int]]:
        parents, depths = self.parents, self.depths
        left: list[int] = []
        right: list[int] = []
        while start != end:
            if depths[start] >= depths[end]:
                left.append(start)
                start = parents[start]
            else:
                right.append(end)
                end = parents[end]
        return left, right

    def _free(self, node: int, *, down: bool) -> int:
        """How much more can flow along the node's tree arc, away from the root or towards it."""
        arc = self.arcs[node]
        along = (self.heads[arc] == node) == down
        flow: int = self.flows[arc]
        return self.capacities[arc] - flow if along else flow

    def _push(self, node: int, amount: int, *, down: bool) -> None:
        arc = self.arcs[node]
        self.flows[arc] += amount if (self.heads[arc] == node) == down else -amount

    def _regraft(self, cut: int, inside: int, outside: int, arc: int) -> None:
        """Cut the subtree below `cut` off, and hang it by `inside` under `outside`."""
        parents, arcs, children = self.parents, self.arcs, self.children
        del children[parents[cut]][cut]
        node, parent, link = inside, outside, arc
        while True:
            upper, upper_link = parents[node], arcs[node]
            parents[node], arcs[node] = parent, link
            children[parent][node] = None
            if node == cut:
                break
            del children[upper][node]
            parent, link, node = node, upper_link, upper
        tight = self.gains[arc]
        if self.tails[arc] == outside:
            shift = self.potentials[outside] + tight - self.potentials[inside]
        else:
            shift = self.potentials[outside] - tight - self.potentials[inside]
        stack = [inside]
        depths, potentials = self.depths, self.potentials
        while stack:
            node = stack.pop()
            potentials[node] += shift
            depths[node] = depths[parents[node]] + 1
            stack.extend(children[node])

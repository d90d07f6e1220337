"""Two diagrams side by side: which step of the one is which step of the other.

Steps are matched by what they do, their labels, the names of what they make, and by their place in the
graph: whether what they take and give is matched, too. The order in a spec counts least, so steps
that commute may be written in any order. Blocks and repetitions are aligned inside as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ncd_tikz.diagram.block import BlockCall
from ncd_tikz.diagram.diagram import Diagram, Step
from ncd_tikz.diagram.repeat import Repeat
from ncd_tikz.diagram.wording import fields_of
from ncd_tikz.frozen import frozen

_ROUNDS = 3  # each knows better which neighbours are matched
_OPERATION, _OTHER = 4.0, -2.5
_LABEL, _NAMES, _FIELDS, _TAKEN = 3.0, 2.0, 2.0, 1.0
_BEFORE, _AFTER = 2.0, 1.0  # what a step takes, and what takes its results, is matched
_MOVED = 5.0  # a step that stands elsewhere must be as like as that
_ALIKE = 0.5  # of the steps inside: blocks of different names that are one block renamed


@frozen
class Pair:
    """A step and its counterpart; None where it was added or removed.

    `inside` aligns what is in the block or repetition that both are. `moved`: the two stand in
    another order among their neighbours.
    """

    left: Step | None
    right: Step | None
    inside: Alignment | None = None
    moved: bool = False


@frozen
class Alignment:
    """Two diagrams and their steps in pairs, in the order of the right one.

    `values` are those of the left one with the values of the right one that they are.
    """

    left: Diagram
    right: Diagram
    pairs: tuple[Pair, ...]
    values: Mapping[int, int]

    def walk(self) -> Iterator[Alignment]:
        """This one and all inside, each pair of blocks once."""
        seen: set[tuple[int, int]] = set()
        waiting = [self]
        while waiting:
            each = waiting.pop(0)
            if (id(each.left), id(each.right)) not in seen:
                seen.add((id(each.left), id(each.right)))
                yield each
                waiting.extend(pair.inside for pair in each.pairs if pair.inside)


def align(left: Diagram, right: Diagram) -> Alignment:
    """Match the steps of two diagrams; of equations those of their first sides.

    >>> from ncd_tikz.diagram.load import loads
    >>> text = "ncd: 1\\nname: a\\naxes: {x: 3}\\ninputs: {X: x}\\nsteps: [relu, %s]\\noutputs: X"
    >>> pairs = align(loads(text % "sigmoid"), loads(text % "tanh, square")).pairs
    >>> [[step.operation.name if step else "" for step in (pair.left, pair.right)] for pair in pairs]
    [['relu', 'relu'], ['sigmoid', 'tanh'], ['', 'square']]
    """
    return _align(left, right, {})


def _align(left: Diagram, right: Diagram, known: dict[tuple[int, int], Alignment]) -> Alignment:
    key = (id(left), id(right))
    if key not in known:
        matcher = _Matcher(left, right)
        matched = matcher.matched()
        pairs = []
        for one, other, moved in _merged(matched, len(left.steps), len(right.steps)):
            mine = left.steps[one] if one is not None else None
            theirs = right.steps[other] if other is not None else None
            pairs.append(Pair(mine, theirs, _inside(mine, theirs, known), moved))
        known[key] = Alignment(left, right, tuple(pairs), matcher.values(matched))
    return known[key]


def _inside(
    left: Step | None, right: Step | None, known: dict[tuple[int, int], Alignment]
) -> Alignment | None:
    if left is None or right is None:
        return None
    one, other = left.operation, right.operation
    if isinstance(one, BlockCall) and isinstance(other, BlockCall):
        return _align(one.diagram, other.diagram, known)
    if isinstance(one, Repeat) and isinstance(other, Repeat):
        return _align(one.diagram, other.diagram, known)
    return None


class _Matcher:
    """The steps of two diagrams, and how alike any two of them are."""

    def __init__(self, left: Diagram, right: Diagram) -> None:
        self.left, self.right = left, right
        fields = [[fields_of(step) for step in each.steps] for each in (left, right)]
        self.alike = [
            [self._alike(one, other, fields[0][i], fields[1][j]) for j, other in enumerate(right.steps)]
            for i, one in enumerate(left.steps)
        ]
        self.users = [_users(left), _users(right)]

    def matched(self) -> dict[int, int]:
        """Steps of the left one -> steps of the right one."""
        matched: dict[int, int] = {}
        for number in range(_ROUNDS):
            scores = self._scores(matched if number else None)
            found = _in_order(scores)
            _strays(scores, found)
            _exchanged(scores, found)
            if found == matched:
                break
            matched = found
        return matched

    def values(self, matched: Mapping[int, int]) -> dict[int, int]:
        """Values of the left one -> values of the right one; inputs by name, then by their uses."""
        names = [
            {each.values[number].name: number for number in each.inputs} for each in (self.left, self.right)
        ]
        found = {number: names[1][name] for name, number in names[0].items() if name in names[1]}
        lone = [
            [n for n in self.left.inputs if n not in found],
            [n for n in self.right.inputs if n not in found.values()],
        ]
        votes: Counter[tuple[int, int]] = Counter()
        for one, other in matched.items():
            mine, theirs = self.left.steps[one], self.right.steps[other]
            votes.update(
                pair
                for pair in zip(mine.inputs, theirs.inputs, strict=False)
                if pair[0] in lone[0] and pair[1] in lone[1]
            )
            found.update(zip(mine.outputs, theirs.outputs, strict=False))
        for (one, other), _ in votes.most_common():
            if one not in found and other not in found.values():
                found[one] = other
        return found | self._ends(found)

    def _ends(self, found: Mapping[int, int]) -> dict[int, int]:
        """Outputs that no pair of steps gives: by name, or where one is left over on each side."""
        met = {found[one] for one in self.left.outputs if one in found}
        mine = [one for one in self.left.outputs if found.get(one) not in self.right.outputs]
        theirs = [other for other in self.right.outputs if other not in met]
        if len(mine) == len(theirs) == 1:
            return {mine[0]: theirs[0]}
        named = {self.right.values[other].name: other for other in theirs}
        names = {one: self.left.values[one].name for one in mine}
        return {one: named[name] for one, name in names.items() if name in named}

    def _alike(self, one: Step, other: Step, mine: Mapping[str, str], theirs: Mapping[str, str]) -> float:
        """How alike two steps are by themselves."""
        same = _kinship(one, other)
        score = _OTHER + (_OPERATION - _OTHER) * same
        if same:
            keys = {*mine, *theirs}
            score += _FIELDS * (sum(mine.get(k) == theirs.get(k) for k in keys) / len(keys) if keys else 1.0)
        if one.label and other.label:
            score += _LABEL if one.label == other.label else -_LABEL
        if _named(self.left, one.outputs) == _named(self.right, other.outputs):
            score += _NAMES
        if _named(self.left, one.inputs) == _named(self.right, other.inputs):
            score += _TAKEN
        return score

    def _scores(self, matched: Mapping[int, int] | None) -> list[list[float]]:
        """How alike they are where they stand."""
        if matched is None:
            return self.alike
        values = self.values(matched)
        return [
            [self.alike[i][j] + self._context(i, j, values, matched) for j in range(len(self.right.steps))]
            for i in range(len(self.left.steps))
        ]

    def _context(self, i: int, j: int, values: Mapping[int, int], matched: Mapping[int, int]) -> float:
        one, other = self.left.steps[i], self.right.steps[j]
        score = 0.0
        if one.inputs or other.inputs:
            same = sum(values.get(a) == b for a, b in zip(one.inputs, other.inputs, strict=False))
            score += _BEFORE * same / max(len(one.inputs), len(other.inputs))
        mine = [use for value in one.outputs for use in self.users[0][value]]
        theirs = [use for value in other.outputs for use in self.users[1][value]]
        if not mine and not theirs:
            return score + _AFTER
        common = sum((use == -1 and -1 in theirs) or matched.get(use, -2) in theirs for use in mine)
        return score + _AFTER * common / max(len(mine), len(theirs))


def _kinship(one: Step, other: Step) -> float:
    """1 where two steps do the same kind of thing, 0 where they do another."""
    mine, theirs = one.operation, other.operation
    if (
        isinstance(mine, BlockCall)
        and isinstance(theirs, BlockCall)
        and mine.diagram.name != theirs.diagram.name
    ):
        counts = [Counter(step.operation.name for step in each.diagram.steps) for each in (mine, theirs)]
        common = 2 * (counts[0] & counts[1]).total() / max(1, counts[0].total() + counts[1].total())
        return common if common >= _ALIKE else 0.0
    return float(mine.name == theirs.name)


def _named(diagram: Diagram, values: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(diagram.values[value].name for value in values)


def _users(diagram: Diagram) -> list[list[int]]:
    """For each value the steps that take it; -1 stands for the outputs."""
    users: list[list[int]] = [[] for _ in diagram.values]
    for number, step in enumerate(diagram.steps):
        for value in dict.fromkeys(step.inputs):
            users[value].append(number)
    for value in diagram.outputs:
        users[value].append(-1)
    return users


def _in_order(scores: list[list[float]]) -> dict[int, int]:
    """The best pairs that keep the order of both."""
    rows, columns = len(scores), len(scores[0]) if scores else 0
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + max(scores[i][j], 0.0))
    found, i, j = {}, 0, 0
    while i < rows and j < columns:
        if scores[i][j] > 0 and best[i][j] == best[i + 1][j + 1] + scores[i][j]:
            found[i] = j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _strays(scores: list[list[float]], found: dict[int, int]) -> None:
    """Pair what is left over, the most alike first, wherever it stands."""
    taken = set(found.values())
    pairs = [
        (-score, abs(i - j), i, j)
        for i, row in enumerate(scores)
        if i not in found
        for j, score in enumerate(row)
        if j not in taken and score >= _MOVED
    ]
    for _, _, i, j in sorted(pairs):
        if i not in found and j not in taken:
            found[i] = j
            taken.add(j)


def _exchanged(scores: list[list[float]], found: dict[int, int]) -> None:
    """Exchange partners, or take a lone one, while that makes pairs more alike."""
    columns = len(scores[0]) if scores else 0
    for _ in range(len(scores)):
        better = False
        owner = {j: i for i, j in found.items()}
        for i in found:
            for j in range(columns):
                now = found[i]
                if j == now:
                    continue
                rival = owner.get(j)
                gain = scores[i][j] - scores[i][now]
                gain += scores[rival][now] - scores[rival][j] if rival is not None else 0.0
                if gain > 1e-9 and (rival is None or scores[rival][now] > 0):
                    found[i] = j
                    del owner[now]
                    owner[j] = i
                    if rival is not None:
                        found[rival] = now
                        owner[now] = rival
                    better = True
        if not better:
            return


def _merged(
    matched: Mapping[int, int], rows: int, columns: int
) -> Iterator[tuple[int | None, int | None, bool]]:
    """All steps in the order of the right one; what was removed stands before what followed it."""
    back = {j: i for i, j in matched.items()}
    still = _rising([back[j] for j in sorted(back)])
    told = 0
    for j in range(columns):
        i = back.get(j)
        if i is not None and i in still:
            for lost in range(told, i):
                if lost not in matched:
                    yield lost, None, False
            told = max(told, i)
        yield i, j, i is not None and i not in still
    for lost in range(told, rows):
        if lost not in matched:
            yield lost, None, False


def _rising(numbers: list[int]) -> set[int]:
    """The longest subsequence that only rises: what did not move."""
    longest: list[list[int]] = []
    for number in numbers:
        before: list[int] = []
        for each in longest:
            if each[-1] < number and len(each) > len(before):
                before = each
        longest.append([*before, number])
    best: list[int] = []
    for each in longest:
        best = each if len(each) > len(best) else best
    return set(best)

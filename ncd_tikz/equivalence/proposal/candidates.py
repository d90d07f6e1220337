"""Which tensors of theirs, or parts of them, may be a learned tensor of ours, by their shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from torch import Tensor, nn

from ncd_tikz.axes import Expression
from ncd_tikz.equivalence.evaluate import Learned
from ncd_tikz.equivalence.proposal.families import (
    Family,
    filled,
    their_families,
    together,
    with_letters,
)
from ncd_tikz.equivalence.proposal.likeness import likeness
from ncd_tikz.spec.their_tensors import Range, TheirTensor

_MOST_PARTS = 6  # of a fused tensor
_ALL = Range(None, None)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Families of theirs, or a part of each of their tensors, for families of ours that go together."""

    entries: tuple[tuple[str, TheirTensor], ...]  # ours, with named holes; theirs, with expressions in them
    taken: tuple[tuple[str, str], ...]  # tensors that are used, and which part of them
    score: float


def candidates(ours: Family, entries: Mapping[str, Learned], named: Mapping[str, Tensor]) -> list[Candidate]:
    """The best first; shapes of all members must fit in one way."""
    found: list[Candidate] = []
    members = [entries[name] for name in ours.names]
    buffer = members[0].parameter.buffer
    fitting = [name for name, each in named.items() if isinstance(each, nn.Parameter) is not buffer]
    for theirs in their_families(fitting, ours.holes, len(members)):
        expressions = together(ours, theirs)
        if expressions is None:
            continue
        shapes = [tuple(named[name].shape) for name in theirs.names]
        name = filled(theirs.pattern, expressions)
        alike = likeness(ours.pattern, theirs.pattern)
        if alike < 0:
            continue
        forms = [set(_forms(entry, shape)) for entry, shape in zip(members, shapes, strict=True)]
        common = set.intersection(*forms) if forms else set()
        for form in sorted(common, key=lambda each: each.order):
            tensor = form.of(name)
            taken = tuple((each, form.part) for each in theirs.names)
            found.append(Candidate(((with_letters(ours.pattern), tensor),), taken, alike - form.cost))
    return sorted(found, key=lambda each: -each.score)


def joined(families: Sequence[Sequence[Candidate]]) -> list[Candidate]:
    """Candidates of a part's tensors together: its weight and its bias are in one part of theirs.

    >>> joined([[], []])
    []
    """
    first, *others = families
    found: list[Candidate] = []
    for each in first:
        together = [each]
        for family in others:
            mate = next((one for one in family if _mates(each, one)), None)
            if mate is not None:
                together.append(mate)
        if len(together) == len(families):
            entries = tuple(entry for one in together for entry in one.entries)
            taken = tuple(use for one in together for use in one.taken)
            found.append(Candidate(entries, taken, sum(one.score for one in together)))
    return found


def _mates(one: Candidate, other: Candidate) -> bool:
    (_, mine), (_, its) = one.entries[0], other.entries[0]
    parts = {part.partition(":")[2] for _, part in (*one.taken, *other.taken)}  # of a fused tensor
    return len(parts) == 1 and _stem(mine.name) == _stem(its.name) and mine.name != its.name


def _stem(name: str) -> str:
    """What a weight and a bias of one part share: `a.in_proj` of `a.in_proj_weight`."""
    return re.sub(r"[._]?(weight|bias|running_mean|running_var|num_batches_tracked)$", "", name)


@dataclass(frozen=True, slots=True)
class _Form:
    """How ours stands in a tensor of theirs."""

    cost: float
    part: str  # which part of a fused tensor; empty: all of it
    slices: tuple[Range, ...] = ()
    transposed: bool = False
    axes: tuple[str, ...] | None = None

    @property
    def order(self) -> tuple[float, str]:
        return self.cost, repr(self)

    def of(self, name: str) -> TheirTensor:
        return TheirTensor(name, self.slices, self.transposed, self.axes)


def _forms(entry: Learned, shape: tuple[int, ...]) -> Iterator[_Form]:
    ours = entry.stored
    if shape == ours:
        yield _Form(0.0, "")
        for axes in _other_orders(entry):
            yield _Form(1.5, "", axes=axes)
    if len(shape) == 2 and shape == ours[::-1]:
        yield _Form(0.2 if shape != ours else 1.0, "", transposed=True)
    if shape != ours and tuple(n for n in shape if n > 1) == tuple(n for n in ours if n > 1):
        yield _Form(0.3, "", axes=_with_ones(entry, shape))
    if len(shape) == len(ours):
        yield from _fused(entry, shape, ours, transposed=False)
        if len(shape) == 2:
            yield from _fused(entry, shape, ours[::-1], transposed=True)


def _fused(
    entry: Learned, shape: tuple[int, ...], ours: tuple[int, ...], transposed: bool
) -> Iterator[_Form]:
    """Ours is one of several equal parts along a dimension of theirs."""
    for dimension, (his, mine) in enumerate(zip(shape, ours, strict=True)):
        others = [n for place, n in enumerate(shape) if place != dimension]
        if others != [n for place, n in enumerate(ours) if place != dimension] or his == mine:
            continue
        count, rest = divmod(his, mine)
        if rest or not 1 < count <= _MOST_PARTS:
            continue
        size = _size_of(entry, dimension if not transposed else len(ours) - 1 - dimension)
        for part in range(count):
            piece = Range(_times(part, size), _times(part + 1, size))
            slices = (*(_ALL for _ in range(dimension)), piece)
            yield _Form(0.4 + 0.01 * part, f"{dimension}:{part}/{count}", slices, transposed)


def _size_of(entry: Learned, dimension: int) -> Expression:
    """The extent of a stored dimension, over sizes."""
    counts = entry.parameter.flatten
    start = sum(counts[:dimension])
    axes = entry.parameter.axes[start : start + counts[dimension]]
    return Expression.product(size for axis in axes for size in axis.sizes)


def _times(count: int, size: Expression) -> Expression:
    if count == 0:
        return Expression.number(0)
    return size if count == 1 else Expression.product((Expression.number(count), size))


def _other_orders(entry: Learned) -> Iterator[tuple[str, ...]]:
    """The same shape with the axes of one dimension flattened in another order: `(h k)` for `(k h)`."""
    groups = _groups(entry)
    for place, group in enumerate(groups):
        if 1 < len(group) < 4:
            for other in permutations(group):
                if list(other) != group:
                    changed = [*groups[:place], list(other), *groups[place + 1 :]]
                    yield tuple(_flattened(each) for each in changed)


def _with_ones(entry: Learned, shape: tuple[int, ...]) -> tuple[str, ...]:
    groups = iter([group for group, n in zip(_groups(entry), entry.stored, strict=True) if n > 1])
    words = ["1" if n == 1 else _flattened(next(groups)) for n in shape]
    ones = [axis.name for axis in entry.parameter.axes if _is_one(axis.name, entry)]
    return tuple(words) if not ones else ()


def _is_one(name: str, entry: Learned) -> bool:
    groups = _groups(entry)
    return any(group == [name] and n == 1 for group, n in zip(groups, entry.stored, strict=True))


def _groups(entry: Learned) -> list[list[str]]:
    names = iter(axis.name for axis in entry.parameter.axes)
    return [[next(names) for _ in range(count)] for count in entry.parameter.flatten]


def _flattened(group: list[str]) -> str:
    return group[0] if len(group) == 1 else f"({' '.join(group)})" if group else "1"


def written(tensor: TheirTensor) -> str:
    """As the spec has it."""
    if tensor.axes is not None:
        at = f", at: {list(tensor.at)}" if tensor.at else ""
        return f"{{of: '{tensor.name}', axes: '{' '.join(tensor.axes)}'{at}}}"
    text = tensor.name
    if tensor.slices:
        ends = (
            f"{'' if one.start is None else one.start}:{'' if one.stop is None else one.stop}"
            for one in tensor.slices
        )
        text += f"[{', '.join(ends)}]"
    return text + (".T" if tensor.transposed else "")


def _range_text(one: Range) -> str:
    return ":".join("" if end is None else str(end) for end in (one.start, one.stop))


__all__ = ["Candidate", "candidates", "written"]

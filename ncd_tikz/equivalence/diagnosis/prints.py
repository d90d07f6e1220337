"""Fingerprints of tensors that do not depend on how their entries are laid out, and a factor apart."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

import torch
from torch import Tensor

LARGEST = 2_000_000  # entries of a tensor that is looked at
HIDDEN = 1e8  # what is larger stands for infinity, as masks that are added have it
_FEW = 3  # different entries below which a value says little

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Print:
    """What the entries have in common with any other arrangement of them.

    `marks` are the means of |u|, u, u^3, u^4 and the largest and smallest u, where u is the tensor over
    its root mean square: a factor apart they agree. Repeating all entries changes nothing either.
    """

    entries: int
    hidden: float  # the share of entries that are infinite
    size: float  # root mean square of the others
    marks: tuple[float, float, float, float, float, float]
    telling: bool  # false where too few entries differ to say much
    nan: bool = False
    order: float = 0.0  # the mean of u times fixed numbers, one for each place: another one where they move

    def factor(self, other: Print, tolerance: float) -> float | None:
        """The number that this one is `other` times; None where there is none."""
        if abs(self.hidden - other.hidden) > 1e-9 or not self.size or not other.size:
            return 0.0 if self.size == other.size == 0 and self.hidden == other.hidden else None
        mine, theirs = self.marks, other.marks
        allowed = tolerance * max(1.0, abs(mine[3]) ** 0.5)
        if abs(mine[0] - theirs[0]) > allowed or abs(mine[3] - theirs[3]) > 10 * allowed * max(1.0, mine[3]):
            return None
        odd = (mine[1], mine[2] / max(1.0, mine[3]), mine[4], mine[5])
        same = (theirs[1], theirs[2] / max(1.0, mine[3]), theirs[4], theirs[5])
        negated = (-theirs[1], -theirs[2] / max(1.0, mine[3]), -theirs[5], -theirs[4])
        for sign, wanted in ((1, same), (-1, negated)):
            if all(abs(one - two) <= 10 * allowed for one, two in zip(odd, wanted, strict=True)):
                return sign * self.size / other.size
        return None

    def alike(self, other: Print, tolerance: float) -> bool:
        """Whether the entries even stand in the same order, if `other` is this one times a factor."""
        return self.entries == other.entries and abs(self.order - other.order) <= 10 * tolerance


def print_of(tensor: Tensor) -> Print | None:
    """The fingerprint; None where there is nothing to compare, or too much."""
    count = tensor.numel()
    if not count or count > LARGEST or tensor.is_complex() or tensor.is_meta or tensor.is_sparse:
        return None
    with torch.no_grad():
        flat = tensor.detach().to(torch.float64).reshape(-1)
        bottom, top = (float(each) for each in flat.aminmax())
        hidden, nan = 0.0, False
        if not (bottom > -HIDDEN and top < HIDDEN):
            nan = bool(flat.isnan().any())
            flat = flat[flat.abs() < HIDDEN]
            hidden = 1 - flat.numel() / count
            if not flat.numel():
                return Print(count, hidden, 0.0, (0.0,) * 6, False, nan)
            bottom, top = (float(each) for each in flat.aminmax())
        square = flat * flat
        rows = (flat.abs(), flat, square, square * flat, square * square, flat * _places(flat.numel()))
        size, mean, second, third, fourth, order = torch.stack(rows).mean(1).tolist()
    if second < 1e-60:
        return Print(count, hidden, 0.0, (0.0,) * 6, False, nan)
    rms = second**0.5
    marks = (size / rms, mean / rms, third / rms**3, fourth / second**2, top / rms, bottom / rms)
    binary = top == 1 and abs(second - size) < 1e-15
    telling = flat.numel() > _FEW and top - bottom > 1e-6 * rms and not binary
    return Print(count, hidden, rms, marks, telling, nan, order / rms)


@lru_cache(maxsize=64)
def _places(count: int) -> Tensor:
    return torch.sin(torch.arange(count, dtype=torch.float64) ** 1.5)


@dataclass(slots=True)
class Catalogue(Generic[T]):
    """Fingerprints with what they are of, found by another fingerprint."""

    entries: list[tuple[float, int, Print, T]] = field(default_factory=list)
    sorted: bool = True

    def add(self, print_: Print, what: T) -> None:
        """Note one."""
        self.entries.append((print_.marks[0], len(self.entries), print_, what))
        self.sorted = False

    def find(self, wanted: Print, tolerance: float) -> Iterator[tuple[T, float, bool]]:
        """All that are `wanted` times a factor: what, the factor, and whether as many entries."""
        if not self.sorted:
            self.entries.sort(key=lambda entry: entry[:2])
            self.sorted = True
        reach = tolerance * max(1.0, abs(wanted.marks[3]) ** 0.5)
        place = bisect_left(self.entries, (wanted.marks[0] - reach, -1), key=lambda entry: entry[:2])
        while place < len(self.entries) and self.entries[place][0] <= wanted.marks[0] + reach:
            _, _, found, what = self.entries[place]
            place += 1
            many, few = max(found.entries, wanted.entries), min(found.entries, wanted.entries)
            if many % few:
                continue
            factor = found.factor(wanted, tolerance)
            if factor is not None:
                yield what, factor, many == few

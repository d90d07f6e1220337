"""What of one evaluation is what of the other: steps inside blocks and iterations, learned tensors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ncd_tikz.diagram import Repeat, Step
from ncd_tikz.diagram.alignment import Alignment, Pair
from ncd_tikz.equivalence.evaluate import Learned, Link

Key = tuple[str, tuple[int, ...]]  # a step by its path and outputs; what one entry says may be two steps
Way = tuple[tuple[Key, int], ...]  # steps, and which iteration


class Counterparts:
    """Ways through an alignment, from the right side to the left one."""

    def __init__(self, alignment: Alignment) -> None:
        self.alignment = alignment

    def of(self, links: Sequence[Link]) -> Way | None:
        """The left way that corresponds to a right one; None where a step on it was added."""
        here: Alignment | None = self.alignment
        way: list[tuple[Key, int]] = []
        for link in links:
            pair = _pair(here, link.step)
            if pair is None or pair.left is None:
                return None
            way.append((_key(pair.left), _iteration(link)))
            here = pair.inside
        return tuple(way)

    def pair(self, links: Sequence[Link]) -> tuple[Alignment, Pair] | None:
        """The pair at the end of a right way, and the alignment that it stands in."""
        here: Alignment | None = self.alignment
        for number, link in enumerate(links):
            pair = _pair(here, link.step)
            if here is None or pair is None:
                return None
            if number == len(links) - 1:
                return here, pair
            here = pair.inside
        return None

    def learned(self, mine: Iterable[Learned], theirs: Iterable[Learned]) -> dict[str, str]:
        """Right learned tensors -> left ones: those of steps that correspond, else those of one name."""
        waiting = {(way_of(entry.links), entry.parameter.name): entry.name for entry in mine}
        found: dict[str, str] = {}
        later = []
        for entry in theirs:
            way = self.of(entry.links)
            name = waiting.pop((way, entry.parameter.name), None) if way is not None else None
            if name is None:
                later.append(entry.name)
            else:
                found[entry.name] = name
        left = set(waiting.values())
        return found | {name: name for name in later if name in left}


def way_of(links: Sequence[Link]) -> Way:
    """The way to a step, as a key."""
    return tuple((_key(link.step), _iteration(link)) for link in links)


def _iteration(link: Link) -> int:
    """Which iteration, counted from the first; -1 where nothing is repeated."""
    operation = link.step.operation
    if not isinstance(operation, Repeat) or link.index is None:
        return -1
    return link.part if link.part >= 0 else link.index


def _pair(alignment: Alignment | None, step: Step) -> Pair | None:
    if alignment is None:
        return None
    wanted = _key(step)
    return next((pair for pair in alignment.pairs if pair.right and _key(pair.right) == wanted), None)


def _key(step: Step) -> Key:
    return step.path, step.outputs

"""Names of one diagram and what another one calls the same: axes, and indexes of repetitions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from ncd_tikz.axes import Tensor
from ncd_tikz.diagram.alignment import Alignment
from ncd_tikz.diagram.diagram import Diagram
from ncd_tikz.diagram.repeat import Repeat

_NAME = re.compile(r"[A-Za-z_]\w*")


def renamed_axes(alignment: Alignment) -> dict[str, str]:
    """Declared sizes that only one of the two has, and what the other calls them.

    Found from the tensors of values that are the same, each name at most once; of what is inside blocks
    each alignment tells its own.
    """
    mine, theirs = declared(alignment.left), declared(alignment.right)
    gone = [name for name in mine if name not in theirs]
    new = [name for name in theirs if name not in mine]
    votes: Counter[tuple[str, str]] = Counter()
    for one, other in alignment.values.items():
        pair = alignment.left.values[one].tensor, alignment.right.values[other].tensor
        votes.update(each for each in _met(*pair) if each[0] in gone and each[1] in new)
    for alike in _by_size(alignment, gone, new):
        votes[alike] = max(votes[alike], 1)
    found: dict[str, str] = {}
    for (gone_name, new_name), _ in sorted(votes.items(), key=lambda each: (-each[1], each[0])):
        if gone_name not in found and new_name not in found.values():
            found[gone_name] = new_name
    return found


def renamed_words(alignment: Alignment) -> dict[str, str]:
    """The same with the indexes of repetitions, for what is written in fields."""
    found = renamed_axes(alignment)
    for pair in alignment.pairs:
        if pair.left is None or pair.right is None:
            continue
        one, other = pair.left.operation, pair.right.operation
        if isinstance(one, Repeat) and isinstance(other, Repeat) and one.index != other.index:
            found.setdefault(one.index, other.index)
    return found


def reworded(text: str, words: Mapping[str, str]) -> str:
    """A text in which names are said otherwise.

    >>> reworded("y k h, x k h -> y x' h", {"k": "d", "x": "y", "y": "x"})
    "x d h, y d h -> x y' h"
    """
    return _NAME.sub(lambda found: words.get(found[0], found[0]), text)


def declared(diagram: Diagram) -> tuple[str, ...]:
    """The names of the declared sizes."""
    return tuple(entry.axis.name for entry in diagram.sizes)


def base(name: str) -> str:
    """The declared name in that of an axis: of `x'` and of `x[i-1]` it is `x`.

    >>> base("x'"), base("c[i-1]"), base("28")
    ('x', 'c', '28')
    """
    return name.rstrip("'").partition("[")[0]


def _met(one: Tensor, other: Tensor) -> list[tuple[str, str]]:
    """The names that stand in the same places."""
    if len(one.axes) != len(other.axes):
        return []
    pairs = zip(one.axes, other.axes, strict=True)
    return [(base(a.name), base(b.name)) for a, b in pairs if a.rank == b.rank]


def _by_size(alignment: Alignment, gone: list[str], new: list[str]) -> list[tuple[str, str]]:
    """Those that stand for the same number where no others do: parameters have no wires."""
    sizes: list[dict[str, str]] = []
    for diagram, names in ((alignment.left, gone), (alignment.right, new)):
        entries = {entry.axis.name: entry for entry in diagram.sizes}
        sizes.append({name: str(entries[name].axis.sizes) for name in names})
    found = []
    for name, size in sizes[0].items():
        alike = [other for other, its in sizes[1].items() if its == size]
        if len(alike) == 1 and list(sizes[0].values()).count(size) == 1:
            found.append((name, alike[0]))
    return found

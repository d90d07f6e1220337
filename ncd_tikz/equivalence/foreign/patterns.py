"""`parameters:` spelled out: every learned tensor of ours, and the tensor of theirs that holds it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ncd_tikz.axes import Expression, ExpressionError
from ncd_tikz.equivalence.foreign.errors import Theirs
from ncd_tikz.spec.mistakes import did_you_mean
from ncd_tikz.spec.nodes import CheckNode
from ncd_tikz.spec.their_tensors import TheirTensor

_HOLE = re.compile(r"\{([^{}]*)\}")
_INDEX = re.compile(r"\[(\d+|\{[^{}]*\})\]")


@dataclass(frozen=True, slots=True)
class Spelled:
    """A learned tensor of ours, what holds it, and the entry that says so."""

    ours: str
    theirs: TheirTensor  # its name without holes
    entry: str


def spell_out(
    mapping: Mapping[str, TheirTensor], ours: Sequence[str], sizes: Mapping[str, int]
) -> dict[str, Spelled]:
    """What is said of each of our learned tensors; those of which nothing is said are left out.

    An entry that names a tensor goes before one with holes, and that before one that names a part.

    >>> told = {"layers.{i}.W": TheirTensor("block[{i+1}].linear")}
    >>> spell_out(told, ["layers.0.W.weight"], {})["layers.0.W.weight"].theirs.name
    'block.1.linear.weight'

    Raises:
        Theirs: an entry speaks of nothing, or its expression does not come out.
    """
    found: dict[str, Spelled] = {}
    strength: dict[str, tuple[int, int]] = {}
    for entry, theirs in mapping.items():
        matches = list(_matches(entry, theirs, ours))
        if not matches:
            remedy = did_you_mean(entry, ours)
            known = ", ".join(ours[:12]) + (", ..." if len(ours) > 12 else "") or "none"
            words = f"'parameters' names {entry!r}, which the spec has not; it has: {known}"
            raise Theirs(words, "not-compared", remedy or "write our names on the left", entry)
        for name, rest, numbers in matches:
            rank = (0 if rest else 1 if numbers else 2, len(entry))
            if rank > strength.get(name, (-1, 0)):
                strength[name] = rank
                written = _filled(theirs.name, numbers, sizes, entry) + rest
                held = TheirTensor(written, theirs.slices, theirs.transposed, theirs.axes, theirs.at)
                found[name] = Spelled(name, held, entry)
    return found


def _matches(
    entry: str, theirs: TheirTensor, ours: Iterable[str]
) -> Iterable[tuple[str, str, dict[str, str]]]:
    """Our names that an entry speaks of: what stands below the part, and the numbers in its holes."""
    pattern = _pattern(entry)
    for name in ours:
        match = pattern.match(name)
        if match is None:
            continue
        rest = name[match.end() :]
        if not rest or (rest[0] == "." and theirs.is_whole):
            yield name, rest, {key: value for key, value in match.groupdict().items() if value is not None}


def _pattern(entry: str) -> re.Pattern[str]:
    text, written, place, stars = dotted(entry), "", 0, 0
    met: set[str] = set()
    for hole in re.finditer(r"\{([^{}]*)\}|\*", text):
        written += re.escape(text[place : hole.start()])
        name = f"star_{stars}" if hole[0] == "*" else hole[1].strip()
        stars += hole[0] == "*"
        if not name.isidentifier():
            raise Theirs(
                f"'parameters' has the hole {hole[0]!r} in {entry!r}", "not-compared", "a name such as {i}"
            )
        written += f"(?P={name})" if name in met else rf"(?P<{name}>\d+)"
        met.add(name)
        place = hole.end()
    return re.compile(written + re.escape(text[place:]) + r"(?![^.])")


def _filled(name: str, numbers: Mapping[str, str], sizes: Mapping[str, int], entry: str) -> str:
    """Their name, its expressions evaluated; stars in the order in which they stand."""
    known = {**sizes, **{key: int(value) for key, value in numbers.items()}}
    stars = iter(sorted(key for key in numbers if key.startswith("star_")))

    def value(hole: re.Match[str]) -> str:
        if hole[0] == "*":
            key = next(stars, "")
            if not key:
                raise Theirs(f"{name!r} has more stars than {entry!r}", "not-compared")
            return numbers[key]
        try:
            return str(Expression.parse(hole[1]).evaluate(known))
        except ExpressionError as error:
            raise Theirs(f"'parameters', {entry!r}: {hole[0]}: {error}", "not-compared") from None

    return re.sub(r"\{([^{}]*)\}|\*", value, dotted(name))


def dotted(name: str) -> str:
    """`blocks[0].W` as `blocks.0.W`."""
    return _INDEX.sub(r".\1", name)


def tied_names(node: CheckNode) -> tuple[tuple[str, ...], ...]:
    """The groups under `tied`, as the generated module has the names."""
    return tuple(tuple(map(dotted, names)) for names in node.tied)

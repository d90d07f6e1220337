"""Collecting every mistake of a file, each with its place and what could help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ncd_tikz.errors import Mistake, Position

MOST = 500  # mistakes told of one file
_NEAR = 300  # names compared for a suggestion


class TooMany(Exception):
    """So many mistakes that telling more helps nobody."""


class Told:
    """The mistakes of one file so far."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.mistakes: list[Mistake] = []
        self.misread: set[tuple[int, int]] = set()  # scalars that YAML itself leaves without a meaning

    def beside(self, file: str) -> Told:
        """The same mistakes, told of another file."""
        other = Told(file)
        other.mistakes = self.mistakes
        return other

    @property
    def paths(self) -> list[str]:
        """The paths of the mistakes in this file."""
        return [mistake.path for mistake in self.mistakes if mistake.position.file == self.file]

    def position(self, place: tuple[int, int]) -> Position:
        """The position of a (line, column) in this file."""
        return Position(self.file, *place)

    def tell(self, place: tuple[int, int], path: str, fact: str, *, known: str = "", hint: str = "") -> None:
        """Note a mistake; what is misread already is told once."""
        if path and place in self.misread:
            return
        self.mistakes.append(Mistake(self.position(place), path, fact, known, hint))
        if len(self.mistakes) >= MOST:
            raise TooMany


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """A suggestion, or nothing where no name is close.

    >>> did_you_mean("linaer", ["linear", "einsum"]), did_you_mean("zebra", ["linear"])
    ("did you mean 'linear'?", '')
    """
    from difflib import get_close_matches  # only on the way to an error: it would slow every start

    candidates = [name for name in names if abs(len(name) - len(word)) <= 4][-_NEAR:]
    lower = {name.lower(): name for name in candidates}
    close = get_close_matches(word[:60].lower(), list(lower), 1, 0.6)
    return f"did you mean {lower[close[0]]!r}?" if close else ""


def known_names(what: str, names: Sequence[str]) -> str:
    """What is known where a name is not: `values q, k`, or `no values`."""
    return f"{what} {listed(names)}" if names else f"no {what}"


def listed(names: Sequence[str], most: int = 12) -> str:
    """Names for a message, the last ones where there are many.

    >>> listed(["q", "k"]), listed([]), listed(list("abcdef"), most=2)
    ('q, k', 'nothing', '..., e, f (6 in all)')
    """
    if not names:
        return "nothing"
    if len(names) <= most:
        return ", ".join(names)
    return "..., " + ", ".join(names[-most:]) + f" ({len(names)} in all)"

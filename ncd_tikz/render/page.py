"""What a fragment's head must hold: the colours and the styles of the roles that its body uses."""

from __future__ import annotations

from collections.abc import Iterator

from ncd_tikz.render.palettes import NAMES, PALETTES
from ncd_tikz.scene import Card, Point

LINE_LENGTH = 100

# One style per role; only the roles that a figure has are written into it, in this order.
_STYLES = {
    "wire": "ncd line",
    "double": "ncd line",
    "outline": "ncd line",
    "tuple": "ncd line, line width=2.2*\\ncdline, dash pattern=on 0.45em off 0.3em",
    "bold": "ncd line, line width=5*\\ncdline",
    "dotted": "ncd line, line cap=round, line width=1.6*\\ncdline, dash pattern=on 0pt off 0.25em",
    "rim": "ncd line, draw=black!75, line width=0.28em+\\ncdline",
    "pale": "ncd line, draw=ncd-halo, line width=0.28em-\\ncdline",
    "ink": "draw=none, fill=black, sharp corners",
    "blur": "draw=#1, line width=#2, line join=round",
    "shadow true": "preaction={ncd blur=ncd-#1!97!black at 0.44em}, "
    "preaction={ncd blur=ncd-#1!93!black at 0.32em}, "
    "preaction={ncd blur=ncd-#1!87!black at 0.2em}, "
    "preaction={ncd blur=ncd-#1!79!black at 0.09em}",
    "shadow false": "",
    "card": "draw=none, fill=ncd-#1, sharp corners",
    "raised": "ncd card=#1, ncd shadow \\pgfkeysvalueof{/ncd/shadow}=#2",
    "text": "shape=rectangle, draw=none, fill=none, text=black, text opacity={}, inner sep=0pt, "
    "outer sep=0pt, minimum size=0pt, text width={}, align=none, rotate=0, anchor=base, node font={}",
    "math": "ncd text, font={}",
    "sans": "ncd text, font=\\sffamily",
    "serif": "ncd text, font=\\rmfamily",
    "bold text": "ncd text, font=\\rmfamily\\bfseries",
}  # fmt: skip
_ARGUMENTS = {"blur": "#1 at #2", "raised": "#1 on #2"}
_NEEDED_BY = {
    "raised": ("card", "blur", "shadow true", "shadow false"),
    "math": ("text",), "sans": ("text",), "serif": ("text",), "bold text": ("text",),
}  # fmt: skip


class Page:
    """The colours and roles that a figure has used so far."""

    def __init__(self) -> None:
        self._colors: set[str] = set()
        self._roles: set[str] = set()
        self._cards: list[tuple[float, float, float, float, str]] = []

    def role(self, name: str) -> str:
        """The style of a role."""
        self._roles.update((name, *_NEEDED_BY.get(name, ())))
        return f"ncd {name}"

    def color(self, name: str) -> str:
        """The fragment's name of a colour."""
        self._colors.add(name)
        return f"ncd-{name}"

    def backdrop(self, card: Card) -> str:
        """The colour of the uppermost card under the middle of this one; shadows darken it.

        Shadows are opaque: where dvips and ps2pdf lose opacity, they would turn black.
        """
        x, y = _middle(card)
        below = "white"
        for left, top, right, bottom, fill in self._cards:
            if left <= x <= right and top <= y <= bottom:
                below = fill
        self._cards.append((*_bounds(card), card.fill))
        return below

    def palettes(self) -> Iterator[str]:
        """One line per palette, its used colours in the scene's order."""
        names = [name for name in NAMES if name in self._colors]
        for palette, values in PALETTES.items():
            yield f"  ncd palette {palette}/.code={{%"
            pieces = [f"\\definecolor{{ncd-{name}}}{{HTML}}{{{values[name]}}}%" for name in names]
            yield from (f"    {piece}" for piece in pieces)
            yield "  },"

    def styles(self) -> Iterator[str]:
        """One line per used role."""
        for role, options in _STYLES.items():
            if role in self._roles:
                arguments = _ARGUMENTS.get(role)
                handler = f"style args={{{arguments}}}" if arguments else "style="
                first, *rest = f"{options}}},".replace(", ", ",\n").split("\n")
                yield from folded([f"ncd {role}/.{handler}{{{first}", *rest])


def _bounds(card: Card) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in card.corners], [y for _, y in card.corners]
    return min(xs), min(ys), max(xs), max(ys)


def _middle(card: Card) -> Point:
    left, top, right, bottom = _bounds(card)
    return (left + right) / 2, (top + bottom) / 2


def statement(pieces: list[str]) -> Iterator[str]:
    """A statement as lines of bounded length, with its semicolon."""
    if pieces:
        yield from folded([*pieces[:-1], f"{pieces[-1]};"])


def folded(pieces: list[str]) -> Iterator[str]:
    """Pieces joined by spaces, on lines of bounded length, indented."""
    line = f"  {pieces[0]}"
    for piece in pieces[1:]:
        if len(line) + len(piece) + 2 > LINE_LENGTH:
            yield line
            line = f"    {piece}"
        else:
            line += f" {piece}"
    yield line

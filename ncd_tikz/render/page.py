"""What a fragment's head must hold: the colours and the styles of the roles that its body uses."""

from __future__ import annotations

from collections.abc import Iterator

from ncd_tikz.render.palettes import NAMES, PALETTES
from ncd_tikz.scene import TextFont
from ncd_tikz.text import measure

LINE_LENGTH = 100

# One style per role; only the roles that a figure has are written into it, in this order.
_STYLES = {
    "wire": "ncd line",
    "double": "ncd line",
    "outline": "ncd line",
    "tuple": "ncd line, line width=2.2*\\ncdline, dash pattern=on 0.45em off 0.3em",
    "bold": "ncd line, line width=2.4*\\ncdline",
    "dotted": "ncd line, line cap=round, line width=1.6*\\ncdline, dash pattern=on 0pt off 0.25em",
    "rim": "ncd line, draw=black!75, line width=0.28em+\\ncdline",
    "pale": "ncd line, draw=ncd-halo, line width=0.28em-\\ncdline",
    "ink": "draw=none, fill=black, sharp corners",
    "blur": "draw=black, draw opacity=#1, line width=#2, line join=round",
    "shadow true": "preaction={ncd blur=0.04 at 0.44em}, preaction={ncd blur=0.05 at 0.32em}, "
    "preaction={ncd blur=0.08 at 0.2em}, preaction={ncd blur=0.1 at 0.09em}",
    "shadow false": "",
    "card": "draw=none, fill=ncd-#1, sharp corners",
    "raised": "ncd card=#1, ncd shadow \\pgfkeysvalueof{/ncd/shadow}",
    "text": "shape=rectangle, draw=none, fill=none, text=black, text opacity={}, inner sep=0pt, "
    "outer sep=0pt, minimum size=0pt, text width={}, align=none, rotate=0, anchor=base, node font={}",
    "math": "ncd text, font={}",
    "sans": "ncd text, font=\\sffamily",
    "serif": "ncd text, font=\\rmfamily",
    "bold text": "ncd text, font=\\rmfamily\\bfseries",
}  # fmt: skip
# What tells how wide a role's letters are in the document, and the switch to its font.
_SAMPLES: dict[str, tuple[TextFont, str, str]] = {
    "math": ("math", "", "QKVLkhmx"),
    "sans": ("sans", "\\sffamily ", "Learned layers generate attention"),
    "serif": ("serif", "\\rmfamily ", "Learned layers generate attention"),
    "bold text": ("bold", "\\rmfamily\\bfseries ", "Learned layers generate attention"),
}
# A figure grows with wider letters only where they would take more than this of their room.
_SLACK = 1.01
_ARGUMENTS = {"blur": "#1 at #2"}
_NEEDED_BY = {
    "raised": ("card", "blur", "shadow true", "shadow false"),
    "math": ("text",), "sans": ("text",), "serif": ("text",), "bold text": ("text",),
}  # fmt: skip


class Page:
    """The colours and roles that a figure has used so far."""

    def __init__(self) -> None:
        self._colors: set[str] = set()
        self._roles: set[str] = set()

    def role(self, name: str) -> str:
        """The style of a role."""
        self._roles.update((name, *_NEEDED_BY.get(name, ())))
        return f"ncd {name}"

    def color(self, name: str) -> str:
        """The fragment's name of a colour."""
        self._colors.add(name)
        return f"ncd-{name}"

    def palettes(self) -> Iterator[str]:
        """One line per palette, its used colours in the scene's order."""
        names = [name for name in NAMES if name in self._colors]
        for palette, values in PALETTES.items():
            yield f"  ncd palette {palette}/.code={{%"
            pieces = [f"\\definecolor{{ncd-{name}}}{{HTML}}{{{values[name]}}}%" for name in names]
            yield from (f"    {piece}" for piece in pieces)
            yield "  },"

    def samples(self) -> Iterator[str]:
        """One line per font that is used: its sample, and the room that the layout gave it."""
        for role, (font, switch, words) in _SAMPLES.items():
            if role in self._roles:
                room = round(1000 * measure(words, font).width * _SLACK)
                yield f"\\ncdfit{{{room}}}{{{switch}{f'${words}$' if font == 'math' else words}}}%"

    def styles(self) -> Iterator[str]:
        """One line per used role."""
        for role, options in _STYLES.items():
            if role in self._roles:
                arguments = _ARGUMENTS.get(role)
                handler = f"style args={{{arguments}}}" if arguments else "style="
                first, *rest = f"{options}}},".replace(", ", ",\n").split("\n")
                yield from folded([f"ncd {role}/.{handler}{{{first}", *rest])


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

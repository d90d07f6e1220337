"""A learned map: a bold letter on a pale card."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.strokes import card
from ncd_tikz.scene import Text
from ncd_tikz.text import measure

LETTER = 1.55  # size of the letter, relative to the document's font
NAME = 0.85  # size of the name above
SUB = 0.75  # and of the subscript
REACH = 0.46
PADDING = 0.2


@frozen
class LearnedCard:
    """Bold letter, its name above to the right, its subscript (`+` for a bias) below."""

    letter: str = r"\mathbf{L}"
    name: str = ""
    sub: str = ""

    def _widths(self) -> tuple[float, float]:
        scripts = max(
            (measure(script, "math", size).width for script, size in self._scripts() if script),
            default=0.0,
        )
        return measure(self.letter, "math", LETTER).width, scripts

    def _scripts(self) -> tuple[tuple[str, float], tuple[str, float]]:
        return (self.name, NAME), (self.sub, SUB)

    def needs(self) -> Needs:
        """As wide as its letter and its scripts."""
        letter, scripts = self._widths()
        return Needs(letter + scripts + 2 * PADDING + (0.05 if scripts else 0.0), reach=REACH)

    def draw(self, site: Site) -> Drawn:
        """The card spans its own wires; they end at its sides."""
        top, bottom = site.extent()
        middle = (top + bottom) / 2
        letter, scripts = self._widths()
        extent = measure(self.letter, "math", LETTER)
        gap = 0.05 if scripts else 0.0
        width = letter + gap + scripts
        left, right = site.middle - width / 2 - PADDING, site.middle + width / 2 + PADDING
        baseline = middle + extent.height / 2 - (0.08 if self.sub else 0.0)
        x = left + PADDING
        ink = [
            Text(
                (x, baseline),
                self.letter,
                "left",
                "math",
                LETTER,
                "glyph",
                letter,
                extent.height,
                extent.depth,
            )
        ]
        for (script, size), y in zip(self._scripts(), (middle - 0.04, middle + 0.41), strict=True):
            if script:
                box = measure(script, "math", size)
                at = (x + letter + gap, y)
                ink.append(Text(at, script, "left", "math", size, "glyph", box.width, box.height, box.depth))
        return Drawn(
            behind=(card(left, top - REACH, right, bottom + REACH, "grey"),),
            front=tuple(ink),
            ends={slot: (left, row) for slot, row in site.taken.items()},
            starts={slot: (right, row) for slot, row in site.made.items()},
        )

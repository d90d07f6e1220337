"""LaTeX text as SVG outlines, set by ziamath: no font and no TeX is needed to see it.

ziamath sets mathematics in STIX Two, and text in the same font's upright and sans serif letters.
Its letters are not as wide as the document's, so a group is shrunk where it would leave the room
that the layout measured for it, and is never stretched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ncd_tikz.render.plain import plain
from ncd_tikz.scene import Text, number
from ncd_tikz.text.spelling import spelled

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_DOLLAR = re.compile(r"(?<!\\)\$")
_VARIANTS = {"sans": "sans", "serif": "serif", "bold": "bold"}
# Ink that leaves its room by less than this is left alone: side bearings differ between fonts.
_TOLERANCE = 1.04


def quoted(text: str) -> str:
    """Text as it may stand in XML, between tags or in double quotes.

    >>> quoted('a < "b" & c')
    'a &lt; &quot;b&quot; &amp; c'
    """
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, entity)
    return text


@dataclass(frozen=True, slots=True)
class Setting:
    """Outlines with their origin at the left end of the baseline; extents in pixels."""

    outlines: str
    left: float
    width: float


class Typesetter:
    """Sets the texts of one picture at `pixels` per em.

    All texts in one font and size share one scale, so that the lines of a note look alike; a formula has
    its own.
    """

    def __init__(self, texts: Iterable[Text], pixels: float, unit: float) -> None:
        self._unit = unit
        self._settings: dict[tuple[str, str, float], Setting] = {}
        self._scales: dict[tuple[str, float], float] = {}
        with _ziamath():
            for text in texts:
                key = (text.text, text.font, text.size)
                if key not in self._settings:
                    self._settings[key] = _set(text.text, text.font, pixels * text.size)
                if text.font != "math":
                    fit = self._fit(text)
                    style = (text.font, text.size)
                    self._scales[style] = min(fit, self._scales.get(style, 1.0))

    def _fit(self, text: Text) -> float:
        setting = self._settings[text.text, text.font, text.size]
        room = text.width * self._unit
        if room <= 0 or setting.width <= room * _TOLERANCE:
            return 1.0
        return room / setting.width

    def svg(self, text: Text) -> str:
        """A `<g>` at the text's place, its source as label."""
        setting = self._settings[text.text, text.font, text.size]
        scale = self._fit(text) if text.font == "math" else self._scales[text.font, text.size]
        shift = {
            "left": 0.0 if text.font != "math" else min(0.0, setting.left),
            "middle": setting.left + setting.width / 2,
            "right": setting.left + setting.width,
        }[text.align]
        x, y = text.at[0] * self._unit - shift * scale, text.at[1] * self._unit
        place = f"translate({number(x)} {number(y)})"
        if scale != 1.0:
            place += f" scale({number(scale)})"
        return f'<g aria-label="{quoted(plain(text.text))}" transform="{place}">{setting.outlines}</g>'


@contextmanager
def _ziamath() -> Iterator[None]:
    """ziamath as it is fresh from import, whatever the program has set; put back afterwards."""
    from ziafont.config import config as fonts
    from ziamath.config import MathStyle, TextStyle, config

    before = (fonts.svg2, fonts.precision, fonts.debug, config.math, config.text)
    fonts.svg2, fonts.precision, fonts.debug = False, 2, False
    config.math, config.text = MathStyle(), TextStyle()
    try:
        yield
    finally:
        fonts.svg2, fonts.precision, fonts.debug, config.math, config.text = before


@lru_cache(maxsize=1024, typed=True)  # the figures of a paper share their labels, which take long to set
def _set(text: str, font: str, pixels: float) -> Setting:
    from ziamath.zmath import Latex
    from ziamath.zmath import Text as Words

    words = " ".join(text.split())
    if not plain(words).strip():
        return Setting("", 0.0, 0.0)  # such as an empty group: nothing to set
    try:
        if font == "math":
            picture = Latex(words, size=pixels, inline=True, margin=0).svgxml()
        else:
            picture = Words(_unescaped(words), textfont=_VARIANTS[font], size=pixels).svgxml()
    except Exception:
        # A formula that ziamath cannot read is shown as its words, not dropped.
        picture = Words(plain(words), textfont="serif", size=pixels).svgxml()
    left, _, width, _ = (float(word) for word in picture.attrib["viewBox"].split())
    return Setting("".join(_outlines(picture)), left, width)


def _unescaped(words: str) -> str:
    """Text without TeX's control sequences; mathematics is left as it is."""
    parts = _DOLLAR.split(words)
    return "$".join(part if index % 2 else spelled(part) for index, part in enumerate(parts))


def _outlines(element: Element) -> Iterator[str]:
    """The paths and rules below an element, flattened: ziamath draws nothing else."""
    for child in element:
        if child.tag == "g":
            yield from _outlines(child)
        else:
            kept = {name: value for name, value in child.attrib.items() if name not in ("fill", "stroke")}
            written = [f'{name}="{quoted(_compact(value))}"' for name, value in kept.items()]
            yield f"<{child.tag} {' '.join(written)}/>"


def _compact(value: str) -> str:
    """A path's data without the spaces that it does not need."""
    for letter in "MLQCZ":
        value = value.replace(f" {letter} ", letter).replace(f"{letter} ", letter)
    return value.strip()

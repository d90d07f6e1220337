"""How much room a label takes, in grid units, without TeX and without fonts."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from ncd_tikz.scene import EM_PER_UNIT, TextFont
from ncd_tikz.text.reader import read_formula
from ncd_tikz.text.setter import Setter
from ncd_tikz.text.styles import Box
from ncd_tikz.text.words import set_words

_EM = 10.0  # pt; what is measured is the document's font of 10 pt
_UNIT = EM_PER_UNIT * _EM
_LONGEST = 2000  # characters; more than that is no label and counts 1 em each


class Extent(NamedTuple):
    """The room a text takes: from its left end to its right end, above and below the baseline."""

    width: float
    height: float
    depth: float


@lru_cache(maxsize=4096)
def measure(text: str, font: TextFont = "math", size: float = 1.0) -> Extent:
    r"""The size of a text on one line, as TeX sets it in Computer Modern.

    Args:
        text: LaTeX. In "math" all of it is a formula; in the other fonts formulas stand between dollars.
            What cannot be understood counts as more room than it is likely to take.
        font: the font it starts in.
        size: how many times it is enlarged.

    Returns:
        Width, height and depth in grid units, never negative.

    >>> measure(r"\bar{x}")
    Extent(width=0.4233, height=0.4206, depth=0.0)
    >>> measure(r"Softmax over $\bar{x}$", "sans", 0.8)
    Extent(width=3.8185, height=0.4115, depth=0.0)

    Source: The TeXbook, appendix G; TeX: The Program, parts 34 to 36.
    """
    box = _set(text, font)
    scale = size / _UNIT
    return Extent(*(round(max(0.0, length * scale), 4) for length in box[:3]))


@lru_cache(maxsize=4096)
def _set(text: str, font: TextFont) -> Box:
    if len(text) > _LONGEST:
        return Box(len(text) * _EM, _EM, _EM)
    if font == "math":
        return Setter(_EM, set_words).formula(read_formula(text), 2)
    return set_words(text, font, _EM)

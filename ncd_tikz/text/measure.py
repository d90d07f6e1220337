"""How much room a label takes, in grid units, without TeX and without fonts."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from ncd_tikz.scene import EM_PER_UNIT, TextFont
from ncd_tikz.text.reader import read_formula
from ncd_tikz.text.setting import Setter
from ncd_tikz.text.words import set_words

_EM = 10.0  # pt of the font in which formulas are set before they are scaled
_UNIT = EM_PER_UNIT * _EM


class Extent(NamedTuple):
    """The room a text takes: from its left end to its right end, above and below the baseline."""

    width: float
    height: float
    depth: float


@lru_cache(maxsize=8192)
def measure(text: str, font: TextFont = "math", size: float = 1.0) -> Extent:
    r"""The size of a text on one line, as TeX sets it in Computer Modern, in grid units.

    `size` is relative to the document's font size. In "math" the whole text is a formula; in the
    other fonts it may hold formulas between dollars.

    >>> measure(r"\bar{x}")
    Extent(width=0.4234, height=0.4206, depth=0.0)
    >>> measure("Linear", "sans", 0.8).width < measure("Linear", "sans").width
    True

    Source: The TeXbook, appendix G.
    """
    points = size * _EM
    if font == "math":
        box = Setter(points, set_words).list(read_formula(text), 2)
    else:
        box = set_words(text, font, points)
    return Extent(
        round(max(0.0, box.width) / _UNIT, 4), round(box.height / _UNIT, 4), round(box.depth / _UNIT, 4)
    )

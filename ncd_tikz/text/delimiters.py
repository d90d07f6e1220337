"""Delimiters that grow (TeX: The Program, section 706)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ncd_tikz.text.faces import Face, extensible_pieces, face, larger_characters
from ncd_tikz.text.symbols import DELIMITERS

if TYPE_CHECKING:
    from ncd_tikz.text.setting import Box, Setter

_NULL_WIDTH = 1.2


def stretched(setter: Setter, name: str, style: int, needed: float) -> Box:
    """The smallest form of the delimiter that is `needed` pt high in all, or the largest there is."""
    from ncd_tikz.text.setting import Box

    if name in ("", ".") or name not in DELIMITERS:
        return Box(_NULL_WIDTH if name in ("", ".") else setter.size(style), 0.0, 0.0)
    family, small, large = DELIMITERS[name]
    best = Box(0.0, 0.0, 0.0)
    own = setter.size(style)
    sizes = [own, *(size for size in reversed(setter.sizes) if size > own)]
    for font, start in [(face(family, size), small) for size in sizes] + [
        (face("cmex", size), large) for size in sizes
    ]:
        box = _grown(font, start, needed)
        if box.height + box.depth > best.height + best.depth:
            best = box
        if best.height + best.depth >= needed:
            break
    return best


def _grown(font: Face, code: int, needed: float) -> Box:
    from ncd_tikz.text.setting import Box

    best = Box(0.0, 0.0, 0.0)
    larger, pieces = larger_characters(font.family), extensible_pieces(font.family)
    while (metric := font.metric(code)) is not None:
        if code in pieces:
            return _extended(font, pieces[code], needed)
        if metric.height + metric.depth > best.height + best.depth:
            best = Box(metric.width + metric.italic, metric.height, metric.depth)
        if metric.height + metric.depth >= needed or code not in larger:
            break
        code = larger[code]
    return best


def _extended(font: Face, pieces: tuple[int, ...], needed: float) -> Box:
    from ncd_tikz.text.setting import Box

    top, middle, bottom, repeated = pieces

    def height(code: int) -> float:
        metric = font.metric(code) if code else None
        return metric.height + metric.depth if metric else 0.0

    unit = height(repeated)
    total = height(top) + height(middle) + height(bottom)
    if unit > 0:
        step = unit * (2 if middle else 1)
        total += step * max(0, -(-(needed - total) // step))
    metric = font.metric(repeated)
    rule = font.metric(top or repeated)
    width = metric.width + metric.italic if metric else 0.0
    first = rule.height if rule else 0.0
    return Box(width, first, total - first)

"""Delimiters that grow (TeX: The Program, section 706)."""

from __future__ import annotations

from ncd_tikz.text.faces import Face, extensible_pieces, face, larger_characters
from ncd_tikz.text.styles import EMPTY, NULL_DELIMITER, Box, Setting
from ncd_tikz.text.symbols import DELIMITERS


def delimiter(setting: Setting, name: str, style: int, needed: float) -> Box:
    """The smallest form of the delimiter that is `needed` pt high in all, or the largest; not yet centred."""
    if name in ("", "."):
        return Box(NULL_DELIMITER, 0.0, 0.0)
    if name not in DELIMITERS:
        return Box(setting.size(style), 0.0, 0.0)
    family, small, large = DELIMITERS[name]
    sizes = [size for size in reversed(setting.sizes) if size >= setting.size(style)]
    best = EMPTY
    for font, code in [(face(family, s), small) for s in sizes] + [(face("cmex", s), large) for s in sizes]:
        box = _grown(font, code, needed)
        if box.height + box.depth > best.height + best.depth:
            best = box
        if best.height + best.depth >= needed:
            break
    return best


def around(setting: Setting, name: str, style: int, needed: float) -> Box:
    """The same, centred on the axis."""
    return setting.centred(delimiter(setting, name, style, needed), style)


def _grown(font: Face, code: int, needed: float) -> Box:
    best = EMPTY
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
    top, middle, bottom, repeated = (font.metric(code) if code else None for code in pieces)
    heights = [piece.height + piece.depth if piece else 0.0 for piece in (top, middle, bottom, repeated)]
    total, step = sum(heights[:3]), heights[3] * (2 if middle else 1)
    if step > 0:
        total += step * max(0.0, -(-(needed - total) // step))
    width = repeated.width + repeated.italic if repeated else 0.0
    highest = top or repeated
    return Box(width, highest.height if highest else 0.0, total - (highest.height if highest else 0.0))

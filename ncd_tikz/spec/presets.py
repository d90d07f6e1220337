"""Widths of figures: what a column or a page of a venue's style has."""

from __future__ import annotations

import re

from ncd_tikz.frozen import frozen

_POINTS = {
    "pt": 1.0,
    "bp": 72.27 / 72,
    "in": 72.27,
    "cm": 72.27 / 2.54,
    "mm": 72.27 / 25.4,
    "pc": 12.0,
    "dd": 1238 / 1157,
    "cc": 12 * 1238 / 1157,
}
_LENGTH = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)\s*([a-z]{2})")
WIDEST = 14000.0  # points: TeX itself ends at 16383


@frozen
class Width:
    r"""A TeX length, the same in points, and the size command the figure's text has by default."""

    length: str
    points: float
    font: str = ""


# Text widths and column widths as the venues' own style files set them. Where captions are small,
# so is the text of the figure.
_TABLE: dict[str, tuple[str, str]] = {
    "neurips": ("5.5in", "small"),
    "iclr": ("5.5in", "small"),
    "icml": ("6.75in", "small"),
    "icml-column": ("3.25in", "footnotesize"),
    "tmlr": ("6.5in", "small"),
    "jmlr": ("6in", "small"),
    "aistats": ("6.75in", "small"),
    "aistats-column": ("3.25in", "footnotesize"),
    "acl": ("16cm", "small"),
    "acl-column": ("7.7cm", "footnotesize"),
    "aaai": ("7in", "small"),
    "aaai-column": ("3.3125in", "footnotesize"),
    "cvpr": ("6.875in", "small"),
    "cvpr-column": ("3.28125in", "footnotesize"),
    "ieee": ("516pt", "footnotesize"),
    "ieee-column": ("252pt", "footnotesize"),
    "acm": ("506.295pt", "small"),
    "acm-column": ("241.14749pt", "footnotesize"),
    "article": ("345pt", ""),
    "a4": ("16cm", ""),
    "letter": ("6.5in", ""),
    "beamer": ("307.28987pt", "footnotesize"),
    "beamer-wide": ("398.3386pt", "footnotesize"),
}
PRESETS = tuple(_TABLE)


def width_of(text: str) -> Width:
    """The width that a preset's name or a TeX length stands for.

    >>> width_of("icml-column")
    Width(length='3.25in', points=234.8775, font='footnotesize')
    >>> width_of("8 cm").length
    '8cm'

    Raises:
        ValueError: neither a preset nor a positive length; says what is wrong.
    """
    if text in _TABLE:
        length, font = _TABLE[text]
        return Width(length, _points(length), font)
    return Width("".join(text.split()), _points(text))


def _points(text: str) -> float:
    match = _LENGTH.fullmatch(text.strip())
    if match is None or match[2] not in _POINTS:
        raise ValueError("expected a preset or a length such as 3.25in, 8cm or 240pt")
    points = float(match[1][:20]) * _POINTS[match[2]]
    if not points > 0:
        raise ValueError("a width must be greater than zero")
    if points > WIDEST:
        raise ValueError(f"a width is at most {WIDEST:g}pt, as TeX cannot set more")
    return round(points, 4)

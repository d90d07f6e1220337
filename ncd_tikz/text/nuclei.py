"""How large the compound parts of a formula are (The TeXbook, appendix G, rules 8 to 15 and 19)."""

from __future__ import annotations

from ncd_tikz.text.delimiters import around, delimiter
from ncd_tikz.text.faces import larger_characters
from ncd_tikz.text.formula import Accent, Big, Fence, Fixed, Fraction, Hidden, Item, Line, Matrix, Root, Stack
from ncd_tikz.text.styles import (
    NULL_DELIMITER,
    Box,
    Setting,
    cramped,
    denominator,
    numerator,
    subscript,
    superscript,
)


def accented(setting: Setting, accent: Accent, style: int) -> Box:
    """As wide as what is under the accent."""
    body = setting.formula(accent.body, cramped(style))
    code, mark = accent.code, setting.glyph(accent.family, accent.code, style)
    larger = larger_characters(accent.family) if accent.family == "cmex" else {}
    while code in larger:
        code = larger[code]
        wider = setting.glyph(accent.family, code, style)
        if wider.width > body.width:
            break
        mark = wider
    lowered = min(body.height, setting.face(accent.family, style).x_height)
    return Box(body.width, max(body.height, mark.height + body.height - lowered), body.depth)


def lined(setting: Setting, line: Line, style: int) -> Box:
    """A rule's thickness, three of space and one beyond."""
    body = setting.formula(line.body, cramped(style) if line.above else style)
    extra = 5 * setting.rule(style)
    if line.above:
        return Box(body.width, body.height + extra, body.depth)
    return Box(body.width, body.height, body.depth + extra)


def fraction(setting: Setting, fraction: Fraction, style: int) -> Box:
    """A numerator over a denominator."""
    if fraction.style >= 0:
        style = fraction.style
    above = setting.formula(fraction.above, numerator(style))
    below = setting.formula(fraction.below, denominator(style))
    symbols, axis, rule, display = setting.symbols(style), setting.axis(style), setting.rule(style), style < 2
    down = symbols[10 if display else 11]
    if fraction.rule:
        up = symbols[7 if display else 8]
        clear = 3 * rule if display else rule
        up += max(0.0, clear - ((up - above.depth) - (axis + rule / 2)))
        down += max(0.0, clear - ((axis - rule / 2) - (below.height - down)))
    else:
        up = symbols[7 if display else 9]
        lack = (7 if display else 3) * rule - ((up - above.depth) - (below.height - down))
        up, down = up + max(0.0, lack / 2), down + max(0.0, lack / 2)
    box = Box(max(above.width, below.width), up + above.height, down + below.depth)
    if not fraction.left:
        return Box(box.width + 2 * NULL_DELIMITER, box.height, box.depth)
    needed = symbols[19 if display else 20]
    return _between(box, [around(setting, name, style, needed) for name in (fraction.left, fraction.right)])


def root(setting: Setting, root: Root, style: int) -> Box:
    """A radical sign grown to the height of its body."""
    body = setting.formula(root.body, cramped(style))
    rule = setting.rule(style)
    clear = rule + (abs(setting.x_height(style)) if style < 2 else rule) / 4
    inside = body.height + body.depth + clear
    sign = delimiter(setting, "surd", style, inside + rule)
    clear += max(0.0, sign.depth - inside) / 2
    height = body.height + clear + 2 * sign.height
    box = Box(sign.width + body.width, height, max(body.depth, sign.depth - body.height - clear))
    if not root.index:
        return box
    index = setting.formula(root.index, 6)
    lift = 0.6 * (box.height - box.depth)
    width = box.width + max(0.0, index.width - 5 * setting.quad(style) / 18)
    return Box(width, max(box.height, lift + index.height), box.depth)


def fenced(setting: Setting, fence: Fence, style: int) -> Box:
    r"""What stands between `\left` and `\right`."""
    parts = [setting.formula(part, style) for part in fence.parts]
    top, bottom = max(part.height for part in parts), max(part.depth for part in parts)
    half = max(top - setting.axis(style), bottom + setting.axis(style))
    needed = max(half * 2 * 0.901, 2 * half - 5.0)
    names = (fence.left, *fence.middles, fence.right)
    box = Box(sum(part.width for part in parts), top, bottom)
    return _between(box, [around(setting, name, style, needed) for name in names])


def matrix(setting: Setting, matrix: Matrix, style: int) -> Box:
    """Rows and columns, a little generous."""
    rows = [[setting.formula(cell, 4 if matrix.small else 2) for cell in row] for row in matrix.rows]
    columns = max(len(row) for row in rows)
    widths = [max(row[i].width for row in rows if i < len(row)) for i in range(columns)]
    em = setting.sizes[0]
    high, deep = (0.5 * em, 0.2 * em) if matrix.small else (0.84 * em, 0.36 * em)
    total = sum(
        max(high, *(cell.height for cell in row)) + max(deep, *(cell.depth for cell in row)) for row in rows
    )
    box = setting.centred(Box(sum(widths) + em * (columns - 1), total, 0.0), style)
    sides = [around(setting, name, style, total) for name in (matrix.left, matrix.right) if name]
    return _between(box, sides)


def with_limits(setting: Setting, box: Box, above: list[Item], below: list[Item], style: int) -> Box:
    """What stands above and below an operator."""
    gaps = setting.extension(style)
    width, height, depth = box.width + box.italic, box.height, box.depth
    if above:
        upper = setting.formula(above, superscript(style))
        height += max(gaps[8], gaps[10] - upper.depth) + upper.height + upper.depth + gaps[12]
        width = max(width, upper.width)
    if below:
        lower = setting.formula(below, subscript(style))
        depth += max(gaps[9], gaps[11] - lower.height) + lower.height + lower.depth + gaps[12]
        width = max(width, lower.width)
    return Box(width, height, depth)


def rarer(setting: Setting, nucleus: Fixed | Hidden | Stack | Big | Matrix, style: int) -> Box:
    """What few labels have."""
    em = setting.quad(style)
    if isinstance(nucleus, Fixed):
        return Box(nucleus.width * em, nucleus.height * em, nucleus.depth * em)
    if isinstance(nucleus, Hidden):
        box = setting.formula(nucleus.body, style)
        width = box.width if nucleus.width else 0.0
        return Box(width, box.height, box.depth) if nucleus.height else Box(width, 0.0, 0.0)
    if isinstance(nucleus, Stack):
        base = setting.formula(nucleus.base, style)
        box = with_limits(setting, base, nucleus.above, nucleus.below, style)
        return Box(max(box.width, nucleus.least * em), box.height, box.depth)
    if isinstance(nucleus, Big):
        return around(setting, nucleus.name, style, nucleus.height * setting.sizes[0] / 10)
    return matrix(setting, nucleus, style)


def _between(box: Box, sides: list[Box]) -> Box:
    return Box(
        box.width + sum(side.width for side in sides),
        max(box.height, *(side.height for side in sides)) if sides else box.height,
        max(box.depth, *(side.depth for side in sides)) if sides else box.depth,
    )

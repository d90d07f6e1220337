"""What cards with text have in common."""

from __future__ import annotations

from ncd_tikz.scene import Point, Text, TextFont
from ncd_tikz.text import measure

LINE = 1.0  # from baseline to baseline
LEADING = 0.22  # between the ink of two lines
PADDING = 0.3  # between a card's edge and its text


def baselines(lines: tuple[str, ...], font: TextFont, size: float = 1.0) -> tuple[float, ...]:
    """How far each line's baseline stands below the first: a line, or more for high formulas."""
    found: list[float] = []
    depth = 0.0
    for line in lines:
        extent = measure(line, font, size)
        found.append(found[-1] + max(LINE, depth + extent.height + LEADING) if found else 0.0)
        depth = extent.depth
    return tuple(found)


def set_text(
    at: Point, content: str, *, font: TextFont, of: str, size: float = 1.0, align: str = "middle"
) -> Text:
    """Measured text whose baseline is at a point."""
    extent = measure(content, font, size)
    return Text(
        at, content, "left" if align == "left" else "middle", font, size, of,
        extent.width, extent.height, extent.depth,
    )  # fmt: skip

"""What cards with text have in common."""

from __future__ import annotations

from ncd_tikz.scene import Point, Text, TextFont
from ncd_tikz.text import measure

LINE = 1.0  # from baseline to baseline
PADDING = 0.3  # between a card's edge and its text


def set_text(
    at: Point, content: str, *, font: TextFont, of: str, size: float = 1.0, align: str = "middle"
) -> Text:
    """Measured text whose baseline is at a point."""
    extent = measure(content, font, size)
    return Text(
        at, content, "left" if align == "left" else "middle", font, size, of,
        extent.width, extent.height, extent.depth,
    )  # fmt: skip

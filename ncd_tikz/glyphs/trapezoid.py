"""The trapezoid of re-indexing: what it looks like, whatever becomes of its window."""

from __future__ import annotations

from ncd_tikz.glyphs.star import star
from ncd_tikz.glyphs.strokes import line, polygon, text
from ncd_tikz.scene import Primitive
from ncd_tikz.text import measure

HEAD = 0.85  # from its top to the first spatial wire
FOOT = 0.42  # from the last spatial wire to the corner at the left
WINDOW = 1.0  # from the last spatial wire to the window's
SKIRT = 0.22  # from the window's wire to the corner at the right
STAR = 0.25


def trapezoid_width(stride: str) -> float:
    """Room for the star, and for the stride below the diagonal."""
    below = measure(stride, "math", 0.95).width if stride else 0.0
    return max(1.25, 0.7 + 1.35 * below)


def trapezoid(
    left: float, right: float, near: float, far: float, sign: int, stride: str
) -> tuple[Primitive, ...]:
    """From the spatial wire farthest from the window (`near` its head) to the one next to it.

    ```
     +----------+        sign = 1: the window leaves below; -1: above
     |  *    ./ |
    -|    ./  --|- x'
     |  ./  s   |
     +./        |
       `-._     |- w
           `----+
    ```
    """
    head, foot = near - sign * HEAD, far + sign * FOOT
    skirt = far + sign * (WINDOW + SKIRT)
    cut = far - sign * 0.3
    outline = ((left, head), (right, head), (right, skirt), (left, foot))
    parts: list[Primitive] = [
        polygon(*outline, fill="trapezoid"),
        line((left, foot), (right, cut)),
        star((left + 0.42 * (right - left), near - sign * (HEAD - 0.42)), STAR),
    ]
    if stride:
        width = measure(stride, "math", 0.95).width
        parts.append(text((right - width / 2 - 0.14, far + sign * 0.3), stride, size=0.95))
    return tuple(parts)

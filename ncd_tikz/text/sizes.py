"""The sizes that LaTeX gives scripts."""

from __future__ import annotations

# From fontmath.ltx: \DeclareMathSizes, in pt.
_SCRIPTS = (
    (5.0, 5.0, 5.0),
    (6.0, 5.0, 5.0),
    (7.0, 5.0, 5.0),
    (8.0, 6.0, 5.0),
    (9.0, 6.0, 5.0),
    (10.0, 7.0, 5.0),
    (10.95, 8.0, 6.0),
    (12.0, 8.0, 6.0),
    (14.4, 10.0, 7.0),
    (17.28, 12.0, 10.0),
    (20.74, 14.4, 12.0),
    (24.88, 20.74, 14.4),
)


def math_sizes(size: float) -> tuple[float, float, float]:
    """The size of a formula, of its scripts and of their scripts, in pt; smooth between LaTeX's own sizes.

    >>> math_sizes(10.0)
    (10.0, 7.0, 5.0)
    """
    low = _SCRIPTS[0]
    if size <= low[0]:
        return size, size, size
    for high in _SCRIPTS[1:]:
        if size <= high[0]:
            weight = (size - low[0]) / (high[0] - low[0])
            return size, low[1] + weight * (high[1] - low[1]), low[2] + weight * (high[2] - low[2])
        low = high
    scale = size / low[0]
    return size, low[1] * scale, low[2] * scale

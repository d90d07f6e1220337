"""LaTeX text as plain ASCII words, for comments and alternative text."""

from __future__ import annotations

_SPECIAL = "\\{}$^_~#%&"


def plain(text: str) -> str:
    r"""What a reader would say, without anything that TeX or a comment could stumble over.

    >>> plain(r"Scores of $\bar{y}$ over $x'$, scaled by $k^{-1/2}$: 100\%")
    "Scores of bar y over x', scaled by k -1/2: 100"
    """
    kept = "".join(" " if sign in _SPECIAL or not sign.isprintable() else sign for sign in text)
    words = " ".join(kept.encode("ascii", "replace").decode("ascii").split())
    for mark in (",", ".", ":", ";", ")", "'"):
        words = words.replace(f" {mark}", mark)
    return words

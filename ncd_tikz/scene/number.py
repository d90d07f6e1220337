"""The one number formatter."""

from __future__ import annotations


def number(value: float) -> str:
    """At most three decimals, no trailing zeros, no negative zero.

    >>> number(1.5), number(2.0), number(-0.0001), number(1 / 3)
    ('1.5', '2', '0', '0.333')
    """
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text

"""Characters of other people's texts that no terminal, log or document should be given as they are."""

from __future__ import annotations

import re

# Control characters but tab and line breaks, what turns the writing direction, halves of pairs.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def visible(words: str) -> str:
    r"""The same text with such characters as Python writes them; `\t`, `\n` and `\r` stay.

    >>> visible("red \x1b[31m")
    'red \\x1b[31m'
    """
    return _UNSEEN.sub(lambda match: match[0].encode("unicode_escape").decode(), words)

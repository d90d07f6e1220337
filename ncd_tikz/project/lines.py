"""Where a key of `[tool.ncd-tikz]` stands; the reader of TOML gives values without their places."""

from __future__ import annotations

import re

_HEADER = re.compile(r"""\s*\[\s*tool\s*\.\s*["']?ncd-tikz["']?\s*\]""")
_ANY_HEADER = re.compile(r"\s*\[")


class Lines:
    """The lines of a TOML text.

    >>> lines = Lines("[project]\\nseed = 1\\n\\n[tool.ncd-tikz]\\nspecs = 'a'\\n  seed = 2")
    >>> lines.of("seed"), lines.of("draws"), lines.of("")
    ((6, 3), (4, 1), (4, 1))
    """

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()

    def of(self, key: str) -> tuple[int, int]:
        """Line and column of the key, else of the table, else of the file's start."""
        header = next((n for n, line in enumerate(self._lines) if _HEADER.match(line)), None)
        if header is None:  # [tool] with ncd-tikz = {...}, or dotted keys
            start = next((n for n, line in enumerate(self._lines) if "ncd-tikz" in line), 0)
            return self._search(key, start, len(self._lines)) or (start + 1, 1)
        after = range(header + 1, len(self._lines))
        end = next(
            (n for n in after if _ANY_HEADER.match(self._lines[n]) and not self._inside(n, header)), None
        )
        return self._search(key, header + 1, end or len(self._lines)) or (header + 1, 1)

    def _inside(self, number: int, header: int) -> bool:
        """Whether a line that begins with a bracket belongs to a list of several lines."""
        before = "\n".join(self._lines[header + 1 : number])
        return before.count("[") > before.count("]")

    def _search(self, key: str, start: int, end: int) -> tuple[int, int] | None:
        if not key:
            return None
        wanted = re.compile(rf"""(?:^|[{{,.])\s*(["']?{re.escape(key)}["']?)\s*[=.]""")
        for number in range(start, end):
            match = wanted.search(self._lines[number])
            if match:
                return number + 1, match.start(1) + 1
        return None

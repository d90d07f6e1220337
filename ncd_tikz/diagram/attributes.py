"""Names of the steps' parts in PyTorch: after the label, else after the first output."""

from __future__ import annotations

from collections.abc import Iterable

# LaTeX that changes how a letter looks, not which letter it is.
_DRESS = frozenset(
    """bar bm boldsymbol hat left mathbb mathbf mathcal mathit mathrm mathsf operatorname overline right text
    textbf textrm tilde vec""".split()
)


def attribute_stem(label: str, fallback: str) -> str:
    r"""A Python identifier from a LaTeX label, or from `fallback` where nothing is left of it.

    >>> [attribute_stem(label, "q") for label in ("Q", r"\mathrm{ff}", "W_{1}", r"\alpha'", "+", "2x")]
    ['Q', 'ff', 'W_1', 'alpha', 'q', 'q']
    """
    words: list[str] = []
    word = ""
    place = 0
    while place < len(label):
        mark = label[place]
        if mark == "\\":
            end = place + 1
            while end < len(label) and label[end].isascii() and label[end].isalpha():
                end += 1
            command = label[place + 1 : end]
            if command and command not in _DRESS:
                words.append(word)
                word = command
                words.append(word)
                word = ""
            place = max(end, place + 2)
            continue
        if mark.isascii() and mark.isalnum():
            word += mark
        elif mark not in "{}'":
            words.append(word)
            word = ""
        place += 1
    name = "_".join(part for part in (*words, word) if part)
    return name if name.isidentifier() else fallback.replace("'", "")


def attributes(stems: Iterable[tuple[str, bool]]) -> tuple[str, ...]:
    """Different names for all steps; those that own a module (`True`) choose first.

    >>> attributes([("q", False), ("q", True), ("q", True)])
    ('q_3', 'q', 'q_2')
    """
    entries = list(stems)
    chosen: dict[int, str] = {}
    taken: set[str] = set()
    count: dict[str, int] = {}
    for wanted in (True, False):
        for place, (stem, owns) in enumerate(entries):
            if owns == wanted:
                name = stem
                while name in taken:
                    count[stem] = count.get(stem, 1) + 1
                    name = f"{stem}_{count[stem]}"
                taken.add(name)
                chosen[place] = name
    return tuple(chosen[place] for place in range(len(entries)))

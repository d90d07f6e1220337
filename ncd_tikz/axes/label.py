r"""The LaTeX label that a name gets when its spec gives none."""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd, prod

_GREEK = """
alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi
rho varrho sigma tau upsilon phi varphi chi psi omega
Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
"""
GREEK = frozenset(_GREEK.split())


def default_label(name: str) -> str:
    r"""LaTeX for math mode, without dollars, of an axis or value called `name`.

    One letter stands for itself, Greek names become Greek letters, digits at the end and what
    follows the first underscore become a subscript, primes stay primes, numbers stay numbers,
    a group `(k h)` is the product of its members, the member of a family `c[i-1]` has its index as a
    subscript, and any longer word is set upright.

    >>> [default_label(name) for name in ("x", "x'", "alpha", "n1", "d_ff", "d_model", "28", "(k h)")]
    ['x', "x'", '\\alpha', 'n_1', 'd_{ff}', 'd_{model}', '28', 'kh']
    >>> default_label("heads"), default_label("out_channels"), default_label("mu_x'"), default_label("c[i-1]")
    ('\\mathrm{heads}', '\\mathrm{out}_{channels}', "\\mu_x'", 'c_{i-1}')
    """
    if name.startswith("("):
        return join_factors([default_label(member) for member in name.strip("()").split()])
    stem = name.rstrip("'")
    primes = name[len(stem) :]
    if stem.endswith("]"):
        family, _, index = stem[:-1].partition("[")
        return indexed_label(default_label(family) + primes, index.replace("*", "").replace("%", r"\bmod "))
    if not stem or stem[0].isdigit():
        return name
    head, _, rest = stem.partition("_")
    if not rest:
        letters = head.rstrip("0123456789")
        head, rest = letters, head[len(letters) :]
    rest = rest.strip("_").replace("_", r"\_" if not rest.strip("_").replace("_", "").isdigit() else ",")
    label = _word(head) if head else r"\_"
    if rest:
        index = "\\" + rest if rest in GREEK else rest
        label += "_" + (index if len(rest) == 1 else "{" + index + "}")
    return label + primes


def indexed_label(label: str, index: str) -> str:
    r"""The label of a family's member: its index as a subscript.

    >>> indexed_label("c", "i-1"), indexed_label("x'", "4"), indexed_label("n_1", "\\lambda")
    ('c_{i-1}', "x'_4", '{n_1}_{\\lambda}')
    """
    head = "{" + label + "}" if "_" in label else label
    return f"{head}_{index}" if len(index) == 1 else f"{head}_{{{index}}}"


def join_factors(factors: list[str]) -> str:
    r"""A product, written as in mathematics: side by side, with a dot only where it is needed.

    >>> join_factors(["h", "w"]), join_factors(["h", "2"]), join_factors(["\\alpha", "h"])
    ('hw', 'h\\cdot 2', '\\alpha h')
    """
    text = factors[0] if factors else "1"
    for factor in factors[1:]:
        if factor[:1].isdigit() or factor.startswith("-"):
            text += r"\cdot " + factor
        elif "mathrm" in text or "mathrm" in factor:
            text += r"\," + factor
        elif factor[:1].isalpha() and _ends_with_control_word(text):
            text += " " + factor
        else:
            text += factor
    return text


def _word(head: str) -> str:
    if len(head) == 1:
        return head
    return "\\" + head if head in GREEK else r"\mathrm{" + head + "}"


def _ends_with_control_word(text: str) -> bool:
    backslash = text.rfind("\\")
    return backslash >= 0 and backslash + 1 < len(text) and text[backslash + 1 :].isalpha()


def reworded(label: str, words: Mapping[str, str]) -> str:
    r"""A label of factors and quotients with some of its symbols said otherwise.

    >>> reworded(r"\bar{x}/s", {r"\bar{x}": "n/2", "s": "2"}), reworded("x/s", {"s": "1"})
    ('n/4', 'x')
    >>> reworded(r"2\bar{x}", {r"\bar{x}": r"\bar{x}/4"})
    '\\bar{x}/2'
    """
    numerator, *divisors = label.split("/")
    whole, factor = _multiple(numerator)
    parts = [part for each in (factor, *divisors) for part in words.get(each, each).split("/")]
    times, first = _multiple(parts[0])
    whole *= times
    numbers = [int(part) for part in parts[1:] if part.isdigit()]
    others = [part for part in parts[1:] if not part.isdigit()]
    number = prod(numbers)
    common = gcd(whole, number)
    whole, number = whole // common, number // common
    start = f"{whole}{first}" if whole > 1 else first
    return "/".join([start, *others, *([str(number)] if number > 1 else [])])


def _multiple(label: str) -> tuple[int, str]:
    r"""A label that begins with a number, as that number and the rest: `2\bar{x}`."""
    factor = label.lstrip("0123456789")
    digits = label[: len(label) - len(factor)]
    return (int(digits), factor) if digits and (factor[:1].isalpha() or factor[:1] == "\\") else (1, label)

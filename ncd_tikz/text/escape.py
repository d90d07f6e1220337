"""Plain text as LaTeX that shows it."""

from __future__ import annotations

_SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#",
    "$": r"\$", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedblright{}",
}  # fmt: skip


def escaped(text: str) -> str:
    r"""Every character as itself, arrows as arrows; what TeX's fonts lack is a question mark.

    >>> escaped("c[i-1] -> d_ff, 50%")
    'c[i-1] $\\to$ d\\_ff, 50\\%'
    """
    parts = text.encode("ascii", "replace").decode("ascii").split("->")
    return r"$\to$".join("".join(_SIGNS.get(sign, sign) for sign in part) for part in parts)

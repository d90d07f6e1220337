"""LaTeX as MathML: in the texts of specs, and as `$...$` in Markdown."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

from latex2mathml.converter import convert
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

from ncd_tikz.text.spelling import spelled

_DOLLAR = re.compile(r"(?<!\\)\$")
_IN_MARKDOWN = r"(?<![\\$\w])(\${1,2})(?![\s$])((?:\\.|[^$\\])+?)(?<!\s)\1(?![\d$])"


def mathml(latex: str, display: bool = False) -> str:
    r"""A formula as MathML, on one line; its LaTeX is kept as an attribute.

    >>> mathml(r"\bar{x}")
    '<math title="\\bar{x}" display="inline"><mrow><mover><mrow><mi>x</mi></mrow><mo stretchy="true">¯</mo></mover></mrow></math>'

    Raises:
        ValueError: it cannot be read.
    """  # noqa: E501
    try:
        written = convert(latex, display="block" if display else "inline")
    except Exception as error:  # it raises many kinds, none of a common root
        raise ValueError(f"${latex}$ cannot be set: {type(error).__name__} {error}") from error
    if re.search(r"<m(?:i|o|text)>\\", written):
        raise ValueError(f"${latex}$ cannot be set: it has a command that is not known")
    kept = re.sub(r"&#x[0-9A-F]+;", lambda entity: escape(unescape(entity[0])), written)
    return kept.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', f' title="{escape(latex)}"', 1)


def html(text: str) -> str:
    r"""LaTeX text, as specs have it in titles and descriptions, as HTML.

    >>> html(r"50\% \& more")
    '50% &amp; more'
    """
    parts = _DOLLAR.split(" ".join(text.split()))
    return "".join(
        mathml(part) if index % 2 else escape(spelled(part), quote=False) for index, part in enumerate(parts)
    )


def words(text: str) -> str:
    r"""LaTeX text as plain words, for titles of pages and alternative texts.

    >>> words(r"Softmax over $\bar{x}$")
    'Softmax over x̄'
    """
    parts = _DOLLAR.split(" ".join(text.split()))
    return "".join(_unset(part) if index % 2 else spelled(part) for index, part in enumerate(parts))


def _unset(latex: str) -> str:
    """What MathML says, without its marks."""
    said = re.sub(r"<mo[^>]*>¯</mo>", "\u0304", re.sub(r"^<math[^>]*>", "", mathml(latex)))
    return unescape(re.sub(r"<[^>]+>", "", said))


class _Dollars(InlineProcessor):
    """`$...$` within a line of text, `$$...$$` as a formula of its own; code comes before it."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Any, int, int]:  # type: ignore[override]
        latex = " ".join(m[2].split())
        return self.md.htmlStash.store(mathml(latex, display=m[1] == "$$")), m.start(0), m.end(0)


class MathExtension(Extension):
    """Markdown's extension of this file."""

    def extendMarkdown(self, md: Markdown) -> None:
        """After code (190), before backslashes that escape (180)."""
        md.inlinePatterns.register(_Dollars(_IN_MARKDOWN, md), "mathematics", 185)


__all__ = ["MathExtension", "html", "mathml", "words"]

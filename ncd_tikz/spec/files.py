"""The text of spec files, and their digest."""

from __future__ import annotations

from pathlib import Path

from ncd_tikz.errors import SpecError
from ncd_tikz.spec.mistakes import Told
from ncd_tikz.spec.source import LARGEST_FILE, decode


def text_of(path: Path, file: str = "") -> str:
    """The text of a spec's file, which must be UTF-8 and not too large.

    Raises:
        SpecError: it cannot be read.
    """
    told = Told(file or str(path))
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        told.tell((1, 1), "", f"the file cannot be read: {reason}")
    else:
        text = decode(content, told)
        if text is not None:
            return text
    raise SpecError(tuple(told.mistakes))


def digest_of(*texts: str) -> str:
    """The first 12 hexadecimal digits of the texts' SHA-256; how lines end makes no difference."""
    import hashlib  # costs milliseconds, and only whole specs need it

    content = "\n".join(texts).replace("\r\n", "\n").encode("utf-8", "surrogatepass")
    return hashlib.sha256(content, usedforsecurity=False).hexdigest()[:12]

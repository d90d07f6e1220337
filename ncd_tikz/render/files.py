"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write `content` to `path`; whoever looks sees the old file or the new one, never a part.

    A file that already has this content only gets a new date, so that `make` sees it is fresh.

    Raises:
        OSError: the folder cannot be written; the old file is as it was.
    """
    wanted = content.encode("utf-8") if isinstance(content, str) else content
    try:
        if path.read_bytes() == wanted:
            os.utime(path)
            return
    except OSError:
        pass
    # A link keeps pointing where it did: what it points to is replaced.
    target = Path(os.path.realpath(path))
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(wanted)
        part.chmod(_mode(target))
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    """The permissions of the file that is replaced, or those of any new file."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask

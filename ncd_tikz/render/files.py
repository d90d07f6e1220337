"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
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
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    with suppress(OSError):
        part.unlink(missing_ok=True)  # a process of the same number was killed here once
    try:
        # "x": nobody else's file is ever written into. The module tempfile would take longer to import
        # than a figure takes to draw.
        with part.open("xb") as stream:
            stream.write(wanted)
        if target.exists():
            part.chmod(target.stat().st_mode & 0o777)
        part.replace(target)
    except BaseException as error:
        # Where the folder is read-only, even this may be refused.
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno:  # the hidden file is our affair
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise

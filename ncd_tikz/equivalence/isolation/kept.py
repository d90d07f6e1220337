"""The pool that this process keeps, for checks that are asked for one by one."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ncd_tikz.equivalence.isolation.pool import Pool

IDLE = 300.0  # seconds without a check, after which its server ends

_lock = threading.Lock()
_kept: dict[int, Pool] = {}  # by process: a child that was forked has a pool of its own


@contextmanager
def kept_pool() -> Iterator[Pool]:
    """The pool that earlier checks have started; one for this check alone while another thread has it."""
    if not _lock.acquire(blocking=False):
        with Pool(1) as alone:
            yield alone
        return
    try:
        if os.getpid() not in _kept:
            _kept[os.getpid()] = Pool(1, idle=IDLE)
            atexit.register(_kept[os.getpid()].close)
        yield _kept[os.getpid()]
    finally:
        _lock.release()

"""One writer at a time: an advisory lock on ``data/.lock`` that ends with the process that holds it."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import LockedError

DEFAULT_WAIT = 600.0
"""Seconds to wait for another commit; one takes well under a second per hundred documents."""

POLL = 0.02


@contextmanager
def write_lock(path: Path, wait: float = DEFAULT_WAIT) -> Iterator[None]:
    """Hold the lock; its file names the holder's process.

    Raises:
        LockedError: when another process still holds it after ``wait`` seconds.
    """
    # Not inherited by children (Python's default), so that none keeps the lock of a killed parent.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _acquire(descriptor, path, wait)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path, wait: float) -> None:
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise LockedError(path.parent, _holder(descriptor), wait) from None
        time.sleep(POLL)


def _holder(descriptor: int) -> int | None:
    written = os.pread(descriptor, 32, 0)
    return int(written) if written.isdigit() else None

"""Processes that end with the command that started them, whatever ends it and however deep they lie below it.

The command holds a lock on a file; the kernel lets go of it when the command dies. Each process below that was started
with ``python -m flows.guard MODULE`` waits for the lock in a thread. A pipe would not do: Prefect's worker starts flow
runs in sessions of their own, with all but the standard streams closed, so that neither a pipe nor a signal to the group
reaches them; the environment does.
"""

import fcntl
import os
import runpy
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

HELD = "ONRECORD_HELD"
"""Environment variable: the file whose lock the command holds."""

GRACE_SECONDS = 20.0
"""Between SIGTERM, at which a run tells the server that it was stopped, and the end without further ado."""


@contextmanager
def hold() -> Iterator[Callable[[], None]]:
    """For the time of the block, what is started with :func:`main` stays alive.

    Yields:
        A function that lets go earlier: it asks all of them to end, and the block may wait for that.
    """
    with tempfile.NamedTemporaryFile(prefix="onrecord-") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        os.environ[HELD] = file.name
        try:
            yield partial(fcntl.flock, file, fcntl.LOCK_UN)
        finally:
            del os.environ[HELD]


def end_with_holder() -> None:
    """Start the thread that ends this process with the holder; without a holder nothing happens."""
    if path := os.environ.get(HELD):
        threading.Thread(target=_end_when_free, args=(path,), name="holder-guard", daemon=True).start()


def _end_when_free(path: str) -> None:
    try:
        with open(path, "rb") as file:  # noqa: PTH123  imports must be few: this runs before anything else
            fcntl.flock(file, fcntl.LOCK_SH)
    except FileNotFoundError:
        pass  # the holder ended, properly, before we got here
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


def main() -> None:
    """Run a module as ``python -m`` does, but no longer than the holder lives."""
    end_with_holder()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

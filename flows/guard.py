"""Processes that end with the command that started them, whatever ends it and however deep they lie below it.

The command holds a lock on a file; the kernel lets go of it when the command dies. Each process below that was started
with ``python -m flows.guard MODULE`` waits for the lock in a thread. A pipe would not do: Prefect's worker starts flow
runs in sessions of their own, with all but the standard streams closed, so that neither a pipe nor a signal to the
group reaches them; the environment does.
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
from contextlib import contextmanager, suppress
from functools import partial

HELD = "ONRECORD_HELD"
"""Environment variable: the file whose lock the command holds."""

LAST = "--last"
"""First argument of a process that waits for all others: the worker, which reports how its runs ended."""

GRACE_SECONDS = 15.0
"""Between SIGTERM, at which a run tells the server that it was stopped, and the end without further ado."""

REPORT_SECONDS = 1.5
"""What the worker has to say about the end of its runs takes less."""


@contextmanager
def hold() -> Iterator[Callable[[], None]]:
    """For the time of the block, what is started with :func:`main` stays alive.

    Yields:
        A function that lets go earlier: it asks all of them to end, and the block may wait for that.
    """
    with tempfile.TemporaryDirectory(prefix="onrecord-") as folder:
        path = f"{folder}/held"
        with _opened(path) as file, _opened(_alive(path)):
            fcntl.flock(file, fcntl.LOCK_EX)
            os.environ[HELD] = path
            try:
                yield partial(fcntl.flock, file, fcntl.LOCK_UN)
            finally:
                del os.environ[HELD]


@contextmanager
def _opened(path: str) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _alive(path: str) -> str:
    """The file on which all but the last hold a shared lock while they live."""
    return f"{path}-alive"


def end_with_holder(*, last: bool = False) -> None:
    """Start the thread that ends this process with the holder; without a holder nothing happens."""
    if path := os.environ.get(HELD):
        if not last and os.path.exists(_alive(path)):  # noqa: PTH110  imports must be few: this runs first
            fcntl.flock(os.open(_alive(path), os.O_RDONLY), fcntl.LOCK_SH)  # to the end of the process
        threading.Thread(target=_end_when_free, args=(path, last), name="holder-guard", daemon=True).start()


def _end_when_free(path: str, last: bool) -> None:
    with suppress(FileNotFoundError):  # the holder ended, properly, before we got here
        fcntl.flock(os.open(path, os.O_RDONLY), fcntl.LOCK_SH)
    os.kill(os.getpid(), signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline and not (last and _alone(path)):
        time.sleep(0.1)
    if last:
        time.sleep(REPORT_SECONDS)
    os._exit(1)


def _alone(path: str) -> bool:
    try:
        with _opened(_alive(path)) as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:  # the holder has tidied up: nobody is waited for any more
        return True
    return True


def main() -> None:
    """Run a module as ``python -m`` does, but no longer than the holder lives."""
    last = sys.argv[1] == LAST
    sys.argv = sys.argv[2 if last else 1 :]
    end_with_holder(last=last)
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

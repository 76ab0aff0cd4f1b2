"""A pool process: takes functions with their arguments from its parent, one after the other, and sends results back.

Started by :mod:`flows.pool` with a connected socket. Not a child of ``multiprocessing``: that would import
the parent's main module again, could not be started from a Dask worker (a daemonic process), and would share the
terminal's Ctrl-C. A pipe on standard input closes when the parent dies, by whatever cause; then this process ends too.
"""

import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from enum import StrEnum
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from flows import beacon
from flows.collector import collect_rarely


class Told(StrEnum):
    """What a message to the parent is."""

    AT = "at"  # a beacon
    DONE = "done"  # (value, resident bytes after it)
    FAILED = "failed"  # an error, taken apart by :func:`take_apart`


def main() -> None:
    """Serve until the parent closes the connection."""
    collect_rarely()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to handle
    threading.Thread(target=_end_with_parent, name="parent-guard", daemon=True).start()
    connection: Connection[Any, Any] = Connection(int(sys.argv[1]))
    sys.path[:] = connection.recv()
    beacon.watch(lambda place: connection.send((Told.AT, place)))
    while True:
        try:
            answer = _answer(connection)
        except (EOFError, ConnectionError):  # the parent has no more work
            return
        connection.send(answer)


def _answer(connection: "Connection[Any, Any]") -> tuple[Told, Any]:
    content = connection.recv_bytes()
    try:
        return Told.DONE, (_call(content), memory())
    except Exception as error:  # noqa: BLE001  whatever the work raises is the caller's to handle
        return Told.FAILED, take_apart(error)
    finally:
        beacon.at(None)


def _call(content: bytes) -> Any:
    import pickle  # noqa: PLC0415

    function: Callable[[Any], Any]
    function, argument = pickle.loads(content)
    return function(argument)


def memory() -> int:
    """Resident bytes of this process: now, or where the system does not tell (no /proc) the most so far.

    Linux' own figure for the most (``ru_maxrss``) is of no use: a process inherits it from the one that started it.
    """
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
    return pages * os.sysconf("SC_PAGE_SIZE")


def take_apart(error: Exception) -> tuple[type[Exception], tuple[Any, ...], dict[str, Any]]:
    """An error in a form that travels: pickle would call its class with ``args``, which many classes do not take."""
    import pickle  # noqa: PLC0415

    parts = (type(error), error.args, dict(error.__dict__))
    try:
        pickle.dumps(parts)
    except Exception:  # noqa: BLE001  anything can be in an error; its words always travel
        return RuntimeError, (f"{type(error).__name__}: {error}",), {}
    return parts


def put_together(parts: tuple[type[Exception], tuple[Any, ...], dict[str, Any]]) -> Exception:
    """The error of :func:`take_apart`, without a call to its ``__init__``."""
    kind, arguments, state = parts
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(state)
    return error


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass  # nobody writes: the only event is the end of the pipe
    os._exit(1)

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
from typing import Any

from flows import beacon


class Told(StrEnum):
    """What a message to the parent is."""

    AT = "at"  # a beacon
    DONE = "done"  # (value, largest resident set in bytes)
    FAILED = "failed"  # an error, taken apart by :func:`take_apart`


def main() -> None:
    """Serve until the parent closes the connection."""
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
        return Told.DONE, (_call(content), peak_memory())
    except Exception as error:  # noqa: BLE001  whatever the work raises is the caller's to handle
        return Told.FAILED, take_apart(error)
    finally:
        beacon.at(None)


def _call(content: bytes) -> Any:
    import pickle  # noqa: PLC0415

    function: Callable[[Any], Any]
    function, argument = pickle.loads(content)
    return function(argument)


def peak_memory() -> int:
    """Largest resident set of this process so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


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

"""Where batches are worked on: processes that are watched from outside, ended when they stall, replaced when they die.

Pool processes never import Prefect: the task that waits for a batch runs in a thread of the parent, so a worker costs
one loaded model and nothing else, and the API sees one task run a batch. Unlike ``concurrent.futures`` the death of one
process touches no other, and whoever waits learns at which record it died.
"""

import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, LifoQueue, SimpleQueue
from socket import socketpair
from typing import Any, Protocol, Self, TypeVar

from flows.beacon import Beacon
from flows.errors import Loss, PoolClosedError, WorkerLostError
from flows.worker import Told, put_together

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")

ARTICLES_WORTH_A_POOL = 150
"""Below this one process ends before several have loaded their models (about 4 s a worker on 2 cores)."""

CALLS_A_PROCESS = 64
"""A process is replaced after so many batches: about every 30,000 articles, for a model load of one second."""

DEFAULT_MEMORY = 2048 * 1024 * 1024
"""Bytes that a process may hold: above it is replaced after its batch, at twice as much it is ended at once."""

HARD_FACTOR = 2
TICK_SECONDS = 0.5
SECONDS_TO_END = 5.0

_SINGLE_THREADED = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""One process a core is the parallelism: with a second thread each, the whole was slower (0.67 ×)."""


class Engine(Protocol):
    """Runs functions that can be named from another process; several callers may wait at once, each in its thread."""

    workers: int

    def run(self, function: Callable[[_Argument], _Result], argument: _Argument) -> _Result:
        """The value of ``function(argument)``."""
        ...


class InProcess:
    """Runs one function after the other in this process, which nothing protects from what they do."""

    workers = 1

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def run(self, function: Callable[[_Argument], _Result], argument: _Argument) -> _Result:
        """Call it here; a second caller waits."""
        with self._lock:
            return function(argument)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None


class _Child:
    """One process and the connection to it."""

    def __init__(self) -> None:
        ours, theirs = socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from flows.worker import main; main()", str(theirs.fileno())],
                stdin=subprocess.PIPE,  # never written to: it closes when this process dies
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**dict.fromkeys(_SINGLE_THREADED, "1"), **os.environ},
                start_new_session=True,  # Ctrl-C in the terminal is for the parent alone
            )
        self.connection: Connection[Any, Any] = Connection(ours.detach())
        self.connection.send(sys.path)
        self.calls = 0
        self.unasked = 0  # answers to come that nobody waits for

    def memory(self) -> int:
        """Bytes of resident memory; 0 where the system does not tell (no /proc)."""
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, IndexError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE")

    def kill(self) -> None:
        """End it now, from outside: nothing that it does can prevent that."""
        self.process.kill()
        self._close()

    def retire(self) -> None:
        """Let it end by itself; it has no work."""
        self.connection.close()
        try:
            self.process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._close()

    def _close(self) -> None:
        self.process.wait()
        self.connection.close()
        if self.process.stdin:
            self.process.stdin.close()


_ahead: SimpleQueue[_Child] = SimpleQueue()


def start_ahead(function: Callable[[_Argument], object], argument: _Argument) -> None:
    """Start a process and let it call ``function``, whatever comes of it; the next pool takes it as its first.

    If no pool does, it ends with this process.
    """
    child = _Child()
    child.connection.send_bytes(pickle.dumps((function, argument)))
    child.unasked += 1
    _ahead.put(child)


def _new_child() -> _Child:
    try:
        child = _ahead.get_nowait()
    except Empty:
        return _Child()
    if child.process.poll() is None:
        return child
    child.kill()
    return _Child()


class _Slot:
    """A place for one process, which is started with its first work and replaced whenever that is due."""

    def __init__(self, memory: int, calls: int) -> None:
        self._memory = memory
        self._calls = calls
        self.child: _Child | None = None

    def run(self, content: bytes, work: str) -> Any:
        """Send the pickled call, wait for its answer, and watch the process meanwhile."""
        child = self.child = self.child or _new_child()
        told, value = self._ask(child, content, work)
        if told is Told.FAILED:
            raise put_together(value)
        result, held = value
        child = self.child or child  # another one, where the first died of its start
        if child.calls >= self._calls or held > self._memory:
            self.child = None
            child.retire()
        return result

    def _ask(self, child: _Child, content: bytes, work: str) -> tuple[Told, Any]:
        place: Beacon | None = None
        since = time.monotonic()
        child.calls += 1
        try:
            child.connection.send_bytes(content)
            while True:
                while child.connection.poll(_patience(place, since)):
                    told, value = child.connection.recv()
                    if told is Told.AT:
                        place, since = value, time.monotonic()
                    elif child.unasked:
                        child.unasked -= 1
                    else:
                        return told, value
                if (how := self._overdue(child, place, since)) is not None:
                    self._drop(child)
                    raise WorkerLostError(work, how, place)
        except (EOFError, OSError):  # the connection broke, because the process is gone
            self._drop(child)
            if child.unasked:  # it died of what it was started with, and never saw the work
                self.child = _new_child()
                return self._ask(self.child, content, work)
            raise WorkerLostError(work, Loss.DIED, place, child.process.returncode) from None

    def _overdue(self, child: _Child, place: Beacon | None, since: float) -> Loss | None:
        """Why the process must be ended, if it must."""
        if place is not None and time.monotonic() - since > place.seconds:
            return Loss.TIMEOUT
        return Loss.MEMORY if child.memory() > HARD_FACTOR * self._memory else None

    def _drop(self, child: _Child) -> None:
        self.child = None
        child.kill()


def _patience(place: Beacon | None, since: float) -> float:
    left = TICK_SECONDS if place is None else place.seconds - (time.monotonic() - since)
    return min(max(left, 0.0), TICK_SECONDS)


class ProcessPool:
    """Runs functions in up to ``workers`` processes that end with this one, whatever ends it.

    Args:
        workers: processes; each is started with its first work.
        memory: bytes that a process may hold, see :data:`DEFAULT_MEMORY`.
        calls: functions that a process runs before it is replaced.
    """

    def __init__(self, workers: int, memory: int = DEFAULT_MEMORY, calls: int = CALLS_A_PROCESS) -> None:
        self.workers = workers
        self._slots = [_Slot(memory, calls) for _ in range(workers)]
        self._idle: LifoQueue[_Slot] = LifoQueue()  # the last one used has its model loaded
        for slot in self._slots:
            self._idle.put(slot)
        self._closed = False

    def run(self, function: Callable[[_Argument], _Result], argument: _Argument) -> _Result:
        """Call it in a pool process; waits while all are busy.

        Raises:
            WorkerLostError: the process died, or was ended because it took too long or too much memory. Another call
                may succeed: a new process takes its place.
            PoolClosedError: the pool was closed meanwhile.
        """
        content = pickle.dumps((function, argument))
        slot = self._idle.get()
        try:
            if self._closed:
                raise PoolClosedError
            value: _Result = slot.run(content, str(argument))
            return value
        except WorkerLostError:
            if self._closed:
                raise PoolClosedError from None
            raise
        finally:
            self._idle.put(slot)

    def pids(self) -> list[int]:
        """The processes that are alive now."""
        return [slot.child.process.pid for slot in self._slots if slot.child is not None]

    def close(self, *, at_once: bool = False) -> None:
        """End all processes; ``at_once`` also those that are working."""
        self._closed = True
        if at_once:
            for child in [slot.child for slot in self._slots]:
                if child is not None:
                    child.process.kill()
        for slot in [self._idle.get() for _ in self._slots]:  # each comes back from the thread that was using it
            if (left := slot.child) is not None:
                slot.child = None
                left.retire()
            self._idle.put(slot)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # A run that fails or is interrupted must not wait for minutes of work that nobody will commit.
        self.close(at_once=kind is not None)


def workers_for(articles: int, workers: int) -> int:
    """The number of processes that suits the size of the input.

    Args:
        articles: number of records to work on.
        workers: processes wanted; 0 chooses.
    """
    if workers:
        return workers
    return usable_cores() if articles >= ARTICLES_WORTH_A_POOL else 1


def engine_for(articles: int, workers: int) -> InProcess | ProcessPool:
    """For work that may run in this process when it is small: annotation without a warehouse."""
    workers = workers_for(articles, workers)
    return InProcess() if workers == 1 else ProcessPool(workers)


def usable_cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

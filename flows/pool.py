"""Where batches are worked on: in this process for small inputs, in a pool of processes for large ones.

Pool processes never import Prefect: the task that waits for a batch runs in a thread of the parent, so a worker costs
one loaded model and nothing else, and the API sees one task run a batch.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import parent_process
from types import TracebackType
from typing import Protocol, Self, TypeVar

from flows.errors import WorkerLostError

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")

ARTICLES_WORTH_A_POOL = 150
"""Below this an in-process run ends before a pool has loaded its models (about 4 s a worker on 2 cores)."""

_SINGLE_THREADED = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""One process a core is the parallelism: with a second thread each, the whole was slower (0.67 ×)."""


class Engine(Protocol):
    """Runs functions that can be named from another process; several callers may wait at once, each in its thread."""

    workers: int

    def run(self, function: Callable[[_Argument], _Result], argument: _Argument) -> _Result:
        """The value of ``function(argument)``."""
        ...


class InProcess:
    """Runs one function after the other in this process."""

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


class ProcessPool:
    """Runs functions in ``workers`` processes that end with this one, whatever ends it."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        for name in _SINGLE_THREADED:
            os.environ.setdefault(name, "1")  # read by the children when they import numpy
        self._pool = self._new_pool()
        self._lock = threading.Lock()

    def _new_pool(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")  # a fork would copy locks that Prefect's threads hold
        return ProcessPoolExecutor(self.workers, mp_context=context, initializer=_begin_worker)

    def run(self, function: Callable[[_Argument], _Result], argument: _Argument) -> _Result:
        """Call it in a pool process.

        Raises:
            WorkerLostError: the process died. The pool has been replaced: another call may succeed.
        """
        pool = self._pool
        try:
            return pool.submit(function, argument).result()
        except BrokenProcessPool as error:
            with self._lock:  # all that waited for the broken pool come here; one replaces it
                if self._pool is pool:
                    self._pool = self._new_pool()
            raise WorkerLostError(str(argument)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            # A run that fails or is interrupted must not wait for minutes of work that nobody will commit.
            for process in list(self._pool._processes.values()):
                process.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)


def engine_for(articles: int, workers: int) -> InProcess | ProcessPool:
    """The engine that suits the size of the input.

    Args:
        articles: number of records to work on.
        workers: processes wanted; 0 chooses.
    """
    if workers == 0:
        workers = usable_cores() if articles >= ARTICLES_WORTH_A_POOL else 1
    return InProcess() if workers == 1 else ProcessPool(workers)


def usable_cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin_worker() -> None:
    """Runs first in a pool process: Ctrl-C is for the parent to handle, and there is no life after the parent's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent-guard", daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # the pool's own threads would block for ever on a queue that nobody fills

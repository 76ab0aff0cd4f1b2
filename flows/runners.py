"""Where the batches of a run go: to processes of this machine, or to the workers of a Dask cluster.

Either way a batch is one task run, worked on in a process that is watched from outside (:mod:`flows.pool`), and its
rows are staged in the warehouse's folder. Only the flow commits.
"""

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Protocol

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.logging import get_run_logger
from prefect.utilities.annotations import quote

from flows.errors import DaskUnreachableError, Loss, MissingExtraError, WorkerLostError
from flows.isolate import run_isolated
from flows.options import IngestOptions, RunnerKind
from flows.pool import Engine, ProcessPool, workers_for
from flows.recipe import MEGABYTE
from flows.spec import BatchResult, BatchSpec

SECONDS_TO_CONNECT = 15


def retry_may_help(_task: object, _run: object, state: Any) -> bool:
    """Prefect's retry condition: only errors that say so themselves."""
    return bool(getattr(state.result(raise_on_failure=False), "retryable", False))


class Runner(Protocol):
    """Takes batches."""

    @property
    def workers(self) -> int:
        """Batches that are worked on at a time."""
        ...

    def submit(self, spec: BatchSpec, name: str, after: Any = None) -> PrefectFuture[BatchResult]:
        """Begin a batch as a task run of this name; the graph draws an arrow from the task that gave ``after``."""
        ...

    def result(self, future: PrefectFuture[BatchResult]) -> BatchResult:
        """What came of it. Raises what the task raised."""
        ...


@contextmanager
def runner_for(options: IngestOptions, records: int) -> Iterator[Runner]:
    """The runner that the options name, open for the time of the block.

    Raises:
        DaskUnreachableError: no scheduler answers.
        MissingExtraError: prefect-dask is not installed.
    """
    memory = options.worker_megabytes * MEGABYTE
    if options.runner is RunnerKind.DASK:
        with _dask(options.dask_address, memory) as runner:
            yield runner
    else:
        with ProcessPool(workers_for(records, options.workers), memory) as pool:
            yield LocalRunner(pool)


@task(
    name="annotate batch",
    retries=2,
    retry_delay_seconds=[1, 5],
    retry_condition_fn=retry_may_help,
    cache_policy=NO_CACHE,
)
def annotate_batch(engine: Engine, spec: BatchSpec) -> BatchResult:
    """Read, normalise, annotate and stage the articles of one batch."""
    return run_isolated(engine, spec, get_run_logger().warning)


@task(
    name="annotate batch on Dask",
    retries=2,
    retry_delay_seconds=[1, 5],
    retry_condition_fn=retry_may_help,
    cache_policy=NO_CACHE,
)
def annotate_batch_on_dask(packed: bytes, memory: int) -> BatchResult:
    """Read, normalise, annotate and stage the articles of one batch, in a process beside the Dask worker."""
    spec: BatchSpec = pickle.loads(packed)
    return run_isolated(_pool_of_this_worker(memory), spec, get_run_logger().warning)


@lru_cache(maxsize=1)
def _pool_of_this_worker(memory: int) -> ProcessPool:
    """One watched process for each thread of the Dask worker; they end with it, and load their models once."""
    from distributed import get_worker  # noqa: PLC0415  an extra

    return ProcessPool(get_worker().state.nthreads, memory)


class LocalRunner:
    """Batches go to a pool of processes; the task runs that wait for them are threads of this process."""

    def __init__(self, pool: Engine) -> None:
        self._pool = pool

    @property
    def workers(self) -> int:
        """Processes of the pool."""
        return self._pool.workers

    def submit(self, spec: BatchSpec, name: str, after: Any = None) -> PrefectFuture[BatchResult]:
        """Begin a batch."""
        opaque: Any = quote(spec)  # else Prefect searches each of its units for futures
        return annotate_batch.with_options(task_run_name=name).submit(
            self._pool, opaque, wait_for=[after], return_state=False
        )

    def result(self, future: PrefectFuture[BatchResult]) -> BatchResult:
        """What came of it."""
        return future.result()


class DaskRunner:
    """Batches go to the workers of a cluster, which must see the sources and the warehouse under the same paths."""

    def __init__(self, runner: Any, memory: int) -> None:
        self._runner = runner
        self._memory = memory

    @property
    def workers(self) -> int:
        """Threads of all Dask workers that are there now; workers may come and go."""
        return sum(self._runner.client.nthreads().values())

    def submit(self, spec: BatchSpec, name: str, after: Any = None) -> PrefectFuture[BatchResult]:  # noqa: ARG002
        """Begin a batch. Dask itself begins it again elsewhere when its worker dies; ``after`` stays here."""
        named = annotate_batch_on_dask.with_options(task_run_name=name)
        # As bytes, in which neither Prefect nor Dask looks for futures; Dask would make tuples of annotations, too.
        parameters = {"packed": pickle.dumps(spec), "memory": self._memory}
        future: PrefectFuture[BatchResult] = self._runner.submit(named, parameters=parameters)
        return future

    def result(self, future: PrefectFuture[BatchResult]) -> BatchResult:
        """What came of it."""
        from distributed.scheduler import KilledWorker  # noqa: PLC0415  an extra

        try:
            return future.result()
        except KilledWorker as error:
            raise WorkerLostError(str(error.task), Loss.DIED) from error


@contextmanager
def _dask(address: str | None, memory: int) -> Iterator[DaskRunner]:
    try:
        from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415  an extra
    except ImportError as error:
        raise MissingExtraError("--runner dask", "dask") from error

    with DaskTaskRunner(address=address, client_kwargs={"timeout": SECONDS_TO_CONNECT}) as runner:
        try:
            runner.client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
        except (OSError, TimeoutError) as error:
            raise DaskUnreachableError(str(address), str(error) or "no worker came in time") from error
        yield DaskRunner(runner, memory)

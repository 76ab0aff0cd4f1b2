"""Where batches are worked on, and what happens when a worker dies."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from flows.errors import WorkerLostError
from flows.pool import ARTICLES_WORTH_A_POOL, InProcess, ProcessPool, engine_for, usable_cores


def process_of(_: object) -> int:
    return os.getpid()


def die(_: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail(message: str) -> None:
    raise ValueError(message)


def handler_of_interrupts(_: object) -> bool:
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def knows_prefect_with_the_work_loaded(_: object) -> bool:
    import sys

    import flows.annotate_lines
    import flows.batch  # noqa: F401

    return "prefect" in sys.modules


def sleep_after_note(path: str) -> None:
    Path(path).write_text(str(os.getpid()))
    time.sleep(60)


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPool]:
    with ProcessPool(2) as opened:
        yield opened


def test_in_process_runs_here() -> None:
    with InProcess() as engine:
        assert engine.run(process_of, None) == os.getpid()
        assert engine.workers == 1


def test_in_process_runs_one_at_a_time() -> None:
    busy = threading.Lock()

    def alone(_: object) -> bool:
        free = busy.acquire(blocking=False)
        time.sleep(0.01)
        if free:
            busy.release()
        return free

    engine = InProcess()
    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(lambda number: engine.run(alone, number), range(8)))


def test_a_pool_runs_elsewhere(pool: ProcessPool) -> None:
    assert pool.run(process_of, None) != os.getpid()


def test_workers_leave_ctrl_c_to_the_parent(pool: ProcessPool) -> None:
    assert pool.run(handler_of_interrupts, None)


def test_workers_do_not_load_prefect(pool: ProcessPool) -> None:
    assert not pool.run(knows_prefect_with_the_work_loaded, None)


def test_an_error_of_the_work_reaches_the_caller(pool: ProcessPool) -> None:
    with pytest.raises(ValueError, match="no such luck"):
        pool.run(fail, "no such luck")


def test_a_worker_that_dies_is_told_and_the_next_call_succeeds(pool: ProcessPool) -> None:
    with pytest.raises(WorkerLostError, match="batch 7") as caught:
        pool.run(die, "batch 7")
    assert caught.value.retryable
    assert caught.value.work == "batch 7"
    assert pool.run(process_of, None) != os.getpid()


def test_an_error_does_not_wait_for_the_work_at_hand(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with ThreadPoolExecutor(1) as threads:
        begin = time.monotonic()
        with pytest.raises(KeyboardInterrupt), ProcessPool(1) as pool:
            held = threads.submit(pool.run, sleep_after_note, str(note))
            while not (note.exists() and note.read_text()):
                time.sleep(0.02)
            raise KeyboardInterrupt
        assert time.monotonic() - begin < 30
        assert isinstance(held.exception(), WorkerLostError)
    assert not psutil.pid_exists(int(note.read_text()))


@pytest.mark.parametrize(
    ("articles", "workers", "expected"),
    [
        (1, 0, 1),
        (ARTICLES_WORTH_A_POOL - 1, 0, 1),
        (ARTICLES_WORTH_A_POOL, 0, usable_cores()),
        (1_000_000, 1, 1),
        (1, 3, 3),
    ],
)
def test_the_engine_suits_the_input(articles: int, workers: int, expected: int) -> None:
    with engine_for(articles, workers) as engine:  # a pool starts no process before its first work
        assert engine.workers == expected
        assert isinstance(engine, InProcess) == (expected == 1)

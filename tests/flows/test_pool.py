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

from flows import beacon
from flows.beacon import Beacon, Phase
from flows.errors import Loss, PoolClosedError, WorkerLostError
from flows.pool import ARTICLES_WORTH_A_POOL, InProcess, ProcessPool, engine_for, start_ahead, usable_cores, workers_for
from transforms.errors import ModelNotInstalledError


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


def die_at_record(number: int) -> None:
    beacon.at(Beacon(3, number, Phase.ANNOTATING, 60))
    os.kill(os.getpid(), signal.SIGSEGV)


def stall(seconds: float) -> float:
    beacon.at(Beacon(0, 5, Phase.READING, 0.5))
    time.sleep(seconds)
    return seconds


def stay_alive(path: str) -> None:
    """Deaf to all signals that can be heard, and never back in Python while it burns the processor."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    Path(path).write_text(str(os.getpid()))
    beacon.at(Beacon(0, 0, Phase.ANNOTATING, 1.0))
    sum(range(10**12))


def hold(megabytes: int) -> int:
    held = bytearray(megabytes * 1024 * 1024)
    time.sleep(2)
    return len(held) // 1024**2


def keep(megabytes: int) -> int:
    _KEPT.append(bytearray(b"x") * (megabytes * 1024 * 1024))
    return len(_KEPT[-1]) // 1024**2


_KEPT: list[bytearray] = []


def fail_with_our_own(model: str) -> None:
    raise ModelNotInstalledError(model)


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


def test_an_error_of_ours_arrives_with_its_facts(pool: ProcessPool) -> None:
    with pytest.raises(ModelNotInstalledError) as caught:
        pool.run(fail_with_our_own, "xx_none")
    assert (caught.value.model, caught.value.retryable) == ("xx_none", False)
    assert "--model" in caught.value.remedy


def test_a_worker_that_dies_is_told_and_the_next_call_succeeds(pool: ProcessPool) -> None:
    with pytest.raises(WorkerLostError, match=r"was killed by SIGKILL; it held batch 7\.") as caught:
        pool.run(die, "batch 7")
    assert caught.value.retryable
    assert (caught.value.work, caught.value.how, caught.value.beacon) == ("batch 7", Loss.DIED, None)
    assert pool.run(process_of, None) != os.getpid()


def test_the_record_at_which_a_worker_died_is_told(pool: ProcessPool) -> None:
    with pytest.raises(WorkerLostError, match="SIGSEGV while annotating record 12") as caught:
        pool.run(die_at_record, 12)
    assert caught.value.beacon == Beacon(3, 12, Phase.ANNOTATING, 60)


def test_the_death_of_one_worker_touches_no_other(pool: ProcessPool, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as threads:
        other = threads.submit(pool.run, hold, 1)
        for _ in range(3):
            with pytest.raises(WorkerLostError):
                pool.run(die, "poison")
        assert other.result() == 1


def test_a_worker_that_stalls_at_a_record_is_ended(pool: ProcessPool) -> None:
    begin = time.monotonic()
    with pytest.raises(WorkerLostError, match="took too long and was stopped while reading record 5") as caught:
        pool.run(stall, 60.0)
    assert caught.value.how is Loss.TIMEOUT
    assert time.monotonic() - begin < 20
    assert pool.run(stall, 0.1) == 0.1


def test_nothing_that_a_worker_does_saves_it(pool: ProcessPool, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with pytest.raises(WorkerLostError):
        pool.run(stay_alive, str(note))
    assert not psutil.pid_exists(int(note.read_text()))


def test_a_worker_that_takes_too_much_memory_is_ended() -> None:
    with ProcessPool(1, memory=150 * 1024 * 1024) as pool:
        with pytest.raises(WorkerLostError, match="too much memory") as caught:
            pool.run(hold, 700)
        assert caught.value.how is Loss.MEMORY


def test_a_worker_above_its_share_is_replaced_after_its_work() -> None:
    with ProcessPool(1, memory=400 * 1024 * 1024) as pool:
        first = pool.run(process_of, None)
        assert pool.run(process_of, None) == first
        assert pool.run(keep, 450) == 450
        assert pool.run(process_of, None) != first


def test_a_worker_is_replaced_after_so_many_calls() -> None:
    with ProcessPool(1, calls=2) as pool:
        pids = [pool.run(process_of, None) for _ in range(5)]
    assert len(set(pids)) == 3
    assert pids[0] == pids[1] != pids[2]


def test_no_worker_outlives_its_pool() -> None:
    with ProcessPool(2) as pool:
        pool.run(process_of, None)
        (pid,) = pool.pids()
    assert not psutil.pid_exists(pid)
    with pytest.raises(PoolClosedError):
        pool.run(process_of, None)


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
        assert isinstance(held.exception(), PoolClosedError)
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
    assert workers_for(articles, workers) == expected
    with engine_for(articles, workers) as engine:  # a pool starts no process before its first work
        assert engine.workers == expected
        assert isinstance(engine, InProcess) == (expected == 1)


_noted: list[object] = []


def note(what: object) -> None:
    _noted.append(what)


def noted(_: object) -> list[object]:
    return _noted


def die_later(_: object) -> None:
    time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_started_ahead_is_the_first_of_the_next_pool() -> None:
    start_ahead(note, "loaded")
    with ProcessPool(2) as pool:
        assert pool.run(noted, None) == ["loaded"]
        assert pool.run(noted, None) == ["loaded"], "its answers stay in step"
    with ProcessPool(1) as pool:
        assert pool.run(noted, None) == [], "only once"


def test_what_goes_wrong_ahead_is_not_told() -> None:
    start_ahead(fail, "no model")
    with ProcessPool(1) as pool:
        assert pool.run(noted, None) == []


def test_a_process_that_died_ahead_is_passed_over() -> None:
    before = set(psutil.Process().children())
    start_ahead(die, "")
    (child,) = set(psutil.Process().children()) - before
    deadline = time.monotonic() + 30
    while child.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.05)
    with ProcessPool(1) as pool:
        assert pool.run(noted, None) == []


def test_a_process_that_dies_of_its_start_costs_no_work() -> None:
    start_ahead(die_later, "")
    with ProcessPool(1) as pool:
        assert pool.run(noted, None) == [], "another process takes it"

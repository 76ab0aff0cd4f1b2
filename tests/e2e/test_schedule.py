"""A schedule that nobody attends to: files drop in, runs start by themselves, overlap, are missed, and lose nothing."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from prefect.client.schemas.objects import FlowRun

from tests.e2e.onrecord import Shell, eventually, table
from tests.e2e.up import Up, started
from tests.flows.landing import dated, write_text
from warehouse.lock import write_lock

pytestmark = [pytest.mark.faults, pytest.mark.model, pytest.mark.timeout(1500)]

INTERVAL = 30
RUNS = 3
DOWN_INTERVALS = 4
FILES = RUNS + 1 + 3


@pytest.fixture
def home(used_home: Path, tmp_path: Path) -> Path:
    shutil.copytree(used_home, tmp_path / "prefect")
    return tmp_path / "prefect"


@pytest.fixture
def up(home: Path, tmp_path: Path) -> Iterator[Up]:
    (tmp_path / "work" / "landing").mkdir(parents=True)
    with started(Shell(home), tmp_path / "work", "--interval", f"{INTERVAL}s") as running:
        yield running


def drop(up: Up, number: int) -> None:
    """Under another name first, as a careful sender does."""
    beside = write_text(up.landing / f".{number}.part", dated(number))
    beside.rename(up.landing / f"{number}.txt")


def wait_for_runs(up: Up, count: int, seconds: float) -> None:
    reached = eventually(lambda: len(up.runs("ingest", "Completed")) >= count, seconds)
    assert reached, [(run.name, run.state_name) for run in up.runs("ingest")]


def seen_files(up: Up) -> list[str]:
    return sorted(Path(path).name for path in table(up.data, "documents")["source_path"])


def test_runs_by_itself_cancels_overlaps_and_catches_up_once(up: Up) -> None:
    # 1. At least three runs by themselves, while files drop in.
    for number in range(RUNS):
        drop(up, number)
        wait_for_runs(up, number + 1, 6 * INTERVAL)
    completed = up.runs("ingest", "Completed")
    assert len(completed) >= RUNS
    assert all(run.auto_scheduled for run in completed)
    assert all(run.name.startswith("ingest landing · ") for run in completed)
    assert all(expected(after) - expected(before) >= INTERVAL - 1 for before, after in pairwise(completed))

    # 2. A run that lasts longer than the interval: those that come meanwhile are cancelled.
    #    Ours lasts as long as somebody else keeps it from committing.
    with write_lock(up.data / ".lock"):
        drop(up, RUNS)
        overlapped = eventually(lambda: is_cancelled_while_one_runs(up), 10 * INTERVAL)
        assert overlapped, [(run.name, run.state_name) for run in up.runs("ingest")]
        assert seen_files(up) == [f"{number}.txt" for number in range(RUNS)]
    assert eventually(lambda: len(seen_files(up)) == RUNS + 1, 4 * INTERVAL)

    # 3. The whole of it is killed for some intervals; what was missed is caught up by one run.
    os.kill(up.process.pid, signal.SIGKILL)
    up.process.wait()
    assert eventually(lambda: not up.shell.processes(), 30)
    for number in range(RUNS + 1, FILES):
        drop(up, number)
    down_since = time.time()
    time.sleep(DOWN_INTERVALS * INTERVAL)
    down_until = time.time()
    with started(up.shell, up.folder, "--interval", f"{INTERVAL}s") as again:
        caught = eventually(lambda: len(seen_files(again)) >= FILES, 8 * INTERVAL)
        assert caught, again.said()
        settled = eventually(lambda: not again.runs("ingest", "Running", "Pending", "Late"), 4 * INTERVAL)
        assert settled
        missed = [run for run in again.runs("ingest") if down_since < expected(run) < down_until]
        assert len(missed) >= DOWN_INTERVALS - 1
        assert sum(run.state_name == "Completed" for run in missed) == 1, [run.state_name for run in missed]
        assert {run.state_name for run in missed} <= {"Completed", "Cancelled"}

    # 4. Every file exactly once.
    documents = table(up.data, "documents")
    assert documents["document_id"].is_unique
    assert seen_files(up) == sorted(f"{number}.txt" for number in range(FILES))
    assert len(table(up.data, "sources")) == FILES


def is_cancelled_while_one_runs(up: Up) -> bool:
    """A run is under way, and one that was to start after it has been cancelled."""
    running = up.runs("ingest", "Running")
    return len(running) == 1 and any(expected(run) > expected(running[0]) for run in up.runs("ingest", "Cancelled"))


def expected(run: FlowRun) -> float:
    """When it was to start."""
    return run.expected_start_time.timestamp() if run.expected_start_time else 0.0

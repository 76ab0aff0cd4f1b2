"""A commit killed before any of its calls to the file system leaves the old tables or the new ones, never a mixture."""

import shutil
import signal
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.faults.worker import CONTEXT, count_calls, die
from tests.warehouse.factory import SECOND, Article, File, stage
from tests.warehouse.tables import check_invariants, read_all
from warehouse.commit import commit
from warehouse.staging import StagingArea

OLD = tuple(
    Article(f"old{n}", text=f"Words number {n}, they said.", day=datetime(2026, 1 + n % 3, 5)) for n in range(6)
)
NEW = tuple(Article(f"new{n}", text=f"News number {n}, they said.", day=datetime(2026, 2 + n % 3, 5)) for n in range(4))
CHANGED = (replace(OLD[0], text="Corrected, they said."), replace(OLD[1], day=datetime(2026, 6, 5)), *OLD[3:])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with a snapshot to prune, a current one, and a batch of corrections, removals and news to commit."""
    root = tmp_path_factory.mktemp("kills") / "data"
    commit(root, [], "run", now=datetime.fromisoformat("2026-01-01T00:00:00+00:00"))
    batch = stage(root, File("/in/old", OLD, rejects=1))
    commit(root, [batch], "run", now=datetime.fromisoformat("2026-01-02T00:00:00+00:00"))
    StagingArea(root).discard([batch])
    stage(root, File("/in/old", CHANGED, read_at=5_000 * SECOND), File("/in/new", NEW))
    return root


@pytest.fixture(scope="module")
def calls(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many calls the whole commit takes."""
    root = tmp_path_factory.mktemp("whole") / "data"
    shutil.copytree(prepared, root, symlinks=True)
    answer = CONTEXT.SimpleQueue()
    process = CONTEXT.Process(target=count_calls, args=(str(root), answer))
    process.start()
    process.join()
    assert process.exitcode == 0
    return int(answer.get())


def texts(root: Path) -> set[str]:
    tables = read_all(root)
    check_invariants(tables)
    return set(tables["documents"]["text"])


def kill_and_check(prepared: Path, root: Path, blows_at: int) -> None:
    shutil.copytree(prepared, root, symlinks=True)
    process = CONTEXT.Process(target=die, args=(str(root), blows_at))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    before, after = {article.text for article in OLD}, {article.text for article in (*CHANGED, *NEW)}
    assert texts(root) in (before, after)
    result = commit(root, StagingArea(root).finished(), "run")
    assert texts(root) == after
    assert (result.snapshot is None) == (result.documents_added == 0)
    assert list((root / "snapshots").glob(".*")) == []
    assert not list(root.glob(".current.*"))
    assert commit(root, StagingArea(root).finished(), "run").snapshot is None


def test_some_positions(prepared: Path, calls: int, tmp_path: Path) -> None:
    step = max(1, calls // 24)
    for blows_at in (*range(1, calls, step), calls - 2, calls - 1, calls):
        kill_and_check(prepared, tmp_path / str(blows_at), blows_at)


@pytest.mark.faults
@pytest.mark.timeout(1800)
def test_every_position(prepared: Path, calls: int, tmp_path: Path) -> None:
    for blows_at in range(1, calls + 1):
        kill_and_check(prepared, tmp_path / str(blows_at), blows_at)
        shutil.rmtree(tmp_path / str(blows_at))

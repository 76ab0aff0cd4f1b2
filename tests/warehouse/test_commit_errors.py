"""What the operating system refuses, refused for real: nothing is lost, and the error says what to do."""

import errno
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import warehouse
from tests.warehouse.factory import Article, File, stage
from tests.warehouse.tables import check_invariants, read_all
from warehouse import compaction
from warehouse.commit import commit
from warehouse.errors import DiskFullError, LockedError, NoSymlinkError, WarehouseError, WritePermissionError
from warehouse.lock import write_lock
from warehouse.staging import StagingArea

A, B = Article("a"), Article("b", text="Other words, many of them.")
CONTEXT = multiprocessing.get_context("fork")


def elsewhere(act: Callable[[], object]) -> tuple[str, str]:
    """Do something in a process of its own, which may give up rights or room.

    Returns:
        Name and text of the error that it ended with, both empty when there was none.
    """
    answers = CONTEXT.SimpleQueue()

    def run() -> None:
        try:
            act()
        except WarehouseError as error:
            answers.put((type(error).__name__, str(error)))
        else:
            answers.put(("", ""))
        os._exit(0)  # what the parent has to tidy up at its end is not for a fork without rights or room

    process = CONTEXT.Process(target=run)
    process.start()
    process.join(60)
    assert process.exitcode == 0
    answer: tuple[str, str] = answers.get()
    return answer


def with_room_for(size: int, act: Callable[[], object]) -> Callable[[], object]:
    def limited() -> object:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        return act()

    return limited


def as_nobody(act: Callable[[], object]) -> Callable[[], object]:
    """As a user without rights of his own, also where the tests run as root."""

    def run() -> object:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        return act()

    return run


@pytest.fixture
def filled(root: Path) -> Path:
    commit(root, [stage(root, File("/in/a", (A,)))], "run")
    return root


def assert_unharmed(root: Path, batch: Any = None) -> None:
    """The tables are as they were, nothing half-built is left, and the next commit works."""
    tables = read_all(root)
    check_invariants(tables)
    assert list(tables["documents"]["document_id"]) == [A.document_id]
    assert list((root / "snapshots").glob(".*")) == []
    assert commit(root, [batch or stage(root, File("/in/b", (B,)))], "run").documents_added == 1


@pytest.mark.parametrize("size", [0, 3, 2_000, 3_500])
def test_no_room_for_a_commit(filled: Path, size: int) -> None:
    batch = stage(filled, File("/in/b", (B,)))
    name, text = elsewhere(with_room_for(size, lambda: commit(filled, [batch], "run")))
    assert name == DiskFullError.__name__
    assert "Free some space" in text
    assert_unharmed(filled, batch)


@pytest.mark.parametrize("size", [0, 4_000, 13_000])
def test_no_room_for_a_batch(filled: Path, size: int) -> None:
    name, _ = elsewhere(with_room_for(size, lambda: stage(filled, File("/in/b", (B,)))))
    assert name == DiskFullError.__name__
    assert not list((filled / "staging").glob(".tmp*"))
    assert_unharmed(filled)


def test_no_room_to_compact(filled: Path) -> None:
    commit(filled, [stage(filled, File("/in/b", (B,)))], "run")
    before = read_all(filled)["documents"]
    name, _ = elsewhere(with_room_for(9_000, lambda: warehouse.compact(filled)))
    assert name == DiskFullError.__name__
    pd.testing.assert_frame_equal(read_all(filled)["documents"], before)
    assert warehouse.compact(filled).snapshot == 3


def test_no_room_to_merge_after_a_commit_is_no_failure_of_it(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(compaction, "FEW_RUNS", 1)
    with monkeypatch.context() as patch:
        patch.setattr(compaction, "_write_merged", full)
        assert commit(filled, [stage(filled, File("/in/b", (B,)))], "run").snapshot == 2
    assert list((filled / "snapshots").glob(".*")) == []
    assert len(read_all(filled)["documents"]) == 2
    assert commit(
        filled, [stage(filled, File("/in/c", (Article("c", text="Third words, they are."),)))], "run"
    ).snapshot
    assert warehouse.open(filled).snapshot == 4, "merged by the next commit that had room"


def test_no_room_to_forget_is_ended_by_the_next_writer(filled: Path) -> None:
    commit(filled, [stage(filled, File("/in/b", (B,)))], "run")
    name, _ = elsewhere(with_room_for(9_000, lambda: warehouse.forget(filled, B.document_id)))
    assert name == DiskFullError.__name__
    check_invariants(read_all(filled))
    commit(filled, [], "run")
    check_invariants(read_all(filled))
    for snapshot in (filled / "snapshots").iterdir():
        assert B.document_id not in set(pd.read_parquet(snapshot / "documents")["document_id"])


@pytest.fixture
def read_only(filled: Path):  # type: ignore[no-untyped-def]
    """A warehouse that its user may read and not write."""
    shut = [path for path in (filled, *filled.rglob("*")) if not path.is_symlink()]
    outer = [folder for folder in filled.parents if folder.is_relative_to("/tmp") and folder != Path("/tmp")]
    modes = {path: path.stat().st_mode for path in (*shut, *outer)}
    for path in outer:
        path.chmod(0o755)
    for path in shut:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield filled
    for path, mode in modes.items():
        path.chmod(mode)


@pytest.mark.parametrize(
    "write",
    [
        lambda root: commit(root, [], "run"),
        lambda root: StagingArea(root, to_write=True),
        lambda root: stage(root, File("/in/b", (B,))),
        warehouse.compact,
        lambda root: warehouse.forget(root, A.document_id),
    ],
    ids=["commit", "start", "batch", "compact", "forget"],
)
def test_a_read_only_folder(read_only: Path, write: Callable[[Path], object]) -> None:
    name, text = elsewhere(as_nobody(lambda: write(read_only)))
    assert name == WritePermissionError.__name__
    assert "Give this user the right" in text


def test_a_read_only_folder_can_be_read(read_only: Path) -> None:
    def read() -> None:
        assert len(warehouse.open(read_only).quotes()) == 2
        assert len(StagingArea(read_only).finished()) == 1

    assert elsewhere(as_nobody(read)) == ("", "")


def test_a_folder_that_may_not_be_made(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    name, _ = elsewhere(as_nobody(lambda: commit(tmp_path / "data", [], "run")))
    tmp_path.chmod(0o755)
    assert name == WritePermissionError.__name__


def test_without_symbolic_links_it_is_told_at_the_start(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")  # as FAT and some network file systems answer

    monkeypatch.setattr(os, "symlink", refused)
    with pytest.raises(NoSymlinkError, match="Keep the warehouse on a local file system"):
        StagingArea(root)


def test_a_second_writer_waits_and_is_told_who_is_first(filled: Path) -> None:
    process = CONTEXT.Process(target=_hold_lock, args=(filled,))
    process.start()
    while (filled / ".lock").read_text() != str(process.pid):
        time.sleep(0.01)
    with pytest.raises(LockedError, match=f"process {process.pid} has held the lock"):
        commit(filled, [], "run", wait=0.1)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert commit(filled, [stage(filled, File("/in/b", (B,)))], "run", wait=0.1).documents_added == 1


def _hold_lock(root: Path) -> None:
    with write_lock(root / ".lock"):
        time.sleep(60)
        sys.exit(1)

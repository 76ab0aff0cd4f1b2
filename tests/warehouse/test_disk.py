import errno
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from tests.warehouse.factory import Article, File, stage
from tests.warehouse.tables import check_invariants, read_all
from warehouse.commit import commit
from warehouse.errors import DiskFullError, NoSymlinkError, WarehouseError, WritePermissionError

A, B = Article("a"), Article("b", text="Other words, many of them.")


def refuse(code: int) -> Callable[..., None]:
    def refused(*arguments: object, **more: object) -> None:
        raise OSError(code, os.strerror(code))

    return refused


def test_everything_a_commit_writes_is_synced(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: set[Path] = set()
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.add(Path(f"/proc/self/fd/{descriptor}").readlink()))
    commit(root, [stage(root, File("/in/a", (A,)))], "run")
    # Files were synced under the names that they had at the time.
    names = {str(path).replace(".build-", "").replace("/00000001", "/*") for path in synced}
    snapshot = (root / "current").resolve()
    for path in [snapshot, *snapshot.rglob("*")]:
        assert str(path).replace("/00000001", "/*") in names
    assert {root, root / "snapshots", root / "staging"} <= synced


@pytest.mark.parametrize(
    ("call", "code", "error"),
    [
        ("fsync", errno.ENOSPC, DiskFullError),
        ("fsync", errno.EDQUOT, DiskFullError),
        ("mkdir", errno.EACCES, WritePermissionError),
        ("rename", errno.EROFS, WritePermissionError),
        ("symlink", errno.EPERM, NoSymlinkError),
    ],
)
def test_refusals_are_clear_and_lose_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int, error: type[WarehouseError]
) -> None:
    commit(root, [stage(root, File("/in/a", (A,)))], "run")
    batch = stage(root, File("/in/b", (B,)))
    with monkeypatch.context() as patch, pytest.raises(error) as caught:
        patch.setattr(os, call, refuse(code))
        commit(root, [batch], "run")
    assert caught.value.remedy in str(caught.value)
    tables = read_all(root)
    check_invariants(tables)
    assert list(tables["documents"]["document_id"]) == [A.document_id]
    assert commit(root, [batch], "run").documents_added == 1
    assert [path.name for path in (root / "snapshots").glob(".*")] == []


@pytest.mark.parametrize("code", [errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP])
def test_without_hard_links_files_are_copied(root: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    commit(root, [stage(root, File("/in/a", (A,)))], "run")
    monkeypatch.setattr(os, "link", refuse(code))
    commit(root, [stage(root, File("/in/b", (B,)))], "run")
    check_invariants(read_all(root))
    assert len(pd.read_parquet(root / "documents")) == 2


def test_half_built_and_never_published_snapshots_are_cleared(root: Path) -> None:
    commit(root, [stage(root, File("/in/a", (A,)))], "run")
    for name in (".build-00000002", ".drop-00000000", "00000002"):
        (root / "snapshots" / name / "documents").mkdir(parents=True)
    (root / ".current.123").symlink_to("snapshots/00000002")
    commit(root, [stage(root, File("/in/b", (B,)))], "run", now=datetime(2026, 1, 1, tzinfo=UTC))
    assert sorted(path.name for path in (root / "snapshots").iterdir()) == ["00000001", "00000002"]
    assert not (root / ".current.123").is_symlink()
    check_invariants(read_all(root))

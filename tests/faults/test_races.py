"""Several writers at once lose nothing; readers beside a writer see whole snapshots."""

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

import warehouse
from tests.faults.worker import CONTEXT, all_in_version, rewrite_for, write_own
from tests.warehouse.factory import stage
from tests.warehouse.tables import check_invariants, read_all
from warehouse.commit import commit


def _race(root: Path, writers: int, commits: int) -> None:
    processes = [CONTEXT.Process(target=write_own, args=(str(root), writer, commits)) for writer in range(writers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    tables = read_all(root)
    check_invariants(tables)
    assert len(tables["documents"]) == writers * commits
    assert warehouse.open(root).snapshot == writers * commits


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    _race(tmp_path / "data", writers=2, commits=8)


@pytest.mark.faults
@pytest.mark.parametrize("writers", [2, 4])
def test_many_commits_of_several_writers(tmp_path: Path, writers: int) -> None:
    _race(tmp_path / "data", writers, commits=100 // writers)


def _read_beside(root: Path, seconds: float) -> Counter[str]:
    commit(root, [stage(root, all_in_version(1))], "run-1")
    writer = CONTEXT.Process(target=rewrite_for, args=(str(root), seconds))
    writer.start()
    seen: Counter[str] = Counter()
    while writer.is_alive():
        pinned = warehouse.open(root)
        documents, quotes = pinned.documents(), pinned.quotes()
        assert len(documents) == 9
        assert set(quotes["document_id"]) == set(documents["document_id"])
        seen["pinned"] += 1
        try:
            rows = pd.read_parquet(root / "documents")
        except FileNotFoundError:
            seen["plain, nothing found"] += 1
            continue
        seen["plain"] += 1
        versions = set(rows["text"].str.split().str[1])
        assert (len(rows), rows["document_id"].is_unique, len(versions)) == (9, True, 1)
        seen["versions " + versions.pop()] += 1
    writer.join()
    assert writer.exitcode == 0
    return seen


def test_reader_beside_a_writer(tmp_path: Path) -> None:
    seen = _read_beside(tmp_path / "data", 3.0)
    assert seen["plain"] > 10
    assert len(seen) > 5, "the reader saw too few versions to prove anything"


@pytest.mark.faults
def test_reader_beside_a_writer_for_long(tmp_path: Path) -> None:
    seen = _read_beside(tmp_path / "data", 60.0)
    assert seen["plain, nothing found"] <= 0.01 * seen["plain"]

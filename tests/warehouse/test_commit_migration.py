"""A warehouse of the previous layout, written by the version that had it, is brought up to date by the next write."""

import tarfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

import warehouse
from tests.warehouse.factory import Article, File, stage
from tests.warehouse.tables import check_invariants, read_all
from warehouse.columns import SCHEMA_VERSION, Column
from warehouse.commit import commit
from warehouse.errors import NewerVersionError
from warehouse.migrations import MIGRATIONS, absent, conform
from warehouse.snapshots import Manifest
from warehouse.staging import StagingArea
from warehouse.tables import SNAPSHOT_TABLES
from warehouse.tables.documents import DOCUMENTS
from warehouse.tables.quotes import QUOTES

LAYOUTS = Path(__file__).parent / "layouts"
COPY, STANDS = Article("copy").document_id, Article("a").document_id


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Three commits of version 1: five documents in four months, among them an exact copy and a corrected one."""
    with tarfile.open(LAYOUTS / "version-1.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "data"


def test_there_is_a_migration_from_each_older_version() -> None:
    assert sorted(MIGRATIONS) == list(range(1, SCHEMA_VERSION))
    assert len(list(LAYOUTS.glob("*.tar.xz"))) == SCHEMA_VERSION - 1


def test_can_be_read_before(old: Path) -> None:
    opened = warehouse.open(old)
    assert len(opened.documents()) == 4
    assert opened.row_counts()["forgotten"] == 0


def test_the_next_write_migrates_everything_in_one_snapshot(old: Path) -> None:
    before = warehouse.open(old)
    texts = before.documents().set_index("document_id")["text"].to_dict()
    assert (
        commit(old, [stage(old, File("/in/new", (Article("new", text="Later words, they said."),)))], "run").snapshot
        == 5
    )
    tables = read_all(old)
    check_invariants(tables)
    after = tables["documents"].set_index("document_id")
    assert after["text"].drop(Article("new").document_id).to_dict() == texts
    manifests = {n: Manifest(**pd.read_json(old / f"snapshots/{n:08d}/snapshot.json", typ="series")) for n in (4, 5)}
    assert [(item.run_id, item.schema_version) for item in manifests.values()] == [("migrate", 2), ("run", 2)]
    for table in SNAPSHOT_TABLES:
        files = [str(path) for path in (old / table.name).resolve().rglob("*.parquet")]
        for file in files:
            assert ds.dataset(file).schema.equals(table.schema(), check_metadata="add-00000005" not in file), file
    assert len(before.documents()) == 4, "a reader of the old layout goes on"


def test_rows_of_copies_are_stored_once_and_reachable_from_both(old: Path) -> None:
    assert len(pd.read_parquet(old / "quotes").query("document_id == @COPY")) == 2
    commit(old, [], "run")
    rows = pd.read_parquet(old / "documents").set_index("document_id")
    assert (rows.loc[COPY, "duplicate_of"], rows.loc[COPY, "quote_count"]) == (STANDS, 0)
    opened = warehouse.open(old)
    pd.testing.assert_frame_equal(opened.quotes(document_id=COPY), opened.quotes(document_id=STANDS))
    assert set(pd.read_parquet(old / "quotes")["document_id"]).isdisjoint({COPY})


def test_is_done_once(old: Path) -> None:
    assert commit(old, [], "run").snapshot is None
    assert warehouse.open(old).snapshot == 4
    commit(old, [], "run")
    assert warehouse.open(old).snapshot == 4


def test_batches_of_the_older_version_are_dropped_to_be_read_again(old: Path) -> None:
    assert (old / "staging" / "left").is_dir()
    assert StagingArea(old).finished() == []
    commit(old, [], "run")
    assert not (old / "staging" / "left").exists()


def test_everything_of_an_older_layout_can_be_forgotten_and_compacted(old: Path) -> None:
    result = warehouse.forget(old, STANDS)
    assert result.copies_left == (COPY,)
    check_invariants(read_all(old))
    assert [path.name for path in sorted((old / "snapshots").iterdir())] == ["00000004", "00000005"]
    assert warehouse.compact(old).snapshot == 6


def test_a_newer_layout_is_neither_read_nor_written(old: Path) -> None:
    commit(old, [], "run")
    manifest = old / "current" / "snapshot.json"
    manifest.write_text(manifest.read_text().replace('"schema_version": 2', '"schema_version": 3'))
    for use in (warehouse.open, warehouse.compact, lambda root: warehouse.forget(root, COPY)):
        with pytest.raises(NewerVersionError, match="Upgrade onrecord"):
            use(old)
    assert sorted(path.name for path in (old / "snapshots").iterdir())[-1] == "00000004"


def test_columns_that_are_new_gone_or_retyped_are_conformed() -> None:
    rows = pa.table({"quote_id": ["q"], "quote_index": pa.array([3], pa.int64()), "gone": [1]})
    (row,) = conform(QUOTES, rows).to_pylist()
    assert (row["quote_id"], row["quote_index"], row["cue"], row["cue_start"], row["quoted_parts"]) == (
        "q",
        3,
        None,
        -1,
        [],
    )
    assert "gone" not in row
    known = pa.table({"document_id": ["d"], "ingested_at": [datetime(2026, 1, 1)]})
    (row,) = conform(DOCUMENTS, known).to_pylist()
    assert (row["char_count"], row["language_score"], row["warnings"], row["text"]) == (0, 0.0, [], "")


def test_a_new_column_that_has_no_value_for_none_must_be_filled() -> None:
    with pytest.raises(TypeError, match="when"):
        absent(Column("when", pa.timestamp("ms"), "A moment."))
    assert absent(replace(Column("when", pa.timestamp("ms"), "A moment."), nullable=True)) is None

"""Published tables have the rows of the snapshot, at every step of a warehouse's life, in a folder and in a bucket."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest

import warehouse
from tests.warehouse.delta.conftest import Place
from tests.warehouse.factory import SECOND, Article, File, stage
from warehouse.commit import commit
from warehouse.delta import target as target_module
from warehouse.delta.files import delta_schema
from warehouse.errors import DeltaMissingError, NotPublishedError, PublishConflictError, PublishError
from warehouse.staging import StagingArea
from warehouse.tables import SNAPSHOT_TABLES, TABLES

OLD = tuple(
    Article(f"k{n}", text=f"Words number {n} of “{'ä' * n}”, they said.", day=datetime(2026, 1 + n % 3, 5))
    for n in range(6)
)
UNDATED = Article("undated", text="Once upon a time, they said.", day=None)
CORRECTED = (replace(OLD[0], text="Corrected, they said."), replace(OLD[1], day=datetime(2026, 6, 5)), *OLD[2:])


def filled(root: Path) -> Path:
    commit(root, [stage(root, File("/in/a", (*OLD, UNDATED), rejects=2, mtime=1_234_567_891))], "run-1")
    return root


def add(root: Path, key: str) -> None:
    commit(root, [stage(root, File(f"/in/{key}", (Article(key, text=f"News of {key}, they said."),)))], f"run-{key}")


def correct(root: Path) -> None:
    commit(root, [stage(root, File("/in/a", (*CORRECTED, UNDATED), rejects=1, read_at=5_000 * SECOND))], "run-2")


def publish(root: Path, place: Place, **more: Any) -> warehouse.delta.Publication:
    return warehouse.publish(root, place.url, storage_options=place.options, **more)


def rows_of(table: pa.Table, name: str) -> list[dict[str, Any]]:
    schema = delta_schema(TABLES[name])
    rows = table.select(schema.names).cast(schema, safe=False).to_pylist()
    return sorted(rows, key=lambda row: [str(row[key]) for key in TABLES[name].key])


def check_same(root: Path, place: Place, snapshot: int | None = None) -> None:
    """Every table, row by row and column by column."""
    opened = warehouse.open(root, snapshot=snapshot)
    versions = warehouse.published(place.url, snapshot, storage_options=place.options)
    assert versions.snapshot == opened.snapshot
    for table in SNAPSHOT_TABLES:
        theirs = place.table(table.name, versions.versions[table.name]).to_pyarrow_table()
        assert rows_of(theirs, table.name) == rows_of(opened.dataset(table.name).to_table(), table.name), table.name


def test_each_snapshot_can_be_read_back(root: Path, place: Place) -> None:
    filled(root)
    first = publish(root, place)
    assert first.changed
    assert {table.version for table in first.tables.values()} == {0}
    check_same(root, place)
    add(root, "new")
    correct(root)
    publish(root, place)
    check_same(root, place)
    check_same(root, place, snapshot=1)
    warehouse.compact(root)
    publish(root, place)
    check_same(root, place)


def test_the_same_snapshot_again_makes_no_version(root: Path, place: Place) -> None:
    filled(root)
    publish(root, place)
    again = publish(root, place)
    assert not again.changed
    assert {(table.version, table.bytes_sent) for table in again.tables.values()} == {(0, 0)}
    assert [place.table(table.name).version() for table in SNAPSHOT_TABLES] == [0] * len(SNAPSHOT_TABLES)


def test_only_what_changed_is_sent(root: Path, place: Place) -> None:
    filled(root)
    publish(root, place)
    add(root, "new")
    result = publish(root, place)
    changed = {name: (table.files_added, table.files_removed) for name, table in result.tables.items()}
    assert changed["documents"] == changed["entities"] == changed["quotes"] == changed["sources"] == (1, 0)
    assert changed["rejects"] == changed["forgotten"] == (0, 0)
    new_file = next((root / "current" / "documents").rglob("add-00000002*"))
    assert result.tables["documents"].bytes_sent == new_file.stat().st_size
    correct(root)
    result = publish(root, place)
    months = len({article.day for article in OLD[:2]}) + 1
    assert result.tables["documents"].files_added <= 2 * months
    assert 0 < result.tables["documents"].files_removed <= 2


def test_tables_are_lined_up_by_the_snapshot(root: Path, place: Place) -> None:
    filled(root)
    for number in range(3):
        publish(root, place)
        add(root, f"n{number}")
    found = warehouse.published(place.url, storage_options=place.options)
    assert (found.snapshot, set(found.versions.values())) == (3, {2})
    assert warehouse.published(place.url, 2, storage_options=place.options).versions["quotes"] == 1
    (commit_info,) = place.table("quotes").history(1)
    assert commit_info["onrecord.snapshot"] == "3"
    assert commit_info["onrecord.run_id"] == "run-n1"
    with pytest.raises(NotPublishedError, match=r"not snapshot 4.*1, 2, 3"):
        warehouse.published(place.url, 4, storage_options=place.options)


def test_a_publication_that_was_cut_short_is_not_taken_for_whole(root: Path, place: Place, monkeypatch: Any) -> None:
    filled(root)
    publish(root, place)
    add(root, "new")
    plain = target_module.Target.send

    def fails(self: Any, name: str, path: str, source: Path) -> int:
        if name == "quotes":
            raise OSError("the cable was pulled")
        return plain(self, name, path, source)

    monkeypatch.setattr(target_module.Target, "send", fails)
    with pytest.raises(OSError, match="cable"):
        publish(root, place)
    assert place.table("documents").version() == 1
    assert warehouse.published(place.url, storage_options=place.options).snapshot == 1
    check_same(root, place, snapshot=1)
    monkeypatch.undo()
    assert publish(root, place).changed
    assert {place.table(table.name).version() for table in SNAPSHOT_TABLES} == {1}
    check_same(root, place)


def test_what_was_taken_down_vanishes(root: Path, place: Place) -> None:
    filled(root)
    publish(root, place)
    key = OLD[2].document_id
    warehouse.forget(root, key)
    publish(root, place)
    check_same(root, place)
    for name in ("documents", "entities", "quotes"):
        assert key not in place.table(name).to_pyarrow_table().column("document_id").to_pylist()
    assert key in place.table("documents", 0).to_pyarrow_table().column("document_id").to_pylist()
    result = publish(root, place, vacuum=True, retain_hours=0)
    assert sum(table.vacuumed for table in result.tables.values()) >= 3
    with pytest.raises(Exception, match=r"(?i)not ?found|no such|404"):
        place.table("documents", 0).to_pyarrow_table()
    assert warehouse.published(place.url, storage_options=place.options).snapshot == 2
    check_same(root, place)
    assert not publish(root, place, vacuum=True, retain_hours=0).changed
    add(root, "later")
    publish(root, place)
    check_same(root, place)


def test_vacuum_leaves_recent_versions_by_default(root: Path, place: Place) -> None:
    filled(root)
    publish(root, place)
    correct(root)
    result = publish(root, place, vacuum=True)
    assert {table.vacuumed for table in result.tables.values()} == {0}
    check_same(root, place, snapshot=1)


def test_other_engines_read_it(root: Path, place: Place) -> None:
    publish(filled(root), place)
    url = f"{place.url}/quotes"
    frame = pl.read_delta(url, storage_options=place.options or None)
    assert frame.height == 14
    assert "month" in frame.columns
    day = pl.col("published_on") >= datetime(2026, 3, 1)
    some = pl.scan_delta(url, storage_options=place.options or None).filter(
        day & (pl.col("speaker_canonical") == "Ada Marsh")
    )
    plain = warehouse.open(root).quotes(since="2026-03-01", speaker="Ada Marsh")
    assert sorted(some.collect()["quote_id"].to_list()) == sorted(plain["quote_id"])
    quotes = place.table("quotes").to_pyarrow_dataset()
    assert quotes is not None
    found = duckdb.sql("select month, count(*) from quotes group by month order by month").fetchall()
    assert found == [("2026-01", 4), ("2026-02", 4), ("2026-03", 4), ("unknown", 2)]


def test_bounds_in_the_log_let_readers_skip_files(root: Path, place: Place) -> None:
    publish(filled(root), place)
    facts = pa.table(place.table("documents").get_add_actions(flatten=True)).to_pylist()
    january = next(row for row in facts if row["partition.month"] == "2026-01")
    assert january["num_records"] == 2
    assert january["min.published_on"] == january["max.published_on"] == datetime(2026, 1, 5)
    ids = sorted(article.document_id for article in OLD if article.day == datetime(2026, 1, 5))
    assert [january["min.document_id"], january["max.document_id"]] == ids
    assert january["null_count.section"] == 2
    assert january["min.char_count"] <= january["max.char_count"]


def test_new_columns_come_with_a_new_schema(root: Path, place: Place, monkeypatch: Any) -> None:
    """As if the published tables had been made before a column came."""
    filled(root)
    whole = delta_schema(TABLES["rejects"])
    with monkeypatch.context() as before:
        fewer = pa.schema([field for field in whole if field.name != "excerpt"])
        before.setattr(
            "warehouse.delta.publication.delta_schema",
            lambda table: fewer if table.name == "rejects" else delta_schema(table),
        )
        publish(root, place)
    assert "excerpt" not in place.table("rejects").to_pyarrow_table().column_names
    file = next((root / "current" / "rejects").iterdir())  # a migration writes all files anew
    file.rename(file.with_name("add-00000002-migrated.parquet"))
    shutil.move(root / "snapshots" / "00000001", root / "snapshots" / "00000002")
    (root / "snapshots" / "00000002" / "snapshot.json").write_text(
        '{"number": 2, "created_at": "2026-01-01T00:00:00+00:00", "run_id": "migrate", "schema_version": 2}'
    )
    (root / "snapshots" / "00000002" / "files.json").unlink()
    (root / "current").unlink()
    (root / "current").symlink_to("snapshots/00000002")
    file = next((root / "current" / "rejects").iterdir())
    rows = pa.parquet.ParquetFile(file).read()
    file.unlink()
    pa.parquet.write_table(rows, file)
    publish(root, place)
    check_same(root, place)
    assert "excerpt" in place.table("rejects").to_pyarrow_table().column_names


# What is refused


def test_another_warehouse_is_not_published_over_it(root: Path, place: Place, tmp_path: Path) -> None:
    publish(filled(root), place)
    other = tmp_path / "other"
    commit(other, [stage(other, File("/in/z", (Article("z"),)))], "run")
    with pytest.raises(PublishConflictError, match="another snapshot 1"):
        publish(other, place)
    add(root, "new")
    publish(root, place)
    with pytest.raises(PublishConflictError, match="has snapshot 2, and this warehouse is at 1"):
        publish(other, place)
    check_same(root, place)


def test_a_delta_table_of_somebody_else_is_left_alone(root: Path, tmp_path: Path) -> None:
    from deltalake import write_deltalake

    write_deltalake(tmp_path / "theirs" / "documents", pa.table({"a": [1]}))
    with pytest.raises(PublishConflictError, match="did not make"):
        warehouse.publish(filled(root), tmp_path / "theirs")


def test_not_into_the_warehouse_itself(root: Path) -> None:
    with pytest.raises(PublishError, match="inside the warehouse"):
        warehouse.publish(filled(root), root / "delta")


def test_a_missing_bucket_is_told(root: Path, endpoint: str) -> None:
    from tests.warehouse.delta.conftest import bucket

    options = bucket(endpoint).options
    with pytest.raises(PublishError, match="no-such-bucket"):
        warehouse.publish(filled(root), "s3://no-such-bucket/x", storage_options=options)


def test_nothing_published_yet(tmp_path: Path) -> None:
    with pytest.raises(NotPublishedError, match="There are: none"):
        warehouse.published(tmp_path / "nothing")


def test_the_usual_aws_variables_are_heeded(root: Path, endpoint: str, monkeypatch: Any) -> None:
    from tests.warehouse.delta.conftest import CREDENTIALS, bucket

    place = bucket(endpoint)
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)
    warehouse.publish(filled(root), place.url)
    check_same(root, place)


@pytest.fixture
def without_deltalake(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "deltalake", None)
    return


@pytest.mark.usefixtures("without_deltalake")
def test_the_missing_library_is_named(root: Path, tmp_path: Path) -> None:
    filled(root)
    with pytest.raises(DeltaMissingError, match=r"onrecord\[delta\]"):
        warehouse.publish(root, tmp_path / "x")
    with pytest.raises(DeltaMissingError):
        warehouse.published(tmp_path / "x")
    assert StagingArea(root).finished()

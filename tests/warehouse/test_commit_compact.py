"""Compaction: fewer files, the same rows, and a layout by which filters skip."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import warehouse
from tests.warehouse.factory import SECOND, Article, File, stage
from tests.warehouse.tables import check_invariants, files_of, read_all
from warehouse import buckets, compaction
from warehouse.commit import CommitResult, commit
from warehouse.errors import NotAWarehouseError
from warehouse.staging import StagingArea
from warehouse.tables.entities import ENTITIES
from warehouse.tables.quotes import QUOTES

DAY = datetime(2026, 3, 4)


def article(number: int, day: datetime = DAY, **more: object) -> Article:
    return Article(f"k{number}", text=f"Words number {number}, they said.", day=day, **more)  # type: ignore[arg-type]


def ingest(root: Path, *articles: Article, name: str | None = None) -> CommitResult:
    batch = stage(root, *(File(f"/in/{one.key}", (one,)) for one in articles), name=name)
    result = commit(root, [batch], "run")
    StagingArea(root).discard([batch])
    return result


def rows(root: Path) -> dict[str, pd.DataFrame]:
    return {
        name: table.sort_values(list(table.columns[:3])).reset_index(drop=True).drop(columns="month", errors="ignore")
        for name, table in read_all(root).items()
    }


def test_merges_all_files_and_changes_no_row(root: Path) -> None:
    for number in range(5):
        ingest(root, article(number), article(100 + number, DAY + timedelta(days=31)))
    before = rows(root)
    pinned = warehouse.open(root)
    result = warehouse.compact(root)
    assert (result.snapshot, result.partitions) == (6, ("2026-03", "2026-04"))
    after = rows(root)
    for name, table in before.items():
        pd.testing.assert_frame_equal(table, after[name])
    check_invariants(read_all(root))
    assert files_of(root, "quotes") == {f"month=2026-0{n}/base-00000006-b000.parquet" for n in (3, 4)}
    assert files_of(root, "sources") == {"base-00000006-b000.parquet"}
    assert len(pinned.quotes()) == 20


def test_a_compact_warehouse_gets_no_snapshot(root: Path) -> None:
    ingest(root, article(1))
    assert warehouse.compact(root).snapshot is None, "the files of one commit are compact"
    ingest(root, article(2))
    assert warehouse.compact(root).snapshot == 3
    assert warehouse.compact(root).snapshot is None


def test_needs_a_warehouse(root: Path) -> None:
    with pytest.raises(NotAWarehouseError):
        warehouse.compact(root)
    assert not root.exists()


def test_commits_compact_by_themselves(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "FEW_RUNS", 4)
    for number in range(5):
        ingest(root, article(number))
    assert warehouse.open(root).snapshot == 6, "five commits, and one compaction of the month and of the ledger"
    assert files_of(root, "documents") == {"month=2026-03/base-00000006-b000.parquet"}
    assert files_of(root, "sources") == {"base-00000006-b000.parquet"}
    check_invariants(read_all(root))


def test_a_young_warehouse_has_few_files_beside_the_merged_ones(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "EXTRA_FILES", 2)
    most = 0
    for number in range(40):
        ingest(root, article(number))
        most = max(most, *(len(files_of(root, name)) for name in ("documents", "entities", "quotes", "sources")))
    assert most == 3
    assert len(read_all(root)["documents"]) == 40
    check_invariants(read_all(root))


def test_a_warehouse_of_many_files_bears_a_share_of_them_more(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "EXTRA_FILES", 0)
    monkeypatch.setattr(compaction, "EXTRA_SHARE", 0.5)
    months = [DAY + timedelta(days=31 * number) for number in range(6)]
    ingest(root, *(article(number, day) for number, day in enumerate(months)))
    for number in range(3):
        ingest(root, article(100 + number, months[number]))
        assert len(files_of(root, "documents")) == 6 + number + 1, "three of six are half of them"
    ingest(root, article(200, months[0]))
    assert len(files_of(root, "documents")) < 10
    check_invariants(read_all(root))


def test_months_that_are_over_are_compacted(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "QUIET_COMMITS", 3)
    ingest(root, article(1))
    ingest(root, article(2))
    for number in range(3, 6):
        ingest(root, article(number, DAY + timedelta(days=31)))
    assert {name for name in files_of(root, "documents") if "03/" in name} == {
        "month=2026-03/base-00000006-b000.parquet"
    }


def test_large_runs_are_left_until_the_small_ones_have_grown(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "FEW_RUNS", 3)
    monkeypatch.setattr(compaction, "SMALL_BYTES", 0)
    ingest(root, *(article(number, quotes=40) for number in range(400)))
    for number in range(400, 403):
        ingest(root, article(number))
    kinds = {name.split("/")[1][:12] for name in files_of(root, "quotes")}
    assert kinds == {"add-00000001", "base-0000000"}
    check_invariants(read_all(root))


def test_an_automatic_compaction_is_bounded(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "FEW_RUNS", 2)
    monkeypatch.setattr(compaction, "AUTOMATIC_BYTES", 1)
    for number in range(3):
        ingest(root, article(number))
    merged = [name for name in ("documents", "entities", "quotes", "sources") if len(files_of(root, name)) == 1]
    assert len(merged) == 1


@pytest.fixture
def large(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Many documents of one month, in two commits, with buckets of a few kilobytes."""
    monkeypatch.setattr(buckets, "TARGET_BYTES", {"documents": 4_000, "entities": 4_000, "quotes": 6_000})
    monkeypatch.setattr(buckets, "OTHER_TARGET_BYTES", 4_000)
    for part in range(2):
        ingest(root, *(article(number, quotes=9) for number in range(200 * part, 200 * part + 200)))
    return root


@pytest.mark.parametrize("pass_bytes", [1, 2**30], ids=["bucket by bucket", "at once"])
def test_files_have_a_bounded_size_and_ids_of_their_own(
    large: Path, monkeypatch: pytest.MonkeyPatch, pass_bytes: int
) -> None:
    monkeypatch.setattr(compaction, "PASS_BYTES", pass_bytes)
    before = rows(large)
    warehouse.compact(large)
    for name, table in rows(large).items():
        pd.testing.assert_frame_equal(table, before[name])
    for name in ("documents", "entities", "quotes", "sources"):
        files = sorted((large / name).resolve().rglob("*.parquet"))
        assert len(files) > 3, name
        key = "source_path" if name == "sources" else "document_id"
        bounds = [
            (min(ids), max(ids)) for ids in (pq.read_table(file, columns=[key])[key].to_pylist() for file in files)
        ]
        assert all(first[1] < second[0] for first, second in pairwise(bounds)), name


def test_a_correction_rewrites_one_file_of_each_table(large: Path) -> None:
    warehouse.compact(large)
    before = {name: files_of(large, name) for name in ("documents", "entities", "quotes", "sources")}
    corrected = Article("k7", text="Corrected words, they said.", quotes=3)
    commit(large, [stage(large, File("/in/k7", (corrected,), read_at=5_000 * SECOND))], "run")
    for name, files in before.items():
        assert len(files - files_of(large, name)) == 1, name
    check_invariants(read_all(large))


def test_new_rows_are_cut_at_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "TARGET_BYTES", {"documents": 4_000})
    ingest(root, *(article(number) for number in range(300)))
    assert len(files_of(root, "documents")) > 3
    assert {name.partition("-b")[0] for name in files_of(root, "documents")} == {"month=2026-03/add-00000001"}
    check_invariants(read_all(root))


def test_a_filter_on_the_speaker_skips_most_row_groups(root: Path) -> None:
    for part in range(2):
        ingest(root, *(article(number, quotes=40) for number in range(150 * part, 150 * part + 150)))
    warehouse.compact(root)
    (file,) = sorted((root / "quotes").resolve().rglob("*.parquet"))
    with pq.ParquetFile(file) as opened:
        total = opened.metadata.num_row_groups
        physical = [
            n
            for n in range(opened.metadata.num_columns)
            if opened.metadata.row_group(0).column(n).path_in_schema == "speaker_canonical"
        ]
        bounds = [opened.metadata.row_group(n).column(physical[0]).statistics for n in range(total)]
    assert total >= 6
    may_hold = [known for known in bounds if known.min <= "Cleo Varga" <= known.max]
    assert 1 <= len(may_hold) <= total / 2
    found = pd.read_parquet(root / "quotes", filters=[("speaker_canonical", "=", "Cleo Varga")])
    assert len(found) == (pd.read_parquet(root / "quotes")["speaker_canonical"] == "Cleo Varga").sum()


def test_row_groups_and_compression(root: Path) -> None:
    ingest(root, article(1))
    for table in (QUOTES, ENTITIES):
        (file,) = (root / table.name).resolve().rglob("*.parquet")
        facts = pq.read_metadata(file).row_group(0)
        assert {facts.column(n).compression for n in range(facts.num_columns)} == {"ZSTD"}


def test_rewritten_files_can_be_compacted_again(root: Path) -> None:
    ingest(root, article(1), article(2))
    ingest(root, article(3))
    warehouse.compact(root)
    batch = stage(root, File("/in/k1", (Article("k1", text="Corrected, they said."),), read_at=5_000 * SECOND))
    commit(root, [batch], "run")
    assert "month=2026-03/base-00000003-b000-r00000004.parquet" in files_of(root, "documents")
    assert warehouse.compact(root, now=datetime(2026, 6, 1, tzinfo=UTC)).snapshot == 5
    assert files_of(root, "documents") == {"month=2026-03/base-00000005-b000.parquet"}
    check_invariants(read_all(root))

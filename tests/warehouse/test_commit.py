import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.warehouse.factory import SECOND, Article, File, archive_row, batch_tables, stage
from tests.warehouse.tables import check_invariants, files_of, read_all
from warehouse.commit import CommitResult, commit
from warehouse.errors import LockedError, NewerVersionError, NotAWarehouseError
from warehouse.lock import write_lock
from warehouse.staging import StagingArea

A, B, C = Article("a"), Article("b", text="Other words, many of them."), Article("c", day=None, text="And a third.")
LATER = 2_000 * SECOND


def ingest(root: Path, *files: File, run_id: str = "run") -> CommitResult:
    """Stage the files as one batch, commit it, and check what must always hold."""
    result = commit(root, [stage(root, *files, run_id=run_id)], run_id)
    check_invariants(read_all(root))
    return result


def texts(root: Path) -> dict[str, str]:
    rows = pd.read_parquet(root / "documents")
    return dict(zip(rows["document_id"], rows["text"], strict=True))


def test_first_commit_of_nothing_makes_empty_tables(root: Path) -> None:
    assert commit(root, [], "run").snapshot == 1
    tables = read_all(root)
    assert {name: len(rows) for name, rows in tables.items()} == dict.fromkeys(tables, 0)
    assert "speaker_canonical" in tables["quotes"].columns
    assert commit(root, [], "run").snapshot is None
    assert ingest(root, File("/in/a", (A,))).snapshot == 2
    assert files_of(root, "quotes") == {"month=2026-03/add-00000002.parquet"}


def test_new_documents_go_to_their_months(root: Path) -> None:
    result = ingest(root, File("/in/a", (A, B), rejects=1), File("/in/c", (C,)))
    assert (result.documents_added, result.entities_added, result.quotes_added, result.rejects_added) == (3, 9, 6, 1)
    assert result.partitions == ("2026-03", "unknown")
    assert files_of(root, "entities") == {"month=2026-03/add-00000001.parquet", "month=unknown/add-00000001.parquet"}
    written = sum(path.stat().st_size for path in (root / "current/").rglob("*.parquet"))
    assert result.bytes_written == written


def test_same_again_makes_no_snapshot(root: Path) -> None:
    file = File("/in/a", (A, B), rejects=2)
    ingest(root, file)
    again = ingest(root, file, run_id="later")
    assert again == CommitResult(None, documents_unchanged=2)
    assert ingest(root, replace(file, mtime=LATER, read_at=LATER)).snapshot is None


def test_touched_file_is_noted_along_with_other_news(root: Path) -> None:
    file = File("/in/a", (A,))
    ingest(root, file)
    ingest(root, replace(file, mtime=LATER, read_at=LATER), File("/in/b", (B,)))
    sources = pd.read_parquet(root / "sources").set_index("source_path")
    assert sources.loc["/in/a", "mtime"].value == LATER


def test_untouched_files_are_links(root: Path) -> None:
    ingest(root, File("/in/a", (A,)))
    before = (root / "quotes/month=2026-03/add-00000001.parquet").stat()
    ingest(root, File("/in/c", (C,)))
    after = (root / "quotes/month=2026-03/add-00000001.parquet").stat()
    assert (before.st_ino, after.st_nlink) == (after.st_ino, 2)


def test_correction_replaces_all_rows_and_only_the_files_that_hold_them(root: Path) -> None:
    ingest(root, File("/in/a", (A,)))
    ingest(root, File("/in/b", (B,)))
    result = ingest(root, File("/in/a", (replace(A, text="Corrected words, all.", quotes=1),), read_at=LATER))
    assert (result.documents_added, result.documents_replaced, result.documents_removed) == (0, 1, 0)
    assert texts(root) == {A.document_id: "Corrected words, all.", B.document_id: B.text}
    assert files_of(root, "quotes") == {f"month=2026-03/add-0000000{number}.parquet" for number in (2, 3)}


def test_rewritten_file_has_a_name_of_its_own(root: Path) -> None:
    ingest(root, File("/in/ab", (A, B)))
    ingest(root, File("/in/ab", (replace(A, title="Corrected"), B), read_at=LATER))
    expected = {"month=2026-03/add-00000001-r00000002.parquet", "month=2026-03/add-00000002.parquet"}
    assert files_of(root, "documents") == expected


def test_corrected_date_moves_the_rows(root: Path) -> None:
    ingest(root, File("/in/a", (A,)))
    result = ingest(root, File("/in/a", (replace(A, day=datetime(2025, 12, 31)),), read_at=LATER))
    assert result.partitions == ("2025-12", "2026-03")
    for table in ("documents", "entities", "quotes"):
        assert files_of(root, table) == {"month=2025-12/add-00000002.parquet"}


def test_new_model_or_pipeline_replaces_rows(root: Path) -> None:
    ingest(root, File("/in/a", (A,), content="same"))
    assert ingest(root, File("/in/a", (replace(A, model="toy 2"),), content="same")).documents_replaced == 1
    assert ingest(root, File("/in/a", (replace(A, pipeline_version="2"),), content="same")).documents_replaced == 1
    assert set(pd.read_parquet(root / "sources")["pipeline_version"]) == {"2"}


def test_moved_file_is_one_document_with_two_sources(root: Path) -> None:
    ingest(root, File("/in/a", (A,)))
    result = ingest(root, File("/moved/a", (A,)))
    assert (result.documents_added, result.documents_unchanged, result.snapshot) == (0, 1, 2)
    assert sorted(pd.read_parquet(root / "sources")["source_path"]) == ["/in/a", "/moved/a"]


def test_changed_path_supersedes_what_it_gave_unless_another_holds_it(root: Path) -> None:
    ingest(root, File("/in/ab", (A, B)), File("/in/b", (B,)))
    result = ingest(root, File("/in/ab", (C,), read_at=LATER))
    assert (result.documents_added, result.documents_removed) == (1, 1)
    assert texts(root) == {B.document_id: B.text, C.document_id: C.text}
    result = ingest(root, File("/in/b", (C,), read_at=LATER))
    assert (result.documents_removed, result.documents_unchanged) == (1, 1)
    assert texts(root) == {C.document_id: C.text}


def test_refused_file_gives_nothing_up(root: Path) -> None:
    ingest(root, File("/in/a", (A,)))
    result = ingest(root, File("/in/a", (), rejects=1, read_at=LATER))
    assert (result.documents_removed, result.rejects_added) == (0, 1)
    assert list(texts(root)) == [A.document_id]
    ingest(root, File("/in/a", (B,), read_at=2 * LATER))
    assert list(texts(root)) == [B.document_id]
    assert pd.read_parquet(root / "rejects").empty


def test_rejects_of_a_file_that_is_read_again_are_replaced(root: Path) -> None:
    ingest(root, File("/in/a", (A,), rejects=3))
    result = ingest(root, File("/in/a", (A,), rejects=1, read_at=LATER))
    assert result.documents_unchanged == 1
    assert len(pd.read_parquet(root / "rejects")) == 1


@pytest.mark.parametrize(("stored", "came", "wins"), [(2, 1, "old"), (1, 2, "new"), (1, 1, "new"), (None, 1, "new")])
def test_later_modified_version_wins(root: Path, stored: int | None, came: int, wins: str) -> None:
    day = datetime(2026, 2, 1, tzinfo=UTC)
    old = replace(A, text="old words, all old", modified_at=stored and day + timedelta(stored))
    new = replace(A, text="new words, all new", modified_at=day + timedelta(came))
    ingest(root, File("/in/1", (old,)))
    ingest(root, File("/in/2", (new,)))
    assert list(texts(root).values()) == [f"{wins} words, all {wins}"]


def test_reading_an_older_copy_again_does_not_bring_it_back(root: Path) -> None:
    first, second = File("/in/1", (A,)), File("/in/2", (replace(A, text="The later version, it is."),))
    ingest(root, first)
    ingest(root, second)
    assert ingest(root, first).snapshot is None
    assert ingest(root, second, first).snapshot is None
    assert list(texts(root).values()) == ["The later version, it is."]


def test_same_document_in_several_batches_counts_once(root: Path) -> None:
    batches = [stage(root, File("/in/1", (A,))), stage(root, File("/in/2", (A, B)))]
    result = commit(root, batches, "run")
    assert (result.documents_added, result.quotes_added) == (2, 4)
    check_invariants(read_all(root))


def test_overtaken_batch_of_a_killed_run_is_stale(root: Path) -> None:
    left = stage(root, File("/in/a", (A,), read_at=SECOND))
    ingest(root, File("/in/a", (B,), read_at=LATER, mtime=LATER))
    assert commit(root, [left], "run").snapshot is None
    assert list(texts(root)) == [B.document_id]


def test_of_two_versions_in_one_commit_the_one_listed_later_counts(root: Path) -> None:
    batches = [stage(root, File("/in/a", (B,), read_at=LATER)), stage(root, File("/in/a", (A,), rejects=1))]
    assert commit(root, batches, "run").documents_added == 1
    assert list(texts(root)) == [B.document_id]
    check_invariants(read_all(root))


def test_parts_of_a_long_file_become_one_row(root: Path) -> None:
    whole = File("/in/big", (A, B), content="bytes")
    batches = [stage(root, replace(whole, start=2, articles=(C,), rejects=1)), stage(root, replace(whole, stop=2))]
    assert commit(root, batches[:1], "run").documents_added == 1
    (row,) = pd.read_parquet(root / "sources").to_dict("records")
    assert row["status"] == "partial"
    commit(root, batches, "run")
    (row,) = pd.read_parquet(root / "sources").to_dict("records")
    assert (row["status"], row["record_count"]) == ("done", 4)
    assert list(row["document_ids"]) == [article.document_id for article in (A, B, C)]
    check_invariants(read_all(root))


def test_part_of_a_changed_file_removes_nothing_yet(root: Path) -> None:
    ingest(root, File("/in/big", (A, B)))
    part, rest = (
        File("/in/big", (A,), content="new", stop=1, read_at=LATER),
        File("/in/big", (C,), content="new", start=1, read_at=LATER),
    )
    assert ingest(root, part).documents_removed == 0
    assert ingest(root, part, rest).documents_removed == 1
    assert set(texts(root)) == {A.document_id, C.document_id}


def commit_archive(
    root: Path, members: dict[str, Article], sha256: str, *, staged: set[str] | None = None
) -> CommitResult:
    files = [
        File("/in/x.zip", (article,), member=name, read_at=LATER)
        for name, article in members.items()
        if staged is None or name in staged
    ]
    tables = batch_tables(files, extra_sources=[archive_row("/in/x.zip", list(members), sha256, LATER)])
    result = commit(
        root, [StagingArea(root).write(f"zip-{sha256}-{''.join(sorted(staged or members))}", tables, {})], "run"
    )
    check_invariants(read_all(root))
    return result


def status_of_archive(root: Path) -> str:
    rows = pd.read_parquet(root / "sources")
    return str(rows[rows["source_member"].isna()]["status"].item())


def test_archive_and_its_members_have_rows(root: Path) -> None:
    assert commit_archive(root, {"a": A, "b": B}, "1").documents_added == 2
    assert status_of_archive(root) == "archive"
    assert len(pd.read_parquet(root / "sources")) == 3


def test_archive_is_partial_until_each_member_is_there(root: Path) -> None:
    commit_archive(root, {"a": A, "b": B}, "1", staged={"a"})
    assert status_of_archive(root) == "partial"
    commit_archive(root, {"a": A, "b": B}, "1", staged={"b"})
    assert status_of_archive(root) == "archive"


def test_vanished_member_gives_its_documents_up(root: Path) -> None:
    commit_archive(root, {"a": A, "b": B}, "1")
    result = commit_archive(root, {"b": B, "c": C}, "2", staged={"c"})
    assert (result.documents_added, result.documents_removed) == (1, 1)
    assert set(texts(root)) == {B.document_id, C.document_id}


def test_copies_point_to_the_one_that_stands(root: Path) -> None:
    copies = [replace(A, key=key) for key in ("x", "y", "z")]
    ingest(root, File("/in/x", (replace(copies[0], day=datetime(2026, 3, 9)),)))
    ingest(root, File("/in/yz", (*copies[1:],)))
    rows = pd.read_parquet(root / "documents").set_index("document_id")["duplicate_of"]
    assert rows[copies[0].document_id] is None or pd.isna(rows[copies[0].document_id])
    assert set(rows.dropna()) == {copies[0].document_id}
    # When it goes, another takes its place, and the rows of a third in its file are pointed to that.
    ingest(root, File("/in/x", (B,), read_at=LATER))
    rows = pd.read_parquet(root / "documents").set_index("document_id")["duplicate_of"]
    first, second = sorted(copy.document_id for copy in copies[1:])
    assert rows.dropna().to_dict() == {second: first}


def test_correction_that_leaves_the_text_keeps_the_copies_pointing(root: Path) -> None:
    ingest(root, File("/in/x", (A,)))
    ingest(root, File("/in/y", (replace(A, key="y"),)))
    corrected = File("/in/x", (replace(A, title="Better"),), read_at=LATER)
    commit(root, [stage(root, corrected, ingested_at=datetime(2027, 1, 1, tzinfo=UTC))], "run")
    rows = pd.read_parquet(root / "documents").set_index("document_id")["duplicate_of"]
    assert rows.dropna().to_dict() == {Article("y").document_id: A.document_id}


def test_discarded_batch_is_counted_and_not_missed(root: Path) -> None:
    batch = stage(root, File("/in/a", (A,)))
    commit(root, [batch], "run")
    StagingArea(root).discard([batch])
    assert commit(root, [batch], "run") == CommitResult(None, batches_missing=1)


def test_old_snapshots_go_after_an_hour(root: Path) -> None:
    start = datetime(2026, 5, 1, tzinfo=UTC)
    for hour, article in enumerate((A, B, C)):
        commit(root, [stage(root, File(f"/in/{hour}", (article,)))], "run", now=start + timedelta(minutes=40 * hour))
    assert sorted(path.name for path in (root / "snapshots").iterdir()) == ["00000001", "00000002", "00000003"]
    commit(root, [], "run", now=start + timedelta(minutes=101))
    assert sorted(path.name for path in (root / "snapshots").iterdir()) == ["00000002", "00000003"]
    commit(root, [], "run", now=start - timedelta(days=365))
    assert sorted(path.name for path in (root / "snapshots").iterdir()) == ["00000002", "00000003"]


def test_moved_warehouse_works(root: Path) -> None:
    ingest(root, File("/in/a", (A,)))
    elsewhere = root.rename(root.with_name("elsewhere"))
    assert ingest(elsewhere, File("/in/b", (B,))).snapshot == 2


def test_lock_names_its_holder(root: Path) -> None:
    batch = stage(root, File("/in/a", (A,)))
    with write_lock(root / ".lock"), pytest.raises(LockedError, match=f"process {os.getpid()}") as caught:
        commit(root, [batch], "run", wait=0.0)
    assert caught.value.retryable
    assert commit(root, [batch], "run", wait=0.0).snapshot == 1


def test_newer_warehouse_is_not_touched(root: Path) -> None:
    ingest(root, File("/in/a", (A,)))
    manifest = root / "current" / "snapshot.json"
    manifest.write_text(manifest.read_text().replace('"schema_version": ', '"wings": true, "schema_version": 9'))
    with pytest.raises(NewerVersionError, match="Upgrade onrecord"):
        commit(root, [stage(root, File("/in/b", (B,)))], "run")


def test_file_is_no_warehouse(root: Path) -> None:
    root.write_text("")
    with pytest.raises(NotAWarehouseError, match="it is a file"):
        commit(root, [], "run")


def test_months_are_written_in_passes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.build.PIECE_BYTES", 20_000)
    articles = [
        Article(str(n), text=f"Words number {n}, they said.", day=datetime(2026, 1 + n % 7, 2)) for n in range(40)
    ]
    batches = [stage(root, File(f"/in/{n}", tuple(articles[n::4]))) for n in range(4)]
    assert commit(root, batches, "run").documents_added == 40
    check_invariants(read_all(root))


def test_a_month_that_is_too_much_for_one_pass_is_written_in_pieces(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.build.PIECE_BYTES", 10_000)
    articles = [Article(str(n), text=f"Words number {n}, they said.", day=datetime(2026, 3, 2)) for n in range(40)]
    batches = [stage(root, File(f"/in/{n}", tuple(articles[n::4]))) for n in range(4)]
    assert commit(root, batches, "run").documents_added == 40
    check_invariants(read_all(root))
    files = sorted((root / "current" / "documents" / "month=2026-03").glob("*.parquet"))
    ids = [pq.read_table(file, columns=["document_id"])["document_id"].to_pylist() for file in files]
    assert len(ids) > 1
    assert all(one[-1] < two[0] for one, two in pairwise(sorted(map(sorted, ids)))), "ranges meet"
    corrected = replace(articles[7], text="Words that were set right, they said.")
    kept = [corrected if article is articles[7] else article for article in articles[3::4]]
    assert commit(root, [stage(root, File("/in/3", tuple(kept), read_at=LATER))], "run").documents_replaced == 1
    check_invariants(read_all(root))
    assert sorted(texts(root)) == sorted(article.document_id for article in articles)

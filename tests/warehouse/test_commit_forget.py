"""Take-downs: gone from everything that lies in the folder, kept out of what comes later."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import warehouse
from tests.warehouse.factory import SECOND, Article, File, stage
from tests.warehouse.tables import check_invariants, read_all
from warehouse import boilerplate, forgetting, inventory
from warehouse.commit import CommitResult, commit
from warehouse.errors import NotAWarehouseError, UnknownDocumentError
from warehouse.staging import StagingArea

SECRET = Article("secret", text="Vesna Tarnok owed money, they said.")
KEPT = Article("kept", text="Other words, many of them.")
LATER = 5_000 * SECOND


def ingest(root: Path, *files: File, run_id: str = "run") -> CommitResult:
    batch = stage(root, *files, run_id=run_id)
    result = commit(root, [batch], run_id)
    StagingArea(root).discard([batch])
    check_invariants(read_all(root))
    return result


def every_value(folder: Path) -> Iterator[str]:
    """Whatever stands in any Parquet file below a folder, hidden folders included; other files as they are."""
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            yield str(pq.ParquetFile(path).read().to_pylist())
        elif path.is_file():
            yield path.read_text("latin-1")


def occurs(folder: Path, words: str) -> bool:
    return any(words in value for value in every_value(folder))


def ids(root: Path) -> set[str]:
    return set(pd.read_parquet(root / "documents")["document_id"])


def test_is_gone_from_all_tables_snapshots_and_batches(root: Path) -> None:
    ingest(root, File("/in/kept", (KEPT,)))
    ingest(root, File("/in/both", (SECRET, replace(KEPT, key="third", text="Third words, all invented."))))
    ingest(root, File("/in/more", (replace(KEPT, key="more", text="Yet more words, invented."),)))
    left = stage(root, File("/in/again", (SECRET, replace(KEPT, key="staged", text="Staged words, invented."))))
    assert occurs(root, "Tarnok")
    result = warehouse.forget(root, [SECRET.document_id], reason="court order")
    assert (result.snapshot, result.documents, result.copies_left) == (4, (SECRET.document_id,), ())
    assert not occurs(root, "Tarnok")
    assert not occurs(root, f"{SECRET.key}.example"), "nor is its address kept in plain words"
    check_invariants(read_all(root))
    assert len(ids(root)) == 3
    assert [path.name for path in sorted((root / "snapshots").iterdir())] == [f"{n:08d}" for n in (1, 2, 3, 4)]
    assert StagingArea(root).finished() == [left]
    assert commit(root, [left], "run").documents_added == 1
    check_invariants(read_all(root))
    (row,) = pd.read_parquet(root / "forgotten").to_dict("records")
    assert (row["document_id"], row["reason"]) == (SECRET.document_id, "court order")


def test_older_snapshots_stay_whole_but_for_it(root: Path) -> None:
    ingest(root, File("/in/both", (SECRET, KEPT)))
    ingest(root, File("/in/more", (replace(KEPT, key="more"),)))
    warehouse.forget(root, SECRET.document_id)
    first = root / "snapshots" / "00000001"
    tables = {name: pd.read_parquet(first / name) for name in ("documents", "entities", "quotes", "sources", "rejects")}
    check_invariants(tables)
    assert set(tables["documents"]["document_id"]) == {KEPT.document_id}
    facts = inventory.read(first)
    assert facts is not None
    assert {name: inventory.hash_file(first / name) for name in facts} == facts


def test_the_ledger_still_adds_up(root: Path) -> None:
    ingest(root, File("/in/both", (SECRET, KEPT), rejects=1))
    warehouse.forget(root, SECRET.document_id)
    tables = read_all(root)
    (source,) = tables["sources"].to_dict("records")
    assert source["record_count"] == len(tables["documents"]) + len(tables["rejects"]) == 3
    (reject,) = tables["rejects"].query("reason == 'forgotten'").to_dict("records")
    assert (reject["source_record"], reject["excerpt"]) == (0, "")


@pytest.mark.parametrize(
    "comes",
    [
        File("/in/secret", (SECRET,)),
        File("/elsewhere/copy", (SECRET,)),
        File("/in/secret", (replace(SECRET, text="Vesna Tarnok is well, they said."),), read_at=LATER),
        File("/elsewhere/changed", (replace(SECRET, text="Vesna Tarnok is well, they said."),), read_at=LATER),
        File("/in/secret", (replace(SECRET, key="raw", text="Vesna Tarnok, changed bytes."),), read_at=LATER),
        File("/elsewhere/syndicated", (replace(SECRET, key="wire"),)),
        File("/in/many", (KEPT, SECRET), read_at=LATER),
    ],
    ids=["again", "moved", "changed", "changed and moved", "other bytes", "same body", "among others"],
)
def test_is_kept_out(root: Path, comes: File) -> None:
    ingest(root, File("/in/secret", (SECRET,)), File("/in/many", (KEPT,)))
    warehouse.forget(root, SECRET.document_id)
    result = ingest(root, comes)
    assert result.documents_added == 0
    assert ids(root) == {KEPT.document_id}
    assert not occurs(root / "snapshots", "Tarnok")
    (row,) = pd.read_parquet(root / "rejects").query("source_path == @comes.path").to_dict("records")
    assert row["reason"] == "forgotten"
    assert ingest(root, comes, run_id="again").snapshot is None


def test_changed_bytes_at_a_place_among_others_are_kept_out(root: Path) -> None:
    """A record without an address is known by its place and day."""
    nameless = [SECRET, KEPT]
    ingest(root, *_without_urls(File("/in/list", tuple(nameless))))
    warehouse.forget(root, SECRET.document_id)
    changed = replace(SECRET, key="bytes changed", text="Vesna Tarnok is well, they said.")
    ingest(root, *_without_urls(File("/in/list", (changed, KEPT), read_at=LATER)))
    assert ids(root) == {KEPT.document_id}
    next_day = replace(changed, key="next day", text="Nothing to do with it.", day=datetime(2026, 3, 5))
    ingest(root, *_without_urls(File("/in/list", (next_day, KEPT), read_at=2 * LATER)))
    assert ids(root) == {KEPT.document_id, next_day.document_id}


def _without_urls(file: File) -> list[File]:
    return [replace(file, articles=tuple(replace(article, url=None) for article in file.articles))]


def test_what_has_nothing_to_do_with_it_comes_in(root: Path) -> None:
    ingest(root, File("/in/secret", (SECRET,)))
    warehouse.forget(root, SECRET.document_id)
    assert ingest(root, File("/in/other", (KEPT,))).documents_added == 1


def test_copies_stand_on_their_own(root: Path) -> None:
    copies = [replace(SECRET, key=key) for key in ("copy1", "copy2")]
    ingest(root, File("/in/secret", (SECRET,)))
    ingest(root, *(File(f"/in/{copy.key}", (copy,)) for copy in copies))
    stands = pd.read_parquet(root / "documents").query("duplicate_of.isna()")["document_id"].item()
    left = {SECRET.document_id, *(copy.document_id for copy in copies)} - {stands}
    result = warehouse.forget(root, stands)
    assert set(result.copies_left) == left == ids(root)
    tables = read_all(root)
    check_invariants(tables)
    assert len(tables["quotes"]) == 2
    # Reading the copies again must not drop them, though the body is that of a document that was taken down.
    for copy in copies:
        if copy.document_id in left:
            ingest(root, File(f"/in/{copy.key}", (copy,), read_at=LATER), run_id="again")
    assert ids(root) == left


def test_one_of_several_sources(root: Path) -> None:
    ingest(root, File("/in/1", (SECRET,)), File("/in/2", (SECRET, KEPT)))
    warehouse.forget(root, SECRET.document_id)
    check_invariants(read_all(root))
    assert len(pd.read_parquet(root / "forgotten")) == 2
    assert ingest(root, File("/in/2", (SECRET, KEPT), read_at=LATER)).documents_added == 0


def test_again_changes_nothing(root: Path) -> None:
    ingest(root, File("/in/secret", (SECRET,)), File("/in/kept", (KEPT,)))
    warehouse.forget(root, SECRET.document_id)
    again = warehouse.forget(root, SECRET.document_id)
    assert (again.snapshot, again.already) == (None, (SECRET.document_id,))


def test_what_only_an_older_snapshot_or_a_batch_has(root: Path) -> None:
    ingest(root, File("/in/secret", (SECRET,)))
    ingest(root, File("/in/secret", (KEPT,), read_at=LATER))
    warehouse.forget(root, SECRET.document_id)
    assert not occurs(root, "Tarnok")
    staged = replace(SECRET, key="staged", text="Vesna Tarnok was staged.")
    stage(root, File("/in/staged", (staged,)))
    warehouse.forget(root, staged.document_id)
    assert not occurs(root, "Tarnok")
    assert ingest(root, File("/in/staged", (staged,))).documents_added == 0


def test_excerpts_of_earlier_rejects_go_too(root: Path) -> None:
    crashed = stage(root, File("/in/secret", (), rejects=1))
    rows = pd.read_parquet(crashed.file("rejects"))
    assert rows["excerpt"].item() == "River"
    commit(root, [crashed], "run")
    ingest(root, File("/in/secret", (SECRET,), read_at=LATER))
    warehouse.forget(root, SECRET.document_id)
    assert not occurs(root / "snapshots", "'excerpt': 'River'")


LEARNED = boilerplate.Learned(20, {"The Example Herald": frozenset({"vesna tarnok owed money, they said."})})


def test_learned_lines_go_too(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ingest(root, File("/in/both", (SECRET, KEPT)))
    before = boilerplate.taken_down(root)
    assert boilerplate.save(root, LEARNED, before)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(boilerplate, "discard", _interrupted)
        warehouse.forget(root, SECRET.document_id)
    assert boilerplate.load(root) == LEARNED
    commit(root, [], "run")
    assert boilerplate.load(root) == boilerplate.Learned()
    assert not occurs(root, "tarnok"), "by the next writer, whatever it came for"
    assert not boilerplate.save(root, LEARNED, before), "learned from texts that had it still"
    assert not occurs(root, "tarnok")


def test_unknown_ids_change_nothing(root: Path) -> None:
    ingest(root, File("/in/secret", (SECRET,)))
    with pytest.raises(UnknownDocumentError, match="no document 0123"):
        warehouse.forget(root, [SECRET.document_id, "0123"])
    assert ids(root) == {SECRET.document_id}
    with pytest.raises(NotAWarehouseError):
        warehouse.forget(root.with_name("nothing"), "0123")
    assert not root.with_name("nothing").exists()


@pytest.mark.parametrize("step", ["build", "_purge_staging", "_purge"])
def test_the_next_writer_ends_what_was_begun(root: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    ingest(root, File("/in/both", (SECRET, KEPT)))
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(forgetting, step, _interrupted)
        warehouse.forget(root, SECRET.document_id)
    assert occurs(root / "snapshots", "Tarnok")
    check_invariants(read_all(root))
    commit(root, [], "run")
    assert not occurs(root, "Tarnok")
    assert not (root / forgetting.INTENT).exists()
    check_invariants(read_all(root))


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_pinned_reader_fails_once_or_sees_the_rest(root: Path) -> None:
    start = datetime(2026, 5, 1, tzinfo=UTC)
    commit(root, [stage(root, File("/in/both", (SECRET, KEPT)))], "run", now=start)
    commit(root, [stage(root, File("/in/more", (replace(KEPT, key="more"),)))], "run", now=start + timedelta(minutes=1))
    pinned = warehouse.open(root)
    warehouse.forget(root, SECRET.document_id, now=start + timedelta(minutes=2))
    assert set(pinned.documents()["document_id"]) == {KEPT.document_id, Article("more").document_id}

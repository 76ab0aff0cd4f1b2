"""What a snapshot added, replaced and removed, against what the commits were told to do."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import warehouse
from tests.warehouse.factory import SECOND, Article, File, stage
from warehouse import comparison
from warehouse.commit import commit
from warehouse.errors import NoSuchSnapshotError
from warehouse.hashes import row_hashes

OLD = tuple(Article(f"k{n}", text=f"Words number {n}, they said.", day=datetime(2026, 1 + n % 3, 5)) for n in range(6))
NEW = Article("new", text="Something new, they said.", day=datetime(2026, 2, 9))
CHANGED = (replace(OLD[0], text="Corrected, they said."), replace(OLD[1], day=datetime(2026, 6, 5)), *OLD[3:], NEW)


@pytest.fixture
def twice(root: Path) -> Path:
    """The second commit corrects two documents, one of them by its date, removes one, adds one; three are the same."""
    commit(root, [stage(root, File("/in/a", OLD, rejects=1))], "run-1")
    commit(root, [stage(root, File("/in/a", CHANGED, rejects=1, read_at=5_000 * SECOND))], "run-2")
    return root


def test_counts_and_keys_of_the_last_commit(twice: Path) -> None:
    found = warehouse.changes(twice, ids=True)
    assert (found.earlier, found.later) == (1, 2)
    documents = found.tables["documents"]
    assert documents.added_ids == [NEW.document_id]
    assert documents.removed_ids == [OLD[2].document_id]
    assert documents.replaced_ids == sorted([OLD[0].document_id, OLD[1].document_id])
    assert (documents.added, documents.replaced, documents.removed) == (1, 2, 1)
    quotes = found.tables["quotes"]
    assert (quotes.added, quotes.removed) == (NEW.quotes, OLD[2].quotes)
    assert quotes.added_ids == [f"{NEW.document_id}-q0", f"{NEW.document_id}-q1"]
    assert found.tables["sources"].replaced_ids == ["/in/a"]
    # Its bytes are others, so the reject of its last record is another one.
    assert found.tables["rejects"].added + found.tables["rejects"].replaced == 1
    assert found.tables["forgotten"].none


def test_rows_that_only_moved_to_other_files_are_no_change(twice: Path) -> None:
    warehouse.compact(twice)
    found = warehouse.changes(twice)
    assert (found.earlier, found.later) == (2, 3)
    assert all(table.none for table in found.tables.values())


def test_any_two_snapshots(twice: Path) -> None:
    warehouse.compact(twice)
    over_all = warehouse.changes(twice, 1, 3, ids=True)
    assert over_all.tables == warehouse.changes(twice, 1, 2, ids=True).tables
    assert warehouse.changes(twice, 2).tables == warehouse.changes(twice, 1, 2).tables
    back = warehouse.changes(twice, 2, 1, ids=True).tables["documents"]
    assert back.removed_ids == [NEW.document_id]


def test_in_many_passes_the_same(twice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = warehouse.changes(twice, ids=True)
    monkeypatch.setattr(comparison, "ROWS_AT_ONCE", 2)
    parts = warehouse.changes(twice, ids=True)
    for name, table in whole.tables.items():
        assert (table.added, table.replaced, table.removed) == (
            parts.tables[name].added,
            parts.tables[name].replaced,
            parts.tables[name].removed,
        )
        assert sorted(table.replaced_ids) == sorted(parts.tables[name].replaced_ids)


def test_a_snapshot_that_is_not_kept(twice: Path) -> None:
    with pytest.raises(NoSuchSnapshotError, match="no snapshot 9"):
        warehouse.changes(twice, 1, 9)
    with pytest.raises(NoSuchSnapshotError, match="before 1"):
        warehouse.changes(twice, 1)


# The hashes that all of this rests on

VALUES = st.one_of(st.none(), st.text(max_size=4))
LISTS = st.lists(st.integers(-1, 2), max_size=3)
ROWS = st.lists(st.tuples(VALUES, st.integers(-2, 2), LISTS), min_size=1, max_size=6)


def hashes_of(rows: list[tuple[object, ...]], chunks: int = 1) -> list[int]:
    struct = pa.list_(pa.struct([("start", pa.int32())]))
    schema = pa.schema([("a", pa.string()), ("b", pa.int32()), ("c", struct)])
    columns = {"a": [row[0] for row in rows], "b": [row[1] for row in rows]}
    columns["c"] = [[{"start": value} for value in row[2]] for row in rows]  # type: ignore[attr-defined]
    table = pa.table(columns, schema=schema)
    cut = max(1, len(rows) // chunks)
    parts = [table.slice(at, cut) for at in range(0, len(rows), cut)]
    return row_hashes(pa.concat_tables(parts), ["a", "b", "c"]).tolist()


@settings(max_examples=40, deadline=None)
@given(ROWS, st.integers(1, 3))
def test_rows_have_the_same_hash_exactly_when_they_are_equal(rows: list[tuple[object, ...]], chunks: int) -> None:
    hashes = hashes_of(rows, chunks)
    assert hashes == hashes_of(rows)
    for one, hash_one in zip(rows, hashes, strict=True):
        for other, hash_other in zip(rows, hashes, strict=True):
            assert (one == other) == (hash_one == hash_other)

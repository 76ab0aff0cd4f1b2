"""Exact copies: entities and quotes are stored once, and pass on when the document that has them goes."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

import warehouse
from tests.warehouse.factory import SECOND, Article, File, stage
from tests.warehouse.tables import check_invariants, read_all
from warehouse.commit import CommitResult, commit

A = Article("a")
X, Y = replace(A, key="x", day=datetime(2026, 1, 9)), replace(A, key="y", day=None)
OTHER = Article("other", text="Other words, many of them.")
LATER = 5_000 * SECOND


def ingest(root: Path, *files: File, day: int = 1) -> CommitResult:
    batch = stage(root, *files, ingested_at=datetime(2026, 5, day, tzinfo=UTC))
    result = commit(root, [batch], "run")
    check_invariants(read_all(root))
    return result


def owners(root: Path, table: str = "quotes") -> dict[str, int]:
    return pd.read_parquet(root / table).groupby("document_id").size().to_dict()


def test_in_one_batch(root: Path) -> None:
    result = ingest(root, File("/in/all", (A, X, Y)))
    assert (result.documents_added, result.quotes_added, result.entities_added) == (3, 2, 3)
    assert len(owners(root)) == 1


def test_of_a_stored_document(root: Path) -> None:
    ingest(root, File("/in/a", (A,)))
    result = ingest(root, File("/in/x", (X,)), day=2)
    assert (result.documents_added, result.quotes_added) == (1, 0)
    assert owners(root) == {A.document_id: 2}
    row = pd.read_parquet(root / "documents").set_index("document_id").loc[X.document_id]
    assert (row["duplicate_of"], row["quote_count"], row["entity_count"]) == (A.document_id, 0, 0)
    opened = warehouse.open(root)
    assert list(opened.quotes(document_id=X.document_id)["quote_id"]) == [f"{A.document_id}-q0", f"{A.document_id}-q1"]
    assert len(opened.entities(document_id=X.document_id)) == 3


def test_the_next_one_inherits_when_the_one_that_stands_is_corrected(root: Path) -> None:
    ingest(root, File("/in/a", (A,)))
    ingest(root, File("/in/x", (X,)), File("/in/y", (Y,)), day=2)
    before = pd.read_parquet(root / "quotes").set_index("quote_index")
    ingest(root, File("/in/a", (replace(A, text="Corrected words, all of them.", quotes=1),), read_at=LATER), day=3)
    rows = pd.read_parquet(root / "quotes")
    mine = rows[rows["document_id"] == X.document_id].set_index("quote_index")
    assert owners(root) == {A.document_id: 1, X.document_id: 2}
    assert set(mine["quote_id"]) == {f"{X.document_id}-q0", f"{X.document_id}-q1"}
    assert set(mine["published_on"]) == {pd.Timestamp("2026-01-09")}
    for name in ("content", "content_start", "content_end", "speaker_canonical", "model"):
        assert mine[name].to_dict() == before[name].to_dict()
    assert set(pd.read_parquet(root / "entities").query("document_id == @X.document_id")["mention_id"]) == {
        f"{X.document_id}-m{n}" for n in range(3)
    }
    documents = pd.read_parquet(root / "documents").set_index("document_id")
    assert documents.loc[Y.document_id, "duplicate_of"] == X.document_id


def test_inherits_what_an_other_model_made(root: Path) -> None:
    """The rows say who made them, and the heir's row agrees."""
    ingest(root, File("/in/a", (replace(A, model="toy 2", pipeline_version="7"),)))
    ingest(root, File("/in/x", (X,)), day=2)
    ingest(root, File("/in/a", (OTHER,), read_at=LATER), day=3)
    row = pd.read_parquet(root / "documents").set_index("document_id").loc[X.document_id]
    assert (row["model"], row["pipeline_version"], row["quote_count"]) == ("toy 2", "7", 2)


def test_a_copy_that_becomes_something_else_brings_its_own(root: Path) -> None:
    ingest(root, File("/in/a", (A,)), File("/in/x", (X,)))
    (copy,) = {A.document_id, X.document_id} - set(owners(root))
    article, path = (A, "/in/a") if copy == A.document_id else (X, "/in/x")
    ingest(root, File(path, (replace(article, text="Something else, entirely."),), read_at=LATER), day=2)
    assert set(owners(root)) == {A.document_id, X.document_id}


def test_both_are_replaced_at_once(root: Path) -> None:
    """The one that stood gets another text while its copy's record changes: the copy's own new rows count."""
    ingest(root, File("/in/a", (A,)))
    ingest(root, File("/in/x", (X,)), day=2)
    ingest(
        root,
        File("/in/a", (replace(A, text="Corrected words, all of them."),), read_at=LATER),
        File("/in/x", (replace(X, title="Better", quotes=1),), read_at=LATER),
        day=3,
    )
    assert owners(root) == {A.document_id: 2, X.document_id: 1}


def test_new_rules_replace_the_rows_of_the_one_that_stands(root: Path) -> None:
    ingest(root, File("/in/a", (A,), content="1"), File("/in/x", (X,), content="2"))
    newer = [replace(article, pipeline_version="2", quotes=1) for article in (A, X)]
    result = ingest(root, File("/in/a", (newer[0],), content="1"), File("/in/x", (newer[1],), content="2"), day=2)
    assert (result.documents_replaced, result.quotes_added) == (2, 1)
    assert len(owners(root)) == 1

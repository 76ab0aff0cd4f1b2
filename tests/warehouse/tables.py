"""Plain pandas on the stable names, and what must hold of it at any moment."""

from pathlib import Path

import pandas as pd

NAMES = ("documents", "entities", "quotes", "canonical_entities", "sources", "rejects", "forgotten")


def read_all(root: Path) -> dict[str, pd.DataFrame]:
    """The tables as a user reads them."""
    return {name: pd.read_parquet(root / name) for name in NAMES}


def check_invariants(tables: dict[str, pd.DataFrame]) -> None:
    """Keys are unique, children agree with their parents, partitions with days, the ledger with the documents."""
    documents = tables["documents"].set_index("document_id")
    assert documents.index.is_unique
    for child, key, count in (("entities", "mention_id", "entity_count"), ("quotes", "quote_id", "quote_count")):
        rows = tables[child]
        assert rows[key].is_unique
        parents = documents.loc[rows["document_id"]]
        for shared in ("published_on", "model", "pipeline_version"):
            pd.testing.assert_series_equal(
                rows[shared].reset_index(drop=True), parents[shared].reset_index(drop=True), check_dtype=False
            )
        assert rows["month"].astype(str).tolist() == parents["month"].astype(str).tolist()
        counted = rows.groupby("document_id").size().reindex(documents.index, fill_value=0)
        assert counted.tolist() == documents[count].tolist()
    months = documents["published_on"].dt.strftime("%Y-%m").fillna("unknown")
    assert months.tolist() == documents["month"].astype(str).tolist()
    assert not tables["sources"].duplicated(["source_path", "source_member"]).any()
    assert not tables["rejects"].duplicated(["source_path", "source_member", "source_record"]).any()
    listed = set(tables["sources"]["document_ids"].explode().dropna())
    assert listed == set(documents.index)
    check_duplicates(documents)
    check_entities(tables)


def check_entities(tables: dict[str, pd.DataFrame]) -> None:
    """Ids of mentions and speakers are canonical entities, which count no less than there is."""
    canonical = tables["canonical_entities"].set_index("entity_id")
    assert canonical.index.is_unique
    for child, column, count in (
        ("entities", "entity_id", "mention_count"),
        ("quotes", "speaker_entity_id", "quote_count"),
    ):
        counted = tables[child][column].value_counts()
        assert set(counted.index) <= set(canonical.index)
        assert (counted <= canonical.loc[counted.index, count]).all()


def check_duplicates(documents: pd.DataFrame) -> None:
    """Of all documents with one text exactly one stands, and the others point to it."""
    for _, group in documents.groupby("text_hash"):
        (stands,) = group.index[group["duplicate_of"].isna()]
        assert set(group["duplicate_of"].dropna()) <= {stands}


def files_of(root: Path, table: str) -> set[str]:
    """Names of a table's files, with their partition."""
    top = (root / table).resolve()
    return {str(path.relative_to(top)) for path in top.rglob("*.parquet")}

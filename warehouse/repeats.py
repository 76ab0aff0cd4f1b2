"""One record a document: which of several records of one document counts, within a batch and across batches."""

from collections.abc import Mapping
from datetime import datetime
from itertools import accumulate

import pyarrow as pa

from warehouse.tables import CHILD_TABLES

COUNT_COLUMN = {"entities": "entity_count", "quotes": "quote_count"}


def supersedes(challenger_modified: datetime | None, incumbent_modified: datetime | None) -> bool:
    """Whether the later read of two records of one document wins: unless both say when they changed and it is older."""
    if challenger_modified is None or incumbent_modified is None:
        return True
    return challenger_modified >= incumbent_modified


def drop_repeats(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Keep one record of each document of a batch, with its own entities and quotes.

    The rows of a repeated document can only be told apart by their order, so children must come in the order of their
    documents and the documents' counts must be true; where no document is repeated, neither is asked for.
    """
    documents = tables["documents"]
    ids = documents.column("document_id").to_pylist()
    if len(set(ids)) == len(ids):
        return dict(tables)
    kept = _winners(ids, documents.column("modified_at").to_pylist())
    result = {**tables, "documents": documents.take(kept)}
    for child in CHILD_TABLES:
        counts = documents.column(COUNT_COLUMN[child.name]).to_pylist()
        starts = list(accumulate(counts, initial=0))
        if starts[-1] != tables[child.name].num_rows:
            raise ValueError(f"{COUNT_COLUMN[child.name]} does not add up to the rows of {child.name}.")
        rows = [row for index in kept for row in range(starts[index], starts[index + 1])]
        result[child.name] = tables[child.name].take(pa.array(rows, pa.int64()))
    if tables["signatures"].num_rows:  # one a document, in the same order
        result["signatures"] = tables["signatures"].take(kept)
    return result


def _winners(ids: list[str], modified: list[datetime | None]) -> list[int]:
    best: dict[str, int] = {}
    for index, document_id in enumerate(ids):
        if document_id not in best or supersedes(modified[index], modified[best[document_id]]):
            best[document_id] = index
    return sorted(best.values())

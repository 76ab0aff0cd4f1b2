"""Look-ups in a snapshot: streamed and column by column, so that memory does not grow with the warehouse."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.incoming import HEAD_COLUMNS, Head, RejectFacts, heads_of, rejects_of, source_rows_of
from warehouse.layout import UNKNOWN_MONTH
from warehouse.ledger import Key, SourceRow
from warehouse.merge_sources import key_of
from warehouse.snapshots import Snapshot
from warehouse.tables.documents import DOCUMENTS
from warehouse.tables.sources import REJECTS, SOURCES


def month_of(published_on: datetime | None) -> str:
    """The partition of a document and of all that belongs to it."""
    return UNKNOWN_MONTH if published_on is None else f"{published_on:%Y-%m}"


def _matching(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    return (pa.Table.from_batches([batch]) for batch in batches if batch.num_rows)


class Stored:
    """The rows of a snapshot that a commit has to know; nothing before the first commit."""

    def __init__(self, snapshot: Snapshot | None) -> None:
        self._snapshot = snapshot

    def documents_by(self, column: str, values: set[str]) -> dict[str, Head]:
        """Heads of the documents whose ``column`` (document_id or text_hash) is one of the values."""
        if self._snapshot is None or not values:
            return {}
        wanted = pc.field(column).isin(pa.array(sorted(values), pa.string()))
        found = self._snapshot.dataset(DOCUMENTS).to_batches(columns=HEAD_COLUMNS, filter=wanted)
        return {head.document_id: head for rows in _matching(found) for head in heads_of(rows)}

    def sources_of(self, paths: set[str]) -> dict[Key, SourceRow]:
        """The ledger's rows of these files and of all of their members."""
        if self._snapshot is None or not paths:
            return {}
        wanted = pc.field("source_path").isin(pa.array(sorted(paths), pa.string()))
        found = self._snapshot.dataset(SOURCES).to_batches(filter=wanted)
        return {key_of(row): row for rows in _matching(found) for row in source_rows_of(rows)}

    def rejects_of(self, paths: set[str]) -> list[RejectFacts]:
        """The rejects of these files and of all of their members."""
        if self._snapshot is None or not paths:
            return []
        wanted = pc.field("source_path").isin(pa.array(sorted(paths), pa.string()))
        found = self._snapshot.dataset(REJECTS).to_batches(filter=wanted)
        return [reject for rows in _matching(found) for reject in rejects_of(rows)]

    def still_held(self, released: set[str], except_for: set[Key]) -> set[str]:
        """Those of the documents that a row of the ledger refers to, some rows left aside."""
        if self._snapshot is None or not released:
            return set()
        ids = pa.array(sorted(released), pa.string())
        held: set[str] = set()
        columns = ["source_path", "source_member", "document_ids"]
        for rows in _matching(self._snapshot.dataset(SOURCES).to_batches(columns=columns)):
            lists = rows.column("document_ids").combine_chunks()
            hits = pc.is_in(pc.list_flatten(lists), value_set=ids)
            owners = pc.unique(pc.list_parent_indices(lists).filter(hits))
            for row in rows.take(owners).to_pylist():
                if (row["source_path"], row["source_member"]) not in except_for:
                    held |= released.intersection(row["document_ids"])
        return held

"""Look-ups in a snapshot: streamed and column by column, so that memory does not grow with the warehouse."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import reduce
from operator import or_

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from warehouse.columns import Table
from warehouse.incoming import HEAD_COLUMNS, Head, RejectFacts, heads_of, rejects_of, source_rows_of
from warehouse.layout import UNKNOWN_MONTH
from warehouse.ledger import Key, SourceRow
from warehouse.merge_sources import key_of
from warehouse.snapshots import Snapshot
from warehouse.tables.documents import DOCUMENTS
from warehouse.tables.signatures import SIGNATURES
from warehouse.tables.sources import REJECTS, SOURCES

FILE = "__filename"
"""Arrow's name for the file that a row was read from."""


def month_of(published_on: datetime | None) -> str:
    """The partition of a document and of all that belongs to it."""
    return UNKNOWN_MONTH if published_on is None else f"{published_on:%Y-%m}"


def _tables(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    return (pa.Table.from_batches([batch]) for batch in batches if batch.num_rows)


class Stored:
    """The rows of a snapshot that a commit has to know; nothing before the first commit."""

    def __init__(self, snapshot: Snapshot | None) -> None:
        self._snapshot = snapshot

    def documents(self, ids: set[str], text_hashes: set[str], clusters: set[str] | None = None) -> dict[str, Head]:
        """Heads of the documents with one of the ids, texts or clusters, by id; all in one pass over the files."""
        values = {"document_id": ids, "text_hash": text_hashes, "near_duplicate_cluster": clusters or set()}
        found = self._find(DOCUMENTS, values, HEAD_COLUMNS)
        return {head.document_id: head for rows in found for head in heads_of(rows)}

    def signatures(self) -> Iterator[pa.Table]:
        """All signatures, in parts that fit in memory."""
        if self._snapshot is not None and self._snapshot.files(SIGNATURES):
            yield from _tables(self._snapshot.dataset(SIGNATURES).to_batches())

    def sources_of(self, paths: set[str]) -> dict[Key, SourceRow]:
        """The ledger's rows of these files and of all of their members."""
        found = self._find(SOURCES, {"source_path": paths}, SOURCES.column_names)
        return {key_of(row): row for rows in found for row in source_rows_of(rows)}

    def rejects_of(self, paths: set[str]) -> list[RejectFacts]:
        """The rejects of these files and of all of their members."""
        found = self._find(REJECTS, {"source_path": paths}, REJECTS.column_names)
        return [reject for rows in found for reject in rejects_of(rows)]

    def _find(self, table: Table, values: dict[str, set[str]], columns: Sequence[str]) -> Iterator[pa.Table]:
        """Rows with one of the values in one of the columns. First these alone are read, then the others of the files
        with a hit: most commits bring what is new, and hit little.
        """
        terms = [pc.field(name).isin(pa.array(sorted(some), pa.string())) for name, some in values.items() if some]
        if self._snapshot is None or not terms:
            return
        wanted = reduce(or_, terms)
        hits = self._snapshot.dataset(table).to_batches(columns=[FILE], filter=wanted)
        files = {file for rows in _tables(hits) for file in pc.unique(rows.column(FILE)).to_pylist()}
        if files:
            dataset = ds.dataset(sorted(files), schema=table.schema(), format="parquet")
            yield from _tables(dataset.to_batches(columns=list(columns), filter=wanted))

    def still_held(self, released: set[str], except_for: set[Key]) -> set[str]:
        """Those of the documents that a row of the ledger refers to, some rows left aside."""
        if self._snapshot is None or not released:
            return set()
        ids = pa.array(sorted(released), pa.string())
        held: set[str] = set()
        columns = ["source_path", "source_member", "document_ids"]
        for rows in _tables(self._snapshot.dataset(SOURCES).to_batches(columns=columns)):
            lists = rows.column("document_ids").combine_chunks()
            hits = pc.is_in(pc.list_flatten(lists), value_set=ids)
            owners = pc.unique(pc.list_parent_indices(lists).filter(hits))
            for row in rows.take(owners).to_pylist():
                if (row["source_path"], row["source_member"]) not in except_for:
                    held |= released.intersection(row["document_ids"])
        return held

"""Look-ups in a snapshot: streamed, some files and some columns at a time, so that memory does not grow with it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from warehouse.columns import Table
from warehouse.incoming import HEAD_COLUMNS, Head, RejectFacts, heads_of, rejects_of, source_rows_of
from warehouse.layout import UNKNOWN_MONTH
from warehouse.ledger import Key, SourceRow
from warehouse.lookup import find, in_turn
from warehouse.merge_sources import key_of
from warehouse.snapshots import Snapshot
from warehouse.tables.documents import DOCUMENTS
from warehouse.tables.forgotten import FORGOTTEN
from warehouse.tables.signatures import SIGNATURES
from warehouse.tables.sources import REJECTS, SOURCES

HEAD_KEYS = ("document_id", "text_hash", "near_duplicate_cluster")
"""The columns by which documents are looked up."""

FILES_AT_ONCE = 64
"""A dataset keeps what it learned of each of its files: some at a time keep the sum small."""


def month_of(published_on: datetime | None) -> str:
    """The partition of a document and of all that belongs to it."""
    return UNKNOWN_MONTH if published_on is None else f"{published_on:%Y-%m}"


def scan(
    table: Table, files: Iterable[str], columns: Sequence[str], wanted: pc.Expression | None = None
) -> Iterator[pa.Table]:
    """Rows of some files, in parts that fit in memory whatever their number."""
    left = iter(files)
    while some := list(islice(left, FILES_AT_ONCE)):
        dataset = ds.dataset(some, schema=table.schema(), format="parquet")
        for batch in dataset.to_batches(columns=list(columns), filter=wanted, batch_readahead=4, fragment_readahead=2):
            if batch.num_rows:
                yield pa.Table.from_batches([batch])


class Stored:
    """The rows of a snapshot that a commit has to know; nothing before the first commit."""

    def __init__(self, snapshot: Snapshot | None) -> None:
        self._snapshot = snapshot
        self._heads: dict[str, dict[str, Sequence[Head]]] = {name: {} for name in HEAD_KEYS}

    def documents(self, ids: set[str], text_hashes: set[str], clusters: set[str] | None = None) -> dict[str, Head]:
        """Heads of the documents with one of the ids, texts or clusters, by id; all in one pass over the files."""
        self.expect(ids, text_hashes, clusters)
        asked = zip(HEAD_KEYS, (ids, text_hashes, clusters or set()), strict=True)
        found = (head for name, values in asked for value in values for head in self._heads[name].get(value, ()))
        return {head.document_id: head for head in found}

    def expect(self, ids: set[str], text_hashes: set[str], clusters: set[str] | None = None) -> None:
        """Look up what will be asked for, so that one pass over the files answers it; they are not asked twice."""
        if self._snapshot is None:
            return
        asked = zip(HEAD_KEYS, (ids, text_hashes, clusters or set()), strict=True)
        unknown = {name: values - self._heads[name].keys() for name, values in asked}
        for name, values in unknown.items():
            self._heads[name] |= dict.fromkeys(values, ())
        for rows in find(DOCUMENTS, self._files(DOCUMENTS), unknown, HEAD_COLUMNS):
            for head in heads_of(rows):
                for name, values in unknown.items():
                    value = getattr(head, name)
                    if value in values:
                        self._heads[name][value] = [*self._heads[name][value], head]

    def signatures(self) -> Iterator[pa.Table]:
        """All signatures, in parts that fit in memory."""
        yield from in_turn(SIGNATURES, self._files(SIGNATURES), SIGNATURES.column_names)

    def sources_of(self, paths: set[str]) -> dict[Key, SourceRow]:
        """The ledger's rows of these files and of all of their members."""
        found = find(SOURCES, self._files(SOURCES), {"source_path": paths}, SOURCES.column_names)
        return {key_of(row): row for rows in found for row in source_rows_of(rows)}

    def rejects_of(self, paths: set[str]) -> list[RejectFacts]:
        """The rejects of these files and of all of their members."""
        found = find(REJECTS, self._files(REJECTS), {"source_path": paths}, REJECTS.column_names)
        return [reject for rows in found for reject in rejects_of(rows)]

    def forgotten(self) -> pa.Table:
        """The whole table: it has a row a take-down."""
        rows = scan(FORGOTTEN, self._files(FORGOTTEN), FORGOTTEN.column_names)
        return pa.concat_tables([FORGOTTEN.schema().empty_table(), *(part.cast(FORGOTTEN.schema()) for part in rows)])

    def _files(self, table: Table, months: set[str] | None = None) -> list[str]:
        return [] if self._snapshot is None else [str(file) for file in self._snapshot.files(table, months)]

    def rows_of(self, table: Table, ids: set[str], months: set[str]) -> pa.Table:
        """All rows of a table of documents in some partitions."""
        wanted = pc.field("document_id").isin(pa.array(sorted(ids), pa.string()))
        rows = scan(table, self._files(table, months), table.column_names, wanted)
        return pa.concat_tables([table.schema().empty_table(), *(part.cast(table.schema()) for part in rows)])

    def holders(self, ids: set[str]) -> list[SourceRow]:
        """The rows of the ledger that refer to one of the documents."""
        return [row for rows in self._referring(ids, SOURCES.column_names) for row in source_rows_of(rows)]

    def still_held(self, released: set[str], except_for: set[Key]) -> set[str]:
        """Those of the documents that a row of the ledger refers to, some rows left aside."""
        held: set[str] = set()
        for rows in self._referring(released, ["source_path", "source_member", "document_ids"]):
            for row in rows.to_pylist():
                if (row["source_path"], row["source_member"]) not in except_for:
                    held |= released.intersection(row["document_ids"])
        return held

    def _referring(self, ids: set[str], columns: Sequence[str]) -> Iterator[pa.Table]:
        if not ids:
            return
        wanted = pa.array(sorted(ids), pa.string())
        for rows in scan(SOURCES, self._files(SOURCES), columns):
            lists = rows.column("document_ids").combine_chunks()
            hits = pc.is_in(pc.list_flatten(lists), value_set=wanted)
            yield rows.take(pc.unique(pc.list_parent_indices(lists).filter(hits)))

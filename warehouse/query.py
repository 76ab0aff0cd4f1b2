"""Reading one pinned snapshot: DataFrames of its tables, filtered, whole or piece by piece."""

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from warehouse import filters, searches, selection
from warehouse.filters import Day, Terms
from warehouse.layout import existing
from warehouse.named import named_entities
from warehouse.pinning import pin
from warehouse.runs import last_runs
from warehouse.selection import BATCH_ROWS, Selection
from warehouse.snapshots import Snapshot
from warehouse.tables import SNAPSHOT_TABLES, TABLES
from warehouse.tables.canonical_entities import CANONICAL_ENTITIES, ENTITY_DECISIONS
from warehouse.tables.documents import DOCUMENTS
from warehouse.tables.entities import ENTITIES
from warehouse.tables.quotes import QUOTES
from warehouse.tables.sources import REJECTS, SOURCES

Columns = Sequence[str] | None


class Warehouse:
    """One snapshot of a warehouse: it stays the same while others commit, for at least an hour.

    All readers take ``columns`` (names, in the order wanted), raise ValueError for names that the table does not have,
    and read no more of the files than the filters leave. Rows come newest first: by ``published_on`` descending,
    undated ones last, then by document and place in it.
    """

    def __init__(self, root: Path, pinned: Snapshot) -> None:
        self._root = root
        self._pinned = pinned

    @property
    def snapshot(self) -> int:
        """Number of the snapshot that is read."""
        return self._pinned.number

    @property
    def pinned(self) -> Snapshot:
        """The folder of the snapshot."""
        return self._pinned

    @property
    def created_at(self) -> datetime:
        """When the snapshot was committed, in UTC."""
        return datetime.fromisoformat(self._pinned.manifest().created_at)

    def row_counts(self) -> dict[str, int]:
        """Rows of each table of the snapshot, from the files' footers."""
        return {table.name: self._pinned.dataset(table).count_rows() for table in SNAPSHOT_TABLES}

    def dataset(self, table: str) -> ds.Dataset:
        """A table as an Arrow dataset, for DuckDB, Polars (``scan_pyarrow_dataset``) and whatever else reads Arrow."""
        return selection.dataset(self._pinned, TABLES[table])

    def document_ids(self, prefix: str) -> list[str]:
        """The ids of the documents that begin with ``prefix``, in order."""
        starts = pc.starts_with(pc.field("document_id"), prefix)
        return sorted(Selection(self._pinned, DOCUMENTS, [starts]).distinct("document_id").to_pylist())

    def documents(
        self,
        *,
        text: str | None = None,
        publisher: str | None = None,
        language: str | None = None,
        since: Day | None = None,
        until: Day | None = None,
        document_id: str | None = None,
        standing: bool = False,
        columns: Columns = None,
        limit: int | None = None,
    ) -> pd.DataFrame:
        """Documents.

        Args:
            text: words that the text or the title contains, in any case.
            publisher: whole words of the publisher's name, in any case.
            language: ISO 639-1.
            since: first day of publication; undated documents are left out.
            until: last day of publication, included.
            document_id: only this one.
            standing: leave out copies: documents whose text another one has too, which stands for them.
            columns: names of the columns wanted; all by default.
            limit: only the first rows.
        """
        terms = filters.document_terms(
            text=text,
            publisher=publisher,
            language=language,
            since=since,
            until=until,
            document_id=document_id,
            standing=standing,
        )
        return self._of(DOCUMENTS.name, terms, columns).frame(limit)

    def entities(
        self,
        *,
        name: str | None = None,
        label: str | None = None,
        since: Day | None = None,
        until: Day | None = None,
        document_id: str | None = None,
        entity_id: str | None = None,
        columns: Columns = None,
        limit: int | None = None,
    ) -> pd.DataFrame:
        """Mentions of entities whose canonical name has the whole words of ``name``, in any case.

        Those of an exact copy are stored once, under the document that stands for it; ``document_id`` of a copy finds
        them there. ``entity_id`` is one of :meth:`canonical_entities`.
        """
        terms = searches.entity_terms(
            self._pinned,
            name=name,
            label=label,
            since=since,
            until=until,
            document_id=document_id,
            entity_id=entity_id,
        )
        return self._of(ENTITIES.name, terms, columns).frame(limit)

    def quotes(
        self,
        *,
        speaker: str | None = None,
        text: str | None = None,
        type: str | None = None,
        since: Day | None = None,
        until: Day | None = None,
        document_id: str | None = None,
        columns: Columns = None,
        limit: int | None = None,
    ) -> pd.DataFrame:
        """Quotes by a speaker whose canonical name has the words of ``speaker``, and whose content contains ``text``.

        ``speaker="Marsh"`` finds "Ada Marsh", not "Marshall"; case does not matter. Quotes of an entity that has
        these words in its name or in one of its spellings, or that has this id, are found, too.
        As for entities, ``document_id`` of an exact copy finds the rows of the document that stands for it.
        """
        found = searches.quotes(
            self._pinned,
            columns,
            speaker=speaker,
            text=text,
            type=type,
            since=since,
            until=until,
            document_id=document_id,
        )
        return found.frame(limit)

    def canonical_entities(
        self,
        *,
        name: str | None = None,
        label: str | None = None,
        country: str | None = None,
        since: Day | None = None,
        until: Day | None = None,
        entity_id: str | None = None,
        columns: Columns = None,
        limit: int | None = None,
    ) -> pd.DataFrame:
        """Entities across documents as of the last rebuild, those with most mentions first.

        Args:
            name: whole words of the name or of one of its spellings, in any case; or a whole id.
            label: such as PERSON, ORG, GPE.
            country: ISO 3166-1 alpha-2: the country itself, and its people.
            since, until: seen on this day or later; on this day or earlier.
            entity_id: only this one, also by an id that leads to it.
            columns, limit: as for the other tables.
        """
        terms = filters.canonical_terms(label=label, country=country, since=since, until=until)
        for words, whole in ((name, False), (entity_id, True)):
            if words is not None:
                terms.append(pc.field("entity_id").isin(named_entities(self._pinned, words, only_ids=whole)))
        return self._of(CANONICAL_ENTITIES.name, terms, columns).frame(limit)

    def entity_decisions(self) -> pd.DataFrame:
        """What people decided about entities, the earliest first."""
        rows = self._of(ENTITY_DECISIONS.name, [], None).frame()
        return rows.sort_values(["decided_at", "decision_id"], ignore_index=True)

    def sources(
        self, *, path: str | None = None, status: str | None = None, columns: Columns = None, limit: int | None = None
    ) -> pd.DataFrame:
        """The ledger: files whose path contains ``path``, with this status; in the order of their paths."""
        return self._of(SOURCES.name, filters.source_terms(path=path, status=status), columns).frame(limit)

    def rejects(
        self, *, path: str | None = None, reason: str | None = None, columns: Columns = None, limit: int | None = None
    ) -> pd.DataFrame:
        """Refused records of files whose path contains ``path``, for this reason; in the order of their paths."""
        return self._of(REJECTS.name, filters.reject_terms(path=path, reason=reason), columns).frame(limit)

    def runs(self, n: int = 10) -> pd.DataFrame:
        """The latest ``n`` runs, the newest first; they are no part of the snapshot."""
        return last_runs(self._root, n)

    # Piece by piece

    def iter_documents(
        self, *, columns: Columns = None, batch_rows: int = BATCH_ROWS, **filters_: Any
    ) -> Iterator[pd.DataFrame]:
        """As :meth:`documents`, but piece by piece and month by month, for results that do not fit into memory."""
        return self._of(DOCUMENTS.name, filters.document_terms(**filters_), columns).frames(batch_rows)

    def iter_entities(
        self, *, columns: Columns = None, batch_rows: int = BATCH_ROWS, **filters_: Any
    ) -> Iterator[pd.DataFrame]:
        """As :meth:`entities`, but piece by piece and month by month, for results that do not fit into memory."""
        return self._of(ENTITIES.name, searches.entity_terms(self._pinned, **filters_), columns).frames(batch_rows)

    def iter_quotes(
        self, *, columns: Columns = None, batch_rows: int = BATCH_ROWS, **filters_: Any
    ) -> Iterator[pd.DataFrame]:
        """As :meth:`quotes`, but piece by piece and month by month, for results that do not fit into memory."""
        return searches.quotes(self._pinned, columns, **filters_).frames(batch_rows)

    def to_batches(
        self,
        table: str,
        *,
        columns: Columns = None,
        batch_rows: int = BATCH_ROWS,
        limit: int | None = None,
        **filters_: Any,
    ) -> Iterator[pa.RecordBatch]:
        """A table as Arrow record batches, month by month; with a ``limit`` its first rows in the order of readers.

        Args:
            table: one with a reader of its own.
            columns: as readers take them.
            limit: as readers take it.
            batch_rows: rows in a batch at most.
            filters_: as the table's reader takes them.
        """
        terms: dict[str, Callable[..., Terms]] = {
            DOCUMENTS.name: filters.document_terms,
            ENTITIES.name: partial(searches.entity_terms, self._pinned),
            SOURCES.name: filters.source_terms,
            REJECTS.name: filters.reject_terms,
        }
        others = terms[table](**filters_) if filters_ and table in terms else []
        if table == QUOTES.name:
            chosen = searches.quotes(self._pinned, columns, **filters_)
        else:
            chosen = self._of(table, others, columns)
        return chosen.batches(batch_rows) if limit is None else iter(chosen.sorted(limit).to_batches(batch_rows))

    def _of(self, table: str, terms: Terms, columns: Columns) -> Selection:
        return Selection(self._pinned, TABLES[table], terms, columns)


def open_warehouse(
    root: str | os.PathLike[str], *, snapshot: int | None = None, as_of: str | datetime | None = None
) -> Warehouse:
    """Pin a snapshot; see :func:`warehouse.open`."""
    layout = existing(root)
    return Warehouse(layout.root, pin(layout, snapshot=snapshot, as_of=as_of))


def documents(root: str | os.PathLike[str], **filters: Any) -> pd.DataFrame:
    """:meth:`Warehouse.documents` of the current snapshot."""
    return open_warehouse(root).documents(**filters)


def entities(root: str | os.PathLike[str], **filters: Any) -> pd.DataFrame:
    """:meth:`Warehouse.entities` of the current snapshot."""
    return open_warehouse(root).entities(**filters)


def quotes(root: str | os.PathLike[str], **filters: Any) -> pd.DataFrame:
    """:meth:`Warehouse.quotes` of the current snapshot."""
    return open_warehouse(root).quotes(**filters)

"""Filtered reads of one pinned snapshot as DataFrames. Filters go down to Parquet, so that files are skipped.

Rows come newest first: by ``published_on`` descending, undated ones last, then by document and place in it.
"""

import os
import re
from datetime import date, datetime, timedelta
from functools import reduce
from operator import and_
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from warehouse import snapshots
from warehouse.columns import Table
from warehouse.errors import NotAWarehouseError
from warehouse.layout import MONTH_KEY, existing
from warehouse.runs import last_runs
from warehouse.snapshots import Snapshot
from warehouse.tables import SNAPSHOT_TABLES
from warehouse.tables.documents import DOCUMENTS
from warehouse.tables.entities import ENTITIES
from warehouse.tables.quotes import QUOTES
from warehouse.tables.sources import REJECTS, SOURCES

Day = str | date | datetime
"""A day: ``"2024-12-26"``, a date, or a datetime whose time of day is ignored."""

_NEWEST = ("published_on", "descending")


class Warehouse:
    """One snapshot of a warehouse: it stays the same while others commit, for at least an hour."""

    def __init__(self, root: Path, pinned: Snapshot) -> None:
        self._root = root
        self._pinned = pinned

    @property
    def snapshot(self) -> int:
        """Number of the snapshot that is read."""
        return self._pinned.number

    def row_counts(self) -> dict[str, int]:
        """Rows of each table of the snapshot, from the files' footers."""
        return {table.name: self._pinned.dataset(table).count_rows() for table in SNAPSHOT_TABLES}

    def document_ids(self, prefix: str) -> list[str]:
        """The ids of the documents that begin with ``prefix``, in order."""
        starts = pc.starts_with(pc.field("document_id"), prefix)
        rows = self._pinned.dataset(DOCUMENTS).to_table(columns=["document_id"], filter=starts)
        return sorted(rows.column("document_id").to_pylist())

    def documents(
        self,
        *,
        text: str | None = None,
        publisher: str | None = None,
        language: str | None = None,
        since: Day | None = None,
        until: Day | None = None,
        document_id: str | None = None,
        limit: int | None = None,
    ) -> pd.DataFrame:
        """Documents whose text or title contains ``text`` (any case), of ``since`` to ``until``, both included."""
        terms = [*_days(since, until), *_equal(publisher=publisher, language=language, document_id=document_id)]
        if text is not None:
            terms.append(_contains("text", text) | _contains("title", text))
        return _read(self._pinned, DOCUMENTS, terms, [_NEWEST, ("document_id", "ascending")], limit)

    def entities(
        self,
        *,
        name: str | None = None,
        label: str | None = None,
        since: Day | None = None,
        until: Day | None = None,
        document_id: str | None = None,
        limit: int | None = None,
    ) -> pd.DataFrame:
        """Mentions of entities whose canonical name has the words of ``name`` (any case)."""
        terms = [*_days(since, until), *_equal(label=label), *self._of_document(document_id)]
        if name is not None:
            terms.append(_has_words("canonical_name", name))
        order = [_NEWEST, ("document_id", "ascending"), ("start", "ascending")]
        return _read(self._pinned, ENTITIES, terms, order, limit)

    def quotes(
        self,
        *,
        speaker: str | None = None,
        text: str | None = None,
        type: str | None = None,
        since: Day | None = None,
        until: Day | None = None,
        document_id: str | None = None,
        limit: int | None = None,
    ) -> pd.DataFrame:
        """Quotes by a speaker whose canonical name has the words of ``speaker``, and whose content contains ``text``.

        ``speaker="Marsh"`` finds "Ada Marsh", not "Marshall"; case does not matter.
        """
        terms = [*_days(since, until), *_equal(quote_type=type), *self._of_document(document_id)]
        if speaker is not None:
            terms.append(_has_words("speaker_canonical", speaker))
        if text is not None:
            terms.append(_contains("content", text))
        order = [_NEWEST, ("document_id", "ascending"), ("quote_index", "ascending")]
        return _read(self._pinned, QUOTES, terms, order, limit)

    def _of_document(self, document_id: str | None) -> list[pc.Expression]:
        """What hangs on the text of a document: of an exact copy it is stored under the document that stands for it."""
        if document_id is None:
            return []
        own = pc.field("document_id") == document_id
        rows = self._pinned.dataset(DOCUMENTS).to_table(columns=["duplicate_of"], filter=own)
        stands = next((value for value in rows.column("duplicate_of").to_pylist() if value), document_id)
        return [pc.field("document_id") == stands]

    def sources(self) -> pd.DataFrame:
        """The ledger."""
        return _read(self._pinned, SOURCES, [], [("source_path", "ascending"), ("source_member", "ascending")], None)

    def rejects(self) -> pd.DataFrame:
        """Refused records."""
        order = [(name, "ascending") for name in REJECTS.sort_by]
        return _read(self._pinned, REJECTS, [], order, None)

    def runs(self, n: int = 10) -> pd.DataFrame:
        """The latest ``n`` runs, the newest first; they are no part of the snapshot."""
        return last_runs(self._root, n)


def open_warehouse(root: str | os.PathLike[str]) -> Warehouse:
    """Pin the current snapshot.

    Raises:
        NotAWarehouseError: when nothing was ever committed there.
        NewerVersionError: when newer software wrote it.
    """
    layout = existing(root)
    pinned = snapshots.current(layout)
    if pinned is None:
        raise NotAWarehouseError(layout.root, "nothing has been committed to it")
    return Warehouse(layout.root, pinned)


def documents(root: str | os.PathLike[str], **filters: Any) -> pd.DataFrame:
    """:meth:`Warehouse.documents` of the current snapshot."""
    return open_warehouse(root).documents(**filters)


def entities(root: str | os.PathLike[str], **filters: Any) -> pd.DataFrame:
    """:meth:`Warehouse.entities` of the current snapshot."""
    return open_warehouse(root).entities(**filters)


def quotes(root: str | os.PathLike[str], **filters: Any) -> pd.DataFrame:
    """:meth:`Warehouse.quotes` of the current snapshot."""
    return open_warehouse(root).quotes(**filters)


def _read(
    snapshot: Snapshot, table: Table, terms: list[pc.Expression], order: list[tuple[str, str]], limit: int | None
) -> pd.DataFrame:
    schema = table.schema()
    partitioning = None
    if table.partitioned:
        key = pa.schema([pa.field(MONTH_KEY, pa.dictionary(pa.int32(), pa.string()))])
        partitioning = ds.partitioning(key, flavor="hive", dictionaries="infer")
        schema = schema.append(key.field(MONTH_KEY))
    files = [str(file) for file in snapshot.files(table)]
    base = str(snapshot.directory(table))
    dataset = ds.dataset(files, format="parquet", partitioning=partitioning, partition_base_dir=base)
    rows = dataset.replace_schema(schema).to_table(filter=reduce(and_, terms) if terms else None)
    ordered = rows.take(pc.sort_indices(rows, sort_keys=order))
    frame: pd.DataFrame = (ordered if limit is None else ordered.slice(0, limit)).to_pandas()
    return frame


def _equal(**wanted: str | None) -> list[pc.Expression]:
    return [pc.field(name) == value for name, value in wanted.items() if value is not None]


def _days(since: Day | None, until: Day | None) -> list[pc.Expression]:
    """Both the rows' own days and, so that whole folders are skipped, their months."""
    terms = []
    if since is not None:
        first = _day(since)
        terms += [pc.field("published_on") >= _moment(first), pc.field(MONTH_KEY) >= f"{first:%Y-%m}"]
    if until is not None:
        last = _day(until)
        terms += [pc.field("published_on") < _moment(last + timedelta(days=1)), pc.field(MONTH_KEY) <= f"{last:%Y-%m}"]
    return terms


def _day(value: Day) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return datetime(moment.year, moment.month, moment.day)


def _moment(day: datetime) -> pa.Scalar:
    return pa.scalar(day, pa.timestamp("ms"))


def _contains(column: str, text: str) -> pc.Expression:
    return pc.match_substring(pc.field(column), text, ignore_case=True)


def _has_words(column: str, words: str) -> pc.Expression:
    # \b of RE2 knows ASCII letters only.
    pattern = rf"(^|[^\pL\pN]){re.escape(words)}([^\pL\pN]|$)"
    return pc.match_substring_regex(pc.field(column), pattern, ignore_case=True)
